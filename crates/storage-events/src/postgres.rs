//! The queries over PostgreSQL.

#[path = "queries.rs"]
mod queries;

use wabakit_storage_engine::postgres::{Conn, Engine};

pub(super) use self::queries::Store;
