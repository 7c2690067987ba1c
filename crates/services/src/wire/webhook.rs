use wabakit_domain::delivery as known;
use wabakit_ports::store::{ChangeOverview, DeliveryOverview, Rejections, TrafficMinute};
use wabakit_wire::webhook::{
    ChangeState, OperatorWebhookHealth, ParkedItem, ParkedState, RawParkedItem, RawWebhookChange,
    RawWebhookDelivery, Receiving, WabaTraffic, WebhookChange, WebhookDelivery, WebhookHealth,
    WebhookLatency, WebhookMinute, WebhookRejections, WriterLoad,
};

use super::{IntoWire, record, words};
use crate::receive::{self, PlatformHealth, WabaHealth};

words!(both known::ParkedState => ParkedState { Parked, Retrying, Homeless, Unsupported });

impl IntoWire<String> for known::Lane {
    fn into_wire(self) -> String {
        self.named().key()
    }
}

record!(known::ParkedItem => ParkedItem {
    id, change_id: change, index, field, lane, state, reason, detail, attempts, next_at, created_at,
});
record!(DeliveryOverview => WebhookDelivery { id, meta_app_id: app, received_at, size, problem });
record!(Rejections => WebhookRejections {
    minute, meta_app_id: app, reason, count, last_address, last_at,
});

/// Makes the wire form of a parked item with its bytes as text. The caller masks them.
pub fn raw_parked_item(item: known::ParkedItem, raw: String) -> RawParkedItem {
    let item = item.into_wire();
    RawParkedItem { item, raw }
}

fn state(overview: &ChangeOverview) -> ChangeState {
    let mut parked = overview.parked.iter();
    if overview.is_queued {
        ChangeState::Queued
    } else if overview.parked.is_empty() {
        ChangeState::Applied
    } else if parked.all(|item| item.state == known::ParkedState::Unsupported) {
        ChangeState::Unsupported
    } else {
        ChangeState::Parked
    }
}

impl IntoWire<WebhookChange> for ChangeOverview {
    fn into_wire(self) -> WebhookChange {
        let state = state(&self);
        let change = self.change;
        WebhookChange {
            id: change.id.uuid(),
            delivery_id: change.delivery.uuid(),
            field: change.field,
            lane: change.lane.into_wire(),
            received_at: change.received_at,
            size: self.size,
            state,
            parked: self.parked.into_wire(),
        }
    }
}

/// Makes the wire form of a change with its bytes as text. The caller masks them.
pub fn raw_change(overview: ChangeOverview, raw: String) -> RawWebhookChange {
    let change = overview.into_wire();
    RawWebhookChange { change, raw }
}

/// Makes the wire form of a delivery with its bytes as text. The caller masks them.
pub fn raw_delivery(delivery: &known::Delivery, raw: String) -> RawWebhookDelivery {
    RawWebhookDelivery {
        id: delivery.id.uuid(),
        meta_app_id: delivery.app.into_wire(),
        received_at: delivery.received_at,
        raw,
    }
}

impl IntoWire<WebhookMinute> for TrafficMinute {
    fn into_wire(self) -> WebhookMinute {
        WebhookMinute {
            minute: self.minute,
            changes: self.changes,
            items: self.items,
            parked: self.parked,
            latency_average_ms: self.latency_sum_ms as f64 / self.changes.max(1) as f64,
        }
    }
}

impl IntoWire<WabaTraffic> for WabaHealth {
    fn into_wire(self) -> WabaTraffic {
        let latency = self.latency_average_ms.zip(self.latency_max_ms);
        WabaTraffic {
            waba_id: self.waba.into_wire(),
            waba_name: self.name,
            last_at: self.last_at,
            per_minute: self.per_minute,
            latency_ms: latency.map(|(average, max)| WebhookLatency { average, max }),
            parked: self.parked,
            minutes: self.minutes.into_wire(),
        }
    }
}

impl IntoWire<WebhookHealth> for receive::WebhookHealth {
    fn into_wire(self) -> WebhookHealth {
        WebhookHealth {
            receiving: Receiving {
                per_minute: self.per_minute,
                last_at: self.last_at,
            },
            wabas: self.wabas.into_wire(),
            queued: self.queued,
            parked: self.parked,
        }
    }
}

impl IntoWire<OperatorWebhookHealth> for PlatformHealth {
    fn into_wire(self) -> OperatorWebhookHealth {
        OperatorWebhookHealth {
            unsplit: self.unsplit,
            queued: self.queued,
            parked: self.parked,
            homeless: self.homeless,
            rejected: self.rejected,
            writer: WriterLoad {
                pending: i64::try_from(self.writer_pending).unwrap_or(i64::MAX),
            },
        }
    }
}
