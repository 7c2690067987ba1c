//! A 256-bit key, and AES-256-GCM under it by ring.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use secrecy::{ExposeSecret, SecretBox};
use wabakit_ports::{
    store::StoreError,
    system::{Random, RandomUnavailable},
    vault::VaultError,
};
use zeroize::Zeroizing;

/// The length of a key, in bytes.
pub(crate) const KEY: usize = 32;
/// The length of a nonce, in bytes. It is random: a data key seals far fewer than 2³² values in its life.
pub(crate) const NONCE: usize = 12;

/// A key, boxed and wiped when dropped. ring does not wipe its expanded form of the key, so that is made anew for
/// each use and not kept.
#[derive(Debug)]
pub(crate) struct Material(SecretBox<[u8; KEY]>);

impl Material {
    /// Copies a key from bytes that their owner wipes. `None` unless there are exactly 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY {
            return None;
        }
        Some(Self(SecretBox::init_with_mut(|key: &mut [u8; KEY]| {
            key.copy_from_slice(bytes);
        })))
    }

    /// Generates a key.
    pub(crate) fn random(random: &dyn Random) -> Result<Self, RandomUnavailable> {
        let mut filled = Ok(());
        let key = SecretBox::init_with_mut(|key: &mut [u8; KEY]| filled = random.fill(key));
        filled.map(|()| Self(key))
    }

    /// Returns the key in the open, so that it can be wrapped.
    pub(crate) fn expose(&self) -> &[u8; KEY] {
        self.0.expose_secret()
    }

    /// Computes a name for the key that reveals nothing about it.
    pub(crate) fn fingerprint(&self, label: &[u8]) -> String {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.expose()), label);
        hex::encode(tag.as_ref().first_chunk::<8>().map_or(&[][..], |id| id))
    }

    /// Encrypts into nonce ‖ ciphertext ‖ tag.
    pub(crate) fn seal(
        &self,
        random: &dyn Random,
        associated: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE];
        random.fill(&mut nonce)?;
        // Allocates room for the tag at once: growing would leave a copy of the plaintext behind.
        let mut body = Zeroizing::new(Vec::with_capacity(plaintext.len() + AES_256_GCM.tag_len()));
        body.extend_from_slice(plaintext);
        self.cipher()
            .and_then(|cipher| {
                cipher.seal_in_place_append_tag(
                    Nonce::assume_unique_for_key(nonce),
                    Aad::from(associated),
                    &mut *body,
                )
            })
            .map_err(|_| StoreError::Forbidden("a secret of more than 64 GiB cannot be sealed"))?;
        Ok([nonce.as_slice(), body.as_slice()].concat())
    }

    /// Decrypts the output of [`Material::seal`] under the same associated data.
    pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>()?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()
            .ok()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated),
                &mut body,
            )
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    }

    fn cipher(&self) -> Result<LessSafeKey, ring::error::Unspecified> {
        UnboundKey::new(&AES_256_GCM, self.expose()).map(LessSafeKey::new)
    }
}
