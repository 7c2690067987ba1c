//! Writes many rows in a loop of one prepared statement, with one hop to the connection's thread. Every function fails
//! with the database's error.

use diesel::{QueryResult, SqliteConnection, prelude::*, upsert::excluded};

use super::Conn;
use crate::{
    audit::AuditHeadRow,
    bulk::{Changed, Row},
    events::HeadRow,
    schema::{audit_heads, event_heads},
};

/// Runs `act` on each row. Returns the sum of the results.
pub async fn each<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    act: fn(&R, &mut SqliteConnection) -> QueryResult<usize>,
) -> QueryResult<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    conn.spawn_blocking(move |conn| {
        rows.iter()
            .try_fold(0, |sum, row| Ok(sum + act(row, conn)?))
    })
    .await
}

/// Inserts the rows.
pub async fn insert<R: Row>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::insert).await
}

/// Inserts the rows, and replaces rows with the same `key`, which must be a unique key of the table.
pub async fn replace<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    _key: &'static str,
) -> QueryResult<usize> {
    each(conn, rows, R::replace).await
}

/// Changes the rows whose guard holds. Returns how many it changed.
pub async fn update<R: Changed>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::update).await
}

/// Returns the heads of audit logs, and inserts missing ones. It takes no lock: SQLite has one writer at a time.
pub(super) async fn take_audit_heads(
    conn: &mut Conn,
    empty: Vec<AuditHeadRow>,
) -> QueryResult<Vec<AuditHeadRow>> {
    conn.spawn_blocking(move |conn| {
        let mut heads = Vec::with_capacity(empty.len());
        for head in &empty {
            let take = diesel::insert_into(audit_heads::table)
                .values(head)
                .on_conflict(audit_heads::org_id)
                .do_update()
                .set(audit_heads::sequence.eq(audit_heads::sequence))
                .returning(AuditHeadRow::as_returning());
            heads.push(diesel::RunQueryDsl::get_result(take, conn)?);
        }
        Ok(heads)
    })
    .await
}

/// Advances the heads of event logs by the given counts, and returns the new heads.
pub(super) async fn advance_event_heads(
    conn: &mut Conn,
    steps: Vec<HeadRow>,
) -> QueryResult<Vec<HeadRow>> {
    conn.spawn_blocking(move |conn| {
        let mut heads = Vec::with_capacity(steps.len());
        for step in &steps {
            let advance = diesel::insert_into(event_heads::table)
                .values(step)
                .on_conflict(event_heads::org_id)
                .do_update()
                .set(
                    event_heads::sequence
                        .eq(event_heads::sequence + excluded(event_heads::sequence)),
                )
                .returning(HeadRow::as_returning());
            heads.push(diesel::RunQueryDsl::get_result(advance, conn)?);
        }
        Ok(heads)
    })
    .await
}
