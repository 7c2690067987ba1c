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

/// The state of a file that a message carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// The file is not fetched from Meta yet.
    Pending,
    Stored,
    /// The file could not be fetched. `error` holds the reason. `POST /api/media/{id}/refetch` retries.
    Failed,
}

/// The file of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaFile {
    pub id: Uuid,
    pub state: MediaState,
    /// The MIME type that the sender declared. The file is served as this type only if the type is harmless.
    #[schema(required, example = "image/jpeg")]
    pub mime_type: Option<String>,
    #[schema(required)]
    pub filename: Option<String>,
    /// The size in bytes. Null until the file is stored.
    #[schema(required)]
    pub size: Option<i64>,
    /// The reason of a failure: `expired`, `hash_mismatch`, `too_large`, `token_dead`, `storage_quota`, …
    #[schema(required)]
    pub error: Option<String>,
    /// The path of the bytes. Null until the file is stored.
    #[schema(required)]
    pub url: Option<String>,
}

/// An explanation of one of Meta's errors.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The cause, in a sentence.
    pub cause: String,
    /// The remedy, in a sentence.
    pub action: String,
    /// Whether a program may send the same message again.
    pub retry_safe: bool,
    pub retry: Retry,
    pub who: Who,
}

/// An error of Meta, with an explanation.
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
    /// Meta's page about the error.
    #[schema(required)]
    pub href: Option<String>,
    pub explanation: Explanation,
}

/// A status that Meta reported for a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    pub status: ReportedStatus,
    pub at: DateTime<Utc>,
    /// The group member that the status is about.
    #[schema(required)]
    pub participant: Option<String>,
    pub errors: Vec<MessageError>,
    #[schema(required)]
    pub pricing: Option<Pricing>,
    /// The parts of the report without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
}

/// A message without its file and timeline.
///
/// Reactions, edits and revocations are messages of their own: their content names the message that they are about by
/// Meta's id, and `quotedMessageId` by Wabakit's.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BareMessage {
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub account_id: Uuid,
    /// The author or the recipient. Null for a message to a group.
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
    /// The content. Null if the message was revoked.
    #[schema(required)]
    pub content: Option<MessageContent>,
    #[schema(required)]
    pub context: Option<MessageContext>,
    /// Wabakit's id of the message that it answers, reacts to, edits, revokes or pins. Absent if Wabakit does not have
    /// that message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_message_id: Option<Uuid>,
    #[schema(required)]
    pub referral: Option<Referral>,
    pub status: MessageStatus,
    pub errors: Vec<MessageError>,
    #[schema(required)]
    pub pricing: Option<Pricing>,
    /// Wabakit's id of the file. Its state is in `media` and in the event `media.updated`.
    #[schema(required)]
    pub media_id: Option<Uuid>,
    /// The time of the message by Meta's clock.
    pub at: DateTime<Utc>,
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// The parts of the report without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extra: Option<serde_json::Value>,
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
    /// The statuses that Meta reported, in order of time.
    pub timeline: Vec<TimelineEntry>,
}

/// A summary of the newest message of a conversation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastMessage {
    pub id: Uuid,
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// The beginning of the message's text. Null if it has none.
    #[schema(required)]
    pub preview: Option<String>,
    pub direction: Direction,
    pub status: MessageStatus,
    pub at: DateTime<Utc>,
    /// Whether the message was revoked.
    pub revoked: bool,
}
