//! Contacts, for people.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    event::EventData,
    ids::{ContactId, IdBlock, OrgId},
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

/// A pattern for `LIKE … ESCAPE '\'` that finds the text, in small letters.
pub(super) fn pattern(search: &str) -> Result<String, StoreError> {
    let search = text(search)?.to_lowercase();
    let escaped = search
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Ok(format!("%{escaped}%"))
}

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
        query = query.filter(contacts::search.like(pattern(search)?).escape('\\'));
    }
    let rows: Vec<ContactRow> = query.load(conn).await?;
    let found = rows.into_iter().map(Contact::from).collect();
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
    Ok(row.map(Into::into))
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
    let contact = Contact::from(renamed.ok_or(StoreError::Missing("the contact"))?);
    diesel::update(contacts::table.find(U(id.0)))
        .set(contacts::search.eq(search_of(&contact)))
        .execute(conn)
        .await?;
    let mut facts = Facts::audit(audit);
    let data = EventData::ContactUpdated(Box::new(contact.clone()));
    facts.tell(&mut ids, org, now, data)?;
    Ok((contact, facts))
}
