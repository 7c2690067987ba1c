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
        /// Where the log ends.
        head: i64,
    },
    /// What came right after the cursor is no longer kept.
    Gone {
        /// The oldest sequence that is kept, or the next one if none is.
        oldest: i64,
    },
}

/// The org's ordered event log.
///
/// Invariant: a reader who has seen sequence `n` never finds a smaller one later. The writing transaction
/// takes the sequence from the org's counter row, last, and holds that row until it commits.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventStore: Send + Sync {
    /// The events after `after` (0 for the beginning), at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn events_after(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<EventPage, StoreError>;

    /// Where these orgs' logs end; an org without events is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError>;
}
