use async_trait::async_trait;
use wabakit_domain::{event::Event, ids::OrgId};

use super::StoreError;

/// A part of an org's log.
#[derive(Clone, PartialEq, Debug)]
pub enum EventPage {
    /// The events after the cursor, in order, without a gap.
    Events {
        /// The events.
        events: Vec<Event>,
        /// The sequence of the log's last event.
        head: i64,
    },
    /// The events after the cursor are no longer kept.
    Gone {
        /// The oldest kept sequence, or the next one if none is kept.
        oldest: i64,
    },
}

/// Reads the organisations' ordered event logs.
///
/// Invariant: a reader who has seen sequence `n` never finds a smaller one later. The writing transaction takes the
/// sequence from the organisation's counter row, last, and locks that row until it commits.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Lists the events after `after` (0 for the beginning), at most `limit`.
    async fn events_after(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<EventPage, StoreError>;

    /// Returns the last sequences of these organisations' logs. An organisation without events is left out.
    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError>;
}
