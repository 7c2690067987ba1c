//! A message to send, and the answers of the sending routes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    content::{Retry, Who},
    message::BareMessage,
    problem::FieldError,
    sending::Priority,
};

/// Meta's own message object with a few fields of Wabakit. `type` names the member that holds the content, in Meta's
/// shape. Besides the members below it may be `video`, `audio`, `document`, `sticker`, `location`, `contacts`,
/// `reaction`, `interactive` or `pin`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// A phone number in international form, or a group's id.
    #[schema(example = "+15550100123")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A business-scoped user id. Replaces `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// `individual` or `group`.
    #[serde(rename = "recipient_type", skip_serializing_if = "Option::is_none")]
    pub recipient_type: Option<String>,
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    #[schema(value_type = Option<Object>, example = json!({"body": "Hello"}))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Value>,
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Value>,
    /// The file: `id` from `POST /api/media` or from Meta, or a public `link`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Value>,
    /// The message to quote: `{"message_id": "wamid.…"}`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// The account to send from. Default: the organisation's default account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Uuid>,
    /// Default: `normal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// A name for the campaign. Campaigns of the same priority take turns.
    #[schema(max_length = 64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// The earliest time to send it, at most 30 days ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The latest time to send it. Default: 24 hours after it is due, unless the server is configured otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Your own reference, to find the message by.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Whether to skip Wabakit's check of the 24-hour window and let Meta decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_window: Option<bool>,
    /// The template's category: `marketing`, `utility` or `authentication`. A person who opted out gets no marketing;
    /// a template without a category counts as marketing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// The reason why one message of a bulk was not queued.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// A stable code, the same as `POST /api/messages` answers.
    #[schema(example = "window_closed")]
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// The result of one message of a bulk: `message` or `error`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BulkResult {
    /// The message's position in the request, from 0.
    pub index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<BareMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Refused>,
}

/// The results of a bulk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BulkAnswer {
    /// One result for each message, in the order of the request.
    pub results: Vec<BulkResult>,
    /// The number of messages that were queued.
    pub queued: usize,
    /// The number of messages that were refused.
    pub refused: usize,
}

/// An uploaded file, ready to send.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// The id to give as `id` of `image`, `video`, …
    pub id: Uuid,
    /// The MIME type as the bytes show it.
    #[schema(example = "image/jpeg")]
    pub mime_type: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    #[schema(required)]
    pub filename: Option<String>,
    /// The message type that fits: `image`, `video`, `audio`, `document` or `sticker`. Any file can be sent as a
    /// document.
    #[schema(example = "image")]
    pub kind: String,
}

/// Meta's answer to a passthrough call. Tokens are removed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct GraphAnswer {
    /// Meta's HTTP status.
    pub status: u16,
    #[schema(value_type = Object)]
    pub body: Value,
}

/// An entry of the table of Meta's errors: one code or a range.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownError {
    pub code: i64,
    /// The last code of the range. Equal to `code` if the entry is for one code.
    pub last_code: i64,
    /// The cause, in a sentence.
    pub cause: String,
    /// The remedy, in a sentence.
    pub action: String,
    pub who: Who,
    pub retry: Retry,
    /// The meaning of the code on a message that a person sent, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<crate::message::Explanation>,
}
