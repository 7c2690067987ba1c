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

/// The queue of messages to Meta. The message and its place in the queue are one row.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// What is known of these, in their order.
    async fn addressees(
        &self,
        asked: Vec<(OrgId, AccountId, Addressee)>,
    ) -> Result<Vec<KnownAddressee>, StoreError>;

    /// Queues what these calls submit: one transaction for all, with their keys and events. Answers them in their
    /// order, and where the logs of the touched orgs end now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else made the same contact or used the same key meanwhile: once more.
    /// [`StoreError::Forbidden`] when the plan refuses a message.
    async fn submit(
        &self,
        submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, LogHeads), StoreError>;

    /// What was kept under a key, if the call is the same; nothing is written.
    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError>;

    /// Messages that were sent from here, newest first.
    async fn sent(
        &self,
        org: OrgId,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, StoreError>;

    /// A message's own message object as it is sent ([`wabakit_domain::outbound::Compose::body`]).
    async fn body(&self, org: OrgId, id: MessageId) -> Result<Option<String>, StoreError>;

    /// Numbers whose queue has something due, or something dispatching, and that nobody holds. Crosses tenants.
    async fn idle_queues(&self, now: Time, limit: i64) -> Result<Vec<AccountId>, StoreError>;

    /// Takes or keeps these queues until `until`, those of them that nobody else holds. A queue that changes hands
    /// gets the next epoch. Answers those that are held, as they are now.
    async fn lease_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError>;

    /// Gives queues back.
    async fn release_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
    ) -> Result<(), StoreError>;

    /// Messages of a queue that are due, at most one of each conversation: by priority, within it the flows in turns
    /// (those after `after` first, then from the beginning), within a flow the one first that is due longest. The
    /// conversations in `held` are left out: a message of theirs is in work.
    ///
    /// A conversation's message is the first by priority and turn. While that one waits for its own sake, the others
    /// wait until its [`wabakit_domain::outbound::Job::holds_until`]; while one is dispatching, all wait.
    async fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        held: Vec<ConversationId>,
        now: Time,
        limit: DueLimit,
    ) -> Result<Vec<DueMessage>, StoreError>;

    /// Writes down that these are about to be sent, with their attempts' tokens: those that are still queued, of
    /// queues that are still held under their epoch. Answers them. From here on they are never sent again by
    /// themselves, and only outcomes with the token say how they go on.
    ///
    /// # Errors
    /// When the database does not answer: nothing may be sent then.
    async fn dispatch(
        &self,
        owner: uuid::Uuid,
        dispatches: Vec<Dispatch>,
        now: Time,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// Lets queued messages wait. Those that are no longer queued are left alone.
    async fn defer(&self, deferrals: Vec<Deferral>) -> Result<(), StoreError>;

    /// Messages of a number that are dispatching under an older epoch: whoever began them is gone.
    async fn orphans(
        &self,
        account: AccountId,
        epoch: i64,
        limit: i64,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// What waits for proof past its time, and what has expired in the queue.
    async fn overdue(&self, now: Time, limit: i64) -> Result<Vec<Overdue>, StoreError>;

    /// When messages of ours were begun to be sent in these conversations since then.
    async fn recent_sends(
        &self,
        conversations: Vec<ConversationId>,
        since: Time,
    ) -> Result<Vec<(ConversationId, Time)>, StoreError>;

    /// Notes what holds a queue up, or that nothing does; only under its epoch.
    async fn block_queue(
        &self,
        account: AccountId,
        epoch: i64,
        block: Option<QueueBlock>,
    ) -> Result<(), StoreError>;

    /// Pauses a number's queue, or lets it go on; with its audit events.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the org has no such account.
    async fn pause_queue(
        &self,
        org: OrgId,
        account: AccountId,
        is_paused: bool,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// The queues of the org's accounts, each count no further than `most`. Of those that Meta took and that have not
    /// arrived, those are counted whose attempt was begun before `stuck_before`.
    async fn queues(
        &self,
        org: OrgId,
        now: Time,
        stuck_before: Time,
        most: i64,
    ) -> Result<Vec<QueueOverview>, StoreError>;

    /// Saves an uploaded file's row, and records it. One of the org's with the same digest, kind and name is answered
    /// instead, and nothing is recorded.
    async fn save_upload(
        &self,
        upload: Upload,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Upload, StoreError>;

    /// One uploaded file.
    async fn upload(&self, org: OrgId, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Meta's id of an uploaded file at a number, and when Meta was given it.
    async fn meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
    ) -> Result<Option<(MetaMediaId, Time)>, StoreError>;

    /// Notes Meta's id of an uploaded file at a number, or that it has none any more.
    async fn save_meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
        meta: Option<MetaMediaId>,
        now: Time,
    ) -> Result<(), StoreError>;
}
