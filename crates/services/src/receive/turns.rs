use chrono::Duration;
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_ports::store::{StoreError, UpkeepStore};

/// The time for which a turn is held without being prolonged. A turn that lapses too early loses nothing, because
/// finished work is recognised. A process that dies blocks its turns for this long.
const LEASE: Duration = Duration::seconds(6);

/// A held turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    until: Time,
}

impl Turn {
    /// Takes one of these turns, if one is free.
    pub(super) async fn take(
        upkeep: &dyn UpkeepStore,
        turns: &[String],
        owner: Uuid,
        now: Time,
    ) -> Result<Option<(String, Self)>, StoreError> {
        let until = now + LEASE;
        let taken = upkeep.take_turn(turns, owner, now, until).await?;
        Ok(taken.map(|name| (name, Self { until })))
    }

    /// Prolongs the turn in time. Returns whether it is still held.
    pub(super) async fn keep(
        &mut self,
        upkeep: &dyn UpkeepStore,
        name: &str,
        owner: Uuid,
        now: Time,
    ) -> Result<bool, StoreError> {
        if now < self.until - LEASE / 2 {
            return Ok(true);
        }
        match Self::take(upkeep, &[name.to_owned()], owner, now).await? {
            Some((_, turn)) => {
                *self = turn;
                Ok(true)
            }
            None => Ok(false),
        }
    }
}
