//! `X-Hub-Signature-256`: the proof that Meta sent the bytes.

use std::fmt;

use ring::hmac;
use thiserror::Error;
use wabakit_domain::secret::{ExposeSecret, SecretString};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Hub-Signature-256";

const SCHEME: &str = "sha256=";

/// The reason why a body is refused. The sender gets a 401 for each of them, and nothing of the body may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum SignatureRefusal {
    /// The signature is missing.
    #[error("X-Hub-Signature-256 is missing")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("X-Hub-Signature-256 is not sha256= and 64 hexadecimal digits")]
    Malformed,
    /// None of our app secrets made the signature, or we have none.
    #[error("X-Hub-Signature-256 was not made by one of our app secrets")]
    Wrong,
}

/// A well-formed signature. A request without one is refused before its body is read.
#[derive(Clone, Copy, Debug)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`SignatureRefusal::Missing`] and [`SignatureRefusal::Malformed`].
    pub fn parse(header: Option<&[u8]>) -> Result<Self, SignatureRefusal> {
        let header = header.ok_or(SignatureRefusal::Missing)?;
        let digits = header
            .strip_prefix(SCHEME.as_bytes())
            .ok_or(SignatureRefusal::Malformed)?;
        let mut tag = [0; 32];
        hex::decode_to_slice(digits, &mut tag).map_err(|_| SignatureRefusal::Malformed)?;
        Ok(Self(tag))
    }
}

/// Checks signatures against several app secrets: one must match. Without secrets it refuses everything.
#[derive(Clone)]
pub struct SignatureVerifier(Vec<(usize, hmac::Key)>);

impl SignatureVerifier {
    /// Prepares the keys. An empty secret is left out.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s SecretString>) -> Self {
        let secrets = secrets.into_iter().enumerate();
        Self(
            secrets
                .filter(|(_, secret)| !secret.expose_secret().is_empty())
                .map(|(index, secret)| (index, key(secret)))
                .collect(),
        )
    }

    /// Tells whether the verifier has no secret, and so accepts nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the header's value over the body's bytes as they were received, in constant time. Returns the index of
    /// the secret, in the order given to [`SignatureVerifier::new`].
    ///
    /// # Errors
    /// [`SignatureRefusal`]: the header is missing, malformed or wrong.
    pub fn verify(&self, header: Option<&[u8]>, body: &[u8]) -> Result<usize, SignatureRefusal> {
        self.check(Signature::parse(header)?, body)
    }

    /// Checks a signature over the body's bytes as they came, as [`verify`](Self::verify) does.
    ///
    /// # Errors
    /// [`SignatureRefusal::Wrong`].
    pub fn check(&self, signature: Signature, body: &[u8]) -> Result<usize, SignatureRefusal> {
        self.0
            .iter()
            .find(|(_, key)| hmac::verify(key, body, &signature.0).is_ok())
            .map(|&(index, _)| index)
            .ok_or(SignatureRefusal::Wrong)
    }
}

impl fmt::Debug for SignatureVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureVerifier({} secrets)", self.0.len())
    }
}

/// Signs a body as Meta does, and returns the value of [`SIGNATURE_HEADER`]. For tests and for programs that play
/// Meta.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    let tag = hmac::sign(&key(secret), body);
    format!("{SCHEME}{}", hex::encode(tag))
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}
