//! The event log.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{Time, event, ids::AccountId, ids::Wamid, inbound};
use wabakit_services::own_wait;

use super::{
    contact::Contact,
    content,
    conversation::BareConversation,
    message::{BareMessage, MediaState, MessageError, TimelineEntry, errors},
    sending::Waiting,
};

/// What happened.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    id: Uuid,
    /// Its place in the organisation's log: 1, 2, 3, … without a gap.
    #[schema(example = 4711)]
    sequence: i64,
    timestamp: DateTime<Utc>,
    #[serde(flatten)]
    body: EventBody,
}

impl Event {
    /// Windows of conversations are told against `now`.
    pub(crate) fn of(event: event::Event, now: Time) -> Self {
        Self {
            id: event.id.uuid(),
            sequence: event.sequence,
            timestamp: event.at,
            body: EventBody::of(event.data, now),
        }
    }
}

/// What happened, by type.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", content = "data")]
pub(crate) enum EventBody {
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
    /// Somebody asked for a test.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

impl EventBody {
    fn of(data: event::EventData, now: Time) -> Self {
        use event::EventData as Told;
        match data {
            Told::MessageReceived(told) => Self::MessageReceived(MessageEvent::of(told, now)),
            Told::MessageEchoed(told) => Self::MessageEchoed(MessageEvent::of(told, now)),
            Told::MessageImported(told) => Self::MessageImported(MessageEvent::of(told, now)),
            Told::MessageUpdated(told) => Self::MessageUpdated(MessageEvent::of(told, now)),
            Told::MessageQueued(told) => Self::MessageQueued(MessageEvent::of(told, now)),
            Told::MessageSending(told) => Self::MessageSending(SendingEvent::of(told, now)),
            Told::MessageStatus(told) => Self::MessageStatus(told.into()),
            Told::MediaUpdated(told) => Self::MediaUpdated(told.into()),
            Told::ConversationUpdated(told) => Self::ConversationUpdated(ConversationEvent {
                conversation: BareConversation::of(*told, now),
            }),
            Told::ContactUpdated(told) => Self::ContactUpdated((*told).into()),
            Told::ContactMerged(told) => Self::ContactMerged(told.into()),
            Told::ContactErased(told) => Self::ContactErased(ErasureEvent {
                contact_id: told.contact.uuid(),
            }),
            Told::CallUpdated(told) => Self::CallUpdated(MessageEvent::of(told, now)),
            Told::TemplateUpdated(told) => Self::TemplateUpdated(told.into()),
            Told::AccountUpdated(told) => Self::AccountUpdated(told.into()),
            Told::AccountNotice(told) => Self::AccountNotice(told.into()),
            Told::AccountErrors(told) => Self::AccountErrors(FaultsEvent {
                account_id: told.account.map(AccountId::uuid),
                errors: told.errors.into_iter().map(MessageError::from).collect(),
            }),
            Told::HistoryProgress(told) => Self::HistoryProgress(HistoryEvent {
                account_id: told.account.map(AccountId::uuid),
                progress: told.progress,
                phase: told.phase,
                errors: told.errors.into_iter().map(MessageError::from).collect(),
            }),
            Told::WebhookTest {} => Self::WebhookTest {},
        }
    }
}

/// A message, and who wrote it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageEvent {
    message: BareMessage,
    #[schema(value_type = content::Party)]
    from: inbound::Party,
}

impl MessageEvent {
    fn of(event: event::MessageEvent, now: Time) -> Self {
        let message = *event.message;
        let to = match (&message.job, &message.group_id) {
            (None, _) => None,
            (Some(_), Some(group)) => Some(group.to_string()),
            (Some(_), None) => {
                let user = event.from.user_id.as_ref();
                let phone = event.from.phone.clone();
                phone.or_else(|| user.map(ToString::to_string))
            }
        };
        Self {
            message: BareMessage::told(message, to, now),
            from: event.from,
        }
    }
}

/// How far the sending of a message is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendingEvent {
    message_id: Uuid,
    conversation_id: Uuid,
    account_id: Uuid,
    #[schema(required)]
    meta_message_id: Option<String>,
    #[schema(value_type = content::MessageStatus)]
    status: wabakit_domain::message::MessageStatus,
    /// Why it failed, or what Meta said last.
    errors: Vec<MessageError>,
    /// Attempts so far.
    attempt: i32,
    #[schema(required)]
    dispatched_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    /// Why it waits, as far as it tells itself: what holds its number up is told by its queue.
    #[schema(required)]
    waiting: Option<Waiting>,
}

impl SendingEvent {
    fn of(event: event::SendingEvent, now: Time) -> Self {
        Self {
            message_id: event.message.uuid(),
            conversation_id: event.conversation.uuid(),
            account_id: event.account.uuid(),
            meta_message_id: event.wamid.map(Wamid::into_string),
            status: event.status,
            errors: errors(event.errors),
            attempt: event.job.attempt,
            dispatched_at: event.job.dispatched_at,
            expires_at: event.job.expires_at,
            waiting: own_wait(&event.job, now).map(Waiting::from),
        }
    }
}

/// A status of a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusEvent {
    message_id: Uuid,
    conversation_id: Uuid,
    account_id: Uuid,
    #[schema(required)]
    meta_message_id: Option<String>,
    /// How far the message came, all reports together.
    #[schema(value_type = content::MessageStatus)]
    status: wabakit_domain::message::MessageStatus,
    /// What was reported.
    entry: TimelineEntry,
}

impl From<event::StatusEvent> for StatusEvent {
    fn from(event: event::StatusEvent) -> Self {
        Self {
            message_id: event.entry.message.uuid(),
            conversation_id: event.conversation.uuid(),
            account_id: event.account.uuid(),
            meta_message_id: event.wamid.map(Wamid::into_string),
            status: event.status,
            entry: event.entry.into(),
        }
    }
}

/// A file of a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MediaEvent {
    media_id: Uuid,
    message_id: Uuid,
    conversation_id: Uuid,
    #[schema(value_type = MediaState)]
    state: String,
}

impl From<event::MediaEvent> for MediaEvent {
    fn from(event: event::MediaEvent) -> Self {
        Self {
            media_id: event.media.uuid(),
            message_id: event.message.uuid(),
            conversation_id: event.conversation.uuid(),
            state: event.state,
        }
    }
}

/// A conversation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationEvent {
    conversation: BareConversation,
}

/// Two contacts that are one.
#[derive(Serialize, ToSchema)]
pub(crate) struct MergeEvent {
    /// The contact that is left.
    contact: Contact,
    /// The one that went into it.
    merged: Uuid,
    /// Conversations that went, each with the one that has its messages now.
    conversations: Vec<[Uuid; 2]>,
}

impl From<event::MergeEvent> for MergeEvent {
    fn from(event: event::MergeEvent) -> Self {
        let pairs = event.conversations.into_iter();
        Self {
            contact: (*event.contact).into(),
            merged: event.merged.uuid(),
            conversations: pairs
                .map(|(gone, left)| [gone.uuid(), left.uuid()])
                .collect(),
        }
    }
}

/// A contact that is gone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErasureEvent {
    contact_id: Uuid,
}

/// Something about what the business has at Meta.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagementEvent {
    /// The number, where it is one's.
    #[schema(required)]
    account_id: Option<Uuid>,
    /// `about` is `template`, `number`, `waba` or `other`; `update` holds what Meta told.
    #[schema(value_type = Object)]
    change: inbound::Management,
}

impl From<event::ManagementEvent> for ManagementEvent {
    fn from(event: event::ManagementEvent) -> Self {
        Self {
            account_id: event.account.map(AccountId::uuid),
            change: *event.change,
        }
    }
}

/// Errors that belong to no message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FaultsEvent {
    #[schema(required)]
    account_id: Option<Uuid>,
    errors: Vec<MessageError>,
}

/// How far an import is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryEvent {
    #[schema(required)]
    account_id: Option<Uuid>,
    /// Percent.
    #[schema(required)]
    progress: Option<u8>,
    /// 0 (the last day), 1 (to 90 days), 2 (to 180 days).
    #[schema(required)]
    phase: Option<u8>,
    /// Why there is none.
    errors: Vec<MessageError>,
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventList {
    pub(crate) data: Vec<Event>,
    /// Where the log ends.
    pub(crate) head: i64,
}

/// Lets a WebSocket be opened, once and soon.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventTicket {
    pub(crate) ticket: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What the server sends over a WebSocket.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes what frames are packed of")]
pub(crate) enum EventFrame {
    /// First: where the log ends.
    Ready { head: i64 },
    /// Events in order, at most 200.
    Events { events: Vec<Event> },
    /// What came right after the cursor is no longer kept; the connection closes with 4410.
    Gone { oldest: i64 },
}
