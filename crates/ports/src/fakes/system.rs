use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Duration, SubsecRound};
use uuid::{Builder, Uuid};
use wabakit_domain::Time;

use crate::system::{Clock, IdSource, Random, RandomUnavailable};

/// 2026-01-01T00:00:00Z in milliseconds.
const EPOCH_MILLIS: u64 = 1_767_225_600_000;

/// A clock that stands still until it is moved. By default it begins at 2026-01-01T00:00:00Z.
pub struct TestClock(Mutex<Time>);

impl TestClock {
    /// Makes a clock that shows this time.
    pub fn new(now: Time) -> Self {
        Self(Mutex::new(now))
    }
    /// Sets the clock.
    pub fn set(&self, now: Time) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
    /// Moves the clock forward or back, and returns the new time.
    pub fn advance(&self, span: Duration) -> Time {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += span;
        now.trunc_subsecs(6)
    }
}

impl Default for TestClock {
    fn default() -> Self {
        let epoch = i64::try_from(EPOCH_MILLIS).unwrap_or_default();
        Self::new(DateTime::from_timestamp_millis(epoch).unwrap_or_default())
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .trunc_subsecs(6)
    }
}

/// UUIDv7s that count up from one, all of one instant. Their last 16 bits are zero, so that an
/// [`IdBlock`](wabakit_domain::ids::IdBlock) at one of them ends before the next.
#[derive(Default)]
pub struct SequentialIds(AtomicU64);

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut tail = [0; 10];
        for (to, from) in tail.iter_mut().skip(2).zip((count << 16).to_be_bytes()) {
            *to = from;
        }
        Builder::from_unix_timestamp_millis(EPOCH_MILLIS, &tail).into_uuid()
    }
}

/// Bytes that look random and are the same at every run: SplitMix64. Fit for nothing but tests.
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// Makes a source of bytes. The same seed gives the same bytes.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn word(&self) -> u64 {
        const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self
            .0
            .fetch_add(GAMMA, Ordering::Relaxed)
            .wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomUnavailable> {
        for chunk in buffer.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.word().to_le_bytes()) {
                *to = from;
            }
        }
        Ok(())
    }
}
