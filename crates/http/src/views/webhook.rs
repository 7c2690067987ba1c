//! What Meta sent, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{delivery, ids::MetaAppId};
use wabakit_services::{
    self as services, ChangeOverview, DeliveryOverview, PlatformHealth, Rejections, TrafficMinute,
    WabaHealth,
};

/// What an item that was not applied waits for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ParkedState {
    /// It failed, and somebody must look; it is tried again when somebody says so.
    Parked,
    /// It is tried again by itself.
    Retrying,
    /// Nobody here holds the number or WABA: tried again when somebody connects it, for a while.
    Homeless,
    /// Not modelled. Kept as it came.
    Unsupported,
}

impl From<delivery::ParkedState> for ParkedState {
    fn from(state: delivery::ParkedState) -> Self {
        match state {
            delivery::ParkedState::Parked => Self::Parked,
            delivery::ParkedState::Retrying => Self::Retrying,
            delivery::ParkedState::Homeless => Self::Homeless,
            delivery::ParkedState::Unsupported => Self::Unsupported,
        }
    }
}

impl From<ParkedState> for delivery::ParkedState {
    fn from(state: ParkedState) -> Self {
        match state {
            ParkedState::Parked => Self::Parked,
            ParkedState::Retrying => Self::Retrying,
            ParkedState::Homeless => Self::Homeless,
            ParkedState::Unsupported => Self::Unsupported,
        }
    }
}

/// An item of a change that was not applied.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParkedItem {
    id: Uuid,
    change_id: Uuid,
    /// Which item of the change, from 0.
    index: i32,
    /// The change's field.
    #[schema(example = "messages")]
    field: String,
    /// `n:` and the number's id, `w:` and the WABA's, or `-`.
    #[schema(example = "n:106540352242922")]
    lane: String,
    state: ParkedState,
    /// Stable.
    #[schema(example = "unknown_number")]
    reason: String,
    detail: String,
    /// How often it was tried.
    attempts: i32,
    /// When it is tried again.
    #[schema(required)]
    next_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<delivery::ParkedItem> for ParkedItem {
    fn from(item: delivery::ParkedItem) -> Self {
        Self {
            id: item.id.uuid(),
            change_id: item.change.uuid(),
            index: item.index,
            field: item.field,
            lane: item.lane.key(),
            state: item.state.into(),
            reason: item.reason,
            detail: item.detail,
            attempts: item.attempts,
            next_at: item.next_at,
            created_at: item.created_at,
        }
    }
}

/// The same with its bytes.
#[derive(Serialize, ToSchema)]
pub(crate) struct RawParkedItem {
    #[serde(flatten)]
    item: ParkedItem,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    raw: String,
}

impl RawParkedItem {
    pub(crate) fn of(item: delivery::ParkedItem, raw: String) -> Self {
        let item = item.into();
        Self { item, raw }
    }
}

/// Where a change stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeState {
    /// It waits to be applied.
    Queued,
    Applied,
    /// Something of it was not applied.
    Parked,
    /// Something of it is not modelled, and all else is applied.
    Unsupported,
}

/// One change that Meta sent: an element of `entry[].changes[]`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookChange {
    id: Uuid,
    delivery_id: Uuid,
    #[schema(example = "messages")]
    field: String,
    /// `n:` and the number's id, `w:` and the WABA's, or `-`.
    #[schema(example = "n:106540352242922")]
    lane: String,
    received_at: DateTime<Utc>,
    /// Bytes.
    size: i64,
    state: ChangeState,
    /// What could not be applied.
    parked: Vec<ParkedItem>,
}

impl From<ChangeOverview> for WebhookChange {
    fn from(overview: ChangeOverview) -> Self {
        let change = overview.change;
        let unsupported =
            |item: &delivery::ParkedItem| item.state == delivery::ParkedState::Unsupported;
        let state = if overview.is_queued {
            ChangeState::Queued
        } else if overview.parked.is_empty() {
            ChangeState::Applied
        } else if overview.parked.iter().all(unsupported) {
            ChangeState::Unsupported
        } else {
            ChangeState::Parked
        };
        Self {
            id: change.id.uuid(),
            delivery_id: change.delivery.uuid(),
            field: change.field,
            lane: change.lane.key(),
            received_at: change.received_at,
            size: overview.size,
            state,
            parked: overview.parked.into_iter().map(ParkedItem::from).collect(),
        }
    }
}

/// The same with its bytes.
#[derive(Serialize, ToSchema)]
pub(crate) struct RawWebhookChange {
    #[serde(flatten)]
    change: WebhookChange,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    raw: String,
}

impl RawWebhookChange {
    pub(crate) fn of(overview: ChangeOverview, raw: String) -> Self {
        let change = overview.into();
        Self { change, raw }
    }
}

/// What to apply again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplayRequest {
    /// True: all that is parked, waits for a number or is not supported.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) parked: bool,
    /// Else all that came from here …
    pub(crate) from: Option<DateTime<Utc>>,
    /// … to before here, applied or not.
    pub(crate) to: Option<DateTime<Utc>>,
}

/// What is being applied again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// How many items and changes.
    pub(crate) replayed: i64,
}

/// What to test.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestWebhook {
    /// The account, else the default one.
    pub(crate) account_id: Option<Uuid>,
}

/// A test that is on its way.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestDelivery {
    pub(crate) delivery_id: Uuid,
}

/// A delivery without its bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookDelivery {
    id: Uuid,
    /// The Meta app whose route it came by; null on the common route.
    #[schema(required)]
    meta_app_id: Option<Uuid>,
    received_at: DateTime<Utc>,
    /// Bytes.
    size: i64,
    /// Why it could not be read.
    #[schema(required)]
    problem: Option<String>,
}

impl From<DeliveryOverview> for WebhookDelivery {
    fn from(delivery: DeliveryOverview) -> Self {
        Self {
            id: delivery.id.uuid(),
            meta_app_id: delivery.app.map(MetaAppId::uuid),
            received_at: delivery.received_at,
            size: delivery.size,
            problem: delivery.problem,
        }
    }
}

/// The same with its bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawWebhookDelivery {
    id: Uuid,
    #[schema(required)]
    meta_app_id: Option<Uuid>,
    received_at: DateTime<Utc>,
    /// As Meta sent it. Unless revealed, what tells of people is masked.
    raw: String,
}

impl RawWebhookDelivery {
    pub(crate) fn of(delivery: &delivery::Delivery, raw: String) -> Self {
        Self {
            id: delivery.id.uuid(),
            meta_app_id: delivery.app.map(MetaAppId::uuid),
            received_at: delivery.received_at,
            raw,
        }
    }
}

/// Deliveries that were refused: of one minute, one route and one reason.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookRejections {
    /// The beginning of the minute.
    minute: DateTime<Utc>,
    #[schema(required)]
    meta_app_id: Option<Uuid>,
    /// `missing_signature`, `malformed_signature`, `wrong_signature`, `too_large`, `wrong_verify_token`.
    #[schema(example = "wrong_signature")]
    reason: String,
    count: i64,
    /// The address that the last one came from.
    #[schema(required)]
    last_address: Option<String>,
    last_at: DateTime<Utc>,
}

impl From<Rejections> for WebhookRejections {
    fn from(rejections: Rejections) -> Self {
        Self {
            minute: rejections.minute,
            meta_app_id: rejections.app.map(MetaAppId::uuid),
            reason: rejections.reason,
            count: rejections.count,
            last_address: rejections.last_address,
            last_at: rejections.last_at,
        }
    }
}

/// Whether anything arrives.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receiving {
    /// Changes, over the last five minutes.
    per_minute: f64,
    /// When the last one came.
    #[schema(required)]
    last_at: Option<DateTime<Utc>>,
}

/// From delivery to applied, in milliseconds.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookLatency {
    average: f64,
    max: i64,
}

/// What came for a WABA in one minute.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookMinute {
    /// Its beginning.
    minute: DateTime<Utc>,
    changes: i64,
    /// Items that were applied.
    items: i64,
    /// Items that were parked.
    parked: i64,
    latency_average_ms: f64,
}

/// What comes for a WABA.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WabaTraffic {
    waba_id: String,
    #[schema(required)]
    waba_name: Option<String>,
    #[schema(required)]
    last_at: Option<DateTime<Utc>>,
    /// Changes, over the last five minutes.
    per_minute: f64,
    /// Of the last hour; null where nothing came.
    #[schema(required)]
    latency_ms: Option<WebhookLatency>,
    /// Items of the last hour that were parked.
    parked: i64,
    /// The minutes of the last hour in which something came, oldest first.
    minutes: Vec<WebhookMinute>,
}

/// Whether webhooks arrive and are applied.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookHealth {
    receiving: Receiving,
    wabas: Vec<WabaTraffic>,
    /// Changes that wait to be applied, of the last hundred.
    queued: i64,
    /// Items that are parked, counting no further than 200.
    parked: i64,
}

/// How many wait to be written.
#[derive(Serialize, ToSchema)]
pub(crate) struct WriterLoad {
    /// Deliveries that nobody was answered for yet.
    pending: i64,
}

/// Whether webhooks are worked off.
#[derive(Serialize, ToSchema)]
pub(crate) struct OperatorWebhookHealth {
    /// Deliveries that wait to be split.
    unsplit: i64,
    /// Changes that wait to be applied.
    queued: i64,
    /// Items that were not applied.
    parked: i64,
    /// Items for numbers and WABAs that nobody here holds.
    homeless: i64,
    /// Deliveries that were refused in the last hour.
    rejected: i64,
    writer: WriterLoad,
}

impl From<TrafficMinute> for WebhookMinute {
    fn from(minute: TrafficMinute) -> Self {
        Self {
            minute: minute.minute,
            changes: minute.changes,
            items: minute.items,
            parked: minute.parked,
            latency_average_ms: minute.latency_sum_ms as f64 / minute.changes.max(1) as f64,
        }
    }
}

impl From<WabaHealth> for WabaTraffic {
    fn from(health: WabaHealth) -> Self {
        let latency = health.latency_average_ms.zip(health.latency_max_ms);
        Self {
            waba_id: health.waba.into_string(),
            waba_name: health.name,
            last_at: health.last_at,
            per_minute: health.per_minute,
            latency_ms: latency.map(|(average, max)| WebhookLatency { average, max }),
            parked: health.parked,
            minutes: health
                .minutes
                .into_iter()
                .map(WebhookMinute::from)
                .collect(),
        }
    }
}

impl From<services::WebhookHealth> for WebhookHealth {
    fn from(health: services::WebhookHealth) -> Self {
        Self {
            receiving: Receiving {
                per_minute: health.per_minute,
                last_at: health.last_at,
            },
            wabas: health.wabas.into_iter().map(WabaTraffic::from).collect(),
            queued: health.queued,
            parked: health.parked,
        }
    }
}

impl From<PlatformHealth> for OperatorWebhookHealth {
    fn from(health: PlatformHealth) -> Self {
        Self {
            unsplit: health.unsplit,
            queued: health.queued,
            parked: health.parked,
            homeless: health.homeless,
            rejected: health.rejected,
            writer: WriterLoad {
                pending: i64::try_from(health.writer_pending).unwrap_or(i64::MAX),
            },
        }
    }
}
