//! A message to send, and what is answered beside messages.

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

/// Meta's own message object, with fields of ours beside it. The object that is named as `type` holds the content, in
/// Meta's shape: of other types than these too (`video`, `audio`, `document`, `sticker`, `location`, `contacts`,
/// `reaction`, `interactive`, `pin`).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// A phone number in international form, or a group's id.
    #[schema(example = "+15550100123")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A business-scoped user id, in the place of `to`.
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
    /// A file by `id` (of `POST /api/media`, or Meta's) or by `link`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Value>,
    /// The message that it answers: `{"message_id": "wamid.…"}`.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// The number; the default one without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Uuid>,
    /// `normal` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The campaign: campaigns of one priority take turns.
    #[schema(max_length = 64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// At most 30 days ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// It is not sent after this; 24 hours after it is due without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// A name of your own, to find it by.
    #[schema(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Send it although no open window is known here: Meta decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_window: Option<bool>,
    /// Of a template: `marketing`, `utility` or `authentication`. Marketing is not sent to who wants none; without a
    /// category it may be marketing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// Why a message of many was not queued.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Stable, for programs: the codes of one message's refusals.
    #[schema(example = "window_closed")]
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// What became of one of many messages: `message` or `error`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BulkResult {
    /// Its place in the request, from 0.
    pub index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<BareMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Refused>,
}

/// What became of many messages.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BulkAnswer {
    /// In the order of the request.
    pub results: Vec<BulkResult>,
    /// How many are queued.
    pub queued: usize,
    /// How many are not.
    pub refused: usize,
}

/// A file that can be sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// To be given as `id` of `image`, `video`, …
    pub id: Uuid,
    /// As its bytes say.
    #[schema(example = "image/jpeg")]
    pub mime_type: String,
    /// Bytes.
    pub size: i64,
    /// In hex.
    pub sha256: String,
    #[schema(required)]
    pub filename: Option<String>,
    /// What it is sent as: `image`, `video`, `audio`, `document` or `sticker`. Any file may be sent as a document.
    #[schema(example = "image")]
    pub kind: String,
}

/// What Meta answered, with tokens taken out of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct GraphAnswer {
    /// HTTP's.
    pub status: u16,
    #[schema(value_type = Object)]
    pub body: Value,
}

/// A line of the table of Meta's errors.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownError {
    pub code: i64,
    /// The same is said of all codes up to this one.
    pub last_code: i64,
    /// What happened.
    pub cause: String,
    /// What to do.
    pub action: String,
    pub who: Who,
    pub retry: Retry,
}
