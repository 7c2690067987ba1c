use async_trait::async_trait;
use wabakit_domain::{
    audit::{Actor, AuditEvent, NewAuditEvent},
    ids::OrgId,
};

use super::{MemoryStore, State, at_most};
use crate::store::{AuditFilter, AuditStore, Page, PageRequest, StoreError};

impl State {
    /// Writes each event at the end of its org's log.
    pub(super) fn append(&mut self, events: impl IntoIterator<Item = NewAuditEvent>) {
        for event in events {
            let log = self.audit.entry(event.org).or_default();
            let (sequence, hash) = head(log);
            log.push(AuditEvent::chain(event, sequence, &hash));
        }
    }
}

fn head(log: &[AuditEvent]) -> (i64, [u8; 32]) {
    log.last()
        .map_or((0, [0; 32]), |last| (last.sequence, last.hash))
}

impl AuditFilter {
    fn takes(&self, event: &NewAuditEvent) -> bool {
        let action = self.action.as_deref().is_none_or(|wanted| {
            event
                .action
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        action
            && self
                .user
                .is_none_or(|user| event.actor == Actor::User(user))
    }
}

#[async_trait]
impl AuditStore for MemoryStore {
    async fn record(&self, org: OrgId, events: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.write(|rows| {
            if events.iter().any(|event| event.org != org) {
                return Err(StoreError::Forbidden("an event of another organisation"));
            }
            rows.append(events);
            Ok(())
        })
    }

    async fn audit_log(
        &self,
        org: OrgId,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, StoreError> {
        let rows = self.rows();
        let events = rows.audit.get(&org).into_iter().flatten().rev();
        let found = events
            .filter(|e| page.after.is_none_or(|after| e.sequence < after))
            .filter(|e| filter.takes(&e.event))
            .take(page.limit.rows() + 1)
            .cloned()
            .collect();
        Ok(Page::cut(found, page.limit, |e| e.sequence))
    }

    async fn audit_chain(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let rows = self.rows();
        let events = rows.audit.get(&org).into_iter().flatten();
        let found = events.filter(|e| e.sequence > after).cloned().collect();
        Ok(at_most(limit)(found))
    }

    async fn audit_head(&self, org: OrgId) -> Result<(i64, [u8; 32]), StoreError> {
        Ok(self
            .rows()
            .audit
            .get(&org)
            .map_or((0, [0; 32]), |log| head(log)))
    }
}
