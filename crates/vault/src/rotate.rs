//! Rotation: rewraps every data key by the primary ring key.

use thiserror::Error;
use wabakit_ports::{
    store::{DataKeyRow, DataKeyStore, StoreError},
    system::{Clock, Random, RandomUnavailable},
    vault::VaultError,
};

use crate::{check::UnreadableDataKey, keyring::KeyRing, wrap::DataKey};

/// The most rows that one transaction rewraps: it holds SQLite's only writer, and a server may run beside it.
pub const MAX_CHUNK: u8 = 100;

/// The most passes over the rows: two rotations to different keys would undo each other for ever.
const PASSES: usize = 4;

/// The progress or result of a rotation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RotationReport {
    /// Data keys that this rotation rewrapped.
    pub rewrapped: usize,
    /// Data keys that cannot be unwrapped. They are left as they are.
    pub unreadable: Vec<UnreadableDataKey>,
}

/// The reason why a rotation stopped. Its work so far is kept; run it again to continue.
#[derive(Debug, Error)]
pub enum RotateError {
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The database could not be used.
    #[error("the rotation stopped and can be run again: {0}")]
    Store(#[from] StoreError),
}

/// Rewraps by the primary every data key that another ring key wraps, `chunk` (1 to [`MAX_CHUNK`]) rows to a
/// transaction, and calls `progress` after each chunk. It may be stopped at any time and run again, and may run
/// beside servers and other rotations: a row is replaced only if it is still wrapped as it was read. It passes over
/// the rows until a pass finds nothing to do, so that new keys are found too, but at most four times.
///
/// # Errors
/// When the database or the source of randomness fails.
pub async fn rotate(
    store: &dyn DataKeyStore,
    ring: &KeyRing,
    clock: &dyn Clock,
    random: &dyn Random,
    chunk: u8,
    mut progress: impl FnMut(&RotationReport) + Send,
) -> Result<RotationReport, RotateError> {
    let limit = i64::from(chunk.clamp(1, MAX_CHUNK));
    let mut done = RotationReport::default();
    for _ in 0..PASSES {
        let before = done.rewrapped;
        let mut after = None;
        done.unreadable.clear();
        loop {
            let rows = store
                .data_keys_not_wrapped_by(ring.primary_id(), after, limit)
                .await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let mut changes = Vec::with_capacity(rows.len());
            for row in &rows {
                match DataKey::unwrap(row, ring) {
                    Ok(key) => changes.push(rewrap(row, &key, ring, clock, random)?),
                    Err(why) => done.unreadable.push(UnreadableDataKey::new(row, why)),
                }
            }
            if !changes.is_empty() {
                done.rewrapped += store.rewrap(changes).await?;
            }
            progress(&done);
        }
        if done.rewrapped == before {
            break;
        }
    }
    Ok(done)
}

/// Returns the former ring key's id and the row that replaces the old one.
fn rewrap(
    row: &DataKeyRow,
    key: &DataKey,
    ring: &KeyRing,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<(String, DataKeyRow), RotateError> {
    let by = ring.primary();
    let wrapped = key.wrap(by, random).map_err(|error| match error {
        VaultError::Store(error) => RotateError::Store(error),
        _ => RotateError::Random(RandomUnavailable),
    })?;
    Ok((
        row.ring_key_id.clone(),
        DataKeyRow {
            id: row.id,
            org: row.org,
            ring_key_id: by.id.clone(),
            wrapped,
            created_at: row.created_at,
            wrapped_at: clock.now(),
        },
    ))
}
