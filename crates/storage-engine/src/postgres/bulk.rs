//! Writes many rows with one statement: an array for each column. Every function fails with the database's error.

use diesel::{QueryResult, sql_query};
use diesel_async::RunQueryDsl as _;

use super::{Conn, Prepared};
use crate::{
    audit::AuditHeadRow,
    bulk::{Changed, Row},
    events::HeadRow,
};

/// Returns `$1, $2, …` and the names of the columns.
fn lists<R: Row>() -> (String, String) {
    let columns = R::columns();
    let binds: Vec<String> = (1..=columns.len())
        .map(|place| format!("${place}"))
        .collect();
    (binds.join(", "), columns.join(", "))
}

/// Prepares a statement that binds the rows' columns as arrays.
pub fn prepare<R: Row>(rows: &[R], sql: String) -> Prepared<'_> {
    Prepared(R::bind(rows.iter(), sql_query(sql).into_boxed()))
}

fn insertion<R: Row>(tail: &str) -> String {
    let (binds, columns) = lists::<R>();
    let table = R::TABLE;
    format!("INSERT INTO {table} ({columns}) SELECT * FROM unnest({binds}) {tail}")
}

/// Inserts the rows.
pub async fn insert<R: Row>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    insert_or(conn, rows, "").await
}

/// Inserts the rows, with `tail` as the `ON CONFLICT` clause. Rows are locked in their order.
pub async fn insert_or<R: Row>(conn: &mut Conn, rows: Vec<R>, tail: &str) -> QueryResult<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    prepare(&rows, insertion::<R>(tail)).execute(conn).await
}

/// Inserts the rows, and replaces rows with the same `key`, which must be a unique key of the table.
pub async fn replace<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    key: &'static str,
) -> QueryResult<usize> {
    let set: Vec<String> = R::columns()
        .iter()
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let tail = format!("ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "));
    insert_or(conn, rows, &tail).await
}

/// Changes the rows whose guard holds. Returns how many it changed.
pub async fn update<R: Changed>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let (binds, columns) = lists::<R>();
    let set = R::columns().into_iter().filter(|name| *name != "id");
    let set: Vec<String> = set.map(|name| format!("{name} = u.{name}")).collect();
    let (table, set, guard) = (R::TABLE, set.join(", "), R::GUARD);
    let sql = format!(
        "UPDATE {table} AS t SET {set} FROM unnest({binds}) AS u ({columns}) WHERE t.id = u.id AND {guard}"
    );
    prepare(&rows, sql).execute(conn).await
}

/// Locks and returns the heads of audit logs, in the order of the rows, and inserts missing ones. The update changes
/// nothing; it takes the row's lock.
pub(super) async fn take_audit_heads(
    conn: &mut Conn,
    empty: Vec<AuditHeadRow>,
) -> QueryResult<Vec<AuditHeadRow>> {
    let tail = "ON CONFLICT (org_id) DO UPDATE SET sequence = audit_heads.sequence \
                RETURNING org_id, sequence, hash";
    prepare(&empty, insertion::<AuditHeadRow>(tail))
        .load(conn)
        .await
}

/// Advances the heads of event logs by the given counts, and returns the new heads. Rows are locked in their order.
pub(super) async fn advance_event_heads(
    conn: &mut Conn,
    steps: Vec<HeadRow>,
) -> QueryResult<Vec<HeadRow>> {
    let tail = "ON CONFLICT (org_id) DO UPDATE SET sequence = event_heads.sequence + excluded.sequence \
                RETURNING org_id, sequence";
    prepare(&steps, insertion::<HeadRow>(tail)).load(conn).await
}
