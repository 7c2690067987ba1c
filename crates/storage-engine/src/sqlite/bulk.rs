//! Many rows at a time: a loop of one prepared statement, in one hop to the connection's thread.

use diesel::{QueryResult, SqliteConnection, prelude::*, upsert::excluded};

use super::Conn;
use crate::{
    audit::AuditHeadRow,
    bulk::{Changed, Row},
    events::HeadRow,
    schema::{audit_heads, event_heads},
};

/// Does one thing with each row; answers what that adds up to.
///
/// # Errors
/// What the database says.
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
///
/// # Errors
/// What the database says.
pub async fn insert<R: Row>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::insert).await
}

/// Inserts the rows, each in the place of any with the same `key`, which must be a unique one of the table.
///
/// # Errors
/// What the database says.
pub async fn replace<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    _key: &'static str,
) -> QueryResult<usize> {
    each(conn, rows, R::replace).await
}

/// Changes the rows; answers how many were found as they are expected.
///
/// # Errors
/// What the database says.
pub async fn update<R: Changed>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::update).await
}

/// The ends of audit logs, made where they are not there. Nobody else writes now.
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

/// Moves the ends of event logs on by so many; answers where they are now.
pub(super) async fn advance(conn: &mut Conn, steps: Vec<HeadRow>) -> QueryResult<Vec<HeadRow>> {
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
