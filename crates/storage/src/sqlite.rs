//! The queries over SQLite.

#[path = "queries/mod.rs"]
mod queries;

use std::sync::Arc;

use wabakit_storage_engine::sqlite::{Conn, Db, Engine, hold};

use self::SqliteStore as Store;

/// The store in an SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore(Arc<Engine>);

impl From<Arc<Engine>> for SqliteStore {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
