use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::future::Cache;
use secrecy::SecretString;
use wabakit_domain::{
    ids::{DataKeyId, OrgId},
    secret::{SealedSecret, SecretBinding},
};
use wabakit_ports::{
    store::{DataKeyRow, DataKeyStore},
    system::{Clock, IdSource, Random},
    vault::{Vault, VaultError},
};

use crate::{
    VaultStartError, check::UnwrapFailure, keyring::KeyRing, material::Material, sealed, start,
    wrap::DataKey,
};

/// The number of opened data keys that are cached.
const CACHED_KEYS: u64 = 10_000;
/// The time for which an opened data key is cached. It is bounded, so that a process also forgets a key that was
/// deleted from the database.
const CACHED_FOR: Duration = Duration::from_secs(60 * 60);

/// Envelope encryption: the owner's data key seals a value, and the key ring wraps the data key.
///
/// Shared by reference. Any number of calls may run at the same time, also in other processes on the same database.
pub struct EnvelopeVault {
    store: Arc<dyn DataKeyStore>,
    ring: KeyRing,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    random: Arc<dyn Random>,
    opened: Cache<DataKeyId, Arc<DataKey>>,
}

impl EnvelopeVault {
    /// Opens the vault over a database, after the check that the ring fits it. Leaves a canary there for each ring
    /// key.
    ///
    /// # Errors
    /// [`VaultStartError`]: a wrong key, a former key that is still needed, a damaged canary, or a database that does
    /// not answer.
    pub async fn open(
        store: Arc<dyn DataKeyStore>,
        ring: KeyRing,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        random: Arc<dyn Random>,
    ) -> Result<Self, VaultStartError> {
        start::check(&*store, &ring, &*random).await?;
        Ok(Self {
            store,
            ring,
            clock,
            ids,
            random,
            opened: Cache::builder()
                .max_capacity(CACHED_KEYS)
                .time_to_live(CACHED_FOR)
                .build(),
        })
    }

    async fn unwrapped(&self, row: &DataKeyRow) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.opened.get(&row.id).await {
            return Ok(key);
        }
        let key = DataKey::unwrap(row, &self.ring).map_err(|why| {
            tracing::error!(data_key = %row.id, org = %row.org, ring_key = row.ring_key_id, %why, "a data key cannot be used");
            match why {
                UnwrapFailure::UnknownRingKey => VaultError::UnknownKey,
                UnwrapFailure::DoesNotOpen => VaultError::CannotOpen,
            }
        })?;
        let key = Arc::new(key);
        self.opened.insert(row.id, Arc::clone(&key)).await;
        Ok(key)
    }

    /// Creates the owner's data key. If several processes do so at once, the store keeps the first, and all use that
    /// one.
    async fn make_key(&self, org: OrgId) -> Result<DataKeyRow, VaultError> {
        let key = DataKey {
            id: DataKeyId(self.ids.next()),
            org,
            material: Material::random(&*self.random)?,
        };
        let by = self.ring.primary();
        let now = self.clock.now();
        let row = DataKeyRow {
            id: key.id,
            org,
            ring_key_id: by.id.clone(),
            wrapped: key.wrap(by, &*self.random)?,
            created_at: now,
            wrapped_at: now,
        };
        Ok(self.store.insert_data_key(row).await?)
    }
}

#[async_trait]
impl Vault for EnvelopeVault {
    async fn seal(
        &self,
        binding: SecretBinding,
        secret: &SecretString,
    ) -> Result<SealedSecret, VaultError> {
        let row = match self.store.data_key_of(binding.org).await? {
            Some(row) => row,
            None => self.make_key(binding.org).await?,
        };
        let key = self.unwrapped(&row).await?;
        sealed::seal(&key, binding, secret, &*self.random)
    }

    /// A value whose data key is not in the database was changed, so it gives [`VaultError::CannotOpen`] too.
    /// [`VaultError::UnknownKey`] always means the configuration, and goes away when the missing ring key is added.
    async fn open(
        &self,
        binding: SecretBinding,
        sealed: &SealedSecret,
    ) -> Result<SecretString, VaultError> {
        let (id, body) = sealed::parse(sealed).ok_or(VaultError::CannotOpen)?;
        let key = match self.opened.get(&id).await {
            Some(key) => key,
            None => {
                let row = self.store.data_key(id).await?;
                self.unwrapped(&row.ok_or(VaultError::CannotOpen)?).await?
            }
        };
        sealed::open(&key, binding, body).ok_or(VaultError::CannotOpen)
    }
}

impl fmt::Debug for EnvelopeVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeVault")
            .field("ring", &self.ring)
            .field("opened", &self.opened.entry_count())
            .finish_non_exhaustive()
    }
}
