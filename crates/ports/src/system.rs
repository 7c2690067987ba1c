//! Time, ids and randomness. All other code gets them from here.

use uuid::Uuid;
use wabakit_domain::Time;

/// Tells the time.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Returns the current time, truncated to microseconds: both databases store that exactly.
    fn now(&self) -> Time;
}

/// Makes ids.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// Makes a new UUIDv7. It sorts after the earlier ones of the same process.
    fn next(&self) -> Uuid;
}

/// A source of randomness for keys, nonces and tokens.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// When the operating system gives no randomness. The caller must not continue.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomUnavailable>;
}

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct RandomUnavailable;
