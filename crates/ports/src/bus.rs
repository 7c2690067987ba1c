//! Word that an organisation's event log has grown.

use tokio::sync::watch;
use wabakit_domain::ids::OrgId;

/// Carries word that logs have grown, within a process or between replicas. Word may be late, or be lost: the log
/// is the truth, and whoever listens reads it from a cursor.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait EventBus: Send + Sync {
    /// Tells where these orgs' logs end now.
    fn publish(&self, heads: &[(OrgId, i64)]);

    /// Where the org's log ends, as far as was told; 0 before anything was. Wakes at each growth.
    fn subscribe(&self, org: OrgId) -> watch::Receiver<i64>;

    /// The orgs that somebody in this process listens to.
    fn listened(&self) -> Vec<OrgId>;

    /// Counts growths of any log that were told. Wakes at each.
    fn moves(&self) -> watch::Receiver<u64>;
}
