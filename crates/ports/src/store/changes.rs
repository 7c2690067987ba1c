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
    /// It was applied before, and somebody wants it applied again.
    pub is_replay: bool,
}

/// How much to take from the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueLimit {
    /// Changes in all.
    pub changes: usize,
    /// Changes of one lane.
    pub per_lane: usize,
    /// Bytes in all; at least one change is taken.
    pub bytes: usize,
}

/// What a batch does: one transaction.
#[derive(Clone, PartialEq, Debug)]
pub struct ApplyBatch {
    /// Changes that leave the queue.
    pub dequeue: Vec<ChangeId>,
    /// Those of them that are replays: what was parked of them before is dropped, for `park` says it anew.
    pub replayed: Vec<ChangeId>,
    /// Parked items that are tried again: they go.
    pub unpark: Vec<ParkedItemId>,
    /// What is applied, in this order, by [`wabakit_domain::inbox::plan`].
    pub items: Vec<Item>,
    /// What is parked. One that is there already (same change and index) is replaced.
    pub park: Vec<ParkedItem>,
    /// What to record, where a person or a program did this.
    pub audit: Vec<NewAuditEvent>,
    /// Ids for what is made.
    pub ids: IdBlock,
    /// The time of the write.
    pub now: Time,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Where the logs of the touched orgs end now, by org.
    pub heads: Vec<(OrgId, i64)>,
    /// Files that are to be fetched now.
    pub media: usize,
}

/// A change in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeOverview {
    /// The change, its bytes left empty.
    pub change: Change,
    /// Bytes.
    pub size: i64,
    /// It waits to be applied.
    pub is_queued: bool,
    /// What could not be applied, without its bytes.
    pub parked: Vec<ParkedItem>,
}

/// Which changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChangeFilter {
    /// Only of this field.
    pub field: Option<String>,
    /// Only those that came in this time, from the first to before the second.
    pub from: Option<Time>,
    /// See `from`.
    pub to: Option<Time>,
}

/// Whose: an org's own, or everybody's (the operator's view).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// This org's.
    Org(OrgId),
    /// Everybody's, and nobody's.
    Platform,
}

/// Which parked items to try again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replay {
    /// One.
    Item(ParkedItemId),
    /// All that are parked, wait for a home or are not supported.
    Parked,
    /// What waits for one of these numbers or WABAs.
    Homeless(Vec<Lane>),
    /// All changes that came in this time, from the first to before the second, applied or not.
    Range(Time, Time),
}

/// What came for one WABA in one minute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrafficMinute {
    /// The tenant.
    pub org: OrgId,
    /// The WABA.
    pub waba: WabaId,
    /// The beginning of the minute.
    pub minute: Time,
    /// Changes.
    pub changes: i64,
    /// Items that were applied.
    pub items: i64,
    /// Items that were parked.
    pub parked: i64,
    /// From delivery to applied, all changes together, in milliseconds.
    pub latency_sum_ms: i64,
    /// The longest.
    pub latency_max_ms: i64,
    /// When the last one came.
    pub last_at: Time,
}

/// The queue of changes, and what became of them.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ChangeStore: Send + Sync {
    /// Who holds these numbers actively, and who has active numbers on these WABAs. Crosses tenants.
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError>;

    /// Changes of a partition that wait, fairly: lanes after `after` first, then from the beginning; of each
    /// lane the oldest, in order of their ids. The order of a lane is kept in the answer.
    async fn queued(
        &self,
        partition: u8,
        after: Option<Lane>,
        limit: QueueLimit,
    ) -> Result<Vec<QueuedChange>, StoreError>;

    /// Applies a batch: takes changes off the queue, loads what the items touch, writes what
    /// [`wabakit_domain::inbox::plan`] says, takes the orgs' event sequences last, in the order of the orgs'
    /// ids.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a change left the queue, or a parked item went, in the meantime, or
    /// somebody else made the same contact: read again. [`StoreError::Forbidden`] when the plan refuses an
    /// item, and any other error of the database for what it cannot hold. Nothing is written then.
    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError>;

    /// Parked items that are due, the oldest first, each with its change.
    async fn due_retries(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<(ParkedItem, Change)>, StoreError>;

    /// Lets them be tried again: items become due at once, a range's changes are queued. Answers how many. A
    /// range goes on from where it was: it is asked again until it answers zero, with the last id in `after`. What is
    /// to be recorded is recorded where there is any.
    async fn replay(
        &self,
        scope: Scope,
        which: Replay,
        after: Option<ChangeId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(i64, Option<ChangeId>), StoreError>;

    /// Gives up a parked item for good. Answers whether it was there.
    async fn discard(
        &self,
        scope: Scope,
        item: ParkedItemId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Changes, newest first.
    async fn changes(
        &self,
        scope: Scope,
        filter: ChangeFilter,
        page: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, StoreError>;

    /// One change, with its bytes.
    async fn change(
        &self,
        scope: Scope,
        id: ChangeId,
    ) -> Result<Option<ChangeOverview>, StoreError>;

    /// Parked items, newest first, without their bytes.
    async fn parked(
        &self,
        scope: Scope,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, StoreError>;

    /// One parked item, with its bytes.
    async fn parked_item(
        &self,
        scope: Scope,
        id: ParkedItemId,
    ) -> Result<Option<ParkedItem>, StoreError>;

    /// How many changes wait in the queue, counting no further than `most`.
    async fn queued_count(&self, most: i64) -> Result<i64, StoreError>;

    /// Adds to the minutes' counts.
    async fn record_traffic(&self, minutes: Vec<TrafficMinute>) -> Result<(), StoreError>;

    /// The minutes since then, oldest first.
    async fn traffic(&self, org: OrgId, since: Time) -> Result<Vec<TrafficMinute>, StoreError>;
}
