//! The queries over SQLite.

/// Loads the rows of a query and locks them until the transaction ends. The query says in which order.
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

/// The store of receiving in an SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteInbox(Arc<Engine>);

impl From<Arc<Engine>> for SqliteInbox {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
