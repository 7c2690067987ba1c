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

/// Where a subscriber is in an org's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EventCursor {
    /// The sequence up to which work rows are stored.
    pub position: i64,
    /// Events that were no longer kept when their turn came.
    pub missed: i64,
}

/// A part of an org's log that a subscriber has read, and the work that comes of it.
#[derive(Clone, PartialEq, Debug)]
pub struct TakenIn {
    /// For whom.
    pub fence: Fence,
    /// Whose log.
    pub org: OrgId,
    /// The cursor as it was read; none where there was none.
    pub from: Option<EventCursor>,
    /// The cursor as it becomes.
    pub to: EventCursor,
    /// The work rows: the sequence of the event that each comes of is behind `from`, and not behind `to`.
    pub work: Vec<NewEventWork>,
    /// When.
    pub now: Time,
}

/// Work that is to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEventWork {
    /// The event that it comes of.
    pub sequence: i64,
    /// Work of one key is done in the order of the log; work without a key in any order.
    pub key: Option<String>,
    /// What is to be done.
    pub payload: String,
}

/// Names a work row of a subscriber: the org, the event that it comes of, and which of its rows it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventWorkId {
    /// Whose.
    pub org: OrgId,
    /// The event.
    pub sequence: i64,
    /// Counts the rows of one event from 0.
    pub item: i32,
}

/// Work that waits, or is parked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventWork {
    /// Which.
    pub id: EventWorkId,
    /// Its key.
    pub key: Option<String>,
    /// What is to be done.
    pub payload: String,
    /// How often it failed.
    pub attempts: i32,
    /// Why it failed last.
    pub error: Option<String>,
}

/// Work that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailedEventWork {
    /// Which.
    pub id: EventWorkId,
    /// When to try again. Work of its key waits meanwhile. None parks it: work of its key goes on.
    pub next_at: Option<Time>,
    /// Why.
    pub error: String,
}

/// What an account's messages did on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageDay {
    /// Whose.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The day's beginning, UTC.
    pub day: Time,
    /// The counts.
    pub counts: MessageCounts,
}

/// Counts of messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MessageCounts {
    /// Customers wrote.
    pub received: i64,
    /// Meta took for sending.
    pub sent: i64,
    /// Reported as delivered.
    pub delivered: i64,
    /// Reported as read.
    pub read: i64,
    /// Failed here, or reported as failed.
    pub failed: i64,
}

/// Durable subscribers of the orgs' event logs.
///
/// A subscriber has one cursor for each org. The cursor moves in the transaction that stores the work rows of what it
/// passes; those rows carry retries, poison, and order by key. One process at a time works for a subscriber, under a
/// lease; what keeps a late one out is the token, which every write checks.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SubscriberStore: Send + Sync {
    /// Takes or prolongs a subscriber's lease until `until`. Answers its token, which is larger each time that the
    /// lease changes hands or lapsed; none while another owner has it.
    async fn lease_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<i64>, StoreError>;

    /// Gives a lease back, if the owner still has it.
    async fn release_subscriber(
        &self,
        subscriber: &str,
        owner: Uuid,
        now: Time,
    ) -> Result<(), StoreError>;

    /// Finds orgs whose logs go on behind the subscriber's cursor, of those with an event after `since`; of all orgs
    /// where it is none.
    async fn moved_logs(
        &self,
        subscriber: &str,
        since: Option<Time>,
    ) -> Result<Vec<OrgId>, StoreError>;

    /// Reads a subscriber's cursor in an org's log; none before it was first moved.
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

    /// Loads work that is due, the longest due first: of each key only the first that is not parked.
    async fn due_work(
        &self,
        subscriber: &str,
        now: Time,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError>;

    /// Takes off work that is done, and adds what it counted to the days.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token is not the newest, or some of the work is there no more: then nothing
    /// is counted.
    async fn count_days(
        &self,
        fence: Fence,
        done: Vec<EventWorkId>,
        days: Vec<MessageDay>,
    ) -> Result<(), StoreError>;

    /// Notes that work failed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token is not the newest, or some of the work is there no more.
    async fn fail_work(&self, fence: Fence, failed: Vec<FailedEventWork>)
    -> Result<(), StoreError>;

    /// Loads a subscriber's parked work of an org, the oldest first.
    async fn parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        limit: i64,
    ) -> Result<Vec<EventWork>, StoreError>;

    /// Lets a subscriber's parked work of an org be tried again. Answers how much it was.
    async fn retry_parked_work(
        &self,
        subscriber: &str,
        org: OrgId,
        now: Time,
    ) -> Result<usize, StoreError>;

    /// Loads an org's days from `since` on, in order of day and account.
    async fn message_days(&self, org: OrgId, since: Time) -> Result<Vec<MessageDay>, StoreError>;
}
