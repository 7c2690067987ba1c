use async_trait::async_trait;
use wabakit_domain::{
    Time,
    delivery::{Change, Delivery},
    ids::{DeliveryId, JournalBatchId, MetaAppId},
};

use super::{Page, PageRequest, StoreError};

/// Deliveries that are committed together. Their ids are in the block of `id` ([`wabakit_domain::ids::IdBlock`]), so
/// that a batch is a range of the primary key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalBatch {
    /// The block.
    pub id: JournalBatchId,
    /// At least one delivery, in order of arrival.
    pub deliveries: Vec<Delivery>,
}

/// The result of splitting whole batches.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SplitWrite {
    /// The batches. All their deliveries were split.
    pub batches: Vec<JournalBatchId>,
    /// Their changes, in order. All are queued.
    pub changes: Vec<Change>,
    /// Deliveries that could not be read, and why.
    pub unreadable: Vec<(DeliveryId, String)>,
}

/// A delivery without its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryOverview {
    /// Our id.
    pub id: DeliveryId,
    /// The Meta app whose route received it.
    pub app: Option<MetaAppId>,
    /// The time when it was received.
    pub received_at: Time,
    /// The size in bytes.
    pub size: i64,
    /// The reason why it could not be read.
    pub problem: Option<String>,
}

/// Counts of rejected deliveries: of one minute, one route and one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejections {
    /// The beginning of the minute.
    pub minute: Time,
    /// The Meta app whose route it was.
    pub app: Option<MetaAppId>,
    /// `missing_signature`, `malformed_signature`, `wrong_signature`, `too_large`, `too_slow`, `encoded`,
    /// `wrong_verify_token`.
    pub reason: String,
    /// The number of rejections.
    pub count: i64,
    /// The address of the last one.
    pub last_address: Option<String>,
    /// The time of the last one.
    pub last_at: Time,
}

/// Meta's deliveries, unchanged, before they are parsed.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// Writes a batch durably: when this returns, no crash loses it. One transaction, one sync.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the disk is full or the database does not answer. Then nothing is written, or
    /// the outcome is unknown, and no sender may be told that it was.
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError>;

    /// Reads the oldest unsplit batches, up to `max_bytes`; at least one if there is any.
    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError>;

    /// Stores and queues the changes of whole batches, and marks the batches as split, in one write.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another process split one of the batches: nothing is written.
    async fn split(&self, write: SplitWrite) -> Result<(), StoreError>;

    /// Counts the deliveries that wait to be split, up to `most`.
    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError>;

    /// Lists whole deliveries for the platform's operator, newest first. Crosses tenants.
    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError>;

    /// Returns a whole delivery. Crosses tenants.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// Adds to the counts of rejections.
    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError>;

    /// Lists the counts of rejections since a time, newest first, at most `limit`.
    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError>;
}
