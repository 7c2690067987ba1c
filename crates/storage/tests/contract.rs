//! The suite that every store must pass, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use wabakit_storage::{PostgresStore, SqliteStore};
use wabakit_storage_engine::Database;
use wabakit_testkit::TestDatabase;

async fn sqlite() -> (SqliteStore, TestDatabase) {
    match common::sqlite().await {
        (Database::Sqlite(engine), test) => (engine.into(), test),
        other => panic!("{other:?} is not SQLite"),
    }
}

async fn postgres() -> (PostgresStore, TestDatabase) {
    match common::postgres().await {
        (Database::Postgres(engine), test) => (engine.into(), test),
        other => panic!("{other:?} is not PostgreSQL"),
    }
}

mod sqlite {
    wabakit_store_contract::store_contract!(super::sqlite());
}

mod postgres {
    wabakit_store_contract::store_contract!(super::postgres());
}
