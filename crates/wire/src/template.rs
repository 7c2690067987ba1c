//! Templates, and their syncs with Meta.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::session::StepProblem;

/// A template in one language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    pub id: Uuid,
    /// Meta's id. It does not fit a JavaScript number.
    pub meta_template_id: String,
    /// The WABA that it belongs to.
    pub waba_id: String,
    #[schema(example = "order_update")]
    pub name: String,
    /// The language, with `_`.
    #[schema(example = "en_US")]
    pub language: String,
    /// Meta's word: `AUTHENTICATION`, `MARKETING`, `UTILITY`. It decides price and route.
    #[schema(example = "UTILITY")]
    pub category: String,
    /// The category before Meta changed it.
    #[schema(required)]
    pub previous_category: Option<String>,
    /// The category that Meta will set, where it differs.
    #[schema(required)]
    pub correct_category: Option<String>,
    /// The time at which Meta sets it, if it is known.
    #[schema(required)]
    pub category_changes_at: Option<DateTime<Utc>>,
    /// Meta's word: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, `IN_APPEAL`, `ARCHIVED`,
    /// `PENDING_DELETION`, `DELETED`, `LIMIT_EXCEEDED`.
    #[schema(example = "APPROVED")]
    pub status: String,
    /// Whether it can be sent: only an approved one can.
    pub is_sendable: bool,
    /// Meta's word: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[schema(example = "GREEN")]
    pub quality: String,
    /// The form of its parameters: `POSITIONAL` or `NAMED`.
    #[schema(example = "POSITIONAL")]
    pub parameter_format: String,
    /// The components in Meta's form.
    #[schema(value_type = Vec<Object>)]
    pub components: Vec<Value>,
    /// The values that a message with it gives.
    pub parameters: Vec<TemplateParameter>,
    /// The time in seconds for which Meta tries to deliver a message. -1 means 30 days.
    #[schema(required)]
    pub ttl_seconds: Option<i64>,
    /// The reason of the rejection.
    #[schema(required)]
    pub rejection: Option<TemplateRejection>,
    /// Meta's words about the status, such as those of a pause.
    #[schema(required)]
    pub notice: Option<TemplateNotice>,
    /// The time at which the last whole sync of its WABA began.
    #[schema(required)]
    pub synced_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// The number of its changes.
    pub version: i64,
}

/// A value that a message with a template gives.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateParameter {
    /// The name, if the template has named parameters, else the place.
    #[schema(example = "body.1")]
    pub key: String,
    /// The component: `header`, `body`, `button`, `limited_time_offer`.
    #[schema(example = "body")]
    pub component: String,
    /// The card of a carousel, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<u8>,
    /// The button, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u8>,
    /// The type of the value: `text`, `image`, `url`, …
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// The example that was given to Meta.
    #[schema(required)]
    pub example: Option<String>,
    /// Whether a message must give it.
    pub required: bool,
    /// The most characters that fit.
    #[schema(required)]
    pub max_length: Option<usize>,
}

/// The reason of a rejection.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRejection {
    /// Meta's word.
    #[schema(example = "INVALID_FORMAT")]
    pub reason: String,
    /// The reason in a sentence.
    pub words: String,
    /// The remedy in a sentence.
    pub remedy: String,
}

/// Meta's words about a status.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateNotice {
    /// Meta's word of what happened.
    #[schema(example = "PAUSED")]
    pub event: String,
    /// `FIRST_PAUSE`, …
    #[schema(required)]
    pub title: Option<String>,
    #[schema(required)]
    pub description: Option<String>,
    /// Why it was rejected, in Meta's words.
    #[schema(required)]
    pub rejection: Option<String>,
    /// Meta's recommendation.
    #[schema(required)]
    pub recommendation: Option<String>,
    /// The time at which it will be disabled, as Meta writes it.
    #[schema(required)]
    pub disable_date: Option<String>,
}

/// A template with its history.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateDetail {
    #[serde(flatten)]
    pub template: Template,
    /// The newest changes first, at most 100.
    pub history: Vec<TemplateHistoryEntry>,
}

/// A part of a template that has a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePart {
    Status,
    Category,
    Quality,
    /// Everything else.
    Content,
}

/// The kind of an author of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateAuthorKind {
    /// Meta reported it by a webhook.
    Meta,
    /// A sync found it.
    Sync,
    User,
    Key,
    Operator,
    System,
    /// Another organisation that shares the WABA.
    OtherOrg,
}

/// The author of a change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateAuthor {
    pub kind: TemplateAuthorKind,
    /// The id of the user or key.
    #[schema(required)]
    pub id: Option<Uuid>,
}

/// A change of a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateHistoryEntry {
    pub id: Uuid,
    /// The time, as Meta told it.
    pub at: DateTime<Utc>,
    pub part: TemplatePart,
    /// The value before. Null for content, and for a template that was not known.
    #[schema(required)]
    pub from: Option<String>,
    /// The new value. Null for content.
    #[schema(required)]
    pub to: Option<String>,
    /// Further words: the reason of a rejection, the category to come.
    #[schema(required)]
    pub detail: Option<String>,
    pub by: TemplateAuthor,
}

/// The state of a sync.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSyncState {
    Running,
    Done,
    Failed,
}

/// A sync that was requested.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartedTemplateSync {
    pub sync_id: Uuid,
}

/// The newest sync of the organisation's templates.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSyncStatus {
    /// The newest request. Null before the first.
    #[schema(required)]
    pub sync_id: Option<Uuid>,
    pub state: TemplateSyncState,
    /// The number of templates that were read.
    pub done: i64,
    /// The number of templates that Meta has. Null while it is unknown.
    #[schema(required)]
    pub total: Option<i64>,
    /// The number of templates that were not known.
    pub created: i64,
    /// The number of templates that changed.
    pub updated: i64,
    /// The number of templates that Meta no longer has.
    pub removed: i64,
    /// Why it failed, or waits to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<StepProblem>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Each WABA by itself, with the newest sync of its own.
    pub wabas: Vec<WabaTemplateSync>,
}

/// The newest sync of one WABA's templates.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WabaTemplateSync {
    pub waba_id: String,
    #[schema(required)]
    pub sync_id: Option<Uuid>,
    pub state: TemplateSyncState,
    pub done: i64,
    #[schema(required)]
    pub total: Option<i64>,
    pub created: i64,
    pub updated: i64,
    pub removed: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<StepProblem>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// The time at which the last whole sync began.
    #[schema(required)]
    pub synced_at: Option<DateTime<Utc>>,
    /// The time of the next sync.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
}

/// A fault of values, or of a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateFault {
    /// The place in what was given.
    #[schema(example = "/components/0/parameters/1/text")]
    pub pointer: String,
    /// Meta's code.
    #[schema(example = 132_000)]
    pub code: i64,
    /// What to do about it.
    pub words: String,
}

/// The result of a check of values against a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateCheck {
    /// Whether Meta refuses nothing of it.
    pub ok: bool,
    pub errors: Vec<TemplateFault>,
    /// What Meta may refuse. It stops nothing.
    pub warnings: Vec<TemplateFault>,
    /// The code that Meta would answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta_code: Option<i64>,
}

/// A template with values filled in. A variable without a value stays in its braces.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplatePreview {
    #[schema(required)]
    pub header: Option<TemplatePreviewHeader>,
    #[schema(required)]
    pub body: Option<String>,
    #[schema(required)]
    pub footer: Option<String>,
    #[schema(required)]
    pub offer: Option<TemplatePreviewOffer>,
    pub buttons: Vec<TemplatePreviewButton>,
    pub cards: Vec<TemplatePreviewCard>,
    /// Whether it asks for the permission to call.
    pub asks_to_call: bool,
}

/// A header of a preview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplatePreviewHeader {
    /// `text`, `image`, `video`, `document`, `gif`, `location`, `product`, or Meta's word.
    pub kind: String,
    #[schema(required)]
    pub text: Option<String>,
    /// The file, location or product that was given.
    #[schema(required, value_type = Option<Object>)]
    pub value: Option<Value>,
}

/// A limited-time offer of a preview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplatePreviewOffer {
    #[schema(required)]
    pub text: Option<String>,
    /// Its end in milliseconds since 1970.
    #[schema(required)]
    pub ends_at: Option<u64>,
}

/// A button of a preview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplatePreviewButton {
    /// Meta's word for the kind, such as `QUICK_REPLY`.
    pub kind: String,
    pub text: String,
    /// The address, the number, the code or the payload.
    #[schema(required)]
    pub value: Option<String>,
}

/// A card of a preview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplatePreviewCard {
    #[schema(required)]
    pub header: Option<TemplatePreviewHeader>,
    #[schema(required)]
    pub body: Option<String>,
    pub buttons: Vec<TemplatePreviewButton>,
}
