//! The machine's clock. The sandbox's own time adds an offset from its state, so that a test can travel in time.

use chrono::{DateTime, Utc};

/// A moment in the sandbox's time.
pub(crate) type Time = DateTime<Utc>;

/// Reads the machine's clock.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
pub(crate) fn real_now() -> Time {
    Utc::now()
}
