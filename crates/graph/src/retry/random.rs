//! The randomness of jitter.

use std::sync::Arc;

use ring::rand::{SecureRandom as _, SystemRandom};

/// A source of numbers from 0 to 1.
pub(crate) type Random = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Draws from the operating system. If that fails, it returns 1, which gives the longest wait.
pub(crate) fn system_random() -> Random {
    #[allow(
        clippy::disallowed_methods,
        reason = "the default of a source that can be injected"
    )]
    let source = SystemRandom::new();
    Arc::new(move || {
        let mut bytes = [0u8; 4];
        match source.fill(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(_) => 1.0,
        }
    })
}
