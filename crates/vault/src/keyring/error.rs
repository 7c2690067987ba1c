use std::fmt;

use thiserror::Error;

/// The setting that holds a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyPlace {
    /// `ENCRYPTION_KEY`.
    Primary,
    /// A key of `ENCRYPTION_KEY_RING`, counted from 1.
    Ring(usize),
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primary => f.write_str("ENCRYPTION_KEY"),
            Self::Ring(nth) => write!(f, "Key {nth} of ENCRYPTION_KEY_RING"),
        }
    }
}

/// The reason why a key is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum KeyWeakness {
    /// The text after `base64:` is not base64.
    #[error("begins with base64: but the rest is not base64")]
    NotBase64,
    /// The text after `hex:` is not hex.
    #[error("begins with hex: but the rest is not hex")]
    NotHex,
    /// The decoded key has this length instead of 32 bytes.
    #[error("decodes to {0} bytes and must be exactly 32")]
    WrongLength(usize),
    /// The passphrase has fewer than 32 characters.
    #[error("is a passphrase of {0} characters and must have at least 32")]
    TooShort(usize),
    /// One byte or character, repeated.
    #[error("is one byte repeated")]
    OneByte,
    /// Fewer than 8 distinct bytes or characters.
    #[error("has fewer than 8 distinct bytes")]
    FewDistinct,
    /// A short pattern, repeated, or a row such as 0, 1, 2, 3.
    #[error("is a repeated pattern or a plain sequence")]
    Pattern,
    /// A text from an example.
    #[error("is a placeholder such as \"changeme\"")]
    Placeholder,
    /// There was no memory for Argon2id.
    #[error("could not be derived for want of 19 MiB of memory")]
    Underivable,
}

/// A configured key that is refused. It shows nothing of the key but its length.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{place} {weakness}; make one with: echo \"base64:$(openssl rand -base64 32)\"")]
pub struct KeyError {
    /// The setting.
    pub place: KeyPlace,
    /// The reason why it is refused.
    pub weakness: KeyWeakness,
}
