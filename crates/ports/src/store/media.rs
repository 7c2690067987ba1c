use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{IdBlock, MediaId, OrgId},
    media::Media,
};

use super::StoreError;

/// Files of messages, as rows.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MediaStore: Send + Sync {
    /// Files that are due, the oldest first. Their next try is set to `lease`, so that nobody else takes them
    /// until then.
    async fn claim_media(
        &self,
        now: Time,
        lease: Time,
        limit: i64,
    ) -> Result<Vec<Media>, StoreError>;

    /// One file.
    async fn media(&self, org: OrgId, id: MediaId) -> Result<Option<Media>, StoreError>;

    /// Saves how far a file is; with `announce`, tells it in the event log. Records what a person did. Answers where the
    /// event log ends.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it was erased in the meantime.
    async fn save_media(
        &self,
        media: Media,
        announce: bool,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Option<i64>, StoreError>;
}
