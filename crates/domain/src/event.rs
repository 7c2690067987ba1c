//! An organisation's event log: what happened, in order.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    contact::Contact,
    conversation::Conversation,
    ids::{AccountId, ContactId, ConversationId, EventId, MediaId, MessageId, OrgId, Wamid},
    inbound::{Management, MetaFault, Party},
    media::MediaState,
    message::{Message, MessageStatus, StatusEntry},
    outbound::Job,
};

/// What happened, with what a listener needs to know without asking.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum EventData {
    /// A customer wrote.
    #[serde(rename = "message.received")]
    MessageReceived(MessageEvent),
    /// The business wrote on its phone.
    #[serde(rename = "message.echoed")]
    MessageEchoed(MessageEvent),
    /// An old message was imported.
    #[serde(rename = "message.imported")]
    MessageImported(MessageEvent),
    /// A message was edited, taken back, or understood better.
    #[serde(rename = "message.updated")]
    MessageUpdated(MessageEvent),
    /// Somebody here wrote a message: it is in the queue.
    #[serde(rename = "message.queued")]
    MessageQueued(MessageEvent),
    /// The sending of a message went on: it was accepted, refused, cancelled, …
    #[serde(rename = "message.sending")]
    MessageSending(SendingEvent),
    /// A status of a message was reported.
    #[serde(rename = "message.status")]
    MessageStatus(StatusEvent),
    /// A file is here, or cannot be had.
    #[serde(rename = "media.updated")]
    MediaUpdated(MediaEvent),
    /// A conversation began or changed.
    #[serde(rename = "conversation.updated")]
    ConversationUpdated(Box<Conversation>),
    /// A contact was made or changed.
    #[serde(rename = "contact.updated")]
    ContactUpdated(Box<Contact>),
    /// Two contacts turned out to be one.
    #[serde(rename = "contact.merged")]
    ContactMerged(MergeEvent),
    /// A contact was erased.
    #[serde(rename = "contact.erased")]
    ContactErased(ErasureEvent),
    /// A call began or ended.
    #[serde(rename = "call.updated")]
    CallUpdated(MessageEvent),
    /// A template changed at Meta.
    #[serde(rename = "template.updated")]
    TemplateUpdated(ManagementEvent),
    /// A number or its WABA changed at Meta.
    #[serde(rename = "account.updated")]
    AccountUpdated(ManagementEvent),
    /// Meta told something that is kept as it came.
    #[serde(rename = "account.notice")]
    AccountNotice(ManagementEvent),
    /// Meta told errors that belong to no message.
    #[serde(rename = "account.errors")]
    AccountErrors(FaultsEvent),
    /// The import of a phone's history went on.
    #[serde(rename = "history.progress")]
    HistoryProgress(HistoryEvent),
    /// The log works; sent when somebody asks for a test.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

impl EventData {
    /// The dotted name of the type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::MessageReceived(_) => "message.received",
            Self::MessageEchoed(_) => "message.echoed",
            Self::MessageImported(_) => "message.imported",
            Self::MessageUpdated(_) => "message.updated",
            Self::MessageQueued(_) => "message.queued",
            Self::MessageSending(_) => "message.sending",
            Self::MessageStatus(_) => "message.status",
            Self::MediaUpdated(_) => "media.updated",
            Self::ConversationUpdated(_) => "conversation.updated",
            Self::ContactUpdated(_) => "contact.updated",
            Self::ContactMerged(_) => "contact.merged",
            Self::ContactErased(_) => "contact.erased",
            Self::CallUpdated(_) => "call.updated",
            Self::TemplateUpdated(_) => "template.updated",
            Self::AccountUpdated(_) => "account.updated",
            Self::AccountNotice(_) => "account.notice",
            Self::AccountErrors(_) => "account.errors",
            Self::HistoryProgress(_) => "history.progress",
            Self::WebhookTest {} => "webhook.test",
        }
    }
}

/// A message, and who wrote it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageEvent {
    /// The message as it is now.
    pub message: Box<Message>,
    /// The person, as far as the webhook told.
    pub from: Party,
}

/// How far the sending of a message is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingEvent {
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The number.
    pub account: AccountId,
    /// Meta's id, once Meta took it.
    pub wamid: Option<Wamid>,
    /// How far it came.
    pub status: MessageStatus,
    /// Its place in the queue.
    pub job: Job,
    /// Why it failed, or what Meta said last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// A status of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    /// The conversation.
    pub conversation: ConversationId,
    /// The number.
    pub account: AccountId,
    /// Meta's id of the message.
    pub wamid: Option<Wamid>,
    /// How far the message came, all reports together.
    pub status: MessageStatus,
    /// What was reported.
    pub entry: StatusEntry,
}

/// A file of a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaEvent {
    /// The file.
    pub media: MediaId,
    /// Its message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// How far the fetching is.
    pub state: MediaState,
}

/// Two contacts that are one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeEvent {
    /// The contact that is left.
    pub contact: Box<Contact>,
    /// The one that went into it.
    pub merged: ContactId,
    /// Conversations that went, each with the one that has its messages now.
    pub conversations: Vec<(ConversationId, ConversationId)>,
}

/// A contact that is gone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureEvent {
    /// The contact.
    pub contact: ContactId,
}

/// Something about what the business has at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagementEvent {
    /// The number, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What.
    pub change: Box<Management>,
}

/// Errors that belong to no message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultsEvent {
    /// The number.
    pub account: Option<AccountId>,
    /// In Meta's words.
    pub errors: Vec<MetaFault>,
}

/// How far an import is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// The number.
    pub account: Option<AccountId>,
    /// Percent.
    pub progress: Option<u8>,
    /// 0, 1 or 2.
    pub phase: Option<u8>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// An event that has no place in the log yet.
#[derive(Clone, PartialEq, Debug)]
pub struct NewEvent {
    /// Our id.
    pub id: EventId,
    /// Whose.
    pub org: OrgId,
    /// When.
    pub at: Time,
    /// What.
    pub data: EventData,
}

/// An entry of the log.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Our id.
    pub id: EventId,
    /// Its place: 1, 2, 3, … without a gap.
    pub sequence: i64,
    /// When.
    pub at: Time,
    /// What.
    pub data: EventData,
}
