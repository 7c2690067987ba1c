//! Many rows at a time: one statement, an array a column.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_query,
    sql_types::Untyped,
};
use diesel_async::RunQueryDsl as _;

use super::Conn;
use crate::{
    bulk::{Changed, PgSql, Row},
    rows::{HeadRow, KeyRow},
};

/// A statement whose text is one of few: the connection keeps it prepared, as diesel would not.
struct Prepared<'f>(PgSql<'f>);

impl QueryFragment<Pg> for Prepared<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl QueryId for Prepared<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Prepared<'_> {
    type SqlType = Untyped;
}

/// `$1, $2, …` and the names of the columns.
fn lists<R: Row>() -> (String, String) {
    let binds: Vec<String> = (1..=R::COLUMNS.len())
        .map(|place| format!("${place}"))
        .collect();
    (binds.join(", "), R::COLUMNS.join(", "))
}

fn prepare<R: Row>(rows: &[R], sql: String) -> Prepared<'_> {
    Prepared(R::bind(rows, sql_query(sql).into_boxed()))
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
    let set: Vec<String> = R::COLUMNS
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
    let set = R::COLUMNS.iter().filter(|name| **name != "id");
    let set: Vec<String> = set.map(|name| format!("{name} = u.{name}")).collect();
    let (table, set) = (R::TABLE, set.join(", "));
    let guard = match R::VERSIONED {
        true => " AND t.version = u.version - 1",
        false => "",
    };
    let sql = format!(
        "UPDATE {table} AS t SET {set} FROM unnest({binds}) AS u ({columns}) WHERE t.id = u.id{guard}"
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
