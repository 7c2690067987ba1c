//! Columns of a table beyond the 32 that diesel knows.
//!
//! A diesel table has at most 32 columns; the feature for 64 makes every query of every table slower to compile. A
//! column that is defined here can be selected, inserted and changed like the others, also where another table is joined
//! on the left, but is not part of `select *` and of no other join.

/// Defines columns of the table in scope, which is named as in the database. The syntax is that of diesel's `table!`.
macro_rules! columns {
    ($from:ident ($key:ident) { $($name:ident -> $kind:ty,)* }) => {$(
        #[allow(non_camel_case_types, reason = "as diesel names columns")]
        #[derive(Clone, Copy, Debug, Default, diesel::query_builder::QueryId)]
        pub struct $name;

        impl diesel::Expression for $name {
            type SqlType = $kind;
        }

        impl<DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<DB> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, DB>,
            ) -> diesel::QueryResult<()> {
                out.push_identifier(stringify!($from))?;
                out.push_sql(".");
                out.push_identifier(stringify!($name))
            }
        }

        impl diesel::SelectableExpression<table> for $name {}

        impl<Right>
            diesel::SelectableExpression<
                diesel::internal::table_macro::Join<
                    table,
                    Right,
                    diesel::internal::table_macro::LeftOuter,
                >,
            > for $name
        where
            Right: diesel::query_source::AppearsInFromClause<
                    table,
                    Count = diesel::query_source::Never,
                > + diesel::QuerySource,
            $name: diesel::AppearsOnTable<
                diesel::internal::table_macro::Join<
                    table,
                    Right,
                    diesel::internal::table_macro::LeftOuter,
                >,
            >,
        {
        }

        impl<Join, On> diesel::SelectableExpression<diesel::internal::table_macro::JoinOn<Join, On>>
            for $name
        where
            $name: diesel::SelectableExpression<Join>
                + diesel::AppearsOnTable<diesel::internal::table_macro::JoinOn<Join, On>>,
        {
        }

        impl<QS> diesel::AppearsOnTable<QS> for $name where
            QS: diesel::query_source::AppearsInFromClause<table, Count = diesel::query_source::Once>
        {
        }

        impl diesel::expression::ValidGrouping<()> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }

        impl diesel::Column for $name {
            type Table = table;

            const NAME: &'static str = stringify!($name);
        }
    )*};
}

pub(crate) use columns;
