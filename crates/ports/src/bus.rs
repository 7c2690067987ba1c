//! Announces that an organisation's event log has grown.

use tokio::sync::watch;
use wabakit_domain::ids::OrgId;

/// Announces the growth of event logs, within a process or between replicas. An announcement may be late or lost: a
/// listener reads the log itself, from a cursor.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait EventBus: Send + Sync {
    /// Announces the last sequences of these orgs' logs.
    fn publish(&self, heads: &[(OrgId, i64)]);

    /// Returns a receiver of the last announced sequence of an org's log: 0 at first. It wakes at each growth.
    fn subscribe(&self, org: OrgId) -> watch::Receiver<i64>;

    /// Returns the orgs that somebody in this process listens to.
    fn listened(&self) -> Vec<OrgId>;

    /// Returns a receiver of the number of announced growths of all logs. It wakes at each.
    fn moves(&self) -> watch::Receiver<u64>;
}
