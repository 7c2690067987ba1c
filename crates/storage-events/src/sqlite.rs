//! The queries over SQLite.

#[path = "queries.rs"]
mod queries;

use wabakit_storage_engine::sqlite::{Conn, Engine};

pub(super) use self::queries::Store;
