//! Rotation: rewrapping every data key by the primary.

use thiserror::Error;
use wabakit_ports::{
    store::{DataKeyRow, DataKeyStore, StoreError},
    system::{Clock, Random, RandomUnavailable},
    vault::VaultError,
};

use crate::{check::Unreadable, keyring::KeyRing, wrap::DataKey};

/// The most rows that one transaction rewraps: it holds the one writer of SQLite, and a server may run beside.
pub const MAX_CHUNK: u8 = 100;

/// The most passes over the rows: two rotations to different keys would undo each other for ever.
const PASSES: usize = 4;

/// How far a rotation has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rotated {
    /// Data keys that this rotation rewrapped.
    pub rewrapped: usize,
    /// Data keys that cannot be unwrapped, and were left as they are.
    pub unreadable: Vec<Unreadable>,
}

/// Why a rotation stopped. What it had done stands; run it again to go on.
#[derive(Debug, Error)]
pub enum RotateError {
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The database could not be used.
    #[error("the rotation stopped and can be run again: {0}")]
    Store(#[from] StoreError),
}

/// Rewraps by the primary every data key that another ring key wraps, `chunk` (1 to [`MAX_CHUNK`]) to a
/// transaction, and calls `progress` after each. May be stopped at any time and run again, and may run beside
/// servers and other rotations: a row is replaced only if it is still wrapped as it was read. Passes over the
/// rows until one finds nothing to do, so that keys made meanwhile are found too, but no more than four times.
///
/// # Errors
/// When the database or the source of randomness fails.
pub async fn rotate(
    store: &dyn DataKeyStore,
    ring: &KeyRing,
    clock: &dyn Clock,
    random: &dyn Random,
    chunk: u8,
    mut progress: impl FnMut(&Rotated) + Send,
) -> Result<Rotated, RotateError> {
    let limit = i64::from(chunk.clamp(1, MAX_CHUNK));
    let mut done = Rotated::default();
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
                    Err(why) => done.unreadable.push(Unreadable::new(row, why)),
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

/// The former ring key's id and the row to put in place of the one that it wraps.
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
