use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::Time;

use super::StoreError;

/// The times before which rows may be pruned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Deliveries received before, if they were split.
    pub deliveries: Time,
    /// Changes received before, if they are applied and none of their items is parked.
    pub changes: Time,
    /// Events before.
    pub events: Time,
    /// Facts that have waited for their message since before, and homeless items.
    pub waiting: Time,
    /// Digests that recognise repetitions. Meta repeats for 7 days.
    pub digests: Time,
    /// Counts of traffic and rejections before.
    pub counts: Time,
    /// Idempotency keys. A call may be repeated for at least a day.
    pub idempotency_keys: Time,
}

/// Turns at shared work, which one process holds at a time, and pruning.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UpkeepStore: Send + Sync {
    /// Takes one of these turns until `until`: the one that has been free longest. Renews a turn that the owner already
    /// holds.
    async fn take_turn(
        &self,
        turns: &[String],
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<String>, StoreError>;

    /// Releases a turn, if the owner still holds it.
    async fn end_turn(&self, turn: &str, owner: Uuid, now: Time) -> Result<(), StoreError>;

    /// Prunes at most `limit` rows of each kind. Returns how many; zero when there is nothing left.
    async fn prune(&self, retention: Retention, limit: i64) -> Result<i64, StoreError>;
}
