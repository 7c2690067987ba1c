use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::DurationRound as _;
use wabakit_domain::{
    Time,
    ids::{OrgId, WabaId},
};
use wabakit_ports::store::{ChangeStore, StoreError, TrafficMinute};

/// Counts of applied changes that are not yet in the store.
#[derive(Default)]
pub(super) struct TrafficLog(Mutex<Counts>);

type Counts = HashMap<(OrgId, WabaId, Time), TrafficMinute>;

/// A change that was applied.
pub(super) struct Arrived {
    pub(super) org: OrgId,
    pub(super) waba: WabaId,
    pub(super) received_at: Time,
    pub(super) items: usize,
    pub(super) parked: usize,
}

impl TrafficLog {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, arrived: Vec<Arrived>, now: Time) {
        let mut counts = self.counts();
        for change in arrived {
            let at = change.received_at;
            let minute = at
                .duration_trunc(chrono::Duration::minutes(1))
                .unwrap_or(at);
            let latency = (now - at).num_milliseconds().max(0);
            let key = (change.org, change.waba.clone(), minute);
            add(
                &mut counts,
                key,
                TrafficMinute {
                    org: change.org,
                    waba: change.waba,
                    minute,
                    changes: 1,
                    items: i64::try_from(change.items).unwrap_or(0),
                    parked: i64::try_from(change.parked).unwrap_or(0),
                    latency_sum_ms: latency,
                    latency_max_ms: latency,
                    last_at: at,
                },
            );
        }
    }

    /// Writes the counts to the store. Counts that could not be written are kept.
    pub(super) async fn flush(&self, changes: &dyn ChangeStore) -> Result<usize, StoreError> {
        let counts = std::mem::take(&mut *self.counts());
        if counts.is_empty() {
            return Ok(0);
        }
        let minutes: Vec<_> = counts.values().cloned().collect();
        if let Err(error) = changes.record_traffic(minutes).await {
            let mut kept = self.counts();
            for (key, counted) in counts {
                add(&mut kept, key, counted);
            }
            return Err(error);
        }
        Ok(counts.len())
    }
}

fn add(counts: &mut Counts, key: (OrgId, WabaId, Time), more: TrafficMinute) {
    match counts.get_mut(&key) {
        Some(known) => {
            known.changes += more.changes;
            known.items += more.items;
            known.parked += more.parked;
            known.latency_sum_ms += more.latency_sum_ms;
            known.latency_max_ms = known.latency_max_ms.max(more.latency_max_ms);
            known.last_at = known.last_at.max(more.last_at);
        }
        None => {
            counts.insert(key, more);
        }
    }
}
