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
    /// What to record where they are queued: one entry a call.
    pub audit: Vec<NewAuditEvent>,
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
    /// Only what Meta took and what has neither arrived nor failed since, of an attempt that was begun before then.
    pub stuck_before: Option<Time>,
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
    /// What is asked again now.
    pub guard: Option<SendGuard>,
    /// Until when the conversation's window is open.
    pub window_until: Option<Time>,
    /// The person opted out of marketing.
    pub opted_out: bool,
}

impl DueMessage {
    /// Whether its guard holds still.
    pub fn may_go(&self, now: Time) -> bool {
        let holds = |guard: SendGuard| guard.holds(now, self.window_until, self.opted_out);
        self.guard.is_none_or(holds)
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

/// A message that has to wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deferral {
    /// The message.
    pub message: MessageId,
    /// Not before.
    pub due_at: Time,
    /// Why.
    pub wait: WaitReason,
    /// Until when it holds up those behind it: [`wabakit_domain::outbound::Job::holds_until`].
    pub holds_until: Option<Time>,
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
    /// Messages that Meta took, and that have neither arrived nor failed since, of attempts that were begun before
    /// the time that was asked.
    pub stuck: i64,
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
