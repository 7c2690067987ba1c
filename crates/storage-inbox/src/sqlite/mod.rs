//! The queries over SQLite.

/// The rows of a query, which nobody else changes until the transaction ends. A query says in which order.
macro_rules! locked {
    ($query:expr) => {
        $query
    };
}

mod bulk;
mod dispatch;
#[path = "../queries/mod.rs"]
mod queries;
mod search;

use std::sync::Arc;

use wabakit_storage_engine::sqlite::{Conn, Db, Engine, Prepared, hold, statement};

use self::SqliteInbox as Store;

/// The store of what is received in an SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteInbox(Arc<Engine>);

impl From<Arc<Engine>> for SqliteInbox {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
