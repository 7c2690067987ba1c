//! Makes codes, tokens and proofs from one key and a counter, so that no random source is needed once the key exists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Makes a new key, in hex.
///
/// Each new state has a key of its own, so that a token from before a reset does not work after it.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that draws randomness"
)]
pub(crate) fn fresh_key() -> Result<String, ring::error::Unspecified> {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// Computes the HMAC-SHA512 of `message`, in hex: long and alphanumeric, as Meta's tokens are.
pub(crate) fn long(key: &str, message: &str) -> String {
    hex::encode(sign(hmac::HMAC_SHA512, key, message))
}

/// Computes the HMAC-SHA256 of `message` in URL-safe base64, cut to `length` characters.
pub(crate) fn short(key: &str, message: &str, length: usize) -> String {
    let text = URL_SAFE_NO_PAD.encode(sign(hmac::HMAC_SHA256, key, message));
    text.chars().take(length).collect()
}

/// Makes a six-digit number from `message`.
pub(crate) fn six_digits(key: &str, message: &str) -> String {
    let number = sign(hmac::HMAC_SHA256, key, message)
        .as_ref()
        .iter()
        .take(6)
        .fold(0_u64, |sum, byte| sum * 256 + u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// Tells whether `proof` is Meta's `appsecret_proof` for this token: the hex HMAC-SHA256 of the token under the app's
/// secret.
pub(crate) fn proof_is_right(app_secret: &str, token: &str, proof: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes());
    hex::decode(proof).is_ok_and(|tag| hmac::verify(&key, token.as_bytes(), &tag).is_ok())
}

fn sign(algorithm: hmac::Algorithm, key: &str, message: &str) -> hmac::Tag {
    hmac::sign(
        &hmac::Key::new(algorithm, key.as_bytes()),
        message.as_bytes(),
    )
}

/// Computes the whole HMAC-SHA256 of `message`.
pub(crate) fn tag(key: &str, message: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let tag = sign(hmac::HMAC_SHA256, key, message);
    for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    bytes
}
