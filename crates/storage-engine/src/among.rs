//! The condition that a column holds one of many values, as the same statement for any number of them.
//!
//! On SQLite diesel writes a bind for each value, so that the statement is compiled anew for each number. Of no value it
//! makes a constant, and then a condition with `OR` uses no index and reads the whole table. Here the values are one
//! document there, and one array on PostgreSQL.

use std::sync::OnceLock;

use diesel::{
    Expression, QueryResult,
    expression::{AppearsOnTable, SelectableExpression, ValidGrouping},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Binary, Bool, Text},
    sqlite::Sqlite,
};

use crate::types::{PUuid, U};

/// Values that a column may hold.
pub trait Values: Send + 'static {
    /// The SQLite expression that makes a value of an item of the document.
    const ITEM: &'static str;

    /// Writes the values as a JSON array.
    fn document(&self) -> String;

    /// Binds the values as one array.
    ///
    /// # Errors
    /// The error of diesel.
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

impl Values for Vec<U> {
    const ITEM: &'static str = "unhex(value)";

    fn document(&self) -> String {
        let ids: Vec<String> = self.iter().map(|id| id.0.simple().to_string()).collect();
        ids.document()
    }

    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<PUuid>, Self>(self)
    }
}

impl Values for Vec<String> {
    const ITEM: &'static str = "value";

    fn document(&self) -> String {
        serde_json::Value::from(self.clone()).to_string()
    }

    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<Text>, Self>(self)
    }
}

impl Values for Vec<Vec<u8>> {
    const ITEM: &'static str = "unhex(value)";

    fn document(&self) -> String {
        let hex = |bytes: &Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let values: Vec<String> = self.iter().map(hex).collect();
        values.document()
    }

    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<Binary>, Self>(self)
    }
}

/// The condition itself. A row without a value in the column does not meet it.
#[derive(Debug)]
pub struct Among<C, V> {
    column: C,
    values: V,
    document: OnceLock<String>,
}

/// Makes the condition of a column.
pub trait AmongValues: Expression + Sized {
    /// Returns the condition that the column holds one of these values.
    fn among<V: Values>(self, values: V) -> Among<Self, V> {
        Among {
            column: self,
            values,
            document: OnceLock::new(),
        }
    }
}

impl<C: Expression> AmongValues for C {}

impl<C: Expression, V> Expression for Among<C, V> {
    type SqlType = Bool;
}

impl<C: SelectableExpression<QS>, V, QS> SelectableExpression<QS> for Among<C, V> where
    Self: AppearsOnTable<QS>
{
}

impl<C: AppearsOnTable<QS>, V, QS> AppearsOnTable<QS> for Among<C, V> {}

impl<C: ValidGrouping<G>, V, G> ValidGrouping<G> for Among<C, V> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryId, V: 'static> QueryId for Among<C, V> {
    type QueryId = Among<C::QueryId, V>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: QueryFragment<Sqlite>, V: Values> QueryFragment<Sqlite> for Among<C, V> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT ");
        out.push_sql(V::ITEM);
        out.push_sql(" FROM json_each(");
        let document = self.document.get_or_init(|| self.values.document());
        out.push_bind_param::<Text, String>(document)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg>, V: Values> QueryFragment<Pg> for Among<C, V> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        self.values.bind(&mut out)?;
        out.push_sql(")");
        Ok(())
    }
}
