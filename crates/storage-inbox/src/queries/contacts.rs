//! Contacts, for people.

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

use super::{Conn, Db};
use crate::{
    error::Fault,
    rows::{ContactRow, search_of},
    schema::contacts,
    types::{T, U},
    values::{opt_text, text},
};

/// A pattern for `LIKE … ESCAPE '\'` that finds the text.
fn pattern(search: &str) -> Result<String, StoreError> {
    let escaped = text(search)?
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Ok(format!("%{escaped}%"))
}

/// What a contact is searched for by: the text folded, and in small letters alone, as older rows have it; and its
/// digits, where it is a number.
pub(super) struct Patterns(pub(super) [String; 3]);

impl Patterns {
    pub(super) fn of(searched: &str) -> Result<Self, StoreError> {
        let folded = search::folded(searched);
        // A text of which nothing is left finds itself, and not everybody.
        let folded = match folded.is_empty() {
            true => searched.to_lowercase(),
            false => folded,
        };
        let digits = search::digits(searched).unwrap_or_else(|| folded.clone());
        let small = searched.to_lowercase();
        Ok(Self([
            pattern(&folded)?,
            pattern(&small)?,
            pattern(&digits)?,
        ]))
    }
}

/// The contacts that are found by these patterns.
macro_rules! found_by {
    ($patterns:expr) => {{
        let [folded, small, digits] = $patterns.0;
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
        query = query.filter(found_by!(Patterns::of(search)?));
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
