//! Messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    content::{
        Direction, MessageContent, MessageContext, MessageStatus, Pricing, Referral,
        ReportedStatus, Retry, Who,
    },
    sending::Sending,
};

/// How far the fetching of a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// It is fetched as soon as it can be.
    Pending,
    Stored,
    /// It could not be had; `error` says why. Somebody may ask to try again.
    Failed,
}

/// The file of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaFile {
    pub id: Uuid,
    pub state: MediaState,
    /// As the sender's phone says it. The file is not served by it unless it is known to be harmless.
    #[schema(required, example = "image/jpeg")]
    pub mime_type: Option<String>,
    #[schema(required)]
    pub filename: Option<String>,
    /// Bytes, once it is stored.
    #[schema(required)]
    pub size: Option<i64>,
    /// Why it could not be had: `expired`, `hash_mismatch`, `too_large`, `token_dead`, …
    #[schema(required)]
    pub error: Option<String>,
    /// Where the bytes are, once it is stored.
    #[schema(required)]
    pub url: Option<String>,
}

/// What an error of Meta's means.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Why it happened.
    pub cause: String,
    /// What to do.
    pub action: String,
    /// Whether a program may send the same again.
    pub retry_safe: bool,
    pub retry: Retry,
    pub who: Who,
}

/// An error in Meta's words and in plain ones.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageError {
    /// Meta's code.
    #[schema(example = 131047)]
    pub code: i64,
    #[schema(required)]
    pub title: Option<String>,
    #[schema(required)]
    pub message: Option<String>,
    #[schema(required)]
    pub details: Option<String>,
    /// Meta's page about it.
    #[schema(required)]
    pub href: Option<String>,
    pub explanation: Explanation,
}

/// A status of a message, as it was reported.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    pub status: ReportedStatus,
    pub at: DateTime<Utc>,
    /// The member of a group for whom it is.
    #[schema(required)]
    pub participant: Option<String>,
    pub errors: Vec<MessageError>,
    #[schema(required)]
    pub pricing: Option<Pricing>,
}

/// A message, without what belongs to it.
///
/// Reactions, edits and revocations are messages of their own: their content names the message that they speak of by
/// `metaMessageId`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BareMessage {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    /// The person: who wrote, or who is written to. Null for a message to a group.
    #[schema(required)]
    pub contact_id: Option<Uuid>,
    #[schema(required)]
    pub group_id: Option<String>,
    /// Meta's id, which begins with `wamid.`.
    #[schema(required)]
    pub meta_message_id: Option<String>,
    pub direction: Direction,
    /// The content's type.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// Null when it was taken back.
    #[schema(required)]
    pub content: Option<MessageContent>,
    #[schema(required)]
    pub context: Option<MessageContext>,
    #[schema(required)]
    pub referral: Option<Referral>,
    pub status: MessageStatus,
    pub errors: Vec<MessageError>,
    #[schema(required)]
    pub pricing: Option<Pricing>,
    /// Its file, by our id. What became of it: `media`, or the event `media.updated`.
    #[schema(required)]
    pub media_id: Option<Uuid>,
    /// When it was written, by Meta's clock.
    pub at: DateTime<Utc>,
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    #[serde(flatten)]
    pub sending: Sending,
}

/// A message with its file and its timeline.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Message {
    #[serde(flatten)]
    pub message: BareMessage,
    #[schema(required)]
    pub media: Option<MediaFile>,
    /// What was reported of it, in order of time.
    pub timeline: Vec<TimelineEntry>,
}

/// The newest message of a conversation, in a line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastMessage {
    pub id: Uuid,
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// What it says, or null where it says nothing in words.
    #[schema(required)]
    pub preview: Option<String>,
    pub direction: Direction,
    pub status: MessageStatus,
    pub at: DateTime<Utc>,
    /// It was taken back.
    pub revoked: bool,
}
