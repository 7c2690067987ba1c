//! Rows that are written many at a time: PostgreSQL takes them as one array a column, SQLite in a loop of one
//! prepared statement.

use diesel::{
    QueryResult, SqliteConnection,
    pg::Pg,
    query_builder::{BoxedSqlQuery, SqlQuery},
};

/// A statement that takes binds for PostgreSQL.
pub type PgSql<'f> = BoxedSqlQuery<'f, Pg, SqlQuery>;

/// A row, or some columns of one.
pub trait Row: Send + Sync + Sized + 'static {
    /// The table's name.
    const TABLE: &'static str;

    /// The columns, in the order of binding.
    fn columns() -> Vec<&'static str>;
    /// Binds an array for each column.
    fn bind<'f>(rows: impl Iterator<Item = &'f Self> + Clone, sql: PgSql<'f>) -> PgSql<'f>;
    /// Inserts this one.
    ///
    /// # Errors
    /// What the database says.
    fn insert(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
    /// Inserts this one, in the place of any that has the same key.
    ///
    /// # Errors
    /// What the database says.
    fn replace(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// A row that is changed, found by its `id`.
pub trait Changed: Row {
    /// Where alone it is changed: a condition on the row as it stands (`t`) and as it is to be (`u`).
    const GUARD: &'static str;

    /// Changes this one.
    ///
    /// # Errors
    /// What the database says.
    fn update(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;
}

/// Makes a row of a table: the struct, and how it is written. The schema may have the table under another name than
/// the database, which is given then.
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
