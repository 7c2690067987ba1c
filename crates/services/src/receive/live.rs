//! The org's event log, for listeners.

use std::sync::Arc;

use chrono::Duration;
use moka::sync::Cache;
use ring::hmac;
use tokio::sync::watch;
use wabakit_domain::{Time, ids::OrgId};
use wabakit_ports::store::{EventPage, Limit};

use super::{ReceivePorts, ticket::Ticket};
use crate::{Caller, ServiceError};

/// How long a ticket is good.
const TICKET: Duration = Duration::seconds(30);
/// Used tickets are remembered for as long as they would be good, up to this many.
const REMEMBERED: u64 = 100_000;

/// The event log's use cases.
#[derive(Clone)]
pub struct EventService {
    ports: ReceivePorts,
    ticket_key: hmac::Key,
    used: Cache<Arc<str>, ()>,
}

impl EventService {
    pub(super) fn new(ports: ReceivePorts, ticket_key: hmac::Key) -> Self {
        let used = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(TICKET.to_std().unwrap_or_default())
            .build();
        Self {
            ports,
            ticket_key,
            used,
        }
    }

    /// The events after `after` (0 for the beginning), in order and without a gap, at most `limit` and 200. A
    /// cursor beyond the log's end is one of another log: it is [`EventPage::Gone`] too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list(
        &self,
        caller: &Caller,
        after: i64,
        limit: usize,
    ) -> Result<EventPage, ServiceError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let limit = Limit::new(limit).get();
        let after = after.max(0);
        let page = self
            .ports
            .events
            .events_after(caller.org, after, limit)
            .await?;
        Ok(match page {
            EventPage::Events { head, .. } if after > head => EventPage::Gone { oldest: head + 1 },
            page => page,
        })
    }

    /// Where the org's log ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn head(&self, caller: &Caller) -> Result<i64, ServiceError> {
        let heads = self.ports.events.event_heads(&[caller.org]).await?;
        Ok(heads.first().map_or(0, |(_, head)| *head))
    }

    /// Wakes when the org's log has grown; what it grew by is then to be listed.
    pub fn subscribe(&self, org: OrgId) -> watch::Receiver<i64> {
        self.ports.bus.subscribe(org)
    }

    /// A ticket that opens one WebSocket for the caller within 30 seconds, and when it ends.
    pub fn ticket(&self, caller: &Caller) -> (String, Time) {
        let expires_at = self.ports.base.now() + TICKET;
        let ticket = Ticket {
            org: caller.org,
            user: caller.user,
            session: caller.session,
            expires_at,
        };
        (ticket.sign(&self.ticket_key), expires_at)
    }

    /// Who comes with this ticket, which is used up by it.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it is not ours, over, or used in this process before, or when its
    /// sign-in is over.
    pub async fn redeem(&self, ticket: &str) -> Result<Caller, ServiceError> {
        let now = self.ports.base.now();
        let read = Ticket::read(&self.ticket_key, ticket, now);
        let read = read.ok_or(ServiceError::Unauthenticated)?;
        if !self.used.entry(ticket.into()).or_insert(()).is_fresh() {
            return Err(ServiceError::Unauthenticated);
        }
        let principal = self
            .ports
            .base
            .identity
            .principal(read.session, now)
            .await?;
        principal
            .map(|principal| Caller::of(&principal, None))
            .filter(|caller| caller.org == read.org && caller.user == read.user)
            .ok_or(ServiceError::Unauthenticated)
    }

    /// Passes on the word of other replicas: asks where the logs end that somebody here listens to.
    pub(super) async fn poll(&self) -> Result<(), ServiceError> {
        let orgs = self.ports.bus.listened();
        if !orgs.is_empty() {
            let heads = self.ports.events.event_heads(&orgs).await?;
            self.ports.bus.publish(&heads);
        }
        Ok(())
    }
}
