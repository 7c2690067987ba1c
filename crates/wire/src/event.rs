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

/// An event of an organisation's log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: Uuid,
    /// Its position in the organisation's log: 1, 2, 3, … without a gap.
    #[schema(example = 4711)]
    pub sequence: i64,
    pub timestamp: DateTime<Utc>,
    #[serde(flatten)]
    pub body: EventBody,
}

/// The data of an event, by type.
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
    /// A message was edited or revoked, or its content is now understood.
    #[serde(rename = "message.updated")]
    MessageUpdated(MessageEvent),
    /// WhatsApp reported a change of a person, such as a new number. Nobody wrote a message.
    #[serde(rename = "message.notice")]
    MessageNotice(MessageEvent),
    /// A message was queued here.
    #[serde(rename = "message.queued")]
    MessageQueued(MessageEvent),
    /// The sending state of a message changed: accepted, refused, cancelled, retried, …
    #[serde(rename = "message.sending")]
    MessageSending(SendingEvent),
    /// Meta reported a status of a message.
    #[serde(rename = "message.status")]
    MessageStatus(StatusEvent),
    /// A file is stored, or could not be fetched.
    #[serde(rename = "media.updated")]
    MediaUpdated(MediaEvent),
    /// A conversation was created or changed.
    #[serde(rename = "conversation.updated")]
    ConversationUpdated(ConversationEvent),
    /// A contact was created or changed.
    #[serde(rename = "contact.updated")]
    ContactUpdated(Contact),
    /// Two contacts turned out to be one person.
    #[serde(rename = "contact.merged")]
    ContactMerged(MergeEvent),
    /// An id of a contact was replaced, or a number is no longer theirs.
    #[serde(rename = "contact.identity_changed")]
    ContactIdentityChanged(IdentityEvent),
    /// A merge was undone.
    #[serde(rename = "contact.split")]
    ContactSplit(SplitEvent),
    /// A contact was erased.
    #[serde(rename = "contact.erased")]
    ContactErased(ErasureEvent),
    /// A call began, changed or ended.
    #[serde(rename = "call.updated")]
    CallUpdated(MessageEvent),
    /// A group was created, changed, suspended or deleted, or people joined or left it.
    #[serde(rename = "group.updated")]
    GroupUpdated(GroupEvent),
    /// A template was found or created at Meta.
    #[serde(rename = "template.created")]
    TemplateCreated(TemplateEvent),
    /// A template changed at Meta.
    #[serde(rename = "template.updated")]
    TemplateUpdated(ManagementEvent),
    /// A template is no longer at Meta.
    #[serde(rename = "template.removed")]
    TemplateRemoved(TemplateEvent),
    /// A number was connected, or connected again.
    #[serde(rename = "account.connected")]
    AccountConnected(AccountEvent),
    /// A number was disconnected, or another organisation took it over.
    #[serde(rename = "account.disconnected")]
    AccountDisconnected(AccountEvent),
    /// A number or its WABA changed at Meta, or the account changed here.
    #[serde(rename = "account.updated")]
    AccountUpdated(ManagementEvent),
    /// Meta reported a change that is kept as it came.
    #[serde(rename = "account.notice")]
    AccountNotice(ManagementEvent),
    /// Meta reported errors that belong to no message.
    #[serde(rename = "account.errors")]
    AccountErrors(FaultsEvent),
    /// The import of a phone's history progressed.
    #[serde(rename = "history.progress")]
    HistoryProgress(HistoryEvent),
    /// A connect session began.
    #[serde(rename = "connection.started")]
    ConnectionStarted(ConnectionEvent),
    /// A connect session failed. It may still be resumed.
    #[serde(rename = "connection.failed")]
    ConnectionFailed(ConnectionEvent),
    /// A connect session connected numbers.
    #[serde(rename = "connection.completed")]
    ConnectionCompleted(ConnectionEvent),
    /// A connect session was given up, by a person or by its time limit.
    #[serde(rename = "connection.cancelled")]
    ConnectionCancelled(ConnectionEvent),
    /// The login of some accounts is no longer usable. A person must connect again.
    #[serde(rename = "connection.needs_reconnect")]
    ConnectionNeedsReconnect(ReconnectEvent),
    /// A test delivery arrived.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

/// A message and its author.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageEvent {
    pub message: BareMessage,
    pub from: Party,
}

/// The sending state of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendingEvent {
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    #[schema(required)]
    pub meta_message_id: Option<String>,
    pub status: MessageStatus,
    /// Why it failed, or Meta's last error.
    pub errors: Vec<MessageError>,
    /// The number of attempts.
    pub attempt: i32,
    #[schema(required)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// Meta's ids of further acceptances, besides `metaMessageId`.
    pub duplicates: Vec<String>,
    pub expires_at: DateTime<Utc>,
    /// Why it waits, if the reason is the message's own. Reasons that hold up its number are in its queue.
    #[schema(required)]
    pub waiting: Option<Waiting>,
}

/// A status report of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    pub message_id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    #[schema(required)]
    pub meta_message_id: Option<String>,
    /// The status of the message by all reports.
    pub status: MessageStatus,
    /// The reported status.
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

/// Two merged contacts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct MergeEvent {
    /// The contact that remains.
    pub contact: Contact,
    /// The id of the removed contact.
    pub merged: Uuid,
    /// Removed conversations, each with the one that has its messages now.
    pub conversations: Vec<[Uuid; 2]>,
}

/// A contact whose ids changed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct IdentityEvent {
    /// The contact with its present ids.
    pub contact: Contact,
    /// The former ids.
    pub previous: ContactIds,
}

/// A merge that was undone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SplitEvent {
    /// The contact that remained after the merge.
    pub contact: Contact,
    /// The restored contact, under its former id.
    pub restored: Contact,
    /// The conversations that hold the restored contact's messages again.
    pub conversation_ids: Vec<Uuid>,
}

/// An erased contact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasureEvent {
    pub contact_id: Uuid,
}

/// A change of an object of the business at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagementEvent {
    /// The number, if the change is about one.
    #[schema(required)]
    pub account_id: Option<Uuid>,
    /// `about` is `template`, `number`, `waba` or `other`, and `update` holds Meta's report. Or `about` is `account`,
    /// and `update` is the account after a change on this server.
    #[schema(value_type = Object)]
    pub change: Management,
    /// The parts of the report without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// An update of a group. It names people by their contacts, which `contact.updated` describes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupEvent {
    /// The number, where it is known.
    #[schema(required)]
    pub account_id: Option<Uuid>,
    /// The conversation with the group, if there is one.
    #[schema(required)]
    pub conversation_id: Option<Uuid>,
    /// Null for a group that could not be created.
    #[schema(required)]
    pub group_id: Option<String>,
    /// Meta's name of the field.
    #[schema(example = "group_participants_update")]
    pub field: String,
    /// Meta's `type`.
    #[schema(required, example = "group_participants_add")]
    pub event: Option<String>,
    /// When it happened, by Meta's clock.
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
    /// Meta's id of the request that caused it.
    #[schema(required)]
    pub request_id: Option<String>,
    #[schema(required)]
    pub subject: Option<GroupSetting>,
    #[schema(required)]
    pub description: Option<GroupSetting>,
    #[schema(required)]
    pub picture: Option<GroupPicture>,
    /// `auto_approve` or `approval_required`.
    #[schema(required)]
    pub join_approval_mode: Option<String>,
    #[schema(required)]
    pub invite_link: Option<String>,
    /// Why somebody joined or asked to.
    #[schema(required, example = "invite_link")]
    pub reason: Option<String>,
    /// `business` or `participant`. A person is in `participants`, as `initiator`.
    #[schema(required)]
    pub initiated_by: Option<String>,
    /// Meta's id of a request to join.
    #[schema(required)]
    pub join_request_id: Option<String>,
    pub participants: Vec<GroupParticipant>,
    /// Why the update, or a part of it, failed.
    pub errors: Vec<MessageError>,
    /// What it has no typed form for, as Meta sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// A setting of a group that was to change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupSetting {
    /// An empty one removes it.
    #[schema(required)]
    pub text: Option<String>,
    /// The change succeeded.
    pub applied: bool,
    pub errors: Vec<MessageError>,
}

/// A group's picture that was to change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupPicture {
    #[schema(required)]
    pub mime_type: Option<String>,
    #[schema(required)]
    pub sha256: Option<String>,
    /// The change succeeded.
    pub applied: bool,
    pub errors: Vec<MessageError>,
}

/// A person in an update of a group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupParticipant {
    /// Null where Meta's text identifies nobody.
    #[schema(required)]
    pub contact_id: Option<Uuid>,
    pub role: GroupRole,
    /// Meta's text, where it identifies nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Why it failed for this person.
    pub errors: Vec<MessageError>,
}

/// What a person has to do with an update of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupRole {
    /// Joined, or was added.
    Added,
    /// Left, or was removed.
    Removed,
    /// Was to be added or removed, and was not.
    Failed,
    /// Asked to join, or took the request back.
    Requester,
    /// Caused the update.
    Initiator,
}

/// A number that was connected or disconnected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountEvent {
    pub account: EventAccount,
}

/// An account after a change.
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
    /// The organisation's own name, otherwise the verified name, otherwise the number.
    pub display_name: String,
    pub is_active: bool,
    pub is_default: bool,
    /// Whether it must be registered before it can send.
    pub needs_registration: bool,
    /// The problem, as a stable code.
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

/// The state of a connect session.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionEvent {
    pub session_id: Uuid,
    /// `redirect`, `popup`, `sdk` or `manual`.
    pub mode: String,
    /// The status of the session.
    #[schema(example = "completed")]
    pub status: String,
    /// Meta's ids of the numbers that were chosen.
    pub phone_number_ids: Vec<String>,
    /// Why it failed, as a stable code.
    #[schema(required)]
    pub error: Option<String>,
}

/// A template that was stored, or is no longer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateEvent {
    /// Our id.
    pub template_id: Uuid,
    pub meta_template_id: String,
    pub waba_id: String,
    pub name: String,
    /// The language, with `_`.
    pub language: String,
    pub category: String,
    pub status: String,
    pub quality: String,
}

/// A login that is no longer usable.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconnectEvent {
    pub grant_id: Uuid,
    /// `dead` if Meta no longer accepts it, `quarantined` if it does not open with this server's keys.
    pub state: String,
    /// The reason in words, if it is known.
    #[schema(required)]
    pub reason: Option<String>,
    /// The connected accounts that use it.
    pub account_ids: Vec<Uuid>,
}

/// Errors that belong to no message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultsEvent {
    #[schema(required)]
    pub account_id: Option<Uuid>,
    pub errors: Vec<MessageError>,
    /// The parts of the report without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// The progress of an import.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    #[schema(required)]
    pub account_id: Option<Uuid>,
    /// The progress in percent.
    #[schema(required)]
    pub progress: Option<u8>,
    /// The phase: 0 (the last day), 1 (up to 90 days), 2 (up to 180 days).
    #[schema(required)]
    pub phase: Option<u8>,
    /// Why there is no history.
    pub errors: Vec<MessageError>,
    /// The parts of the report without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// A part of the event log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventList {
    pub data: Vec<Event>,
    /// The sequence of the last event.
    pub head: i64,
}

/// A ticket that opens one WebSocket, within 30 seconds.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTicket {
    pub ticket: String,
    pub expires_at: DateTime<Utc>,
}

/// A frame that the server sends over a WebSocket.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventFrame {
    /// The first frame: the sequence of the last event.
    Ready { head: i64 },
    /// Events in order, at most 200.
    Events { events: Vec<Event> },
    /// The events after the cursor are no longer kept; `oldest` is the first that is. The WebSocket closes with 4410.
    Gone { oldest: i64 },
}
