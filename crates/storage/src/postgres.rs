//! The queries over PostgreSQL.

#[path = "queries/mod.rs"]
mod queries;

use std::sync::Arc;

use wabakit_storage_engine::postgres::{Conn, Db, Engine, hold};

use self::PostgresStore as Store;

/// The store in a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct PostgresStore(Arc<Engine>);

impl From<Arc<Engine>> for PostgresStore {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
