use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{IdBlock, MediaId, OrgId},
    media::Media,
};

use super::StoreError;

/// The rows of messages' files.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MediaStore: Send + Sync {
    /// Takes due files, the oldest first, and sets their next try to `lease`, so that nobody else takes them until
    /// then.
    async fn claim_media(
        &self,
        now: Time,
        lease: Time,
        limit: i64,
    ) -> Result<Vec<Media>, StoreError>;

    /// Returns a file.
    async fn media(&self, org: OrgId, id: MediaId) -> Result<Option<Media>, StoreError>;

    /// Returns the bytes of files that an org stores: uploaded and received ones. It is a running count, which each
    /// write that stores or erases a file moves.
    async fn stored_bytes(&self, org: OrgId) -> Result<i64, StoreError>;

    /// Saves a file's progress and its audit entries. With `announce`, appends an event. Returns the log's last
    /// sequence. A file that is stored now counts, within `quota` bytes of the org's where there is one.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the file was erased in the meantime; [`StoreError::OverQuota`].
    async fn save_media(
        &self,
        media: Media,
        quota: Option<i64>,
        announce: bool,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Option<i64>, StoreError>;
}
