use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, Lane, ParkedItem, ParkedState, Route},
    ids::{ChangeId, IdBlock, OrgId, ParkedItemId, PhoneNumberId, WabaId},
    inbox::Item,
};

use super::{Page, PageRequest, StoreError};

/// A change that waits to be applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueuedChange {
    /// The change.
    pub change: Change,
    /// Tells whether it was applied before, and somebody asked for a replay.
    pub is_replay: bool,
}

/// The most to take from the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueLimit {
    /// The most changes.
    pub changes: usize,
    /// The most changes of one lane.
    pub per_lane: usize,
    /// The most bytes. At least one change is taken.
    pub bytes: usize,
}

/// A batch to apply in one transaction.
#[derive(Clone, PartialEq, Debug)]
pub struct ApplyBatch {
    /// The changes that leave the queue.
    pub dequeue: Vec<ChangeId>,
    /// The replays among them. Their parked items are deleted first, because `park` lists them anew.
    pub replayed: Vec<ChangeId>,
    /// The parked items that are retried. They are deleted.
    pub unpark: Vec<ParkedItemId>,
    /// The items to apply, in this order, by [`wabakit_domain::inbox::plan`].
    pub items: Vec<Item>,
    /// The items to park. An existing parked item of the same change and index is replaced.
    pub park: Vec<ParkedItem>,
    /// The audit entries, if a person or a program caused this.
    pub audit: Vec<NewAuditEvent>,
    /// Ids for new rows and events.
    pub ids: IdBlock,
    /// The time of the write.
    pub now: Time,
}

/// The result of applying a batch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// The last sequences of the touched orgs' logs.
    pub heads: Vec<(OrgId, i64)>,
    /// The number of files that are to be fetched now.
    pub media: usize,
}

/// A change in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeOverview {
    /// The change, its bytes left empty.
    pub change: Change,
    /// The size in bytes.
    pub size: i64,
    /// Tells whether it waits to be applied.
    pub is_queued: bool,
    /// Its parked items, without their bytes.
    pub parked: Vec<ParkedItem>,
}

/// A filter of changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChangeFilter {
    /// Only changes of this field.
    pub field: Option<String>,
    /// Only changes received at or after this time.
    pub from: Option<Time>,
    /// Only changes received before this time.
    pub to: Option<Time>,
}

/// The tenants to look at: one org, or all (the operator's view).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// This org.
    Org(OrgId),
    /// All orgs, and rows without an org.
    Platform,
}

/// The parked items or changes to replay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replay {
    /// One parked item.
    Item(ParkedItemId),
    /// All items that are parked, homeless or unsupported.
    Parked,
    /// Homeless items of these lanes.
    Homeless(Vec<Lane>),
    /// All changes received from the first time until before the second, applied or not.
    Range(Time, Time),
}

/// The traffic of one WABA in one minute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrafficMinute {
    /// The tenant.
    pub org: OrgId,
    /// The WABA.
    pub waba: WabaId,
    /// The beginning of the minute.
    pub minute: Time,
    /// The number of changes.
    pub changes: i64,
    /// The number of applied items.
    pub items: i64,
    /// The number of parked items.
    pub parked: i64,
    /// The sum of all changes' latencies from receipt to application, in milliseconds.
    pub latency_sum_ms: i64,
    /// The longest latency, in milliseconds.
    pub latency_max_ms: i64,
    /// The time when the last change was received.
    pub last_at: Time,
}

/// The queue of changes, their parked items, and the counts of traffic.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ChangeStore: Send + Sync {
    /// Returns the active accounts of these numbers and of these WABAs. Crosses tenants.
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError>;

    /// Loads waiting changes of a partition. Lanes after `after` come first, then those from the beginning, so that
    /// each gets its turn. Each lane gives its oldest changes, in order of their ids.
    async fn queued(
        &self,
        partition: u8,
        after: Option<Lane>,
        limit: QueueLimit,
    ) -> Result<Vec<QueuedChange>, StoreError>;

    /// Applies a batch: dequeues changes, loads the rows that the items need, and writes the plan of
    /// [`wabakit_domain::inbox::plan`]. It takes the orgs' event sequences last, in order of the orgs' ids.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when, in the meantime, a change left the queue, a parked item was deleted, or somebody
    /// else created the same contact: read again. [`StoreError::Forbidden`] when the plan refuses an item, and any
    /// other error of the database for a value that it cannot hold. Nothing is written then.
    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError>;

    /// Loads due parked items, the oldest first, each with its change.
    async fn due_retries(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<(ParkedItem, Change)>, StoreError>;

    /// Replays parked items or changes: makes the items due at once, or queues a range's changes. Returns how many, and
    /// the last id of a range. A range is queued in parts: call again, with that id in `after`, until it returns zero.
    async fn replay(
        &self,
        scope: Scope,
        which: Replay,
        after: Option<ChangeId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(i64, Option<ChangeId>), StoreError>;

    /// Deletes a parked item for good. Returns whether it existed.
    async fn discard(
        &self,
        scope: Scope,
        item: ParkedItemId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Lists changes, newest first.
    async fn changes(
        &self,
        scope: Scope,
        filter: ChangeFilter,
        page: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, StoreError>;

    /// Returns a change, with its bytes.
    async fn change(
        &self,
        scope: Scope,
        id: ChangeId,
    ) -> Result<Option<ChangeOverview>, StoreError>;

    /// Lists parked items, newest first, without their bytes.
    async fn parked(
        &self,
        scope: Scope,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, StoreError>;

    /// Returns a parked item, with its bytes.
    async fn parked_item(
        &self,
        scope: Scope,
        id: ParkedItemId,
    ) -> Result<Option<ParkedItem>, StoreError>;

    /// Counts the changes in the queue, up to `most`.
    async fn queued_count(&self, most: i64) -> Result<i64, StoreError>;

    /// Adds to the minutes' counts.
    async fn record_traffic(&self, minutes: Vec<TrafficMinute>) -> Result<(), StoreError>;

    /// Lists the minutes since a time, oldest first.
    async fn traffic(&self, org: OrgId, since: Time) -> Result<Vec<TrafficMinute>, StoreError>;
}
