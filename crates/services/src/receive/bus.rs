use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use tokio::sync::watch;
use wabakit_domain::ids::OrgId;
use wabakit_ports::bus::EventBus;

/// Announces new events within this process. Events of other replicas are found by polling.
#[derive(Default)]
pub struct LocalBus {
    heads: RwLock<HashMap<OrgId, watch::Sender<i64>>>,
    moves: watch::Sender<u64>,
}

impl EventBus for LocalBus {
    fn publish(&self, heads: &[(OrgId, i64)]) {
        let listeners = self.heads.read().unwrap_or_else(PoisonError::into_inner);
        let mut is_growth = false;
        for (org, head) in heads {
            // Without a listener here there is nothing to poll for, so the write itself counts as growth.
            is_growth |= listeners.get(org).is_none_or(|listeners| {
                listeners.send_if_modified(|known| {
                    let grows = *head > *known;
                    *known = (*known).max(*head);
                    grows
                })
            });
        }
        if is_growth {
            self.moves.send_modify(|moves| *moves += 1);
        }
    }

    fn subscribe(&self, org: OrgId) -> watch::Receiver<i64> {
        let mut listeners = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        listeners
            .entry(org)
            .or_insert_with(|| watch::Sender::new(0))
            .subscribe()
    }

    fn listened(&self) -> Vec<OrgId> {
        let mut listeners = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|_, listeners| listeners.receiver_count() > 0);
        listeners.keys().copied().collect()
    }

    fn moves(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }
}
