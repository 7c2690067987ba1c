//! A database that fails on demand, keys, and a vault over them.
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::rows::Rows;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Barrier;
use uuid::Uuid;
use wabakit_domain::{
    ids::{DataKeyId, GrantId, OrgId},
    secret::{Purpose, SealedSecret, SecretBinding},
};
use wabakit_ports::{
    fakes::{SeededRandom, SequentialIds, TestClock},
    store::{DataKeyRow, DataKeyStore, StoreError},
    system::{IdSource, Random},
    vault::Vault,
};
use wabakit_vault::{EnvelopeVault, KeyRing, VaultStartError};

pub(crate) const A: &str = "base64:qcqjhCHSsA2FhIW1mnPqVwNsc4w+VlpSLoSzXXOB1Bw=";
pub(crate) const B: &str = "hex:5f0c9b1e7a3d48629c0f17e2b48ad36e01f7c55a9be3402d8817c6a4f29d3b70";
pub(crate) const C: &str = "hex:c2a1f4e6087b3d5910af62e8d7b4935c6e2081fbd5397a4c0e86f13d2b74a958";
pub(crate) const SALT: [u8; 16] = *b"salt of the test";

pub(crate) fn ring(primary: &str, others: &[&str]) -> KeyRing {
    let others: Vec<_> = others.iter().map(|key| SecretString::from(*key)).collect();
    KeyRing::parse(&SecretString::from(primary), &others, &SALT).unwrap()
}

/// The vault's rows, with switches for faults.
#[derive(Default)]
pub(crate) struct Db {
    pub(crate) rows: Rows,
    /// Tells whether the database does not answer.
    pub(crate) is_down: AtomicBool,
    /// The process dies after this many rewraps. Zero for never.
    pub(crate) dies_at_rewrap: AtomicUsize,
    /// Rewraps so far.
    pub(crate) rewraps: AtomicUsize,
    /// The largest rewrap so far.
    pub(crate) largest_rewrap: AtomicUsize,
    /// All first reads of an org's key wait here for each other.
    pub(crate) meet_at_first_use: Option<Barrier>,
    /// All rewraps wait here for each other.
    pub(crate) meet_at_rewrap: Option<Barrier>,
}

impl Db {
    pub(crate) fn up(&self) -> Result<&Rows, StoreError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("the database is down"));
        }
        Ok(&self.rows)
    }

    /// Writes a row, as somebody with access to the database could.
    pub(crate) async fn overwrite(&self, row: DataKeyRow) {
        let now = self.rows.data_key(row.id).await.unwrap().unwrap();
        let done = self.rows.rewrap(vec![(now.ring_key_id, row)]).await;
        assert_eq!(done.unwrap(), 1);
    }

    pub(crate) async fn all(&self) -> Vec<DataKeyRow> {
        self.rows
            .data_keys_not_wrapped_by("", None, 10_000)
            .await
            .unwrap()
    }
}

#[async_trait]
impl DataKeyStore for Db {
    async fn data_key_of(&self, org: OrgId) -> Result<Option<DataKeyRow>, StoreError> {
        let found = self.up()?.data_key_of(org).await;
        if let Some(barrier) = &self.meet_at_first_use {
            barrier.wait().await;
        }
        found
    }
    async fn data_key(&self, id: DataKeyId) -> Result<Option<DataKeyRow>, StoreError> {
        self.up()?.data_key(id).await
    }
    async fn insert_data_key(&self, row: DataKeyRow) -> Result<DataKeyRow, StoreError> {
        self.up()?.insert_data_key(row).await
    }
    async fn count_by_ring_key(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.up()?.count_by_ring_key().await
    }
    async fn data_keys_not_wrapped_by(
        &self,
        ring_key_id: &str,
        after: Option<DataKeyId>,
        limit: i64,
    ) -> Result<Vec<DataKeyRow>, StoreError> {
        let store = self.up()?;
        store
            .data_keys_not_wrapped_by(ring_key_id, after, limit)
            .await
    }
    async fn rewrap(&self, rows: Vec<(String, DataKeyRow)>) -> Result<usize, StoreError> {
        match &self.meet_at_rewrap {
            Some(barrier) => {
                barrier.wait().await;
            }
            // Yields between reading and writing, as a real database would.
            None => tokio::task::yield_now().await,
        }
        let nth = self.rewraps.fetch_add(1, Ordering::SeqCst) + 1;
        if nth == self.dies_at_rewrap.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("the process died"));
        }
        self.largest_rewrap.fetch_max(rows.len(), Ordering::SeqCst);
        self.up()?.rewrap(rows).await
    }
    async fn vault_setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.up()?.vault_setting(name).await
    }
    async fn vault_settings(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.up()?.vault_settings(prefix).await
    }
    async fn init_vault_setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        self.up()?.init_vault_setting(name, value).await
    }
}

/// The ids and randomness that the processes of one machine share: they never repeat between vaults of one test.
pub(crate) struct Machine {
    pub(crate) db: Arc<Db>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) random: Arc<SeededRandom>,
}

impl Default for Machine {
    fn default() -> Self {
        Self::with(Db::default())
    }
}

impl Machine {
    pub(crate) fn with(db: Db) -> Self {
        Self {
            db: Arc::new(db),
            clock: Arc::default(),
            ids: Arc::<SequentialIds>::default(),
            random: Arc::new(SeededRandom::new(1)),
        }
    }

    /// Starts a vault with these ring keys, as a process of its own would.
    pub(crate) async fn start(
        &self,
        primary: &str,
        others: &[&str],
    ) -> Result<EnvelopeVault, VaultStartError> {
        EnvelopeVault::open(
            Arc::clone(&self.db) as Arc<dyn DataKeyStore>,
            ring(primary, others),
            Arc::clone(&self.clock) as _,
            Arc::clone(&self.ids),
            Arc::clone(&self.random) as Arc<dyn Random>,
        )
        .await
    }

    /// Seals one token for each of this many organisations.
    pub(crate) async fn fill(
        &self,
        primary: &str,
        orgs: u128,
    ) -> Vec<(SecretBinding, SealedSecret)> {
        let vault = self.start(primary, &[]).await.unwrap();
        let mut sealed = Vec::new();
        for org in 1..=orgs {
            let binding = token_of(org);
            let value = vault.seal(binding, &token(org)).await.unwrap();
            sealed.push((binding, value));
        }
        sealed
    }

    /// Asserts that every value opens with these ring keys in a new process.
    pub(crate) async fn all_open(
        &self,
        (primary, others): (&str, &[&str]),
        sealed: &[(SecretBinding, SealedSecret)],
    ) {
        let vault = self.start(primary, others).await.unwrap();
        for (binding, value) in sealed {
            let opened = vault.open(*binding, value).await.unwrap();
            let expected = token(binding.org.0.as_u128());
            assert_eq!(opened.expose_secret(), expected.expose_secret());
        }
    }
}

pub(crate) fn token(org: u128) -> SecretString {
    SecretString::from(format!("EAAG-token-of-{org}"))
}

pub(crate) fn token_of(org: u128) -> SecretBinding {
    SecretBinding::grant(
        OrgId(Uuid::from_u128(org)),
        GrantId(Uuid::from_u128(77)),
        Purpose::AccessToken,
    )
}
