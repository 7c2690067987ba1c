//! What Meta sent, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an item that was not applied waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParkedState {
    /// It failed, and somebody must look; it is tried again when somebody says so.
    Parked,
    /// It is tried again by itself.
    Retrying,
    /// Nobody here holds the number or WABA: tried again when somebody connects it, for a while.
    Homeless,
    /// Not modelled. Kept as it came.
    Unsupported,
}

/// An item of a change that was not applied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParkedItem {
    pub id: Uuid,
    pub change_id: Uuid,
    /// Which item of the change, from 0.
    pub index: i32,
    /// The change's field.
    #[schema(example = "messages")]
    pub field: String,
    /// `n:` and the number's id, `w:` and the WABA's, or `-`.
    #[schema(example = "n:106540352242922")]
    pub lane: String,
    pub state: ParkedState,
    /// Stable.
    #[schema(example = "unknown_number")]
    pub reason: String,
    pub detail: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried again.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The same with its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RawParkedItem {
    #[serde(flatten)]
    pub item: ParkedItem,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    pub raw: String,
}

/// Where a change stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// It waits to be applied.
    Queued,
    Applied,
    /// Something of it was not applied.
    Parked,
    /// Something of it is not modelled, and all else is applied.
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
    /// `n:` and the number's id, `w:` and the WABA's, or `-`.
    #[schema(example = "n:106540352242922")]
    pub lane: String,
    pub received_at: DateTime<Utc>,
    /// Bytes.
    pub size: i64,
    pub state: ChangeState,
    /// What could not be applied.
    pub parked: Vec<ParkedItem>,
}

/// The same with its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RawWebhookChange {
    #[serde(flatten)]
    pub change: WebhookChange,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    pub raw: String,
}

/// What is being applied again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Replayed {
    /// How many items and changes.
    pub replayed: i64,
}

/// A test that is on its way.
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
    /// The Meta app whose route it came by; null on the common route.
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    pub received_at: DateTime<Utc>,
    /// Bytes.
    pub size: i64,
    /// Why it could not be read.
    #[schema(required)]
    pub problem: Option<String>,
}

/// The same with its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RawWebhookDelivery {
    pub id: Uuid,
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    pub received_at: DateTime<Utc>,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    pub raw: String,
}

/// Deliveries that were refused: of one minute, one route and one reason.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRejections {
    /// The beginning of the minute.
    pub minute: DateTime<Utc>,
    #[schema(required)]
    pub meta_app_id: Option<Uuid>,
    /// `missing_signature`, `malformed_signature`, `wrong_signature`, `too_large`, `too_slow`, `encoded`,
    /// `wrong_verify_token`.
    #[schema(example = "wrong_signature")]
    pub reason: String,
    pub count: i64,
    /// The address that the last one came from.
    #[schema(required)]
    pub last_address: Option<String>,
    pub last_at: DateTime<Utc>,
}

/// Whether anything arrives.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receiving {
    /// Changes, over the last five minutes.
    pub per_minute: f64,
    /// When the last one came.
    #[schema(required)]
    pub last_at: Option<DateTime<Utc>>,
}

/// From delivery to applied, in milliseconds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookLatency {
    pub average: f64,
    pub max: i64,
}

/// What came for a WABA in one minute.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookMinute {
    /// Its beginning.
    pub minute: DateTime<Utc>,
    pub changes: i64,
    /// Items that were applied.
    pub items: i64,
    /// Items that were parked.
    pub parked: i64,
    pub latency_average_ms: f64,
}

/// What comes for a WABA.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WabaTraffic {
    pub waba_id: String,
    #[schema(required)]
    pub waba_name: Option<String>,
    #[schema(required)]
    pub last_at: Option<DateTime<Utc>>,
    /// Changes, over the last five minutes.
    pub per_minute: f64,
    /// Of the last hour; null where nothing came.
    #[schema(required)]
    pub latency_ms: Option<WebhookLatency>,
    /// Items of the last hour that were parked.
    pub parked: i64,
    /// The minutes of the last hour in which something came, oldest first.
    pub minutes: Vec<WebhookMinute>,
}

/// Whether webhooks arrive and are applied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookHealth {
    pub receiving: Receiving,
    pub wabas: Vec<WabaTraffic>,
    /// Changes that wait to be applied, of the last hundred.
    pub queued: i64,
    /// Items that are parked, counting no further than 200.
    pub parked: i64,
}

/// How many wait to be written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WriterLoad {
    /// Deliveries that nobody was answered for yet.
    pub pending: i64,
}

/// Whether webhooks are worked off.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorWebhookHealth {
    /// Deliveries that wait to be split.
    pub unsplit: i64,
    /// Changes that wait to be applied.
    pub queued: i64,
    /// Items that were not applied.
    pub parked: i64,
    /// Items for numbers and WABAs that nobody here holds.
    pub homeless: i64,
    /// Deliveries that were refused in the last hour.
    pub rejected: i64,
    pub writer: WriterLoad,
}
