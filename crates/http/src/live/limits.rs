//! Limits of open WebSockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use wabakit_domain::ids::{OrgId, UserId};

/// The most WebSockets that may be open at the same time in this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListenerLimits {
    /// In total.
    pub total: usize,
    /// In one organisation.
    pub per_org: usize,
    /// Of one person in an organisation, so that nobody takes all places.
    pub per_person: usize,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            total: 10_000,
            per_org: 500,
            per_person: 50,
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
    by_person: HashMap<Listening, usize>,
}

/// The organisation and the person of a WebSocket.
type Listening = (OrgId, Option<UserId>);

impl Listeners {
    /// Starts the count at zero.
    pub fn new(limits: ListenerLimits) -> Self {
        let open = Arc::default();
        Self { limits, open }
    }

    /// Takes a place for a WebSocket. `None` when all are taken. Dropping the place frees it.
    pub(crate) fn take(&self, org: OrgId, person: Option<UserId>) -> Option<Place> {
        let who = (org, person);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_org = open.by_org.get(&org).copied().unwrap_or(0);
        let of_person = open.by_person.get(&who).copied().unwrap_or(0);
        if open.total >= self.limits.total
            || of_org >= self.limits.per_org
            || of_person >= self.limits.per_person
        {
            return None;
        }
        open.total += 1;
        open.by_org.insert(org, of_org + 1);
        open.by_person.insert(who, of_person + 1);
        Some(Place {
            who,
            open: self.open.clone(),
        })
    }
}

/// The place of one open WebSocket.
#[derive(Debug)]
pub(crate) struct Place {
    who: Listening,
    open: Arc<Mutex<Open>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        leave(&mut open.by_org, &self.who.0);
        leave(&mut open.by_person, &self.who);
    }
}

fn leave<K: Eq + std::hash::Hash>(open: &mut HashMap<K, usize>, key: &K) {
    match open.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => {
            open.remove(key);
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
            per_person: 2,
        };
        let listeners = Listeners::new(limits);
        let first = listeners.take(ours, None).unwrap();
        let _second = listeners.take(ours, None).unwrap();
        assert!(listeners.take(ours, None).is_none(), "the org is full");
        let _third = listeners.take(theirs, None).unwrap();
        drop(first);
        let _fourth = listeners.take(ours, None).unwrap();
        assert!(listeners.take(theirs, None).is_none(), "all is full");
    }

    #[test]
    fn one_person_leaves_places_to_the_others() {
        let org = OrgId(Uuid::from_u128(1));
        let [viewer, owner] = [2, 3].map(|id| Some(UserId(Uuid::from_u128(id))));
        let limits = ListenerLimits {
            total: 100,
            per_org: 10,
            per_person: 3,
        };
        let listeners = Listeners::new(limits);
        let take = |who| listeners.take(org, who);
        let mut held: Vec<_> = (0..10).filter_map(|_| take(viewer)).collect();
        assert_eq!(held.len(), 3);
        let other = OrgId(Uuid::from_u128(9));
        assert!(
            listeners.take(other, viewer).is_some(),
            "each org for itself"
        );
        let owners: Vec<_> = (0..10).filter_map(|_| take(owner)).collect();
        assert_eq!(owners.len(), 3);
        held.pop();
        assert!(take(viewer).is_some());
    }
}
