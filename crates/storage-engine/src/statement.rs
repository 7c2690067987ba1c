//! Statements in plain SQL. Compiled once for each engine.

use diesel::{
    QueryResult,
    query_builder::{AstPass, BoxedSqlQuery, Query, QueryFragment, QueryId, SqlQuery},
    sql_query,
    sql_types::Untyped,
};

use super::Db;

/// A statement that the connection keeps prepared, which diesel does not do with plain SQL. Use it only for a small
/// number of different texts.
pub struct Prepared<'f>(pub BoxedSqlQuery<'f, Db, SqlQuery>);

impl QueryFragment<Db> for Prepared<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
    fn is_safe_to_cache_prepared(&self, _: &Db) -> QueryResult<bool> {
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

/// Makes a statement that takes binds. Number the binds in the order in which they first appear: SQLite takes `$1` for
/// a name, and numbers binds in that order.
pub fn statement<'f>(sql: &str) -> BoxedSqlQuery<'f, Db, SqlQuery> {
    sql_query(sql).into_boxed()
}
