//! `X-Hub-Signature-256`: that the bytes come from Meta.

use std::fmt;

use ring::hmac;
use thiserror::Error;
use wabakit_domain::secret::{ExposeSecret, SecretString};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Hub-Signature-256";

const SCHEME: &str = "sha256=";

/// Why a body is not taken. All of them are a 401 to the sender; nothing of the body may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum SignatureRefusal {
    /// There is no signature.
    #[error("X-Hub-Signature-256 is missing")]
    Missing,
    /// It is not `sha256=` and 64 hexadecimal digits.
    #[error("X-Hub-Signature-256 is not sha256= and 64 hexadecimal digits")]
    Malformed,
    /// None of our app secrets made it, or there are none.
    #[error("X-Hub-Signature-256 was not made by one of our app secrets")]
    Wrong,
}

/// Checks signatures against any of several app secrets. With none, it refuses everything.
#[derive(Clone)]
pub struct Verifier(Vec<(usize, hmac::Key)>);

impl Verifier {
    /// Prepares the keys once. An empty secret is no secret, and is left out.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s SecretString>) -> Self {
        let secrets = secrets.into_iter().enumerate();
        Self(
            secrets
                .filter(|(_, secret)| !secret.expose_secret().is_empty())
                .map(|(index, secret)| (index, key(secret)))
                .collect(),
        )
    }

    /// Whether it can accept anything at all.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the header's value over the body's bytes as they came, in constant time. Returns which of the
    /// secrets given to [`Verifier::new`] signed, from 0.
    ///
    /// # Errors
    /// [`SignatureRefusal`]: without a header, with one that is no signature, with a wrong one.
    pub fn verify(&self, header: Option<&[u8]>, body: &[u8]) -> Result<usize, SignatureRefusal> {
        let header = header.ok_or(SignatureRefusal::Missing)?;
        let digits = header
            .strip_prefix(SCHEME.as_bytes())
            .ok_or(SignatureRefusal::Malformed)?;
        let mut tag = [0; 32];
        hex::decode_to_slice(digits, &mut tag).map_err(|_| SignatureRefusal::Malformed)?;
        self.0
            .iter()
            .find(|(_, key)| hmac::verify(key, body, &tag).is_ok())
            .map(|&(index, _)| index)
            .ok_or(SignatureRefusal::Wrong)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} secrets)", self.0.len())
    }
}

/// Signs a body as Meta does: the value of [`SIGNATURE_HEADER`]. For tests and for whoever plays Meta.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    let tag = hmac::sign(&key(secret), body);
    format!("{SCHEME}{}", hex::encode(tag))
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}
