//! Time, ids and randomness, so that nothing else in the code has any of its own.

use uuid::Uuid;
use wabakit_domain::Time;

/// Tells the time.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Now, truncated to microseconds: both databases keep that exactly.
    fn now(&self) -> Time;
}

/// Makes ids.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A fresh UUIDv7. Later ones sort after earlier ones of the same process.
    fn next(&self) -> Uuid;
}

/// Makes randomness that is fit for keys, nonces and tokens.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// When the operating system gives none; the caller must not go on.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomUnavailable>;
}

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct RandomUnavailable;
