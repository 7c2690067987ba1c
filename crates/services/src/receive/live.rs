//! The organisation's event log, for listeners.

use std::sync::Arc;

use chrono::Duration;
use moka::sync::Cache;
use ring::hmac;
use tokio::sync::watch;
use wabakit_domain::{Time, ids::OrgId, principal::Scope};
use wabakit_ports::store::{EventPage, Limit};

use super::{ReceivePorts, ticket::Ticket};
use crate::{Caller, ServiceError};

/// The time for which a ticket is valid.
const TICKET: Duration = Duration::seconds(30);
/// The number of used tickets that are remembered, each for as long as it would be valid.
const REMEMBERED: u64 = 100_000;

/// The use cases of the event log.
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

    /// Lists the events after `after` (0 for the beginning), in order and without a gap, at most `limit` and 200. A
    /// cursor beyond the log's end belongs to another log and gives [`EventPage::Gone`] too.
    pub async fn list(
        &self,
        caller: &Caller,
        after: i64,
        limit: usize,
    ) -> Result<EventPage, ServiceError> {
        caller.require(Scope::EventsRead)?;
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

    /// Returns the sequence of the organisation's last event.
    pub async fn head(&self, caller: &Caller) -> Result<i64, ServiceError> {
        caller.require(Scope::EventsRead)?;
        let heads = self.ports.events.event_heads(&[caller.org]).await?;
        Ok(heads.first().map_or(0, |(_, head)| *head))
    }

    /// Subscribes to the growth of the organisation's log. A listener then lists the new events.
    pub fn subscribe(&self, org: OrgId) -> watch::Receiver<i64> {
        self.ports.bus.subscribe(org)
    }

    /// Issues a ticket that opens one WebSocket for the caller within 30 seconds, and returns its expiry.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than persons.
    pub fn ticket(&self, caller: &Caller) -> Result<(String, Time), ServiceError> {
        let person = caller.person()?;
        let expires_at = self.ports.base.now() + TICKET;
        let ticket = Ticket {
            org: caller.org,
            user: person.user,
            session: person.session,
            expires_at,
        };
        Ok((ticket.sign(&self.ticket_key), expires_at))
    }

    /// Redeems a ticket, which can be used once, and returns its caller.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when we did not issue it, it has expired or was used in this process, or its
    /// sign-in has ended.
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
            .filter(|caller| caller.org == read.org && caller.principal.user() == Some(read.user))
            .ok_or(ServiceError::Unauthenticated)
    }

    /// Polls the ends of the logs that somebody here listens to, and announces what other replicas wrote.
    pub(super) async fn poll(&self) -> Result<(), ServiceError> {
        let orgs = self.ports.bus.listened();
        if !orgs.is_empty() {
            let heads = self.ports.events.event_heads(&orgs).await?;
            self.ports.bus.publish(&heads);
        }
        Ok(())
    }
}
