//! Sealed values: format version (1 byte) ‖ data key id (16) ‖ nonce (12) ‖ ciphertext and tag.

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use wabakit_domain::{
    ids::DataKeyId,
    secret::{SealedSecret, SecretBinding},
};
use wabakit_ports::{system::Random, vault::VaultError};

use crate::{associated::associated, wrap::DataKey};

const VERSION: u8 = 1;

/// Seals a text for this binding. `key` belongs to the binding's organisation.
pub(crate) fn seal(
    key: &DataKey,
    binding: SecretBinding,
    secret: &SecretString,
    random: &dyn Random,
) -> Result<SealedSecret, VaultError> {
    let body = key.material.seal(
        random,
        &bound_to(key.id, binding),
        secret.expose_secret().as_bytes(),
    )?;
    Ok(SealedSecret::new(
        [&[VERSION], key.id.0.as_bytes().as_slice(), body.as_slice()].concat(),
    ))
}

/// Splits a sealed value into the id of its data key and the rest. `None` when it is not a sealed value of a known
/// version.
pub(crate) fn parse(sealed: &SealedSecret) -> Option<(DataKeyId, &[u8])> {
    let (&[version], rest) = sealed.as_bytes().split_first_chunk::<1>()?;
    let (id, body) = rest.split_first_chunk::<16>()?;
    (version == VERSION).then(|| (DataKeyId(Uuid::from_bytes(*id)), body))
}

/// Opens the rest of a value that this key sealed for this binding.
pub(crate) fn open(key: &DataKey, binding: SecretBinding, body: &[u8]) -> Option<SecretString> {
    if key.org != binding.org {
        return None;
    }
    let bytes = key.material.open(&bound_to(key.id, binding), body)?;
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(SecretString::from(text))
}

fn bound_to(key: DataKeyId, binding: SecretBinding) -> Vec<u8> {
    associated(&[
        b"wabakit sealed value",
        &[VERSION],
        key.0.as_bytes(),
        binding.org.0.as_bytes(),
        binding.subject.as_bytes(),
        binding.purpose.as_str().as_bytes(),
    ])
}
