use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
};

use super::StoreError;

/// The right to write for a subscriber: its name, and the fencing token that its lease was granted under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fence {
    /// The subscriber's name.
    pub subscriber: String,
    /// The token. A write under an older one is refused with [`StoreError::Conflict`].
    pub token: i64,
}

/// A subscriber's cursor in an org's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EventCursor {
    /// The sequence up to which work rows are stored.
    pub position: i64,
    /// The number of events that were pruned before the subscriber read them.
    pub missed: i64,
}

/// A part of an org's log that a subscriber has read, and the work that it causes.
#[derive(Clone, PartialEq, Debug)]
pub struct TakenIn {
    /// The subscriber, with its token.
    pub fence: Fence,
    /// The org of the log.
    pub org: OrgId,
    /// The cursor as it was read. `None` before it was first moved.
    pub from: Option<EventCursor>,
    /// The new cursor.
    pub to: EventCursor,
    /// The work rows. Their events are after `from`, up to and including `to`.
    pub work: Vec<NewEventWork>,
    /// The time of the write.
    pub now: Time,
}

/// A work row to store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEventWork {
    /// The sequence of the event that causes it.
    pub sequence: i64,
    /// Work of one key is done in the order of the log; work without a key in any order.
    pub key: Option<String>,
    /// The work to do.
    pub payload: String,
}

/// The id of a subscriber's work row: the org, the event that causes it, and the row's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventWorkId {
    /// The org.
    pub org: OrgId,
    /// The sequence of the event.
    pub sequence: i64,
    /// The number of the row among those of its event, from 0.
    pub item: i32,
}

/// A work row that waits or is parked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventWork {
    /// The id.
    pub id: EventWorkId,
    /// Its key.
    pub key: Option<String>,
    /// The work to do.
    pub payload: String,
    /// The number of failures.
    pub attempts: i32,
    /// The reason why it failed last.
    pub error: Option<String>,
}

/// A failed work row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailedEventWork {
    /// The id.
    pub id: EventWorkId,
    /// The time to retry. Work of its key waits until then. `None` parks the row, and work of its key goes on.
    pub next_at: Option<Time>,
    /// The reason why it failed.
    pub error: String,
}

/// The counts of an account's messages on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageDay {
    /// The org.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The day's beginning, UTC.
    pub day: Time,
    /// The counts.
    pub counts: MessageCounts,
}

/// Counts of messages by what happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MessageCounts {
    /// Messages from customers.
    pub received: i64,
    /// Messages that Meta accepted.
    pub sent: i64,
    /// Messages reported as delivered.
    pub delivered: i64,
    /// Messages reported as read.
    pub read: i64,
    /// Messages that failed here or were reported as failed.
    pub failed: i64,
}

/// Durable subscribers of the orgs' event logs.
///
/// A subscriber has one cursor for each org. The cursor moves in the transaction that stores the work rows of the
/// events that it passes. Work rows carry the retries, the parking of poison, and the order by key. One process at a
/// time works for a subscriber, under a lease. Every write checks the lease's token, which keeps a late process out.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SubscriberStore: Send + Sync {
    /// Takes or renews a subscriber's lease until `until`. Returns its token, which grows each time that the lease
    /// changes hands or has lapsed. `None` while another owner holds it.
    async fn lease_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<i64>, StoreError>;

    /// Releases a lease, if the owner still holds it.
    async fn release_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
    ) -> Result<(), StoreError>;

    /// Finds orgs whose logs have events after the subscriber's cursor: among orgs with an event after `since`, or
    /// among all orgs when it is `None`.
    async fn moved_logs(
        &self,
        subscriber: &str,
        since: Option<Time>,
    ) -> Result<Vec<OrgId>, StoreError>;

    /// Reads a subscriber's cursor in an org's log. `None` before it was first moved.
    async fn event_cursor(
        &self,
        subscriber: &str,
        org: OrgId,
    ) -> Result<Option<EventCursor>, StoreError>;

    /// Stores work rows and moves the cursor.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token is not the newest, or the cursor is not where it was read.
    async fn take_in(&self, taken: TakenIn) -> Result<(), StoreError>;

    /// Loads due work, the longest due first. Of each key only the first row that is not parked.
    async fn due_work(
        &self,
        subscriber: &str,
        now: Time,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError>;

    /// Deletes finished work rows, and adds their counts to the days.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token is not the newest, or a work row no longer exists: then nothing is
    /// counted.
    async fn count_days(
        &self,
        fence: Fence,
        done: Vec<EventWorkId>,
        days: Vec<MessageDay>,
    ) -> Result<(), StoreError>;

    /// Records failed tries of work rows.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token is not the newest, or a work row no longer exists.
    async fn fail_work(&self, fence: Fence, failed: Vec<FailedEventWork>)
    -> Result<(), StoreError>;

    /// Lists a subscriber's parked work of an org, the oldest first.
    async fn parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError>;

    /// Makes a subscriber's parked work of an org due again. Returns how many rows.
    async fn retry_parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        now: Time,
    ) -> Result<usize, StoreError>;

    /// Lists an org's days since `since`, by day and account.
    async fn message_days(&self, org: OrgId, since: Time) -> Result<Vec<MessageDay>, StoreError>;
}
