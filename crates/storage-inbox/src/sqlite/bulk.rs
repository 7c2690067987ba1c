//! Many rows at a time: a loop of one prepared statement, in one hop to the connection's thread.

use diesel::{QueryResult, SqliteConnection, prelude::*, upsert::excluded};

use super::Conn;
use crate::{
    bulk::{Changed, Row},
    rows::{HeadRow, InboundRow, KeyRow},
    schema::{contact_keys, event_heads, number_inbound},
};

/// Does one thing with each row; answers what that adds up to.
async fn each<R: Row>(
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
pub(super) async fn insert<R: Row>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::insert).await
}

/// Inserts the rows, each in the place of any with the same `key`, which must be a unique one of the table.
pub(super) async fn replace<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    _key: &'static str,
) -> QueryResult<usize> {
    each(conn, rows, R::replace).await
}

/// Changes the rows; answers how many were found as they are expected.
pub(super) async fn update<R: Changed>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    each(conn, rows, R::update).await
}

/// The keys among these that are there; whose they are does not matter.
pub(super) async fn keys(conn: &mut Conn, wanted: Vec<KeyRow>) -> QueryResult<Vec<KeyRow>> {
    conn.spawn_blocking(move |conn| {
        let mut found = Vec::new();
        for key in &wanted {
            let query = contact_keys::table
                .find((key.org_id, &key.kind, &key.value))
                .select(KeyRow::as_select());
            found.extend(diesel::RunQueryDsl::first(query, conn).optional()?);
        }
        Ok(found)
    })
    .await
}

/// Moves the ends of logs on by so many; answers where they are now.
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

/// Adds to the numbers' counts.
pub(super) async fn add(conn: &mut Conn, counts: Vec<InboundRow>) -> QueryResult<usize> {
    each(conn, counts, |count, conn| {
        let sum = number_inbound::total + excluded(number_inbound::total);
        let add = diesel::insert_into(number_inbound::table)
            .values(count)
            .on_conflict(number_inbound::account_id)
            .do_update()
            .set(number_inbound::total.eq(sum));
        diesel::RunQueryDsl::execute(add, conn)
    })
    .await
}
