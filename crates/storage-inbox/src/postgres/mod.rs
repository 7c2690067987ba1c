//! The queries over PostgreSQL.

/// Loads the rows of a query and locks them until the transaction ends. The query says in which order.
macro_rules! locked {
    ($query:expr) => {
        $query.for_no_key_update()
    };
}

mod bulk;
mod dispatch;
#[path = "../queries/mod.rs"]
mod queries;
mod search;

use std::sync::Arc;

use wabakit_storage_engine::postgres::{Conn, Db, Engine, Prepared, hold, statement};

use self::PostgresInbox as Store;

/// The store of receiving in a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct PostgresInbox(Arc<Engine>);

impl From<Arc<Engine>> for PostgresInbox {
    fn from(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}
