//! Teardowns: acts at Meta that are still to be undone.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    ids::{GrantId, OrgId, TeardownId},
    teardown::Teardown,
};
use wabakit_ports::store::{Facts, StoreError, TeardownOutcome};

use super::Conn;
use crate::{
    error::{Fault, Violation as _},
    rows::TeardownRow,
    schema::{grants, teardowns},
    types::{T, U},
    values::text,
};

/// Returns the condition of pending teardowns, word for word as in their index.
fn is_pending() -> SqlLiteral<Bool> {
    sql("state = 'pending'")
}

fn read_all(rows: Vec<TeardownRow>) -> Result<Vec<Teardown>, StoreError> {
    rows.into_iter().map(Teardown::try_from).collect()
}

pub(super) async fn insert(conn: &mut Conn, row: TeardownRow) -> Result<(), Fault> {
    diesel::insert_into(teardowns::table)
        .values(row)
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("a teardown with this id"))?;
    Ok(())
}

pub(super) async fn claim(
    conn: &mut Conn,
    now: Time,
    until: Time,
    limit: i64,
) -> Result<Vec<Teardown>, Fault> {
    let ids: Vec<U> = teardowns::table
        .filter(is_pending())
        .filter(teardowns::next_attempt_at.le(T(now)))
        .order((
            teardowns::next_attempt_at.asc(),
            teardowns::created_at.asc(),
            teardowns::id.asc(),
        ))
        .limit(limit)
        .select(teardowns::id)
        .load(conn)
        .await?;
    // The update repeats the condition, because another process may have claimed some in between.
    let rows: Vec<TeardownRow> = diesel::update(
        teardowns::table
            .filter(teardowns::id.eq_any(&ids))
            .filter(is_pending())
            .filter(teardowns::next_attempt_at.le(T(now))),
    )
    .set(teardowns::next_attempt_at.eq(T(until)))
    .returning(TeardownRow::as_returning())
    .get_results(conn)
    .await?;
    let mut claimed = read_all(rows)?;
    claimed.sort_by_key(|teardown| ids.iter().position(|id| id.0 == teardown.id.0));
    Ok(claimed)
}

pub(super) async fn take(
    conn: &mut Conn,
    org: OrgId,
    ids: &[U],
    until: Time,
) -> Result<Vec<Teardown>, Fault> {
    let rows: Vec<TeardownRow> = diesel::update(
        teardowns::table
            .filter(teardowns::org_id.eq(U(org.0)))
            .filter(teardowns::id.eq_any(ids))
            .filter(is_pending()),
    )
    .set(teardowns::next_attempt_at.eq(T(until)))
    .returning(TeardownRow::as_returning())
    .get_results(conn)
    .await?;
    let mut taken = read_all(rows)?;
    taken.sort_by_key(|teardown| ids.iter().position(|id| id.0 == teardown.id.0));
    Ok(taken)
}

/// Counts the pending teardowns of a grant, without its release.
pub(super) async fn unfinished(conn: &mut Conn, org: OrgId, grant: GrantId) -> QueryResult<i64> {
    teardowns::table
        .filter(teardowns::org_id.eq(U(org.0)))
        .filter(teardowns::grant_id.eq(U(grant.0)))
        .filter(is_pending())
        .filter(teardowns::act.ne(TeardownRow::RELEASE_GRANT))
        .count()
        .get_result(conn)
        .await
}

pub(super) async fn finish(
    conn: &mut Conn,
    org: OrgId,
    id: TeardownId,
    outcome: &TeardownOutcome,
) -> Result<((), Facts), Fault> {
    // The outcome has no time of its own, so the time of its audit entry is used.
    let at = T(outcome
        .audit
        .as_slice()
        .first()
        .map_or(outcome.next_attempt_at, |event| event.at));
    let last_error = outcome.last_error.as_deref().map(text).transpose()?;
    let grant: Option<U> = diesel::update(
        teardowns::table
            .find(U(id.0))
            .filter(teardowns::org_id.eq(U(org.0))),
    )
    .set((
        teardowns::state.eq(outcome.state.as_str()),
        teardowns::attempts.eq(teardowns::attempts + 1),
        teardowns::next_attempt_at.eq(T(outcome.next_attempt_at)),
        teardowns::last_error.eq(last_error),
        teardowns::updated_at.eq(at),
    ))
    .returning(teardowns::grant_id)
    .get_result(conn)
    .await
    .optional()?;
    let grant = grant.ok_or(StoreError::Missing("the teardown"))?;
    if outcome.destroy_token {
        diesel::update(
            grants::table
                .find(grant)
                .filter(grants::org_id.eq(U(org.0))),
        )
        .set((
            grants::token.eq(None::<Vec<u8>>),
            grants::updated_at.eq(at),
            grants::version.eq(grants::version + 1),
        ))
        .execute(conn)
        .await?;
    }
    Ok(((), Facts::audit(&outcome.audit)))
}
