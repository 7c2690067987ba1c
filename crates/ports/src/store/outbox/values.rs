use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::{Contact, ContactKey},
    conversation::Conversation,
    ids::{
        AccountId, AttemptToken, ConversationId, GrantId, GroupId, MessageId, OrgId, PhoneNumberId,
        UploadId, WabaId,
    },
    message::{Message, MessageStatus},
    outbound::{Compose, Priority, SendGuard, WaitReason},
};

/// The recipient of a message to send, by a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Addressee {
    /// A person.
    Person(ContactKey),
    /// A group.
    Group(GroupId),
}

/// The stored rows of a recipient.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownAddressee {
    /// The contact. `None` when the person is unknown, and for a group.
    pub contact: Option<Contact>,
    /// Their conversation with the number.
    pub conversation: Option<Conversation>,
}

/// The caller's idempotency key of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// The key as the caller gave it, up to 255 bytes.
    pub key: String,
    /// The SHA-256 of the request.
    pub fingerprint: [u8; 32],
}

/// The messages that one call submits.
#[derive(Clone, PartialEq, Debug)]
pub struct Submission {
    /// The tenant.
    pub org: OrgId,
    /// The idempotency key.
    pub key: Option<IdempotencyKey>,
    /// The answer to a repetition of the call. It is stored with the key.
    pub answer: String,
    /// The messages, each with the account that sends it.
    pub messages: Vec<(AccountId, Compose)>,
    /// The audit entries, written when the messages are queued.
    pub audit: Vec<NewAuditEvent>,
}

/// The result of a submission.
#[derive(Clone, PartialEq, Debug)]
pub enum Submitted {
    /// The messages are queued, in the order of the submission.
    Queued(Vec<Message>),
    /// The same call was made before. This is its stored answer.
    Repeated(String),
    /// The key was used for another call.
    KeyReused,
}

/// A filter of messages that were sent from here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutboxFilter {
    /// Only messages of this number.
    pub account: Option<AccountId>,
    /// Only messages with this status.
    pub status: Option<MessageStatus>,
    /// Only messages with this client reference.
    pub client_reference: Option<String>,
    /// Only messages that Meta accepted and that have neither arrived nor failed since, of an attempt that was begun
    /// before this time.
    pub stuck_before: Option<Time>,
}

/// A leased queue, with the data that sending from its number needs. Crosses tenants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueLease {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The number of the lease. A message that was dispatched under an older epoch is orphaned.
    pub epoch: i64,
    /// Tells whether the same owner held the lease before this call.
    pub is_kept: bool,
    /// Meta's id of the number.
    pub phone_number_id: PhoneNumberId,
    /// Its WABA.
    pub waba_id: WabaId,
    /// Its grant.
    pub grant: GrantId,
    /// Tells whether the number is connected.
    pub is_active: bool,
    /// `throughput.level`.
    pub throughput_level: Option<String>,
    /// Tells whether the number is also used in the WhatsApp Business app.
    pub is_coexistence: bool,
    /// Tells whether somebody paused the queue.
    pub is_paused: bool,
    /// The block of the queue, if there is one.
    pub block: Option<QueueBlock>,
    /// The number of messages that it ever received from customers. They count against its throughput.
    pub inbound: i64,
}

/// A block of a number's whole queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueBlock {
    /// The reason.
    pub reason: WaitReason,
    /// The time when sending is tried again.
    pub until: Time,
    /// Meta's code, if it sent one.
    pub code: Option<i64>,
}

/// The most messages to load from a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DueLimit {
    /// The most messages.
    pub messages: usize,
    /// The most messages of a flow in its turn. The flows of a priority take turns until the limit is reached.
    pub per_flow: usize,
}

/// A message that is due.
#[derive(Clone, PartialEq, Debug)]
pub struct DueMessage {
    /// The message.
    pub id: MessageId,
    /// The tenant.
    pub org: OrgId,
    /// Its conversation. Meta paces messages to one recipient.
    pub conversation: ConversationId,
    /// The priority.
    pub priority: Priority,
    /// The flow.
    pub flow: String,
    /// The time when it became due.
    pub due_at: Time,
    /// The time when it expires: it is not sent after this.
    pub expires_at: Time,
    /// The number of attempts so far.
    pub attempt: i32,
    /// The message object for Meta: [`Compose::body`].
    pub body: String,
    /// The condition that is checked again before sending.
    pub guard: Option<SendGuard>,
    /// Until when the conversation's window is open.
    pub window_until: Option<Time>,
    /// Tells whether the person opted out of marketing.
    pub opted_out: bool,
    /// Tells whether the number that it is addressed to is another contact's now.
    pub is_passed_on: bool,
}

impl DueMessage {
    /// Tells whether its guard still holds, and its number is still the person's.
    pub fn may_go(&self, now: Time) -> bool {
        let holds = |guard: SendGuard| guard.holds(now, self.window_until, self.opted_out);
        !self.is_passed_on && self.guard.is_none_or(holds)
    }
}

/// Messages of one number that are about to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatch {
    /// The number.
    pub account: AccountId,
    /// The lease's epoch.
    pub epoch: i64,
    /// The messages, each with the token of the attempt that begins.
    pub messages: Vec<(MessageId, AttemptToken)>,
}

/// A message to defer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deferral {
    /// The message.
    pub message: MessageId,
    /// The earliest time to send it.
    pub due_at: Time,
    /// The reason why it waits.
    pub wait: WaitReason,
    /// The time for which the messages behind it wait: [`wabakit_domain::outbound::Job::holds_until`].
    pub holds_until: Option<Time>,
}

/// A message that is past its time. Crosses tenants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overdue {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// Tells whether it waits for a proof. Otherwise it is queued, and has expired.
    pub is_proving: bool,
}

/// A number's queue, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueOverview {
    /// The number.
    pub account: AccountId,
    /// The number of due messages by priority, up to the asked limit.
    pub due: [i64; 3],
    /// The number of messages that wait for a later time, by reason, up to the asked limit.
    pub waiting: Vec<(WaitReason, i64)>,
    /// The number of dispatching messages.
    pub dispatching: i64,
    /// The number of messages that wait for a proof.
    pub proving: i64,
    /// The number of messages with an unknown outcome.
    pub unknown: i64,
    /// The number of failed messages.
    pub failed: i64,
    /// The number of stuck messages: Meta accepted them, they have neither arrived nor failed since, and their attempt
    /// was begun before the asked time.
    pub stuck: i64,
    /// The time when the oldest due message became due.
    pub oldest_due: Option<Time>,
    /// Tells whether somebody paused the queue.
    pub is_paused: bool,
    /// The block of the queue.
    pub block: Option<QueueBlock>,
    /// Tells whether a sender holds the queue now.
    pub is_owned: bool,
}

/// A file that somebody uploaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Our id.
    pub id: UploadId,
    /// The tenant.
    pub org: OrgId,
    /// Its key in our own store.
    pub key: String,
    /// The SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The MIME type that was found by the check.
    pub mime_type: String,
    /// The file's name.
    pub filename: Option<String>,
    /// The size in bytes.
    pub size: i64,
    /// The time when it was uploaded.
    pub created_at: Time,
}
