//! Many rows at a time: one statement, an array a column.

use diesel::{QueryResult, sql_query};
use diesel_async::RunQueryDsl as _;

use super::{Conn, queries::Prepared};
use crate::{
    bulk::{Changed, Row},
    rows::{HeadRow, InboundRow, KeyRow},
};

/// `$1, $2, …` and the names of the columns.
fn lists<R: Row>() -> (String, String) {
    let columns = R::columns();
    let binds: Vec<String> = (1..=columns.len())
        .map(|place| format!("${place}"))
        .collect();
    (binds.join(", "), columns.join(", "))
}

fn prepare<R: Row>(rows: &[R], sql: String) -> Prepared<'_> {
    Prepared(R::bind(rows.iter(), sql_query(sql).into_boxed()))
}

fn insertion<R: Row>(tail: &str) -> String {
    let (binds, columns) = lists::<R>();
    let table = R::TABLE;
    format!("INSERT INTO {table} ({columns}) SELECT * FROM unnest({binds}) {tail}")
}

/// Inserts the rows.
pub(super) async fn insert<R: Row>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    prepare(&rows, insertion::<R>("")).execute(conn).await
}

/// Inserts the rows, each in the place of any with the same `key`, which must be a unique one of the table.
pub(super) async fn replace<R: Row>(
    conn: &mut Conn,
    rows: Vec<R>,
    key: &'static str,
) -> QueryResult<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let set: Vec<String> = R::columns()
        .iter()
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let tail = format!("ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "));
    prepare(&rows, insertion::<R>(&tail)).execute(conn).await
}

/// Changes the rows; answers how many were found as they are expected.
pub(super) async fn update<R: Changed>(conn: &mut Conn, rows: Vec<R>) -> QueryResult<usize> {
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

/// The keys among these that are there; whose they are does not matter.
pub(super) async fn keys(conn: &mut Conn, wanted: Vec<KeyRow>) -> QueryResult<Vec<KeyRow>> {
    let sql = "SELECT k.org_id, k.kind, k.value, k.contact_id \
               FROM unnest($1, $2, $3, $4) AS u (org_id, kind, value, contact_id) \
               JOIN contact_keys k ON k.org_id = u.org_id AND k.kind = u.kind AND k.value = u.value";
    prepare(&wanted, sql.to_owned()).load(conn).await
}

/// Moves the ends of logs on by so many; answers where they are now. The rows' order is the order of locking.
pub(super) async fn advance(conn: &mut Conn, steps: Vec<HeadRow>) -> QueryResult<Vec<HeadRow>> {
    let tail = "ON CONFLICT (org_id) DO UPDATE SET sequence = event_heads.sequence + excluded.sequence \
                RETURNING org_id, sequence";
    prepare(&steps, insertion::<HeadRow>(tail)).load(conn).await
}

/// Adds to the numbers' counts. The rows' order is the order of locking.
pub(super) async fn add(conn: &mut Conn, counts: Vec<InboundRow>) -> QueryResult<usize> {
    if counts.is_empty() {
        return Ok(0);
    }
    let tail =
        "ON CONFLICT (account_id) DO UPDATE SET total = number_inbound.total + excluded.total";
    let sql = insertion::<InboundRow>(tail);
    prepare(&counts, sql).execute(conn).await
}
