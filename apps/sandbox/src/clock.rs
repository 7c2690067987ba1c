//! The machine's clock. The sandbox's own time is this plus an offset kept in its state, so that a
//! test can travel.

use chrono::{DateTime, Utc};

/// A moment in the sandbox's time.
pub(crate) type Time = DateTime<Utc>;

/// What the machine's clock says.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
pub(crate) fn real_now() -> Time {
    Utc::now()
}
