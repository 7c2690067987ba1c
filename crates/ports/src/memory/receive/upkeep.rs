use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{Time, delivery::ParkedState};

use super::{MemoryStore, Received, Turn, rows};
use crate::store::{Retention, StoreError, UpkeepStore};

impl Received {
    fn prune(&mut self, keep: Retention, limit: usize) -> usize {
        let mut gone = 0;
        let mut over = |count: usize| {
            gone += count;
            count
        };

        let unsplit: Vec<_> = self.batches.values().flatten().copied().collect();
        let old: Vec<_> = self
            .deliveries
            .values()
            .map(|(delivery, _)| delivery)
            .filter(|delivery| delivery.received_at < keep.deliveries)
            .filter(|delivery| !unsplit.contains(&delivery.id))
            .map(|delivery| delivery.id)
            .take(limit)
            .collect();
        over(old.len());
        self.deliveries.retain(|id, _| !old.contains(id));

        let homeless: Vec<_> = self
            .parked
            .values()
            .filter(|item| item.state == ParkedState::Homeless && item.created_at < keep.waiting)
            .map(|item| item.id)
            .take(limit)
            .collect();
        over(homeless.len());
        self.parked.retain(|id, _| !homeless.contains(id));

        let parked: Vec<_> = self.parked.values().map(|item| item.change).collect();
        let done: Vec<_> = self
            .changes
            .values()
            .filter(|change| change.received_at < keep.changes)
            .filter(|change| !self.is_queued(change) && !parked.contains(&change.id))
            .map(|change| change.id)
            .take(limit)
            .collect();
        over(done.len());
        self.changes.retain(|id, _| !done.contains(id));

        let mut left = limit;
        for log in self.logs.values_mut() {
            while left > 0
                && log
                    .events
                    .pop_front_if(|event| event.at < keep.events)
                    .is_some()
            {
                left -= 1;
            }
        }
        over(limit - left);

        let mut left = limit;
        let mut lapses = |old: bool| {
            let lapses = old && left > 0;
            left -= usize::from(lapses);
            lapses
        };
        for waiting in self.waiting.values_mut() {
            waiting.retain(|waiting| !lapses(waiting.received_at < keep.waiting));
        }
        self.waiting.retain(|_, waiting| !waiting.is_empty());
        over(limit - left);

        let mut left = limit;
        let mut lapses = |old: bool| {
            let lapses = old && left > 0;
            left -= usize::from(lapses);
            lapses
        };
        self.digests.retain(|_, at| !lapses(*at < keep.digests));
        over(limit - left);

        let mut left = limit;
        let mut lapses = |old: bool| {
            let lapses = old && left > 0;
            left -= usize::from(lapses);
            lapses
        };
        self.kept_answers
            .retain(|_, kept| !lapses(kept.at < keep.idempotency_keys));
        over(limit - left);

        let before = self.traffic.len() + self.rejections.len();
        self.traffic
            .retain(|(minute, ..), _| *minute >= keep.counts);
        self.rejections
            .retain(|(minute, ..), _| *minute >= keep.counts);
        over(before - self.traffic.len() - self.rejections.len());
        gone
    }
}

#[async_trait]
impl UpkeepStore for MemoryStore {
    async fn take_turn(
        &self,
        turns: &[String],
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<String>, StoreError> {
        let mut all = self.received();
        let held = |name: &&String| {
            let turn = all.turns.get(*name);
            turn.filter(|turn| turn.until > now).map(|turn| turn.owner)
        };
        let own = turns.iter().find(|name| held(name) == Some(owner));
        let free = || {
            let free = turns.iter().filter(|name| held(name).is_none());
            free.min_by_key(|name| all.turns.get(*name).map(|turn| turn.until))
        };
        let taken = own.or_else(free).cloned();
        if let Some(name) = &taken {
            all.turns.insert(name.clone(), Turn { owner, until });
        }
        Ok(taken)
    }

    async fn end_turn(&self, turn: &str, owner: Uuid, now: Time) -> Result<(), StoreError> {
        let mut all = self.received();
        let held = all.turns.get_mut(turn);
        if let Some(turn) = held.filter(|turn| turn.owner == owner && turn.until > now) {
            turn.until = now;
        }
        Ok(())
    }

    async fn prune(&self, retention: Retention, limit: i64) -> Result<i64, StoreError> {
        let gone = self.received().prune(retention, rows(limit));
        Ok(i64::try_from(gone).unwrap_or(i64::MAX))
    }
}
