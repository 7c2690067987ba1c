use uuid::Uuid;
use wabakit_domain::ids::{MetaAppId, OrgId};
use wabakit_ports::store::{Rejections, StoreError, TrafficMinute};

use crate::{
    bulk::row,
    types::{T, U},
    values::{opt_text, text},
};

row! {
    struct TrafficRow in traffic_minutes {
        org_id: U,
        minute: T,
        waba_id: String,
        changes: i64,
        items: i64,
        parked: i64,
        latency_sum_ms: i64,
        latency_max_ms: i64,
        last_at: T,
    }
}

row! {
    struct RejectionsRow in rejections {
        minute: T,
        meta_app_id: U,
        reason: String,
        count: i64,
        last_address: Option<String>,
        last_at: T,
    }
}

impl TryFrom<&TrafficMinute> for TrafficRow {
    type Error = StoreError;

    fn try_from(told: &TrafficMinute) -> Result<Self, StoreError> {
        Ok(Self {
            org_id: U(told.org.0),
            minute: T(told.minute),
            waba_id: text(told.waba.as_str())?,
            changes: told.changes,
            items: told.items,
            parked: told.parked,
            latency_sum_ms: told.latency_sum_ms,
            latency_max_ms: told.latency_max_ms,
            last_at: T(told.last_at),
        })
    }
}

impl From<TrafficRow> for TrafficMinute {
    fn from(row: TrafficRow) -> Self {
        Self {
            org: OrgId(row.org_id.0),
            waba: row.waba_id.into(),
            minute: row.minute.0,
            changes: row.changes,
            items: row.items,
            parked: row.parked,
            latency_sum_ms: row.latency_sum_ms,
            latency_max_ms: row.latency_max_ms,
            last_at: row.last_at.0,
        }
    }
}

impl TryFrom<&Rejections> for RejectionsRow {
    type Error = StoreError;

    fn try_from(told: &Rejections) -> Result<Self, StoreError> {
        Ok(Self {
            minute: T(told.minute),
            meta_app_id: U(told.app.map_or(Uuid::nil(), |app| app.0)),
            reason: text(&told.reason)?,
            count: told.count,
            last_address: opt_text(told.last_address.as_deref())?,
            last_at: T(told.last_at),
        })
    }
}

impl From<RejectionsRow> for Rejections {
    fn from(row: RejectionsRow) -> Self {
        Self {
            minute: row.minute.0,
            app: (!row.meta_app_id.0.is_nil()).then_some(MetaAppId(row.meta_app_id.0)),
            reason: row.reason,
            count: row.count,
            last_address: row.last_address,
            last_at: row.last_at.0,
        }
    }
}
