//! Contacts: lists and search.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    event::EventData,
    ids::{ContactId, IdBlock, OrgId},
    search,
};
use wabakit_ports::store::{Facts, Page, PageRequest, StoreError};

use super::{Conn, Db, search::with_grams};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ContactRow, search_of},
    schema::contacts,
    types::{T, U},
    values::{opt_text, text},
};

/// Returns a pattern for `LIKE … ESCAPE '\'` that finds the text.
fn pattern(search: &str) -> Result<String, StoreError> {
    let escaped = text(search)?
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Ok(format!("%{escaped}%"))
}

/// The forms in which a text is searched: folded, in lower case alone (as in older rows), and its digits if it is a
/// number.
pub(super) struct Searched([String; 3]);

impl Searched {
    pub(super) fn of(searched: &str) -> Self {
        let folded = search::folded(searched);
        // A text that folds to nothing is searched as it is. It must not match everybody.
        let folded = match folded.is_empty() {
            true => searched.to_lowercase(),
            false => folded,
        };
        let digits = search::digits(searched).unwrap_or_else(|| folded.clone());
        Self([folded, searched.to_lowercase(), digits])
    }

    /// Returns patterns for `LIKE`.
    pub(super) fn patterns(&self) -> Result<[String; 3], StoreError> {
        let [folded, small, digits] = &self.0;
        Ok([pattern(folded)?, pattern(small)?, pattern(digits)?])
    }

    /// Looks up the contacts that can match. `None` if there are many, or if the text is too short for the index: then
    /// the newest contacts are compared one after another until the page is full.
    pub(super) async fn candidates(
        &self,
        conn: &mut Conn,
        org: OrgId,
    ) -> Result<Option<Vec<U>>, Fault> {
        let mut texts = Vec::new();
        for one in &self.0 {
            let one = text(one)?;
            if one.chars().count() < 3 {
                return Ok(None);
            }
            if !texts.contains(&one) {
                texts.push(one);
            }
        }
        let found = with_grams(conn, org, &texts, FEW + 1).await?;
        let are_few = i64::try_from(found.len()).is_ok_and(|count| count <= FEW);
        Ok(are_few.then_some(found))
    }
}

/// The most contacts that are looked up by the index. With more, a page is full after a short walk.
const FEW: i64 = 2_000;

/// Makes the condition that a contact matches these patterns.
macro_rules! found_by {
    ($patterns:expr) => {{
        let [folded, small, digits] = $patterns;
        contacts::search
            .like(folded)
            .escape('\\')
            .or(contacts::search.like(small).escape('\\'))
            .or(contacts::search.like(digits).escape('\\'))
    }};
}
pub(super) use found_by;

pub(super) async fn page(
    conn: &mut Conn,
    org: OrgId,
    search: Option<&str>,
    page: PageRequest<ContactId>,
) -> Result<Page<Contact, ContactId>, Fault> {
    let mut query = contacts::table
        .filter(contacts::org_id.eq(U(org.0)))
        .order(contacts::id.desc())
        .limit(page.limit.get() + 1)
        .select(ContactRow::as_select())
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(contacts::id.lt(U(before.0)));
    }
    if let Some(search) = search {
        let searched = Searched::of(search);
        if let Some(few) = searched.candidates(conn, org).await? {
            query = query.filter(contacts::id.among(few));
        }
        query = query.filter(found_by!(searched.patterns()?));
    }
    let rows: Vec<ContactRow> = query.load(conn).await?;
    let found = rows.into_iter().map(Contact::try_from);
    let found = found.collect::<Result<_, StoreError>>()?;
    Ok(Page::cut(found, page.limit, |one: &Contact| one.id))
}

pub(super) async fn one(
    conn: &mut Conn,
    org: OrgId,
    id: ContactId,
) -> Result<Option<Contact>, Fault> {
    let row: Option<ContactRow> = contacts::table
        .find(U(id.0))
        .filter(contacts::org_id.eq(U(org.0)))
        .select(ContactRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Contact::try_from).transpose()?)
}

pub(super) async fn rename(
    conn: &mut Conn,
    org: OrgId,
    id: ContactId,
    name: Option<&str>,
    audit: &[NewAuditEvent],
    (now, mut ids): (Time, IdBlock),
) -> Result<(Contact, Facts), Fault> {
    let own = contacts::table
        .find(U(id.0))
        .filter(contacts::org_id.eq(U(org.0)));
    let renamed: Option<ContactRow> = diesel::update(own)
        .set((
            contacts::name.eq(opt_text(name)?),
            contacts::updated_at.eq(T(now)),
            contacts::version.eq(contacts::version + 1),
        ))
        .returning(ContactRow::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    let contact = Contact::try_from(renamed.ok_or(StoreError::Missing("the contact"))?)?;
    diesel::update(contacts::table.find(U(id.0)))
        .set(contacts::search.eq(search_of(&contact)))
        .execute(conn)
        .await?;
    let mut facts = Facts::audit(audit);
    let data = EventData::ContactUpdated(Box::new(contact.clone()));
    facts.tell(&mut ids, org, now, data)?;
    Ok((contact, facts))
}
