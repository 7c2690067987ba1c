//! Counts failed sign-ins. A try counts as failed from its beginning, so that many parallel tries do not pass the
//! limit. A success takes its count back, so that an office behind one IP address does not lock itself out.
//!
//! A stranger's failures count against the person (or the address, where no person has it) and against the client's IP
//! address. A client on which the person signed in before has a count of its own, which strangers cannot fill.

use std::time::Duration as StdDuration;

use chrono::Duration;
use moka::{Entry, ops::compute::Op, sync::Cache};
use wabakit_domain::{Time, ids::AuthSessionId};

const WINDOW: Duration = Duration::minutes(15);
const PER_PERSON: u32 = 10;
const PER_CLIENT: u32 = 100;
const AT_MOST: u64 = 100_000;
/// The time for which a client address stays known for a person.
const KNOWN: StdDuration = StdDuration::from_secs(30 * 24 * 3_600);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    since: Time,
}

/// The client that tries a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Guesser<'a> {
    /// A client with a token of an earlier sign-in of this person.
    Known(&'a str),
    /// The person's own sign-in.
    SignedIn(AuthSessionId),
    /// Any other client, by its address.
    Stranger(Option<&'a str>),
}

#[derive(Clone)]
pub(crate) struct Throttle {
    failures: Cache<String, Failures>,
    /// Client addresses from which a person signed in.
    known: Cache<String, ()>,
    /// The most tries for one person or address, and for one client.
    most: (u32, u32),
}

impl Throttle {
    /// Makes a throttle for guesses at passwords.
    pub(crate) fn new() -> Self {
        Self::allowing(PER_PERSON, PER_CLIENT)
    }

    pub(crate) fn allowing(per_person: u32, per_client: u32) -> Self {
        let kept = StdDuration::from_secs(WINDOW.num_seconds().unsigned_abs());
        Self {
            failures: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(kept)
                .build(),
            known: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(KNOWN)
                .build(),
            most: (per_person, per_client),
        }
    }

    /// Returns how long to wait, if there were too many failures.
    pub(crate) fn blocked(&self, whose: &str, who: Guesser<'_>, now: Time) -> Option<Duration> {
        self.counts(whose, who)
            .into_iter()
            .filter_map(|(key, most)| {
                let failures = self.failures.get(&key)?;
                let until = failures.since + WINDOW;
                (failures.count >= most && until > now).then(|| until - now)
            })
            .max()
    }

    /// Counts a failure. Returns whether it is the one that begins the block.
    pub(crate) fn failed(&self, whose: &str, who: Guesser<'_>, now: Time) -> bool {
        let mut blocks = false;
        for (key, most) in self.counts(whose, who) {
            let counted = self.failures.entry(key).and_upsert_with(|entry| {
                match entry.map(Entry::into_value) {
                    Some(old) if old.since + WINDOW > now => Failures {
                        count: old.count + 1,
                        since: old.since,
                    },
                    _ => Failures {
                        count: 1,
                        since: now,
                    },
                }
            });
            blocks |= counted.into_value().count == most;
        }
        blocks
    }

    /// Takes back the count of [`Self::failed`] for a try that was incomplete but not wrong.
    pub(crate) fn withdrawn(&self, whose: &str, who: Guesser<'_>) {
        for (key, _) in self.counts(whose, who) {
            self.take_back(key);
        }
    }

    fn take_back(&self, key: String) {
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

    /// Takes back the count of [`Self::failed`] for a try that succeeded, and clears the person's count. From now on
    /// the client is known.
    pub(crate) fn succeeded(&self, whose: &str, who: Guesser<'_>) {
        for (key, most) in self.counts(whose, who) {
            if most == self.most.0 {
                self.failures.invalidate(&key);
            } else {
                self.take_back(key);
            }
        }
        if let Guesser::Stranger(Some(client)) = who {
            self.known.insert(known_at(whose, client), ());
        }
    }

    /// Returns the counters of a try, with their limits.
    fn counts(&self, whose: &str, who: Guesser<'_>) -> Vec<(String, u32)> {
        let (per_person, per_client) = self.most;
        match who {
            Guesser::Known(id) => vec![(format!("known {id} {whose}"), per_person)],
            Guesser::SignedIn(session) => vec![(format!("session {session}"), per_person)],
            Guesser::Stranger(Some(client))
                if self.known.contains_key(&known_at(whose, client)) =>
            {
                vec![(known_at(whose, client), per_person)]
            }
            Guesser::Stranger(client) => {
                let mut counts = vec![(format!("person {whose}"), per_person)];
                counts.extend(client.map(|client| (format!("client {client}"), per_client)));
                counts
            }
        }
    }
}

fn known_at(whose: &str, client: &str) -> String {
    format!("at {client} {whose}")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    const HOME: Guesser<'_> = Guesser::Stranger(Some("1.1.1.1"));
    const NOBODY: Guesser<'_> = Guesser::Stranger(None);

    fn now() -> Time {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    #[test]
    fn the_tenth_failure_blocks_the_address_until_the_window_ends() {
        let (now, throttle) = (now(), Throttle::new());
        for _ in 0..9 {
            assert!(!throttle.failed("a@b", HOME, now));
        }
        assert_eq!(throttle.blocked("a@b", NOBODY, now), None);
        assert!(throttle.failed("a@b", HOME, now));
        assert!(!throttle.failed("a@b", HOME, now), "it is told once");
        assert_eq!(throttle.blocked("a@b", NOBODY, now), Some(WINDOW));
        assert_eq!(
            throttle.blocked("c@d", HOME, now),
            None,
            "one address does not block the client"
        );
        assert_eq!(throttle.blocked("a@b", NOBODY, now + WINDOW), None);
    }

    #[test]
    fn a_success_clears_the_address() {
        let (now, throttle) = (now(), Throttle::new());
        for _ in 0..10 {
            throttle.failed("a@b", NOBODY, now);
        }
        throttle.succeeded("a@b", NOBODY);
        assert_eq!(throttle.blocked("a@b", NOBODY, now), None);
    }

    #[test]
    fn a_client_is_blocked_by_its_failures_and_never_by_its_successes() {
        let (now, throttle) = (now(), Throttle::new());
        for i in 0..300 {
            throttle.failed(&format!("{i}@b"), HOME, now);
            throttle.succeeded(&format!("{i}@b"), HOME);
        }
        assert_eq!(throttle.blocked("a@b", HOME, now), None);
        for i in 300..400 {
            throttle.failed(&format!("{i}@b"), HOME, now);
        }
        assert_eq!(throttle.blocked("a@b", HOME, now), Some(WINDOW));
    }

    #[test]
    fn strangers_lock_nobody_out_of_a_client_where_they_signed_in_before() {
        let (now, throttle) = (now(), Throttle::new());
        throttle.succeeded("a@b", HOME);
        let session = Guesser::SignedIn(AuthSessionId(Uuid::from_u128(1)));
        let known = [HOME, Guesser::Known("id"), session];
        for i in 0..200 {
            throttle.failed("a@b", Guesser::Stranger(Some(&format!("2.2.2.{i}"))), now);
            // Others behind the same address fail.
            throttle.failed(&format!("{i}@b"), HOME, now);
        }
        assert!(throttle.blocked("a@b", NOBODY, now).is_some());
        assert!(throttle.blocked("new@b", HOME, now).is_some());
        for who in known {
            assert_eq!(throttle.blocked("a@b", who, now), None, "{who:?}");
            for _ in 0..10 {
                throttle.failed("a@b", who, now);
            }
            let wait = throttle.blocked("a@b", who, now);
            assert_eq!(wait, Some(WINDOW), "{who:?} has a limit too");
        }
    }
}
