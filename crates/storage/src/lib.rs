#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "the queries are written once and compiled once for each engine"
)]

#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use wabakit_ports::store::Store;
use wabakit_storage_engine::{Database, audit, error, schema, types, values};

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// Returns the store of access and connections in this database.
#[must_use]
pub fn store(database: &Database) -> Arc<dyn Store> {
    match database {
        #[cfg(feature = "sqlite")]
        Database::Sqlite(engine) => Arc::new(SqliteStore::from(engine.clone())),
        #[cfg(feature = "postgres")]
        Database::Postgres(engine) => Arc::new(PostgresStore::from(engine.clone())),
    }
}
