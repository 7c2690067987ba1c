use std::ops::Bound;

use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, Lane, ParkedItem, ParkedState, Route},
    ids::{ChangeId, OrgId, ParkedItemId, PhoneNumberId, WabaId},
};

use super::{MemoryStore, Received, count, length, rows};
use crate::store::{
    Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, Page, PageRequest, QueueLimit,
    QueuedChange, Replay, Scope, StoreError, TrafficMinute,
};

/// How many changes of a range are queued by one call.
const STEP: usize = 1_000;

impl Scope {
    fn has(self, org: Option<OrgId>) -> bool {
        match self {
            Self::Org(own) => org == Some(own),
            Self::Platform => true,
        }
    }
}

impl ChangeFilter {
    fn takes(&self, change: &Change) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| change.field == *field)
            && self.from.is_none_or(|from| change.received_at >= from)
            && self.to.is_none_or(|to| change.received_at < to)
    }
}

impl Received {
    fn change_overview(&self, change: &Change) -> ChangeOverview {
        ChangeOverview {
            size: length(&change.raw),
            is_queued: self.is_queued(change),
            parked: self
                .parked
                .values()
                .filter(|item| item.change == change.id)
                .map(without_bytes)
                .collect(),
            change: change.clone(),
        }
    }

    fn queued(
        &self,
        partition: u8,
        after: Option<&Lane>,
        limit: QueueLimit,
    ) -> Option<Vec<QueuedChange>> {
        let lanes = self.queue.range((partition, String::new())..);
        let mut lanes: Vec<_> = lanes
            .take_while(|((of, _), _)| *of == partition)
            .map(|((_, key), lane)| (key, lane))
            .collect();
        if let Some(after) = after.map(Lane::key) {
            let passed = lanes.iter().filter(|(key, _)| **key <= after).count();
            lanes.rotate_left(passed);
        }
        let (mut found, mut bytes) = (Vec::new(), 0);
        for (_, lane) in lanes {
            for (id, is_replay) in lane.iter().take(limit.per_lane) {
                let change = self.changes.get(id)?;
                bytes += change.raw.len();
                let is_full = found.len() >= limit.changes || bytes > limit.bytes;
                if is_full && !found.is_empty() {
                    return Some(found);
                }
                found.push(QueuedChange {
                    change: change.clone(),
                    is_replay: *is_replay,
                });
            }
        }
        Some(found)
    }

    fn replay_range(
        &mut self,
        scope: Scope,
        (from, to): (Time, Time),
        after: Option<ChangeId>,
    ) -> (i64, Option<ChangeId>) {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let again: Vec<_> = self
            .changes
            .range((start, Bound::Unbounded))
            .map(|(_, change)| change)
            .filter(|change| scope.has(change.org))
            .filter(|change| change.received_at >= from && change.received_at < to)
            .filter(|change| !self.is_queued(change))
            .take(STEP)
            .cloned()
            .collect();
        for change in &again {
            self.enqueue(change, true);
        }
        let last = again.last().map(|change| change.id);
        (i64::try_from(again.len()).unwrap_or(i64::MAX), last)
    }
}

fn without_bytes(item: &ParkedItem) -> ParkedItem {
    ParkedItem {
        raw: Vec::new(),
        ..item.clone()
    }
}

#[async_trait]
impl ChangeStore for MemoryStore {
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError> {
        let rows = self.rows();
        let accounts = rows.accounts.values().filter(|account| account.is_active);
        let asked = accounts.filter(|account| {
            numbers.contains(&account.phone_number_id) || wabas.contains(&account.waba_id)
        });
        Ok(asked
            .map(|account| Route {
                org: account.org,
                account: account.id,
                phone_number_id: account.phone_number_id.clone(),
                display_phone_number: account.display_phone_number.clone(),
                waba_id: account.waba_id.clone(),
                app_id: rows
                    .grants
                    .get(&account.grant)
                    .and_then(|grant| rows.meta_apps.get(&grant.meta_app))
                    .map(|app| app.app_id.to_string()),
            })
            .collect())
    }

    async fn queued(
        &self,
        partition: u8,
        after: Option<Lane>,
        limit: QueueLimit,
    ) -> Result<Vec<QueuedChange>, StoreError> {
        let found = self.received().queued(partition, after.as_ref(), limit);
        Ok(found.unwrap_or_default())
    }

    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError> {
        self.apply_batch(batch)
    }

    async fn due_retries(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<(ParkedItem, Change)>, StoreError> {
        let all = self.received();
        let mut due: Vec<_> = all
            .parked
            .values()
            .filter(|item| item.state == ParkedState::Retrying)
            .filter(|item| item.next_at.is_some_and(|at| at <= now))
            .filter_map(|item| Some((item.clone(), all.changes.get(&item.change)?.clone())))
            .collect();
        due.sort_by_key(|(item, _)| (item.next_at, item.id));
        due.truncate(rows(limit));
        Ok(due)
    }

    async fn replay(
        &self,
        scope: Scope,
        which: Replay,
        after: Option<ChangeId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(i64, Option<ChangeId>), StoreError> {
        let mut all = self.received();
        let wanted = |item: &ParkedItem| match &which {
            Replay::Item(id) => item.id == *id,
            Replay::Parked => item.state != ParkedState::Retrying,
            Replay::Homeless(lanes) => {
                item.state == ParkedState::Homeless && lanes.contains(&item.lane)
            }
            Replay::Range(..) => false,
        };
        if let Replay::Range(from, to) = which {
            let replayed = all.replay_range(scope, (from, to), after);
            if replayed.0 > 0 {
                self.rows().append(audit);
            }
            return Ok(replayed);
        }
        let items = all.parked.values_mut();
        let mut again = 0;
        for item in items.filter(|item| scope.has(item.org) && wanted(item)) {
            item.state = ParkedState::Retrying;
            item.next_at = Some(now);
            again += 1;
        }
        if again > 0 {
            self.rows().append(audit);
        }
        Ok((again, None))
    }

    async fn discard(
        &self,
        scope: Scope,
        item: ParkedItemId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let mut all = self.received();
        let is_there = all.parked.get(&item).is_some_and(|i| scope.has(i.org));
        if is_there {
            all.parked.remove(&item);
            self.rows().append(audit);
        }
        Ok(is_there)
    }

    async fn changes(
        &self,
        scope: Scope,
        filter: ChangeFilter,
        page: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, StoreError> {
        let all = self.received();
        let found = all.changes.values().rev();
        let found = found
            .filter(|change| page.after.is_none_or(|after| change.id < after))
            .filter(|change| scope.has(change.org) && filter.takes(change))
            .take(page.limit.rows() + 1)
            .map(|change| {
                let mut overview = all.change_overview(change);
                overview.change.raw.clear();
                overview
            })
            .collect();
        Ok(Page::cut(found, page.limit, |found| found.change.id))
    }

    async fn change(
        &self,
        scope: Scope,
        id: ChangeId,
    ) -> Result<Option<ChangeOverview>, StoreError> {
        let all = self.received();
        let change = all.changes.get(&id).filter(|change| scope.has(change.org));
        Ok(change.map(|change| all.change_overview(change)))
    }

    async fn parked(
        &self,
        scope: Scope,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, StoreError> {
        let all = self.received();
        let found = all.parked.values().rev();
        let found = found
            .filter(|item| page.after.is_none_or(|after| item.id < after))
            .filter(|item| scope.has(item.org))
            .filter(|item| state.is_none_or(|state| item.state == state))
            .take(page.limit.rows() + 1)
            .map(without_bytes)
            .collect();
        Ok(Page::cut(found, page.limit, |item| item.id))
    }

    async fn parked_item(
        &self,
        scope: Scope,
        id: ParkedItemId,
    ) -> Result<Option<ParkedItem>, StoreError> {
        let all = self.received();
        let item = all.parked.get(&id).filter(|item| scope.has(item.org));
        Ok(item.cloned())
    }

    async fn queued_count(&self, most: i64) -> Result<i64, StoreError> {
        Ok(count(self.received().queue.values().flatten(), most))
    }

    async fn record_traffic(&self, minutes: Vec<TrafficMinute>) -> Result<(), StoreError> {
        let mut all = self.received();
        for told in minutes {
            let key = (told.minute, told.org, told.waba.clone());
            let Some(known) = all.traffic.get_mut(&key) else {
                all.traffic.insert(key, told);
                continue;
            };
            known.changes += told.changes;
            known.items += told.items;
            known.parked += told.parked;
            known.latency_sum_ms += told.latency_sum_ms;
            known.latency_max_ms = known.latency_max_ms.max(told.latency_max_ms);
            known.last_at = known.last_at.max(told.last_at);
        }
        Ok(())
    }

    async fn traffic(&self, org: OrgId, since: Time) -> Result<Vec<TrafficMinute>, StoreError> {
        let all = self.received();
        let own = all.traffic.values().filter(|minute| minute.org == org);
        Ok(own
            .filter(|minute| minute.minute >= since)
            .cloned()
            .collect())
    }
}
