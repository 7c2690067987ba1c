use chrono::Duration;
use uuid::Uuid;
use wabakit_ports::store::Retention;

use super::{ReceivePorts, RetentionSettings};
use crate::ServiceError;

/// The rows of each kind that one write deletes: it must not block other writers for long.
const CHUNK: i64 = 200;
const TURN: &str = "upkeep";
/// The time for which the turn at pruning is held.
const LEASE: Duration = Duration::minutes(2);
/// The chunks of one round.
const CHUNKS: usize = 50;

/// Prunes expired rows, if this process gets the turn. Returns how many.
pub(super) async fn prune(
    ports: &ReceivePorts,
    settings: RetentionSettings,
    owner: Uuid,
) -> Result<usize, ServiceError> {
    let now = ports.base.now();
    let turns = [TURN.to_owned()];
    let turn = ports
        .upkeep
        .take_turn(&turns, owner, now, now + LEASE)
        .await?;
    if turn.is_none() {
        return Ok(0);
    }
    let before = |days: u16| now - Duration::days(i64::from(days));
    let retention = Retention {
        deliveries: before(settings.deliveries),
        changes: before(settings.changes),
        events: before(settings.events),
        waiting: before(settings.waiting),
        digests: before(settings.digests),
        counts: before(settings.counts),
        idempotency_keys: before(settings.idempotency_keys),
    };
    let mut gone = 0;
    for _ in 0..CHUNKS {
        match ports.upkeep.prune(retention, CHUNK).await? {
            0 => break,
            count => gone += usize::try_from(count).unwrap_or(0),
        }
        // Other writers get a turn between two chunks.
        tokio::task::yield_now().await;
    }
    ports.upkeep.end_turn(TURN, owner, ports.base.now()).await?;
    Ok(gone)
}
