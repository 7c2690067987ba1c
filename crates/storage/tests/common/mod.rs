//! Stores to test, each in a database of its own.
#![allow(dead_code, reason = "no test file uses all of it")]

use wabakit_storage::{Database as _, PostgresStore, SqliteStore, StoreOptions};
use wabakit_testkit::TestDatabase;

/// A migrated store in an SQLite file.
pub async fn sqlite() -> (SqliteStore, TestDatabase) {
    let database = TestDatabase::sqlite();
    let store = SqliteStore::connect(database.url(), &StoreOptions::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    (store, database)
}

/// A migrated store in a PostgreSQL database.
pub async fn postgres() -> (PostgresStore, TestDatabase) {
    let database = TestDatabase::postgres_from_template("storage", async |url: String| {
        postgres_at(&url).await.migrate().await.unwrap();
    })
    .await;
    (postgres_at(database.url()).await, database)
}

/// A store in the PostgreSQL database of this URL.
pub async fn postgres_at(url: &str) -> PostgresStore {
    let options = StoreOptions {
        // All tests of a file share one server, and its connections.
        connections: Some(8),
        ..StoreOptions::default()
    };
    PostgresStore::connect(url, &options).await.unwrap()
}
