mod values;

use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{AccountId, ConversationId, IdBlock, MessageId, MetaMediaId, OrgId, UploadId},
    message::Message,
    outbound::Priority,
};

pub use values::{
    Addressee, Deferral, Dispatch, DueLimit, DueMessage, IdempotencyKey, KnownAddressee,
    OutboxFilter, Overdue, QueueBlock, QueueLease, QueueOverview, Submission, Submitted, Upload,
};

use super::{LogHeads, Page, PageRequest, StoreError};

/// The queue of messages to Meta. A message and its job are one row.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// Looks up recipients: contact and conversation of each, in input order.
    async fn addressees(
        &self,
        asked: Vec<(OrgId, AccountId, Addressee)>,
    ) -> Result<Vec<KnownAddressee>, StoreError>;

    /// Enqueues the messages of these submissions, in one transaction with their keys and events. Returns a result for
    /// each, in order, and the last sequences of the touched orgs' logs.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else created the same contact or used the same key meanwhile: retry.
    /// [`StoreError::Forbidden`] when the plan refuses a message.
    async fn submit(
        &self,
        submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, LogHeads), StoreError>;

    /// Looks up an idempotency key, and writes nothing. Returns the stored answer, or that the key was used for another
    /// call.
    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError>;

    /// Lists messages that were sent from here, newest first.
    async fn sent(
        &self,
        org: OrgId,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, StoreError>;

    /// Returns the message object that is sent to Meta ([`wabakit_domain::outbound::Compose::body`]).
    async fn body(&self, org: OrgId, id: MessageId) -> Result<Option<String>, StoreError>;

    /// Finds numbers whose queue nobody holds and which have due or dispatching messages. Crosses tenants.
    async fn idle_queues(&self, now: Time, limit: i64) -> Result<Vec<AccountId>, StoreError>;

    /// Takes or renews the leases of these queues until `until`, except of queues that another owner holds. A queue
    /// that changes hands gets the next epoch. Returns the held queues.
    async fn lease_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError>;

    /// Releases the leases of these queues.
    async fn release_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
    ) -> Result<(), StoreError>;

    /// Loads due messages of a queue, at most one of each conversation. Higher priorities come first. Within a priority
    /// the flows take turns: flows after `after` first, then those from the beginning. Within a flow the longest due
    /// message comes first. Conversations in `held` are left out, because a message of theirs is being sent.
    ///
    /// A conversation offers its first message by priority and turn. While that message waits for a reason of its own,
    /// the others wait too, until its [`wabakit_domain::outbound::Job::holds_until`]. While a message is dispatching,
    /// all others wait.
    async fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        held: Vec<ConversationId>,
        now: Time,
        limit: DueLimit,
    ) -> Result<Vec<DueMessage>, StoreError>;

    /// Marks messages as dispatching, with their attempts' tokens. Skips messages that are no longer queued, and queues
    /// that are no longer held under their epoch. Returns the marked messages. A marked message is never sent again by
    /// itself, and only an outcome with the token decides what follows.
    ///
    /// # Errors
    /// After any error, send nothing.
    async fn dispatch(
        &self,
        owner: uuid::Uuid,
        dispatches: Vec<Dispatch>,
        now: Time,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// Defers queued messages. Skips messages that are no longer queued.
    async fn defer(&self, deferrals: Vec<Deferral>) -> Result<(), StoreError>;

    /// Finds a number's messages that are dispatching under an older epoch: the process that began them is gone.
    async fn orphans(
        &self,
        account: AccountId,
        epoch: i64,
        limit: i64,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// Finds messages that wait for a proof past its time, and messages that expired in the queue.
    async fn overdue(&self, now: Time, limit: i64) -> Result<Vec<Overdue>, StoreError>;

    /// Returns when attempts to send in these conversations were begun since a time.
    async fn recent_sends(
        &self,
        conversations: Vec<ConversationId>,
        since: Time,
    ) -> Result<Vec<(ConversationId, Time)>, StoreError>;

    /// Sets or clears the block of a queue, if the queue still has this epoch.
    async fn block_queue(
        &self,
        account: AccountId,
        epoch: i64,
        block: Option<QueueBlock>,
    ) -> Result<(), StoreError>;

    /// Pauses or resumes a number's queue, with its audit entries.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the org does not have the account.
    async fn pause_queue(
        &self,
        org: OrgId,
        account: AccountId,
        is_paused: bool,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Lists the queues of the org's accounts, with each count up to `most`. An accepted message that has not arrived
    /// counts as stuck if its attempt was begun before `stuck_before`.
    async fn queues(
        &self,
        org: OrgId,
        now: Time,
        stuck_before: Time,
        most: i64,
    ) -> Result<Vec<QueueOverview>, StoreError>;

    /// Stores an uploaded file's row and its audit entries. If the org has a file with the same digest, type and name,
    /// returns that one and writes nothing. A new file counts, within `quota` bytes of the org's where there is one.
    ///
    /// # Errors
    /// [`StoreError::OverQuota`].
    async fn save_upload(
        &self,
        upload: Upload,
        quota: Option<i64>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Upload, StoreError>;

    /// Returns an uploaded file.
    async fn upload(&self, org: OrgId, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Returns Meta's id of a file that was uploaded for a number, and when it was uploaded to Meta.
    async fn meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
    ) -> Result<Option<(MetaMediaId, Time)>, StoreError>;

    /// Sets or clears Meta's id of a file for a number.
    async fn save_meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
        meta: Option<MetaMediaId>,
        now: Time,
    ) -> Result<(), StoreError>;
}
