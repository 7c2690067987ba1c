use argon2::{Algorithm, Argon2, Params, Version};
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{
    SALT, Weakness,
    strength::{check_bytes, check_passphrase},
};
use crate::material::{KEY, Material};

/// Shortest passphrase, in characters.
const PASSPHRASE: usize = 32;

/// Reads a key of any form, and refuses a weak one.
pub(super) fn material(key: &SecretString, salt: &[u8; SALT]) -> Result<Material, Weakness> {
    let text = key.expose_secret().trim();
    if let Some(encoded) = after(text, "base64:") {
        let bytes = Zeroizing::new(base64(encoded).ok_or(Weakness::NotBase64)?);
        exactly(&bytes)
    } else if let Some(encoded) = after(text, "hex:") {
        let bytes = Zeroizing::new(hex::decode(encoded).map_err(|_| Weakness::NotHex)?);
        exactly(&bytes)
    } else {
        passphrase(text, salt)
    }
}

fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// Both alphabets, padded or not: people paste what their tool gave them.
fn base64(encoded: &str) -> Option<Vec<u8>> {
    let any_padding =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| {
        GeneralPurpose::new(alphabet, any_padding)
            .decode(encoded)
            .ok()
    })
}

fn exactly(bytes: &[u8]) -> Result<Material, Weakness> {
    let key = Material::from_slice(bytes).ok_or(Weakness::WrongLength(bytes.len()))?;
    check_bytes(bytes)?;
    Ok(key)
}

fn passphrase(text: &str, salt: &[u8; SALT]) -> Result<Material, Weakness> {
    let length = text.chars().count();
    if length < PASSPHRASE {
        return Err(Weakness::TooShort(length));
    }
    check_passphrase(text)?;
    let params = Params::new(19 * 1024, 2, 1, Some(KEY)).map_err(|_| Weakness::Underivable)?;
    let mut key = Zeroizing::new([0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(text.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| Weakness::Underivable)?;
    Material::from_slice(key.as_slice()).ok_or(Weakness::Underivable)
}
