#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "the queries are written once and compiled once for each engine"
)]

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use wabakit_ports::store::SubscriberStore;
use wabakit_storage_engine::{Database, error, types};

/// Makes the store of the event log's subscribers on this database.
#[must_use]
pub fn subscribers(database: &Database) -> Arc<dyn SubscriberStore> {
    match database {
        #[cfg(feature = "sqlite")]
        Database::Sqlite(engine) => Arc::new(sqlite::Store::from(engine.clone())),
        #[cfg(feature = "postgres")]
        Database::Postgres(engine) => Arc::new(postgres::Store::from(engine.clone())),
    }
}
