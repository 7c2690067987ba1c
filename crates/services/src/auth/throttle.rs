//! Failed sign-ins, counted per address and per client. Success is never counted, so an office behind one
//! address is not locked out by its own work.

use std::time::Duration as StdDuration;

use chrono::Duration;
use moka::sync::Cache;
use wabakit_domain::Time;

const WINDOW: Duration = Duration::minutes(15);
const PER_EMAIL: u32 = 10;
const PER_CLIENT: u32 = 100;
const AT_MOST: u64 = 100_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    since: Time,
}

#[derive(Clone)]
pub(crate) struct Throttle {
    failures: Cache<String, Failures>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        let kept = StdDuration::from_secs(WINDOW.num_seconds().unsigned_abs());
        Self {
            failures: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(kept)
                .build(),
        }
    }

    /// How long to wait, if this address or client has failed too often.
    pub(crate) fn blocked(&self, email: &str, client: Option<&str>, now: Time) -> Option<Duration> {
        keys(email, client)
            .filter_map(|(key, most)| {
                let failures = self.failures.get(&key)?;
                let until = failures.since + WINDOW;
                (failures.count >= most && until > now).then(|| until - now)
            })
            .max()
    }

    pub(crate) fn failed(&self, email: &str, client: Option<&str>, now: Time) {
        for (key, _) in keys(email, client) {
            self.failures
                .entry(key)
                .and_upsert_with(|entry| match entry.map(|e| e.into_value()) {
                    Some(old) if old.since + WINDOW > now => Failures {
                        count: old.count + 1,
                        since: old.since,
                    },
                    _ => Failures {
                        count: 1,
                        since: now,
                    },
                });
        }
    }

    pub(crate) fn succeeded(&self, email: &str) {
        self.failures.invalidate(&format!("email {email}"));
    }
}

fn keys(email: &str, client: Option<&str>) -> impl Iterator<Item = (String, u32)> {
    let client = client.map(|client| (format!("client {client}"), PER_CLIENT));
    std::iter::once((format!("email {email}"), PER_EMAIL)).chain(client)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_tenth_failure_blocks_the_address_until_the_window_ends() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let throttle = Throttle::new();
        for _ in 0..9 {
            throttle.failed("a@b", Some("1.1.1.1"), now);
        }
        assert_eq!(throttle.blocked("a@b", None, now), None);
        throttle.failed("a@b", Some("1.1.1.1"), now);
        assert_eq!(throttle.blocked("a@b", None, now), Some(WINDOW));
        assert_eq!(
            throttle.blocked("c@d", Some("1.1.1.1"), now),
            None,
            "one address does not block the client"
        );
        assert_eq!(throttle.blocked("a@b", None, now + WINDOW), None);
    }

    #[test]
    fn a_success_clears_the_address() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let throttle = Throttle::new();
        for _ in 0..10 {
            throttle.failed("a@b", None, now);
        }
        throttle.succeeded("a@b");
        assert_eq!(throttle.blocked("a@b", None, now), None);
    }
}
