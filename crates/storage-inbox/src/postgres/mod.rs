//! The queries over PostgreSQL.

mod bulk;
#[path = "../queries/mod.rs"]
mod queries;

use std::sync::Arc;

use wabakit_storage_engine::postgres::{Conn, Db, Engine, append_audit, hold};

use self::PostgresInbox as Store;

/// The store of what is received in a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct PostgresInbox(Arc<Engine>);

impl From<Arc<Engine>> for PostgresInbox {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
