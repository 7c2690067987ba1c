use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use tokio::sync::watch;
use wabakit_domain::ids::OrgId;
use wabakit_ports::bus::EventBus;

/// Carries word within this process. What other replicas write is found by polling.
#[derive(Default)]
pub struct LocalBus(RwLock<HashMap<OrgId, watch::Sender<i64>>>);

impl EventBus for LocalBus {
    fn publish(&self, heads: &[(OrgId, i64)]) {
        let listeners = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (org, head) in heads {
            if let Some(listeners) = listeners.get(org) {
                listeners.send_if_modified(|known| {
                    let grows = *head > *known;
                    *known = (*known).max(*head);
                    grows
                });
            }
        }
    }

    fn subscribe(&self, org: OrgId) -> watch::Receiver<i64> {
        let mut listeners = self.0.write().unwrap_or_else(PoisonError::into_inner);
        listeners
            .entry(org)
            .or_insert_with(|| watch::Sender::new(0))
            .subscribe()
    }

    fn listened(&self) -> Vec<OrgId> {
        let mut listeners = self.0.write().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|_, listeners| listeners.receiver_count() > 0);
        listeners.keys().copied().collect()
    }
}
