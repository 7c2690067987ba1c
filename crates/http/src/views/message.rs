//! Messages.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{
    Time, explain,
    ids::{ContactId, GroupId, MediaId, Wamid},
    inbound, media, message,
};
use wabakit_services::{MessageDetail, ShownMessage, own_wait};

use super::{content, sending::Sending};

/// How far the fetching of a file is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MediaState {
    /// It is fetched as soon as it can be.
    Pending,
    Stored,
    /// It could not be had; `error` says why. Somebody may ask to try again.
    Failed,
}

impl From<media::MediaState> for MediaState {
    fn from(state: media::MediaState) -> Self {
        match state {
            media::MediaState::Pending => Self::Pending,
            media::MediaState::Stored => Self::Stored,
            media::MediaState::Failed => Self::Failed,
        }
    }
}

/// The file of a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MediaFile {
    id: Uuid,
    state: MediaState,
    /// As the sender's phone says it. The file is not served by it unless it is known to be harmless.
    #[schema(required, example = "image/jpeg")]
    mime_type: Option<String>,
    #[schema(required)]
    filename: Option<String>,
    /// Bytes, once it is stored.
    #[schema(required)]
    size: Option<i64>,
    /// Why it could not be had: `expired`, `hash_mismatch`, `too_large`, `token_dead`, …
    #[schema(required)]
    error: Option<String>,
    /// Where the bytes are, once it is stored.
    #[schema(required)]
    url: Option<String>,
}

impl From<media::Media> for MediaFile {
    fn from(media: media::Media) -> Self {
        let stored = media.state == media::MediaState::Stored;
        Self {
            id: media.id.uuid(),
            state: media.state.into(),
            mime_type: media.mime_type,
            filename: media.filename,
            size: media.size,
            error: media.error,
            url: stored.then(|| format!("/api/media/{}", media.id)),
        }
    }
}

/// What an error of Meta's means.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explanation {
    /// Why it happened.
    cause: &'static str,
    /// What to do.
    action: &'static str,
    /// Whether a program may send the same again.
    retry_safe: bool,
    #[schema(value_type = content::Retry)]
    retry: explain::Retry,
    #[schema(value_type = content::Who)]
    who: explain::Who,
}

impl From<explain::Explanation> for Explanation {
    fn from(told: explain::Explanation) -> Self {
        Self {
            cause: told.cause,
            action: told.action,
            retry_safe: told.retry.is_safe(),
            retry: told.retry,
            who: told.who,
        }
    }
}

/// An error in Meta's words and in plain ones.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageError {
    /// Meta's code.
    #[schema(example = 131047)]
    code: i64,
    #[schema(required)]
    title: Option<String>,
    #[schema(required)]
    message: Option<String>,
    #[schema(required)]
    details: Option<String>,
    /// Meta's page about it.
    #[schema(required)]
    href: Option<String>,
    explanation: Explanation,
}

impl From<inbound::MetaFault> for MessageError {
    fn from(fault: inbound::MetaFault) -> Self {
        Self {
            explanation: explain::explain(fault.code).into(),
            code: fault.code,
            title: fault.title,
            message: fault.message,
            details: fault.details,
            href: fault.href,
        }
    }
}

pub(super) fn errors(faults: Vec<inbound::MetaFault>) -> Vec<MessageError> {
    faults.into_iter().map(MessageError::from).collect()
}

/// A status of a message, as it was reported.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineEntry {
    #[schema(value_type = content::ReportedStatus)]
    status: message::ReportedStatus,
    at: DateTime<Utc>,
    /// The member of a group for whom it is.
    #[schema(required)]
    participant: Option<String>,
    errors: Vec<MessageError>,
    #[schema(required, value_type = Option<content::Pricing>)]
    pricing: Option<inbound::Pricing>,
}

impl From<message::StatusEntry> for TimelineEntry {
    fn from(entry: message::StatusEntry) -> Self {
        Self {
            status: entry.status,
            at: entry.at,
            participant: entry.participant,
            errors: errors(entry.errors),
            pricing: entry.pricing,
        }
    }
}

/// A message, without what belongs to it.
///
/// Reactions, edits and revocations are messages of their own: their content names the message that they speak of by
/// `metaMessageId`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BareMessage {
    id: Uuid,
    conversation_id: Uuid,
    account_id: Uuid,
    /// The person: who wrote, or who is written to. Null for a message to a group.
    #[schema(required)]
    contact_id: Option<Uuid>,
    #[schema(required)]
    group_id: Option<String>,
    /// Meta's id, which begins with `wamid.`.
    #[schema(required)]
    meta_message_id: Option<String>,
    #[schema(value_type = content::Direction)]
    direction: message::Direction,
    /// The content's type.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    kind: &'static str,
    /// Null when it was taken back.
    #[schema(required, value_type = Option<content::MessageContent>)]
    content: Option<inbound::MessageContent>,
    #[schema(required, value_type = Option<content::MessageContext>)]
    context: Option<inbound::Context>,
    #[schema(required, value_type = Option<content::Referral>)]
    referral: Option<inbound::Referral>,
    #[schema(value_type = content::MessageStatus)]
    status: message::MessageStatus,
    errors: Vec<MessageError>,
    #[schema(required, value_type = Option<content::Pricing>)]
    pricing: Option<inbound::Pricing>,
    /// Its file, by our id. What became of it: `media`, or the event `media.updated`.
    #[schema(required)]
    media_id: Option<Uuid>,
    /// When it was written, by Meta's clock.
    at: DateTime<Utc>,
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    revoked_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    #[serde(flatten)]
    sending: Sending,
}

impl BareMessage {
    /// As it is told in events, without what holds its number up.
    pub(crate) fn told(message: message::Message, to: Option<String>, now: Time) -> Self {
        let shown = ShownMessage {
            waiting: message.job.as_ref().and_then(|job| own_wait(job, now)),
            message,
            to,
            // What is told of has just happened.
            is_stuck: false,
        };
        shown.into()
    }
}

impl From<ShownMessage> for BareMessage {
    fn from(shown: ShownMessage) -> Self {
        let sending = Sending::of(&shown);
        let message = shown.message;
        let shown = message.revoked_at.is_none();
        Self {
            sending,
            id: message.id.uuid(),
            conversation_id: message.conversation.uuid(),
            account_id: message.account.uuid(),
            contact_id: message.contact.map(ContactId::uuid),
            group_id: message.group_id.map(GroupId::into_string),
            meta_message_id: message.wamid.map(Wamid::into_string),
            direction: message.direction,
            kind: message.content.kind(),
            content: shown.then_some(message.content),
            context: message.context,
            referral: message.referral,
            status: message.status,
            errors: errors(message.errors),
            pricing: message.pricing,
            media_id: message.media.map(MediaId::uuid),
            at: message.at,
            edited_at: message.edited_at,
            revoked_at: message.revoked_at,
            created_at: message.created_at,
        }
    }
}

/// A message with its file and its timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct Message {
    #[serde(flatten)]
    message: BareMessage,
    #[schema(required)]
    media: Option<MediaFile>,
    /// What was reported of it, in order of time.
    timeline: Vec<TimelineEntry>,
}

impl Message {
    pub(crate) fn of(detail: MessageDetail, shown: ShownMessage) -> Self {
        let revoked = detail.message.revoked_at.is_some();
        Self {
            message: shown.into(),
            media: detail.media.filter(|_| !revoked).map(MediaFile::from),
            timeline: detail
                .timeline
                .into_iter()
                .map(TimelineEntry::from)
                .collect(),
        }
    }
}

/// The newest message of a conversation, in a line.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastMessage {
    id: Uuid,
    #[serde(rename = "type")]
    #[schema(example = "text")]
    kind: &'static str,
    /// What it says, or null where it says nothing in words.
    #[schema(required)]
    preview: Option<String>,
    #[schema(value_type = content::Direction)]
    direction: message::Direction,
    #[schema(value_type = content::MessageStatus)]
    status: message::MessageStatus,
    at: DateTime<Utc>,
    /// It was taken back.
    revoked: bool,
}

/// The most characters of a preview.
const PREVIEW: usize = 200;

impl From<message::Message> for LastMessage {
    fn from(message: message::Message) -> Self {
        let revoked = message.revoked_at.is_some();
        let preview = message.content.preview().filter(|_| !revoked);
        Self {
            id: message.id.uuid(),
            kind: message.content.kind(),
            preview: preview.map(|text| text.chars().take(PREVIEW).collect()),
            direction: message.direction,
            status: message.status,
            at: message.at,
            revoked,
        }
    }
}
