//! Rows that are written many at a time: PostgreSQL gets one array for each column, SQLite runs one prepared statement
//! in a loop.

use diesel::{
    QueryResult, SqliteConnection,
    pg::Pg,
    query_builder::{BoxedSqlQuery, SqlQuery},
};

/// A PostgreSQL statement that takes binds.
pub type PgSql<'f> = BoxedSqlQuery<'f, Pg, SqlQuery>;

/// A row of a table, or some of its columns. Every method that runs a statement fails with the database's error.
pub trait Row: Send + Sync + Sized + 'static {
    /// The table's name.
    const TABLE: &'static str;

    /// The columns, in the order of binding.
    fn columns() -> Vec<&'static str>;
    /// Binds an array for each column.
    fn bind<'f>(rows: impl Iterator<Item = &'f Self> + Clone, sql: PgSql<'f>) -> PgSql<'f>;
    /// Inserts the row into SQLite.
    fn insert(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
    /// Inserts the row into SQLite, and replaces a row with the same key.
    fn replace(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// New values for the row with the same `id`.
pub trait Changed: Row {
    /// The condition under which the row is changed, on the stored row (`t`) and the new values (`u`).
    const GUARD: &'static str;

    /// Changes the row in SQLite.
    fn update(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// Defines a row of a table: the struct, and how it is written. Where the schema calls the table by another name than
/// the database, give the database's name with `of`.
#[macro_export]
macro_rules! row {
    (@name $table:ident) => { stringify!($table) };
    (@name $table:ident $sql:literal) => { $sql };
    ($(#[$meta:meta])* struct $($rest:tt)*) => {
        $crate::row! { @(pub(crate)) $(#[$meta])* struct $($rest)* }
    };
    ($(#[$meta:meta])* pub struct $($rest:tt)*) => {
        $crate::row! { @(pub) $(#[$meta])* struct $($rest)* }
    };
    (
        @($vis:vis)
        $(#[$meta:meta])*
        struct $name:ident in $table:ident $(of $sql:literal)? {
            $($column:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::QueryableByName, diesel::Insertable)]
        #[diesel(table_name = $crate::schema::$table, treat_none_as_default_value = false)]
        $vis struct $name {
            $($vis $column: $type,)*
        }

        impl $crate::bulk::Row for $name {
            const TABLE: &'static str = $crate::row!(@name $table $($sql)?);

            fn columns() -> Vec<&'static str> {
                vec![$(stringify!($column)),*]
            }
            fn bind<'f>(
                rows: impl Iterator<Item = &'f Self> + Clone,
                sql: $crate::bulk::PgSql<'f>,
            ) -> $crate::bulk::PgSql<'f> {
                sql$(.bind::<
                    diesel::sql_types::Array<diesel::dsl::SqlTypeOf<$crate::schema::$table::$column>>,
                    Vec<&'f $type>,
                >(rows.clone().map(|row| &row.$column).collect()))*
            }
            fn insert(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($crate::schema::$table::table).values(self);
                diesel::RunQueryDsl::execute(insert, conn)
            }
            fn replace(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                let replace = diesel::replace_into($crate::schema::$table::table).values(self);
                diesel::RunQueryDsl::execute(replace, conn)
            }
        }
    };
}
pub use crate::row;
