use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::Time;

use super::StoreError;

/// From when on things are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Deliveries that came before may go, if they were split.
    pub deliveries: Time,
    /// Changes that came before may go, if they are applied and nothing of them is parked.
    pub changes: Time,
    /// Events before may go.
    pub events: Time,
    /// What waits for its message since before lapses; so do parked items that wait for a home.
    pub waiting: Time,
    /// What tells repeats may be forgotten: Meta repeats for 7 days.
    pub digests: Time,
    /// Counts of traffic and of refused deliveries before may go.
    pub counts: Time,
    /// Callers' names for their calls may be forgotten: a call is repeated for a day at least.
    pub idempotency_keys: Time,
}

/// Work that one process at a time does, and clearing away what is past its time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UpkeepStore: Send + Sync {
    /// Takes one of these turns until `until`: one that nobody holds, the one that was longest without. One
    /// that the owner holds already is prolonged.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn take_turn(
        &self,
        turns: &[String],
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<String>, StoreError>;

    /// Gives a turn back, if the owner still holds it.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn end_turn(&self, turn: &str, owner: Uuid, now: Time) -> Result<(), StoreError>;

    /// Clears away at most `limit` rows of each kind. Answers how many went; zero when all is clear.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn prune(&self, retention: Retention, limit: i64) -> Result<i64, StoreError>;
}
