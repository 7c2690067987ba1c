//! The check at start: the database knows our keys, and we have all of its keys.

use std::collections::BTreeMap;

use thiserror::Error;
use wabakit_ports::{
    store::{DataKeyStore, StoreError},
    system::{Random, RandomUnavailable},
    vault::VaultError,
};

use crate::{
    associated::associated,
    keyring::{KeyRing, RingKey},
};

const PREFIX: &str = "canary.";
const VERSION: u8 = 1;
const KNOWN_TEXT: &[u8] = b"wabakit canary";

/// The reason why the vault does not open. Each text is a sentence that says what to do.
#[derive(Debug, Error)]
pub enum VaultStartError {
    /// The database was written with other keys.
    #[error(
        "ENCRYPTION_KEY is not the key that this database was sealed with (ring key {}): set it back, or, \
         where it is meant to change, add the former key to ENCRYPTION_KEY_RING", known.join(", ")
    )]
    WrongKey {
        /// The ids of the ring keys that the database knows.
        known: Vec<String>,
    },
    /// A key that still wraps data keys is not in the ring.
    #[error(
        "Ring key {} still wraps data keys of this database and is not configured: add the former key to \
         ENCRYPTION_KEY_RING", missing.join(", ")
    )]
    MissingKeys {
        /// The ids of the missing ring keys.
        missing: Vec<String>,
    },
    /// The canary of one of our keys was changed.
    #[error(
        "The canary of ring key {ring_key_id} does not open with its own key: the database was changed or \
         damaged; restore the row canary.{ring_key_id} of vault_settings from a backup, or delete it once \
         `wabakit vault rotate --check` finds every data key readable"
    )]
    DamagedCanary {
        /// The id of the ring key.
        ring_key_id: String,
    },
    /// The salt for passphrases was changed.
    #[error(
        "The row passphrase_salt of vault_settings is not 16 bytes long: restore it from a backup, for \
         passphrases give other keys without it"
    )]
    DamagedSalt,
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses keys that do not fit the database, and leaves a canary for each key that does.
pub(crate) async fn check(
    store: &dyn DataKeyStore,
    ring: &KeyRing,
    random: &dyn Random,
) -> Result<(), VaultStartError> {
    let wrapping: Vec<String> = store
        .count_by_ring_key()
        .await?
        .into_iter()
        .filter_map(|(id, keys)| (keys > 0).then_some(id))
        .collect();
    let canaries: BTreeMap<String, Vec<u8>> = store
        .vault_settings(PREFIX)
        .await?
        .into_iter()
        .filter_map(|(name, canary)| Some((name.strip_prefix(PREFIX)?.to_owned(), canary)))
        .collect();

    let mut known: Vec<String> = canaries.keys().chain(&wrapping).cloned().collect();
    known.sort();
    known.dedup();
    if !known.is_empty() && known.iter().all(|id| ring.get(id).is_none()) {
        return Err(VaultStartError::WrongKey { known });
    }
    let mut missing = wrapping;
    missing.retain(|id| ring.get(id).is_none());
    if !missing.is_empty() {
        return Err(VaultStartError::MissingKeys { missing });
    }

    for key in ring.keys() {
        let canary = match canaries.get(&key.id) {
            Some(canary) => canary.clone(),
            None => {
                let fresh = make(key, random)?;
                store
                    .init_vault_setting(&format!("{PREFIX}{}", key.id), fresh)
                    .await?
            }
        };
        if !sings(key, &canary) {
            return Err(VaultStartError::DamagedCanary {
                ring_key_id: key.id.clone(),
            });
        }
    }
    Ok(())
}

fn make(key: &RingKey, random: &dyn Random) -> Result<Vec<u8>, VaultStartError> {
    let sealed = key
        .material
        .seal(random, &bound_to(key), KNOWN_TEXT)
        .map_err(|error| match error {
            VaultError::Store(error) => VaultStartError::Store(error),
            _ => VaultStartError::Random(RandomUnavailable),
        })?;
    Ok([&[VERSION], sealed.as_slice()].concat())
}

fn sings(key: &RingKey, canary: &[u8]) -> bool {
    match canary.split_first() {
        Some((&VERSION, sealed)) => key
            .material
            .open(&bound_to(key), sealed)
            .is_some_and(|text| text.as_slice() == KNOWN_TEXT),
        _ => false,
    }
}

fn bound_to(key: &RingKey) -> Vec<u8> {
    associated(&[b"wabakit canary", &[VERSION], key.id.as_bytes()])
}
