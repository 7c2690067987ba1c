use argon2::{Algorithm, Argon2, Params, Version};
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{
    KeyWeakness, SALT,
    strength::{check_bytes, check_passphrase},
};
use crate::material::{KEY, Material};

/// The length of the shortest passphrase, in characters.
const PASSPHRASE: usize = 32;

/// Parses a key of any form, and refuses a weak one.
pub(super) fn material(key: &SecretString, salt: &[u8; SALT]) -> Result<Material, KeyWeakness> {
    let text = key.expose_secret().trim();
    if let Some(encoded) = after(text, "base64:") {
        let bytes = Zeroizing::new(base64(encoded).ok_or(KeyWeakness::NotBase64)?);
        exactly(&bytes)
    } else if let Some(encoded) = after(text, "hex:") {
        let bytes = Zeroizing::new(hex::decode(encoded).map_err(|_| KeyWeakness::NotHex)?);
        exactly(&bytes)
    } else {
        passphrase(text, salt)
    }
}

fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// Accepts both alphabets, with or without padding: people paste what their tool printed.
fn base64(encoded: &str) -> Option<Vec<u8>> {
    let any_padding =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| {
        GeneralPurpose::new(alphabet, any_padding)
            .decode(encoded)
            .ok()
    })
}

fn exactly(bytes: &[u8]) -> Result<Material, KeyWeakness> {
    let key = Material::from_slice(bytes).ok_or(KeyWeakness::WrongLength(bytes.len()))?;
    check_bytes(bytes)?;
    Ok(key)
}

fn passphrase(text: &str, salt: &[u8; SALT]) -> Result<Material, KeyWeakness> {
    let length = text.chars().count();
    if length < PASSPHRASE {
        return Err(KeyWeakness::TooShort(length));
    }
    check_passphrase(text)?;
    let params = Params::new(19 * 1024, 2, 1, Some(KEY)).map_err(|_| KeyWeakness::Underivable)?;
    let mut key = Zeroizing::new([0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(text.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| KeyWeakness::Underivable)?;
    Material::from_slice(key.as_slice()).ok_or(KeyWeakness::Underivable)
}
