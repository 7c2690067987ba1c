use async_trait::async_trait;
use wabakit_domain::ids::OrgId;

use super::{Log, MemoryStore, rows};
use crate::store::{EventPage, EventStore, StoreError};

impl Log {
    fn oldest(&self) -> i64 {
        let oldest = self.events.front().map(|event| event.sequence);
        oldest.unwrap_or(self.head + 1)
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn events_after(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<EventPage, StoreError> {
        let all = self.received();
        let nothing = Log::default();
        let log = all.logs.get(&org).unwrap_or(&nothing);
        let oldest = log.oldest();
        if after.saturating_add(1) < oldest {
            return Ok(EventPage::Gone { oldest });
        }
        let events = log.events.iter().filter(|event| event.sequence > after);
        Ok(EventPage::Events {
            events: events.take(rows(limit)).cloned().collect(),
            head: log.head,
        })
    }

    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
        let all = self.received();
        let heads = orgs.iter().filter_map(|org| {
            let log = all.logs.get(org)?;
            Some((*org, log.head))
        });
        Ok(heads.collect())
    }
}
