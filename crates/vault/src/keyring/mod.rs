//! The key ring: the keys of the configuration, the first of which writes while all of them read.

use std::{fmt, sync::Arc};

use secrecy::SecretString;

use crate::material::Material;

mod error;
mod parse;
mod strength;

pub use error::{KeyError, KeyPlace, Weakness};

/// Bytes of the salt that passphrases are taken with.
pub(crate) const SALT: usize = 16;

/// One key of the ring.
pub(crate) struct RingKey {
    /// Hex of the first 8 bytes of HMAC-SHA256 of a fixed text under the key.
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
    /// Reads the keys of the configuration. Each is `base64:` or `hex:` and exactly 32 bytes, or a passphrase of
    /// at least 32 characters, which goes through Argon2id (19 MiB, two passes) with the database's salt: about
    /// 30 ms each, on this thread. Space around a key is not part of it; a key given twice counts once.
    ///
    /// # Errors
    /// [`KeyError`] for the first key that is malformed or weak, with a sentence that names it.
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

    /// The id of the key that wraps new data keys.
    pub fn primary_id(&self) -> &str {
        &self.0.primary.id
    }

    /// The ids of all keys, the primary's first.
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
