use async_trait::async_trait;
use wabakit_domain::{
    Time,
    delivery::{Change, Delivery},
    ids::{DeliveryId, JournalBatchId, MetaAppId},
};

use super::{Page, PageRequest, StoreError};

/// Deliveries that are committed together. Their ids lie in the block of `id`
/// ([`wabakit_domain::ids::IdBlock`]), so that a batch is a range of the primary key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalBatch {
    /// The block.
    pub id: JournalBatchId,
    /// At least one, in the order in which they came.
    pub deliveries: Vec<Delivery>,
}

/// What splitting whole batches made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SplitWrite {
    /// The batches, all of whose deliveries were split.
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
    /// The Meta app whose route it came by.
    pub app: Option<MetaAppId>,
    /// When it came.
    pub received_at: Time,
    /// Bytes.
    pub size: i64,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// Deliveries that were refused, counted: of one minute, one route and one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejections {
    /// The beginning of the minute.
    pub minute: Time,
    /// The Meta app whose route it was.
    pub app: Option<MetaAppId>,
    /// `missing_signature`, `malformed_signature`, `wrong_signature`, `too_large`, `too_slow`, `encoded`,
    /// `wrong_verify_token`.
    pub reason: String,
    /// How many.
    pub count: i64,
    /// The last one's address.
    pub last_address: Option<String>,
    /// When the last one came.
    pub last_at: Time,
}

/// What Meta sent, as it came, before anybody reads it.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// Writes a batch, durably: when this answers, no crash loses it. One transaction, one sync.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the disk is full or the database does not answer: then nothing is
    /// written, or it cannot be known, and nobody may be told that it was.
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError>;

    /// The oldest batches that were not split yet, until they have `max_bytes`; at least one if there is any.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError>;

    /// Stores and queues the changes of whole batches, and takes the batches off the list, in one write.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of the batches was split by somebody else: nothing is written.
    async fn split(&self, write: SplitWrite) -> Result<(), StoreError>;

    /// How many deliveries wait to be split, counting no further than `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError>;

    /// Whole deliveries for the platform's operator, newest first. Crosses tenants.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError>;

    /// One whole delivery. Crosses tenants.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// Adds to the counts of refused deliveries.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError>;

    /// The counts of refused deliveries since then, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError>;
}
