//! The event log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    contact::{Contact, ContactIds},
    content::{MessageStatus, Party},
    conversation::BareConversation,
    management::Management,
    message::{BareMessage, MediaState, MessageError, TimelineEntry},
    sending::Waiting,
};

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: Uuid,
    /// Its place in the organisation's log: 1, 2, 3, … without a gap.
    #[schema(example = 4711)]
    pub sequence: i64,
    pub timestamp: DateTime<Utc>,
    #[serde(flatten)]
    pub body: EventBody,
}

/// What happened, by type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "data")]
pub enum EventBody {
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
    /// WhatsApp reported something about a person, such as a new number. Nobody wrote.
    #[serde(rename = "message.notice")]
    MessageNotice(MessageEvent),
    /// Somebody here wrote a message: it is in the queue.
    #[serde(rename = "message.queued")]
    MessageQueued(MessageEvent),
    /// The sending of a message went on: it was accepted, refused, cancelled, sent again, …
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
    ConversationUpdated(ConversationEvent),
    /// A contact was made or changed.
    #[serde(rename = "contact.updated")]
    ContactUpdated(Contact),
    /// Two contacts turned out to be one.
    #[serde(rename = "contact.merged")]
    ContactMerged(MergeEvent),
    /// Another id replaced one of a contact's, or a number is no longer theirs.
    #[serde(rename = "contact.identity_changed")]
    ContactIdentityChanged(IdentityEvent),
    /// An admin undid a merge.
    #[serde(rename = "contact.split")]
    ContactSplit(SplitEvent),
    /// A contact was erased.
    #[serde(rename = "contact.erased")]
    ContactErased(ErasureEvent),
    /// A call began or ended.
    #[serde(rename = "call.updated")]
    CallUpdated(MessageEvent),
    /// A template changed at Meta.
    #[serde(rename = "template.updated")]
    TemplateUpdated(ManagementEvent),
    /// A number was connected, or connected again.
    #[serde(rename = "account.connected")]
    AccountConnected(AccountEvent),
    /// A number was disconnected, or another organisation took it over.
    #[serde(rename = "account.disconnected")]
    AccountDisconnected(AccountEvent),
    /// A number or its WABA changed at Meta, or the account changed here.
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
    /// Somebody began to connect.
    #[serde(rename = "connection.started")]
    ConnectionStarted(ConnectionEvent),
    /// Connecting failed; it may still be resumed.
    #[serde(rename = "connection.failed")]
    ConnectionFailed(ConnectionEvent),
    /// Connecting succeeded.
    #[serde(rename = "connection.completed")]
    ConnectionCompleted(ConnectionEvent),
    /// Connecting was given up, by a person or by its time limit.
    #[serde(rename = "connection.cancelled")]
    ConnectionCancelled(ConnectionEvent),
    /// The login behind some accounts is no longer usable: a person must connect again.
    #[serde(rename = "connection.needs_reconnect")]
    ConnectionNeedsReconnect(ReconnectEvent),
    /// Somebody asked for a test.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

/// A message, and who wrote it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageEvent {
    pub message: BareMessage,
    pub from: Party,
}

/// How far the sending of a message is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendingEvent {
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    #[schema(required)]
    pub meta_message_id: Option<String>,
    pub status: MessageStatus,
    /// Why it failed, or what Meta said last.
    pub errors: Vec<MessageError>,
    /// Attempts so far.
    pub attempt: i32,
    #[schema(required)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// Meta's ids of further acceptances, beside `metaMessageId`.
    pub duplicates: Vec<String>,
    pub expires_at: DateTime<Utc>,
    /// Why it waits, as far as it tells itself: what holds its number up is told by its queue.
    #[schema(required)]
    pub waiting: Option<Waiting>,
}

/// A status of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    #[schema(required)]
    pub meta_message_id: Option<String>,
    /// How far the message came, all reports together.
    pub status: MessageStatus,
    /// What was reported.
    pub entry: TimelineEntry,
}

/// A file of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaEvent {
    pub media_id: Uuid,
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub state: MediaState,
}

/// A conversation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationEvent {
    pub conversation: BareConversation,
}

/// Two contacts that are one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct MergeEvent {
    /// The contact that is left.
    pub contact: Contact,
    /// The one that went into it.
    pub merged: Uuid,
    /// Conversations that went, each with the one that has its messages now.
    pub conversations: Vec<[Uuid; 2]>,
}

/// A contact whose ids changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct IdentityEvent {
    /// The contact with the ids that hold now.
    pub contact: Contact,
    /// The ids before.
    pub previous: ContactIds,
}

/// A merge that was undone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SplitEvent {
    /// The contact that it was taken out of.
    pub contact: Contact,
    /// The contact that is back, under its former id.
    pub restored: Contact,
    /// The conversations that hold the restored contact's messages again.
    pub conversation_ids: Vec<Uuid>,
}

/// A contact that is gone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasureEvent {
    pub contact_id: Uuid,
}

/// Something about what the business has at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagementEvent {
    /// The number, where it is one's.
    #[schema(required)]
    pub account_id: Option<Uuid>,
    /// `about` is `template`, `number`, `waba` or `other`, and `update` holds what Meta told; or `about` is `account`,
    /// and `update` is the account as a change here left it.
    #[schema(value_type = Object)]
    pub change: Management,
    /// What `change` has no typed form for, as Meta sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// A number that was connected or disconnected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountEvent {
    pub account: EventAccount,
}

/// An account as a change left it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventAccount {
    pub id: Uuid,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// The number in international form.
    pub display_phone: String,
    /// The organisation's own name for it, else the verified name, else the number.
    pub display_name: String,
    pub is_active: bool,
    pub is_default: bool,
    /// It cannot send before it is registered.
    pub needs_registration: bool,
    /// What is wrong with it: a stable code.
    #[schema(required)]
    pub problem: Option<String>,
    /// As Meta writes it.
    #[schema(required)]
    pub status: Option<String>,
    /// As Meta writes it.
    #[schema(required)]
    pub quality_rating: Option<String>,
    /// Counts the account's changes.
    pub version: i64,
}

/// How far connecting came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionEvent {
    pub session_id: Uuid,
    /// `redirect`, `popup`, `sdk` or `manual`.
    pub mode: String,
    /// Where the session stands.
    #[schema(example = "completed")]
    pub status: String,
    /// Meta's ids of the numbers that were chosen.
    pub phone_number_ids: Vec<String>,
    /// Why it failed: a stable code.
    #[schema(required)]
    pub error: Option<String>,
}

/// A login that is no longer usable.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconnectEvent {
    pub grant_id: Uuid,
    /// `dead` where Meta no longer accepts it, `quarantined` where it does not open with this server's keys.
    pub state: String,
    /// In words, where it is known.
    #[schema(required)]
    pub reason: Option<String>,
    /// The connected accounts that stand on it.
    pub account_ids: Vec<Uuid>,
}

/// Errors that belong to no message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultsEvent {
    #[schema(required)]
    pub account_id: Option<Uuid>,
    pub errors: Vec<MessageError>,
    /// What it has no typed form for, as Meta sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// How far an import is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    #[schema(required)]
    pub account_id: Option<Uuid>,
    /// Percent.
    #[schema(required)]
    pub progress: Option<u8>,
    /// 0 (the last day), 1 (to 90 days), 2 (to 180 days).
    #[schema(required)]
    pub phase: Option<u8>,
    /// Why there is none.
    pub errors: Vec<MessageError>,
    /// What it has no typed form for, as Meta sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// A part of the log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventList {
    pub data: Vec<Event>,
    /// Where the log ends.
    pub head: i64,
}

/// Lets a WebSocket be opened, once and soon.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTicket {
    pub ticket: String,
    pub expires_at: DateTime<Utc>,
}

/// What the server sends over a WebSocket.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventFrame {
    /// First: where the log ends.
    Ready { head: i64 },
    /// Events in order, at most 200.
    Events { events: Vec<Event> },
    /// What came right after the cursor is no longer kept; the connection closes with 4410.
    Gone { oldest: i64 },
}
