use chrono::Duration;
use wabakit_domain::Time;
use wabakit_ports::system::Random;

/// Waits that double, with full jitter: anywhere between nothing and the whole.
#[derive(Clone, Copy)]
pub(super) struct Backoff {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

impl Backoff {
    /// When to try again after this many tries. Without randomness, after the whole wait.
    pub(super) fn next(&self, random: &dyn Random, now: Time, tries: i32) -> Time {
        let doubled = 1_i32 << tries.saturating_sub(1).clamp(0, 20);
        let whole = (self.first * doubled).min(self.longest);
        let mut bytes = [0; 4];
        let part = match random.fill(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(_) => 1.0,
        };
        let millis = whole.num_milliseconds() as f64 * part;
        now + Duration::milliseconds(millis as i64).max(Duration::milliseconds(50))
    }
}

#[cfg(test)]
mod tests {
    use wabakit_ports::memory::{SeededRandom, TestClock};
    use wabakit_ports::system::Clock as _;

    use super::*;

    #[test]
    fn waits_are_spread_over_a_doubling_bounded_span() {
        let (random, now) = (SeededRandom::new(1), TestClock::default().now());
        let backoff = Backoff {
            first: Duration::seconds(1),
            longest: Duration::seconds(60),
        };
        for (tries, whole) in [(1, 1), (2, 2), (5, 16), (7, 60), (i32::MAX, 60)] {
            let waits: Vec<_> = (0..200)
                .map(|_| backoff.next(&random, now, tries) - now)
                .collect();
            let longest = waits.iter().max().unwrap();
            assert!(*longest <= Duration::seconds(whole), "{tries}: {longest}");
            assert!(
                *longest > Duration::seconds(whole) / 2,
                "{tries}: {longest}"
            );
            assert!(*waits.iter().min().unwrap() < Duration::seconds(whole) / 2);
        }
    }
}
