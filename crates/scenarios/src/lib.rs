#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "only tests use this crate, and tests fail by panicking"
)]

use std::sync::Arc;

use uuid::Uuid;
use wabakit_domain::{Time, identity::Org, ids::OrgId};
use wabakit_ports::store::{ReceiveStore, Store};
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_testkit::TestDatabase;

/// The stores of one test, over an SQLite file of its own.
pub struct Stores {
    /// The store of access and connections.
    pub store: Arc<dyn Store>,
    /// The store of receiving.
    pub inbox: Arc<dyn ReceiveStore>,
    _file: Option<TestDatabase>,
}

impl Stores {
    /// Opens an empty file.
    ///
    /// # Panics
    /// When the file cannot be opened.
    pub async fn empty() -> Self {
        Self::filled("empty", async |_| {}).await
    }

    /// Opens a file with the organisations 1 to [`ORGS`], which have no members.
    ///
    /// # Panics
    /// When the file cannot be opened.
    pub async fn with_orgs() -> Self {
        Self::filled("orgs", async |stores| {
            for id in 1..=ORGS {
                let org = Org {
                    id: OrgId(Uuid::from_u128(id)),
                    name: format!("Organisation {id}"),
                    created_at: Time::UNIX_EPOCH,
                };
                stores.store.create_org(org, Vec::new()).await.unwrap();
            }
        })
        .await
    }

    /// Opens a file with the rows that `fill` writes, once for each process and `template`.
    ///
    /// # Panics
    /// When the file cannot be opened, or when `fill` panics.
    pub async fn filled(template: &str, fill: impl AsyncFnOnce(&Self)) -> Self {
        let file = TestDatabase::sqlite_from_template(template, async |url: String| {
            let database = open(&url).await;
            database.migrate().await.unwrap();
            fill(&Self::of(&database, None)).await;
        })
        .await;
        Self::of(&open(file.url()).await, Some(file))
    }

    fn of(database: &Database, file: Option<TestDatabase>) -> Self {
        Self {
            store: wabakit_storage::store(database),
            inbox: wabakit_storage_inbox::store(database),
            _file: file,
        }
    }
}

/// The number of organisations of [`Stores::with_orgs`].
pub const ORGS: u128 = 12;

async fn open(url: &str) -> Database {
    Database::open(url, &StoreOptions::default()).await.unwrap()
}
