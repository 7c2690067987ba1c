use std::collections::BTreeMap;

use uuid::Uuid;
use wabakit_domain::{
    delivery::{Change, ParkedItem},
    ids::ChangeId,
};
use wabakit_ports::store::StoreError;

use super::{
    jobs::{ApplyHalt, Applying, FailureHandling, Source},
    turns::Turn,
};

const TURN: &str = "retry";
const AT_ONCE: i64 = 200;

/// Retries parked items that are due, if this process gets the turn. Returns how many.
///
/// # Errors
/// After an error they are still due.
pub(super) async fn retry_due(applying: &Applying, owner: Uuid) -> Result<usize, StoreError> {
    let ports = &applying.ports;
    let now = ports.base.now();
    // First a read, because taking a turn is a write.
    let due = ports.changes.due_retries(now, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let turns = [TURN.to_owned()];
    if Turn::take(&*ports.upkeep, &turns, owner, now)
        .await?
        .is_none()
    {
        return Ok(0);
    }
    let count = due.len();
    let mut by_change: BTreeMap<ChangeId, (Change, Vec<ParkedItem>)> = BTreeMap::new();
    for (item, change) in due {
        let of_change = by_change
            .entry(change.id)
            .or_insert_with(|| (change, Vec::new()));
        of_change.1.push(item);
    }
    let changes = by_change.into_values();
    let changes = changes.map(|(change, parked)| (change, Source::Parked(parked)));
    let jobs = applying.jobs(changes.collect()).await?;
    // Each item failed alone before, so a failure now is its own fault.
    let applied = applying
        .apply(jobs, FailureHandling::CountAgainstItem)
        .await;
    ports.upkeep.end_turn(TURN, owner, ports.base.now()).await?;
    match applied {
        Ok(()) | Err(ApplyHalt::Reread) => Ok(count),
        Err(ApplyHalt::Unavailable(error)) => Err(error),
    }
}
