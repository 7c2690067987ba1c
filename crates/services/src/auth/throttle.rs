//! Counts failed sign-ins by address and by client. A try counts as failed from its beginning, so that many parallel
//! tries do not pass the limit. Success takes the count back, so that an office behind one IP address is not locked
//! out by its own work.

use std::time::Duration as StdDuration;

use chrono::Duration;
use moka::{Entry, ops::compute::Op, sync::Cache};
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

    /// Returns how long to wait, if this address or client has failed too often.
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
                .and_upsert_with(|entry| match entry.map(Entry::into_value) {
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

    /// Takes back the count of [`Self::failed`] for a try that succeeded, and clears the address.
    pub(crate) fn succeeded(&self, email: &str, client: Option<&str>) {
        for (key, most) in keys(email, client) {
            if most == PER_EMAIL {
                self.failures.invalidate(&key);
                continue;
            }
            self.failures
                .entry(key)
                .and_compute_with(|entry| match entry.map(Entry::into_value) {
                    Some(old) => Op::Put(Failures {
                        count: old.count.saturating_sub(1),
                        ..old
                    }),
                    None => Op::Nop,
                });
        }
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
        throttle.succeeded("a@b", None);
        assert_eq!(throttle.blocked("a@b", None, now), None);
    }

    #[test]
    fn a_client_is_blocked_by_its_failures_and_never_by_its_successes() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let throttle = Throttle::new();
        let client = Some("1.1.1.1");
        for i in 0..300 {
            throttle.failed(&format!("{i}@b"), client, now);
            throttle.succeeded(&format!("{i}@b"), client);
        }
        assert_eq!(throttle.blocked("a@b", client, now), None);
        for i in 0..100 {
            throttle.failed(&format!("{i}@b"), client, now);
        }
        assert_eq!(throttle.blocked("a@b", client, now), Some(WINDOW));
    }
}
