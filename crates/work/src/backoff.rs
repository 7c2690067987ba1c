use std::time::Duration;

/// Waits that double with each failure, up to a longest one. A pure value: the caller passes the randomness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// Makes a backoff from the longest wait after the first failure and the longest wait of all.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// Makes a backoff from whole seconds.
    pub const fn seconds(first: u64, longest: u64) -> Self {
        Self::new(Duration::from_secs(first), Duration::from_secs(longest))
    }

    /// Returns the longest wait after this many failures in a row, counted from 1.
    pub fn longest_wait(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }

    /// Returns the wait after this many failures in a row with full jitter: `unit`, uniform in 0 to 1, is the share of
    /// the longest wait. A value outside is clamped, and NaN counts as 1.
    pub fn wait(&self, failures: u32, unit: f64) -> Duration {
        let unit = if unit.is_nan() {
            1.0
        } else {
            unit.clamp(0.0, 1.0)
        };
        let longest = self.longest_wait(failures);
        Duration::try_from_secs_f64(longest.as_secs_f64() * unit)
            .map_or(longest, |wait| wait.min(longest))
    }
}
