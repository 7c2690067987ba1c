//! What is asked of sending, and what is answered beside messages.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{explain, ids::AccountId, outbound, outbound::MediaKind};
use wabakit_services::{Defaults, RawAnswer, RawCall, RawMethod, Refusal, ShownMessage, Upload};

use super::{content, message::BareMessage, sending::Priority};
use crate::problem::FieldError;

/// Meta's own message object, with fields of ours beside it. The object that is named as `type` holds the content, in
/// Meta's shape: of other types than these too (`video`, `audio`, `document`, `sticker`, `location`, `contacts`,
/// `reaction`, `interactive`, `pin`).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes what is read as it comes")]
pub(crate) struct SendMessage {
    /// A phone number in international form, or a group's id.
    #[schema(example = "+15550100123")]
    to: Option<String>,
    /// A business-scoped user id, in the place of `to`.
    recipient: Option<String>,
    /// `individual` or `group`.
    #[serde(rename = "recipient_type")]
    recipient_type: Option<String>,
    #[serde(rename = "type")]
    #[schema(example = "text")]
    kind: String,
    #[schema(value_type = Option<Object>, example = json!({"body": "Hello"}))]
    text: Option<Value>,
    #[schema(value_type = Option<Object>)]
    template: Option<Value>,
    /// A file by `id` (of `POST /api/media`, or Meta's) or by `link`.
    #[schema(value_type = Option<Object>)]
    image: Option<Value>,
    /// The message that it answers: `{"message_id": "wamid.…"}`.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    /// The number; the default one without it.
    account_id: Option<Uuid>,
    /// `normal` without it.
    priority: Option<Priority>,
    /// The campaign: campaigns of one priority take turns.
    #[schema(max_length = 64)]
    flow: Option<String>,
    /// At most 30 days ahead.
    scheduled_at: Option<DateTime<Utc>>,
    /// It is not sent after this; 24 hours after it is due without it.
    expires_at: Option<DateTime<Utc>>,
    /// A name of your own, to find it by.
    #[schema(max_length = 200)]
    client_reference: Option<String>,
    /// Send it although no open window is known here: Meta decides.
    ignore_window: Option<bool>,
    /// Of a template: `marketing`, `utility` or `authentication`. Marketing is not sent to who wants none; without a
    /// category it may be marketing.
    category: Option<String>,
}

/// Many messages.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendMessages {
    #[schema(min_items = 1, max_items = 1000, value_type = Vec<SendMessage>)]
    pub(crate) messages: Vec<Value>,
    /// For those that name none.
    account_id: Option<Uuid>,
    /// For those that say none.
    priority: Option<Priority>,
    /// For those that name none.
    #[schema(max_length = 64)]
    flow: Option<String>,
}

impl SendMessages {
    pub(crate) fn into_parts(self) -> (Vec<Value>, Defaults) {
        let defaults = Defaults {
            account: self.account_id.map(AccountId::from),
            priority: self.priority.map(outbound::Priority::from),
            flow: self.flow,
        };
        (self.messages, defaults)
    }
}

/// Why a message of many was not queued.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refused {
    /// Stable, for programs: the codes of one message's refusals.
    #[schema(example = "window_closed")]
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
}

/// What became of one of many messages: `message` or `error`.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkResult {
    /// Its place in the request, from 0.
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<BareMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Refused>,
}

/// What became of many messages.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkAnswer {
    /// In the order of the request.
    results: Vec<BulkResult>,
    /// How many are queued.
    queued: usize,
    /// How many are not.
    refused: usize,
}

impl From<Vec<Result<ShownMessage, Refusal>>> for BulkAnswer {
    fn from(results: Vec<Result<ShownMessage, Refusal>>) -> Self {
        let queued = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.len() - queued;
        let results = results.into_iter().enumerate().map(|(index, result)| {
            let (message, error) = match result {
                Ok(shown) => (Some(shown.into()), None),
                Err(refusal) => (None, Some(refusal.into())),
            };
            BulkResult {
                index,
                message,
                error,
            }
        });
        Self {
            results: results.collect(),
            queued,
            refused,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let errors = refusal.errors.into_iter();
        Self {
            code: refusal.code,
            message: refusal.message,
            errors: errors
                .map(|(pointer, detail)| FieldError::new(pointer, detail))
                .collect(),
        }
    }
}

/// How a message is sent again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RetryMessage {
    /// The person may get it twice, and that is accepted.
    #[serde(default)]
    pub(crate) may_repeat: bool,
}

/// What the customer is shown beside that it was read.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkRead {
    /// For up to 25 seconds, that somebody writes.
    #[serde(default)]
    pub(crate) typing: bool,
}

/// A file that can be sent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Uploaded {
    /// To be given as `id` of `image`, `video`, …
    id: Uuid,
    /// As its bytes say.
    #[schema(example = "image/jpeg")]
    mime_type: String,
    /// Bytes.
    size: i64,
    /// In hex.
    sha256: String,
    #[schema(required)]
    filename: Option<String>,
    /// What it is sent as: `image`, `video`, `audio`, `document` or `sticker`. Any file may be sent as a document.
    #[schema(example = "image")]
    kind: &'static str,
}

impl Uploaded {
    pub(crate) fn of(upload: Upload, kind: MediaKind) -> Self {
        let digits = upload.sha256.iter().map(|byte| format!("{byte:02x}"));
        Self {
            id: upload.id.uuid(),
            mime_type: upload.mime_type,
            size: upload.size,
            sha256: digits.collect(),
            filename: upload.filename,
            kind: kind.as_str(),
        }
    }
}

/// The method of a raw call.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

/// A call of Meta's Graph API on what the account has there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphCall {
    method: Method,
    /// The account's phone number id or WABA id, and an edge of it; no version.
    #[schema(example = "420000000000001/message_templates")]
    path: String,
    #[serde(default)]
    #[schema(required = false)]
    query: BTreeMap<String, String>,
    /// An object, of a POST.
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
}

impl From<GraphCall> for RawCall {
    fn from(call: GraphCall) -> Self {
        Self {
            method: match call.method {
                Method::Get => RawMethod::Get,
                Method::Post => RawMethod::Post,
                Method::Delete => RawMethod::Delete,
            },
            path: call.path,
            query: call.query,
            body: call.body,
        }
    }
}

/// What Meta answered, with tokens taken out of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphAnswer {
    /// HTTP's.
    status: u16,
    #[schema(value_type = Object)]
    body: Value,
}

impl From<RawAnswer> for GraphAnswer {
    fn from(answer: RawAnswer) -> Self {
        Self {
            status: answer.status,
            body: answer.body,
        }
    }
}

/// A line of the table of Meta's errors.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KnownError {
    code: i64,
    /// The same is said of all codes up to this one.
    last_code: i64,
    /// What happened.
    cause: &'static str,
    /// What to do.
    action: &'static str,
    #[schema(value_type = content::Who)]
    who: explain::Who,
    #[schema(value_type = content::Retry)]
    retry: explain::Retry,
}

impl KnownError {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        explain::all().map(|(codes, told)| Self {
            code: *codes.start(),
            last_code: *codes.end(),
            cause: told.cause,
            action: told.action,
            who: told.who,
            retry: told.retry,
        })
    }
}
