//! Statements that are text. Compiled once for each engine.

use diesel::{
    QueryResult,
    query_builder::{AstPass, BoxedSqlQuery, Query, QueryFragment, QueryId, SqlQuery},
    sql_query,
    sql_types::Untyped,
};

use super::Db;

/// A statement whose text is one of few: the connection keeps it prepared, as diesel would not.
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

/// A statement that takes binds. They are numbered as they first appear, so SQLite, to whom `$1` is a name, counts
/// alike.
pub fn statement<'f>(sql: &str) -> BoxedSqlQuery<'f, Db, SqlQuery> {
    sql_query(sql).into_boxed()
}
