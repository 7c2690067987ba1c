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

use wabakit_ports::store::{OutboxStore, ReceiveStore};
use wabakit_storage_engine::{Database, among, bulk, error, events, schema, types, values};

#[cfg(feature = "postgres")]
pub use postgres::PostgresInbox;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteInbox;

/// Returns the store of receiving in this database.
#[must_use]
pub fn store(database: &Database) -> Arc<dyn ReceiveStore> {
    match database {
        #[cfg(feature = "sqlite")]
        Database::Sqlite(engine) => Arc::new(SqliteInbox::from(engine.clone())),
        #[cfg(feature = "postgres")]
        Database::Postgres(engine) => Arc::new(PostgresInbox::from(engine.clone())),
    }
}

/// Returns the store of sending in this database.
#[must_use]
pub fn outbox(database: &Database) -> Arc<dyn OutboxStore> {
    match database {
        #[cfg(feature = "sqlite")]
        Database::Sqlite(engine) => Arc::new(SqliteInbox::from(engine.clone())),
        #[cfg(feature = "postgres")]
        Database::Postgres(engine) => Arc::new(PostgresInbox::from(engine.clone())),
    }
}
