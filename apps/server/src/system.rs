//! The clock, ids and randomness of the operating system. Only this file calls them.

use std::sync::Mutex;

use chrono::{DurationRound, TimeDelta, Utc};
use ring::rand::SecureRandom;
use uuid::{ContextV7, Timestamp, Uuid};
use wabakit_domain::Time;
use wabakit_ports::system::{Clock, IdSource, Random, RandomUnavailable};

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        #[allow(
            clippy::disallowed_methods,
            reason = "this is the clock that the others come from"
        )]
        let now = Utc::now();
        now.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now)
    }
}

/// Makes UUIDv7 from the system's clock, increasing within this process.
#[derive(Debug)]
pub struct SystemIds(Mutex<ContextV7>);

impl Default for SystemIds {
    fn default() -> Self {
        Self(Mutex::new(ContextV7::new()))
    }
}

impl IdSource for SystemIds {
    fn next(&self) -> Uuid {
        let context = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::now(&*context))
    }
}

/// The operating system's randomness.
#[derive(Debug)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl Default for SystemRandom {
    fn default() -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "this is the randomness that the others come from"
        )]
        let random = ring::rand::SystemRandom::new();
        Self(random)
    }
}

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomUnavailable> {
        self.0.fill(buffer).map_err(|_| RandomUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_and_times_are_whole_microseconds() {
        let ids = SystemIds::default();
        let made: Vec<_> = (0..1_000).map(|_| ids.next()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
