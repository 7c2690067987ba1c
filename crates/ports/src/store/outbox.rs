use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::{Contact, ContactKey},
    conversation::Conversation,
    ids::{
        AccountId, ConversationId, GrantId, GroupId, IdBlock, MessageId, MetaMediaId, OrgId,
        PhoneNumberId, UploadId, WabaId,
    },
    message::{Message, MessageStatus},
    outbound::{Compose, Priority, WaitReason},
};

use super::{Page, PageRequest, StoreError};

/// Where the logs of orgs end, by org.
pub type LogHeads = Vec<(OrgId, i64)>;

/// The other side of a message that is to be sent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Addressee {
    /// A person.
    Person(ContactKey),
    /// A group.
    Group(GroupId),
}

/// What is known of an addressee.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownAddressee {
    /// The person.
    pub contact: Option<Contact>,
    /// Their conversation with the number.
    pub conversation: Option<Conversation>,
}

/// The caller's name for a call, so that its repeat is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// As the caller gave it; up to 255 bytes.
    pub key: String,
    /// SHA-256 of what was asked.
    pub fingerprint: [u8; 32],
}

/// What one call submits.
#[derive(Clone, PartialEq, Debug)]
pub struct Submission {
    /// The tenant.
    pub org: OrgId,
    /// The caller's name for the call.
    pub key: Option<IdempotencyKey>,
    /// What a repeat of the call is answered with; kept with the key.
    pub answer: String,
    /// The messages, each with its number.
    pub messages: Vec<(AccountId, Compose)>,
}

/// What became of a submission.
#[derive(Clone, PartialEq, Debug)]
pub enum Submitted {
    /// The messages are queued, in the order of the submission.
    Queued(Vec<Message>),
    /// The same call was made before: this was kept as its answer.
    Repeated(String),
    /// The key was used for another call.
    KeyReused,
}

/// Which messages of ours.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutboxFilter {
    /// Only of this number.
    pub account: Option<AccountId>,
    /// Only with this status.
    pub status: Option<MessageStatus>,
    /// Only with this reference of the sender's.
    pub client_reference: Option<String>,
}

/// A number's queue that somebody has to work on. Crosses tenants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueLease {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// Counts the queue's owners. What is dispatched under an older one is orphaned.
    pub epoch: i64,
    /// Whether this owner had it before this call as well.
    pub is_kept: bool,
    /// Meta's id of the number.
    pub phone_number_id: PhoneNumberId,
    /// Its WABA.
    pub waba_id: WabaId,
    /// Its grant.
    pub grant: GrantId,
    /// The number is connected.
    pub is_active: bool,
    /// `throughput.level`.
    pub throughput_level: Option<String>,
    /// It also lives in the WhatsApp Business app.
    pub is_coexistence: bool,
    /// Somebody paused it.
    pub is_paused: bool,
    /// What Meta limits, and until when.
    pub block: Option<QueueBlock>,
    /// Customers' messages that ever came to the number: they count against its throughput.
    pub inbound: i64,
}

/// Something that holds a number's whole queue up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueBlock {
    /// Why.
    pub reason: WaitReason,
    /// Until it is tried again.
    pub until: Time,
    /// Meta's code, where one told.
    pub code: Option<i64>,
}

/// How much to read of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DueLimit {
    /// Messages in all.
    pub messages: usize,
    /// Messages of one flow in one round: the flows of a priority take turns, in as many rounds as it takes.
    pub per_flow: usize,
}

/// A message that is due.
#[derive(Clone, PartialEq, Debug)]
pub struct DueMessage {
    /// The message.
    pub id: MessageId,
    /// The tenant.
    pub org: OrgId,
    /// Its conversation: what Meta paces for one recipient.
    pub conversation: ConversationId,
    /// What it overtakes.
    pub priority: Priority,
    /// Its campaign.
    pub flow: String,
    /// When it was due.
    pub due_at: Time,
    /// It is not sent after this.
    pub expires_at: Time,
    /// Attempts so far.
    pub attempt: i32,
    /// [`Compose::body`].
    pub body: String,
}

/// Messages of one number that are about to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatch {
    /// The number.
    pub account: AccountId,
    /// The lease's epoch.
    pub epoch: i64,
    /// The messages.
    pub messages: Vec<MessageId>,
}

/// A message that has to wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deferral {
    /// The message.
    pub message: MessageId,
    /// Not before.
    pub due_at: Time,
    /// Why.
    pub wait: WaitReason,
}

/// What is past its time. Crosses tenants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overdue {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// It waits for proof; else it is queued, and has expired.
    pub is_proving: bool,
}

/// A number's queue, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueOverview {
    /// The number.
    pub account: AccountId,
    /// Messages that wait, counted no further than asked: due, by priority.
    pub due: [i64; 3],
    /// Messages that wait for a time of their own, by reason, counted no further than asked.
    pub waiting: Vec<(WaitReason, i64)>,
    /// Messages on their way to Meta.
    pub dispatching: i64,
    /// Messages that wait for proof.
    pub proving: i64,
    /// Messages of which nobody knows.
    pub unknown: i64,
    /// Messages that failed.
    pub failed: i64,
    /// When the oldest due message became due.
    pub oldest_due: Option<Time>,
    /// Somebody paused it.
    pub is_paused: bool,
    /// What Meta limits.
    pub block: Option<QueueBlock>,
    /// A sender works on it now.
    pub is_owned: bool,
}

/// A file that somebody uploaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Our id.
    pub id: UploadId,
    /// The tenant.
    pub org: OrgId,
    /// Where it is in our own store.
    pub key: String,
    /// SHA-256.
    pub sha256: [u8; 32],
    /// What kind of file, as it was checked.
    pub mime_type: String,
    /// The file's name.
    pub filename: Option<String>,
    /// Bytes.
    pub size: i64,
    /// When.
    pub created_at: Time,
}

/// The queue of messages to Meta. The message and its place in the queue are one row.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// What is known of these, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
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
    ///
    /// # Errors
    /// When the database does not answer.
    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError>;

    /// Messages that were sent from here, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn sent(
        &self,
        org: OrgId,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, StoreError>;

    /// A message's own message object as it is sent ([`Compose::body`]).
    ///
    /// # Errors
    /// When the database does not answer.
    async fn body(&self, org: OrgId, id: MessageId) -> Result<Option<String>, StoreError>;

    /// Numbers whose queue has something due, or something dispatching, and that nobody holds. Crosses tenants.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn idle_queues(&self, now: Time, limit: i64) -> Result<Vec<AccountId>, StoreError>;

    /// Takes or keeps these queues until `until`, those of them that nobody else holds. A queue that changes hands
    /// gets the next epoch. Answers those that are held, as they are now.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn lease_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError>;

    /// Gives queues back.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn release_queues(
        &self,
        owner: uuid::Uuid,
        accounts: Vec<AccountId>,
    ) -> Result<(), StoreError>;

    /// Messages of a queue that are due: by priority, within it the flows in turns (those after `after` first, then
    /// from the beginning), within a flow the one first that is due longest. Those in `without` are left out: they
    /// are in work.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        without: Vec<MessageId>,
        now: Time,
        limit: DueLimit,
    ) -> Result<Vec<DueMessage>, StoreError>;

    /// Writes down that these are about to be sent: those that are still queued, of queues that are still held
    /// under their epoch. Answers them. From here on they are never sent again by themselves.
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
    ///
    /// # Errors
    /// When the database does not answer.
    async fn defer(&self, deferrals: Vec<Deferral>) -> Result<(), StoreError>;

    /// Messages of a number that are dispatching under an older epoch: whoever began them is gone.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn orphans(
        &self,
        account: AccountId,
        epoch: i64,
        limit: i64,
    ) -> Result<Vec<MessageId>, StoreError>;

    /// What waits for proof past its time, and what has expired in the queue.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn overdue(&self, now: Time, limit: i64) -> Result<Vec<Overdue>, StoreError>;

    /// When messages of ours were begun to be sent in these conversations since then.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn recent_sends(
        &self,
        conversations: Vec<ConversationId>,
        since: Time,
    ) -> Result<Vec<(ConversationId, Time)>, StoreError>;

    /// Notes what holds a queue up, or that nothing does; only under its epoch.
    ///
    /// # Errors
    /// When the database does not answer.
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

    /// The queues of the org's accounts, each count no further than `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn queues(
        &self,
        org: OrgId,
        now: Time,
        most: i64,
    ) -> Result<Vec<QueueOverview>, StoreError>;

    /// Saves an uploaded file's row. One of the org's with the same digest, kind and name is answered instead.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn save_upload(&self, upload: Upload) -> Result<Upload, StoreError>;

    /// One uploaded file.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn upload(&self, org: OrgId, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Meta's id of an uploaded file at a number, and when Meta was given it.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
    ) -> Result<Option<(MetaMediaId, Time)>, StoreError>;

    /// Notes Meta's id of an uploaded file at a number, or that it has none any more.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn save_meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
        meta: Option<MetaMediaId>,
        now: Time,
    ) -> Result<(), StoreError>;
}
