//! Limits of open WebSockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use wabakit_domain::ids::OrgId;

/// How many WebSockets may be open at the same time in this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListenerLimits {
    /// In all.
    pub total: usize,
    /// In one organisation.
    pub per_org: usize,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            total: 10_000,
            per_org: 500,
        }
    }
}

/// Counts the open WebSockets of this process.
#[derive(Clone, Debug)]
pub struct Listeners {
    limits: ListenerLimits,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_org: HashMap<OrgId, usize>,
}

impl Listeners {
    /// Starts the count at zero.
    pub fn new(limits: ListenerLimits) -> Self {
        let open = Arc::default();
        Self { limits, open }
    }

    /// Takes a place for one more. `None` when there is none. Dropping it frees the place.
    pub(crate) fn take(&self, org: OrgId) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_org = open.by_org.get(&org).copied().unwrap_or(0);
        if open.total >= self.limits.total || of_org >= self.limits.per_org {
            return None;
        }
        open.total += 1;
        open.by_org.insert(org, of_org + 1);
        Some(Place {
            org,
            open: self.open.clone(),
        })
    }
}

/// One open WebSocket.
#[derive(Debug)]
pub(crate) struct Place {
    org: OrgId,
    open: Arc<Mutex<Open>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        match open.by_org.get_mut(&self.org) {
            Some(of_org) if *of_org > 1 => *of_org -= 1,
            _ => {
                open.by_org.remove(&self.org);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let (ours, theirs) = (OrgId(Uuid::from_u128(1)), OrgId(Uuid::from_u128(2)));
        let limits = ListenerLimits {
            total: 3,
            per_org: 2,
        };
        let listeners = Listeners::new(limits);
        let first = listeners.take(ours).unwrap();
        let _second = listeners.take(ours).unwrap();
        assert!(listeners.take(ours).is_none(), "the org is full");
        let _third = listeners.take(theirs).unwrap();
        drop(first);
        let _fourth = listeners.take(ours).unwrap();
        assert!(listeners.take(theirs).is_none(), "all is full");
    }
}
