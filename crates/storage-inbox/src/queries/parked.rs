//! Parked items.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, ParkedItem, ParkedState},
    ids::ParkedItemId,
};
use wabakit_ports::store::{Facts, Page, PageRequest, Scope, StoreError};

use super::{Conn, Db, org_of};
use crate::{
    error::Fault,
    rows::{ChangeRow, ParkedRow, without_bytes},
    schema::{changes, parked_items as parked},
    types::{T, U},
};

pub(super) async fn due(
    conn: &mut Conn,
    now: Time,
    limit: i64,
) -> Result<Vec<(ParkedItem, Change)>, Fault> {
    let rows: Vec<(ParkedRow, ChangeRow)> = parked::table
        .inner_join(changes::table.on(changes::id.eq(parked::change_id)))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "state = 'retrying'",
        ))
        .filter(parked::next_at.le(T(now)))
        .order((parked::next_at.asc(), parked::id.asc()))
        .limit(limit.max(0))
        .select((ParkedRow::as_select(), ChangeRow::as_select()))
        .load(conn)
        .await?;
    let pairs = rows.into_iter();
    let pairs = pairs.map(|(item, change)| Ok((item.try_into()?, change.into())));
    Ok(pairs.collect::<Result<_, StoreError>>()?)
}

pub(super) async fn discard(
    conn: &mut Conn,
    scope: Scope,
    item: ParkedItemId,
    audit: &[NewAuditEvent],
) -> Result<(bool, Facts), Fault> {
    let gone = match org_of(scope) {
        Some(org) => {
            let own = parked::table.find(U(item.0)).filter(parked::org_id.eq(org));
            diesel::delete(own).execute(conn).await?
        }
        None => {
            let any = parked::table.find(U(item.0));
            diesel::delete(any).execute(conn).await?
        }
    };
    Ok(match gone {
        0 => (false, Facts::default()),
        _ => (true, Facts::audit(audit)),
    })
}

pub(super) async fn page(
    conn: &mut Conn,
    scope: Scope,
    state: Option<ParkedState>,
    page: PageRequest<ParkedItemId>,
) -> Result<Page<ParkedItem, ParkedItemId>, Fault> {
    let mut query = parked::table
        .order(parked::id.desc())
        .limit(page.limit.get() + 1)
        .select(ParkedRow::as_select())
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(parked::id.lt(U(before.0)));
    }
    if let Some(org) = org_of(scope) {
        query = query.filter(parked::org_id.eq(org));
    }
    if let Some(state) = state {
        query = query.filter(parked::state.eq(state.as_str()));
    }
    let rows: Vec<ParkedRow> = query.load(conn).await?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(without_bytes).collect();
    Ok(Page::cut(items?, page.limit, |item| item.id))
}

pub(super) async fn one(
    conn: &mut Conn,
    scope: Scope,
    id: ParkedItemId,
) -> Result<Option<ParkedItem>, Fault> {
    let row: Option<ParkedRow> = parked::table
        .find(U(id.0))
        .select(ParkedRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    let own = row.filter(|row| org_of(scope).is_none_or(|org| row.org_id == Some(org)));
    Ok(own.map(ParkedItem::try_from).transpose()?)
}

/// The condition of the index of homeless items. SQLite does not see it in a bind.
pub(super) const HOMELESS: &str = "state = 'homeless'";

/// Deletes old homeless items.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let old: Vec<U> = parked::table
        .filter(sql::<Bool>(HOMELESS))
        .filter(parked::created_at.lt(T(before)))
        .limit(limit)
        .select(parked::id)
        .load(conn)
        .await?;
    diesel::delete(parked::table.filter(parked::id.eq_any(old)))
        .execute(conn)
        .await
}
