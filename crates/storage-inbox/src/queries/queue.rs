//! The queue of changes.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use diesel_async::RunQueryDsl;
use wabakit_domain::delivery::{Change, Lane};
use wabakit_ports::store::{QueueLimit, QueuedChange};

use super::Db;
use super::{Conn, Prepared, count_of, statement};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ChangeRow, QueueRow},
    schema::changes,
    types::U,
};

/// The binds are numbered in the order of their first use, because SQLite treats `$1` as a name and numbers it by its
/// first use.
const FAIRLY: &str = include_str!("fairly.sql");

/// A text that sorts after every lane's key.
const END: &str = "~";

async fn oldest(
    conn: &mut Conn,
    partition: u8,
    (after, until): (&str, &str),
    most: usize,
    per_lane: usize,
) -> QueryResult<Vec<QueueRow>> {
    let sql = statement(FAIRLY)
        .bind::<SmallInt, _>(i16::from(partition))
        .bind::<Text, _>(after)
        .bind::<Text, _>(until)
        .bind::<BigInt, _>(i64::try_from(per_lane).unwrap_or(i64::MAX))
        .bind::<BigInt, _>(i64::try_from(most.max(1)).unwrap_or(i64::MAX));
    Prepared(sql).load(conn).await
}

pub(super) async fn queued(
    conn: &mut Conn,
    partition: u8,
    after: Option<&Lane>,
    limit: QueueLimit,
) -> Result<Vec<QueuedChange>, Fault> {
    let after = after.map(Lane::key).unwrap_or_default();
    let most = limit.changes;
    let mut rows = oldest(conn, partition, (&after, END), most, limit.per_lane).await?;
    if !after.is_empty() && rows.len() < most.max(1) {
        let most = most.max(1) - rows.len();
        rows.extend(oldest(conn, partition, ("", &after), most, limit.per_lane).await?);
    }
    let mut bytes = 0;
    let fitting = rows.iter().enumerate().take_while(|(place, row)| {
        bytes += usize::try_from(row.bytes).unwrap_or_default();
        *place == 0 || (*place < most && bytes <= limit.bytes)
    });
    let fitting = fitting.count();
    rows.truncate(fitting);
    let wanted: Vec<U> = rows.iter().map(|row| row.change_id).collect();
    let mut changes: std::collections::HashMap<U, ChangeRow> = changes::table
        .filter(changes::id.among(wanted))
        .select(ChangeRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(QueuedChange {
                change: Change::from(changes.remove(&row.change_id)?),
                is_replay: row.is_replay,
            })
        })
        .collect())
}

pub(super) async fn count(conn: &mut Conn, most: i64) -> Result<i64, Fault> {
    count_of(conn, "SELECT 1 FROM change_queue", most).await
}
