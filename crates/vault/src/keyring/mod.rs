//! The key ring: the keys of the configuration. The first one wraps and unwraps; the others only unwrap.

use std::{fmt, sync::Arc};

use secrecy::SecretString;

use crate::material::Material;

mod error;
mod parse;
mod strength;

pub use error::{KeyError, KeyPlace, KeyWeakness};

/// The length of the salt for passphrases, in bytes.
pub(crate) const SALT: usize = 16;

/// One key of the ring.
pub(crate) struct RingKey {
    /// The first 8 bytes, in hex, of the HMAC-SHA256 of a fixed text under the key.
    pub(crate) id: String,
    pub(crate) material: Material,
}

impl RingKey {
    pub(crate) fn new(material: Material) -> Self {
        Self {
            id: material.fingerprint(b"wabakit ring key id"),
            material,
        }
    }
}

impl fmt::Debug for RingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RingKey({})", self.id)
    }
}

/// The ring keys: the primary, which wraps new data keys, and others, which only unwrap. Cheap to clone.
#[derive(Clone, Debug)]
pub struct KeyRing(Arc<Keys>);

#[derive(Debug)]
struct Keys {
    primary: RingKey,
    others: Vec<RingKey>,
}

impl KeyRing {
    /// Parses the keys of the configuration. Each is `base64:` or `hex:` with exactly 32 bytes, or a passphrase of at
    /// least 32 characters. A passphrase goes through Argon2id (19 MiB, two passes) with the database's salt, which
    /// takes about 30 ms on this thread. Spaces around a key are ignored; a key that is given twice counts once.
    ///
    /// # Errors
    /// [`KeyError`] for the first key that is malformed or weak. Its text is a sentence that names the setting.
    pub fn parse(
        primary: &SecretString,
        others: &[SecretString],
        salt_for_passphrases: &[u8; SALT],
    ) -> Result<Self, KeyError> {
        let read = |key, place| {
            parse::material(key, salt_for_passphrases)
                .map(RingKey::new)
                .map_err(|weakness| KeyError { place, weakness })
        };
        let primary = read(primary, KeyPlace::Primary)?;
        let mut ring: Vec<RingKey> = Vec::new();
        for (place, key) in (1..).map(KeyPlace::Ring).zip(others) {
            let key = read(key, place)?;
            if key.id != primary.id && ring.iter().all(|known| known.id != key.id) {
                ring.push(key);
            }
        }
        Ok(Self(Arc::new(Keys {
            primary,
            others: ring,
        })))
    }

    /// Returns the id of the key that wraps new data keys.
    pub fn primary_id(&self) -> &str {
        &self.0.primary.id
    }

    /// Returns the ids of all keys, the primary's first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys().map(|key| key.id.as_str())
    }

    pub(crate) fn primary(&self) -> &RingKey {
        &self.0.primary
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.0.primary).chain(&self.0.others)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&RingKey> {
        self.keys().find(|key| key.id == id)
    }
}
