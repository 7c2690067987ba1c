//! Webhook deliveries and changes from Meta, and their state.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The state of an item that was not applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParkedState {
    /// It failed, and is applied again only on request.
    Parked,
    /// It failed and is retried automatically.
    Retrying,
    /// No organisation has connected its number or WABA. It is applied once one does, within the retention time.
    Homeless,
    /// Its kind is not supported. The raw JSON is kept.
    Unsupported,
}

/// An item of a change that was not applied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedItem {
    pub id: Uuid,
    pub change_id: Uuid,
    /// The item's position in the change, from 0.
    pub index: i32,
    /// Meta's field of the change.
    #[schema(example = "messages")]
    pub field: String,
    /// The lane that keeps its order: `n:` with the number's id, `w:` with the WABA's id, or `-`.
    #[schema(example = "n:106540352242922")]
    pub lane: String,
    pub state: ParkedState,
    /// A stable code.
    #[schema(example = "unknown_number")]
    pub reason: String,
    pub detail: String,
    /// The number of attempts to apply it.
    pub attempts: i32,
    /// The time of the next automatic attempt.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// An item that was not applied, with its raw JSON.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RawParkedItem {
    #[serde(flatten)]
    pub item: ParkedItem,
    /// The JSON as Meta sent it. Personal data is masked unless the caller asked to reveal it.
    pub raw: String,
}

/// The state of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// It waits to be applied.
    Queued,
    Applied,
    /// At least one item was not applied.
    Parked,
    /// At least one item is of an unsupported kind. All others are applied.
    Unsupported,
}

/// One change that Meta sent: an element of `entry[].changes[]`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookChange {
    pub id: Uuid,
    pub delivery_id: Uuid,
    #[schema(example = "messages")]
    pub field: String,
    /// The lane that keeps its order: `n:` with the number's id, `w:` with the WABA's id, or `-`.
    #[schema(example = "n:106540352242922")]
    pub lane: String,
    pub received_at: DateTime<Utc>,
    /// Size in bytes.
    pub size: i64,
    pub state: ChangeState,
    /// The items that were not applied.
    pub parked: Vec<ParkedItem>,
}

/// A change with its raw JSON.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RawWebhookChange {
    #[serde(flatten)]
    pub change: WebhookChange,
    /// The JSON as Meta sent it. Personal data is masked unless the caller asked to reveal it.
    pub raw: String,
}

/// The answer to a replay.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Replayed {
    /// The number of items and changes that are applied again.
    pub replayed: i64,
}

/// A test delivery that was sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestDelivery {
    pub delivery_id: Uuid,
}

/// A delivery without its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    pub id: Uuid,
    /// The Meta app whose own webhook route received it. Null for the common route.
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    pub received_at: DateTime<Utc>,
    /// Size in bytes.
    pub size: i64,
    /// The reason why it could not be split into changes.
    #[schema(required)]
    pub problem: Option<String>,
}

/// A delivery with its raw JSON.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RawWebhookDelivery {
    pub id: Uuid,
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    pub received_at: DateTime<Utc>,
    /// The JSON as Meta sent it. Personal data is masked unless the caller asked to reveal it.
    pub raw: String,
}

/// Refused deliveries of one minute, route and reason.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRejections {
    /// The start of the minute.
    pub minute: DateTime<Utc>,
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    /// `missing_signature`, `malformed_signature`, `wrong_signature`, `too_large`, `too_slow`, `encoded`,
    /// `wrong_verify_token`.
    #[schema(example = "wrong_signature")]
    pub reason: String,
    pub count: i64,
    /// The client address of the newest one.
    #[schema(required)]
    pub last_address: Option<String>,
    pub last_at: DateTime<Utc>,
}

/// The rate at which changes arrive.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receiving {
    /// Changes per minute, averaged over five minutes.
    pub per_minute: f64,
    /// The arrival of the newest change.
    #[schema(required)]
    pub last_at: Option<DateTime<Utc>>,
}

/// The time from delivery to application, in milliseconds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookLatency {
    pub average: f64,
    pub max: i64,
}

/// The traffic of a WABA in one minute.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookMinute {
    /// The start of the minute.
    pub minute: DateTime<Utc>,
    pub changes: i64,
    /// The number of applied items.
    pub items: i64,
    /// The number of parked items.
    pub parked: i64,
    pub latency_average_ms: f64,
}

/// The webhook traffic of a WABA.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WabaTraffic {
    pub waba_id: String,
    #[schema(required)]
    pub waba_name: Option<String>,
    #[schema(required)]
    pub last_at: Option<DateTime<Utc>>,
    /// Changes per minute, averaged over five minutes.
    pub per_minute: f64,
    /// The latency in the last hour. Null if no change arrived.
    #[schema(required)]
    pub latency_ms: Option<WebhookLatency>,
    /// The number of items parked in the last hour.
    pub parked: i64,
    /// The minutes of the last hour with traffic, oldest first.
    pub minutes: Vec<WebhookMinute>,
}

/// The health of an organisation's webhooks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookHealth {
    pub receiving: Receiving,
    pub wabas: Vec<WabaTraffic>,
    /// The number of queued changes among the newest hundred.
    pub queued: i64,
    /// The number of parked items, counted up to 200.
    pub parked: i64,
}

/// The load of the journal writer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WriterLoad {
    /// Deliveries that are not stored and answered yet, in this process.
    pub pending: i64,
}

/// The health of all webhooks of the server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorWebhookHealth {
    /// Deliveries that are not split into changes yet, counted up to 10,000.
    pub unsplit: i64,
    /// Changes that are not applied yet, counted up to 10,000.
    pub queued: i64,
    /// Items that were not applied, counted up to 200.
    pub parked: i64,
    /// Items for numbers and WABAs that no organisation has connected, counted up to 200.
    pub homeless: i64,
    /// Deliveries that were refused in the last hour.
    pub rejected: i64,
    pub writer: WriterLoad,
}
