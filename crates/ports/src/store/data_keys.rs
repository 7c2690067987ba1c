use async_trait::async_trait;
use wabakit_domain::{
    Time,
    ids::{DataKeyId, OrgId},
};

use super::StoreError;

/// An org's data key, wrapped by a ring key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataKeyRow {
    /// Our id. Every sealed value names it.
    pub id: DataKeyId,
    /// The owner; [`OrgId::PLATFORM`] for the platform's own.
    pub org: OrgId,
    /// The ring key that wraps it.
    pub ring_key_id: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// The time when it was made.
    pub created_at: Time,
    /// The time when it was last wrapped.
    pub wrapped_at: Time,
}

/// Data keys and the vault's own settings (canaries, salt).
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DataKeyStore: Send + Sync {
    /// Returns the org's data key.
    async fn data_key_of(&self, org: OrgId) -> Result<Option<DataKeyRow>, StoreError>;

    /// Returns a data key by its id.
    async fn data_key(&self, id: DataKeyId) -> Result<Option<DataKeyRow>, StoreError>;

    /// Stores the org's data key, unless it has one. Returns the stored key.
    async fn insert_data_key(&self, row: DataKeyRow) -> Result<DataKeyRow, StoreError>;

    /// Counts the data keys that each ring key wraps.
    async fn count_by_ring_key(&self) -> Result<Vec<(String, i64)>, StoreError>;

    /// Loads some data keys that another ring key than this wraps, by id ascending after `after`.
    async fn data_keys_not_wrapped_by(
        &self,
        ring_key_id: &str,
        after: Option<DataKeyId>,
        limit: i64,
    ) -> Result<Vec<DataKeyRow>, StoreError>;

    /// Replaces the wrapping of data keys, in one write: each only if the named ring key still wraps it. Returns how
    /// many it replaced.
    async fn rewrap(&self, rows: Vec<(String, DataKeyRow)>) -> Result<usize, StoreError>;

    /// Returns a setting of the vault.
    async fn vault_setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Lists the vault's settings whose names begin with this prefix.
    async fn vault_settings(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// Stores a setting, unless it exists. Returns the stored value.
    async fn init_vault_setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, StoreError>;
}
