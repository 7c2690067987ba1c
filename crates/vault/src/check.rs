//! Counts the data keys under each ring key, and checks that all of them open.

use std::collections::BTreeMap;

use thiserror::Error;
use wabakit_domain::ids::{DataKeyId, OrgId};
use wabakit_ports::store::{DataKeyRow, DataKeyStore, StoreError};

use crate::{keyring::KeyRing, rotate::MAX_CHUNK, wrap::DataKey};

/// The reason why a data key cannot be unwrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum UnwrapFailure {
    /// The ring key that wraps it is not in the configuration.
    #[error("its ring key is not configured")]
    UnknownRingKey,
    /// The row was changed, or moved from another one.
    #[error("it does not open with its ring key")]
    DoesNotOpen,
}

/// A data key that cannot be unwrapped. Secrets that it sealed stay quarantined until the row is restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadableDataKey {
    /// The data key.
    pub id: DataKeyId,
    /// Its owner.
    pub org: OrgId,
    /// The ring key that the row names.
    pub ring_key_id: String,
    /// The reason why it cannot be unwrapped.
    pub why: UnwrapFailure,
}

impl UnreadableDataKey {
    pub(crate) fn new(row: &DataKeyRow, why: UnwrapFailure) -> Self {
        Self {
            id: row.id,
            org: row.org,
            ring_key_id: row.ring_key_id.clone(),
            why,
        }
    }
}

/// The number of data keys that depend on a ring key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RingKeyUse {
    /// The ring key.
    pub ring_key_id: String,
    /// The number of data keys that it wraps.
    pub data_keys: usize,
    /// Tells whether the key is in the configuration.
    pub is_configured: bool,
    /// Tells whether it is the primary key.
    pub is_primary: bool,
}

/// The result of [`check`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckReport {
    /// Every ring key that is configured or wraps a data key, by id. One that is not the primary and wraps nothing
    /// may be removed from the configuration.
    pub ring_keys: Vec<RingKeyUse>,
    /// The data keys that cannot be unwrapped.
    pub unreadable: Vec<UnreadableDataKey>,
}

impl CheckReport {
    /// Tells whether every data key opens.
    pub fn is_sound(&self) -> bool {
        self.unreadable.is_empty()
    }
    /// Tells whether the primary key wraps every data key.
    pub fn is_rotated(&self) -> bool {
        self.ring_keys
            .iter()
            .all(|key| key.is_primary || key.data_keys == 0)
    }
}

/// Counts data keys by ring key, and unwraps every one of them. Changes nothing, and may run beside a server.
///
/// # Errors
/// When the database does not answer.
pub async fn check(store: &dyn DataKeyStore, ring: &KeyRing) -> Result<CheckReport, StoreError> {
    let mut counts: BTreeMap<String, usize> = ring.ids().map(|id| (id.to_owned(), 0)).collect();
    let mut unreadable = Vec::new();
    let mut after = None;
    loop {
        // No ring key has an empty id, so this selects all rows.
        let rows = store
            .data_keys_not_wrapped_by("", after, i64::from(MAX_CHUNK))
            .await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        for row in &rows {
            *counts.entry(row.ring_key_id.clone()).or_default() += 1;
            if let Err(why) = DataKey::unwrap(row, ring) {
                unreadable.push(UnreadableDataKey::new(row, why));
            }
        }
    }
    let ring_keys = counts
        .into_iter()
        .map(|(id, data_keys)| RingKeyUse {
            is_configured: ring.get(&id).is_some(),
            is_primary: id == ring.primary_id(),
            ring_key_id: id,
            data_keys,
        })
        .collect();
    Ok(CheckReport {
        ring_keys,
        unreadable,
    })
}
