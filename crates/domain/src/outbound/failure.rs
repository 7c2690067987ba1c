//! What follows a failed attempt: one pure decision. How often a message is tried is bounded by its expiry, not by
//! a count.

use chrono::Duration;

use super::WaitReason;
use crate::{
    Time,
    explain::{Retry, explain},
};

/// Whether Meta may have taken a message whose request failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Certainty {
    /// The request never reached Meta, or Meta refused it before it was processed: the same message may be sent
    /// again.
    NotTaken,
    /// Meta refused it for good.
    Refused,
    /// The token could not be opened, or Meta does not accept it: nothing was taken.
    NotAllowed,
    /// It may have been taken.
    Unknown,
}

/// A failed attempt, as far as the decision needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Whether Meta may have taken the message.
    pub certainty: Certainty,
    /// Meta's code, where it told one.
    pub code: Option<i64>,
    /// HTTP's status, where there was an answer. It says less than the code.
    pub http_status: Option<u16>,
    /// How long Meta asks to stay away.
    pub retry_after: Option<std::time::Duration>,
    /// Which attempt of the message it was, from 1.
    pub number: i32,
    /// How often in a row what Meta blocks was tried in vain before, by any message: the pauses grow with it.
    pub strikes: u32,
}

/// How patiently messages are tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetryPolicy {
    /// The first wait, before jitter; it doubles with each attempt.
    pub base: Duration,
    /// The longest wait of our own choosing.
    pub longest: Duration,
    /// How long a number pauses that reached its throughput, where Meta names no time.
    pub limited: Duration,
    /// The same for a WhatsApp Business Account or app that made too many requests.
    pub waba_limited: Duration,
    /// The shortest and longest pause of a number that Meta maintains; it takes about a minute.
    pub maintenance: (Duration, Duration),
    /// The longest wait for one person.
    pub pair: Duration,
    /// How soon it is tried whether a blocked account or token works again; it doubles with each failure …
    pub probe: Duration,
    /// … up to this.
    pub longest_probe: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            base: Duration::seconds(1),
            longest: Duration::minutes(5),
            limited: Duration::seconds(1),
            waba_limited: Duration::minutes(1),
            maintenance: (Duration::seconds(10), Duration::minutes(1)),
            pair: Duration::minutes(10),
            probe: Duration::seconds(30),
            longest_probe: Duration::hours(1),
        }
    }
}

/// What follows a failed attempt.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Verdict {
    /// For the message.
    pub next: Next,
    /// For others.
    pub effects: Effects,
}

/// What follows for the message.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Next {
    /// It is queued again.
    Again {
        /// Not before.
        due_at: Time,
        /// Why it waits.
        wait: WaitReason,
    },
    /// It failed.
    Refused,
    /// Nobody knows whether Meta took it; it is never sent again by itself.
    Unknown,
}

/// What follows for other messages.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Effects {
    /// Nothing goes to this person before.
    pub pair_until: Option<Time>,
    /// Nothing goes out from this number before.
    pub number: Option<Block>,
    /// Nothing goes out from this WhatsApp Business Account before.
    pub waba: Option<Block>,
    /// Nothing goes out by this grant's token before, unless the account is connected again.
    pub grant: Option<Block>,
    /// The number's pace is too high.
    pub slow_down: bool,
}

/// Nothing goes out before a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// Not before; then one message tries.
    pub until: Time,
    /// Why.
    pub reason: WaitReason,
}

/// Decides what follows a failed attempt.
///
/// The code is the authority where Meta told one that is known (see [`explain`](crate::explain)), but what may have
/// been taken is never sent again. `random_unit` is uniform in 0 to 1 and spreads the waits ("full jitter"); a value
/// outside is clamped, and one that is no number counts as 1. What Meta asks for is kept in full up to 30 days, and
/// jitter comes on top.
///
/// Source of the classes: Meta, "Error codes"; of 131056's wait of 4^X seconds: Meta, "About the platform".
pub fn decide(attempt: &Attempt, now: Time, random_unit: f64, policy: &RetryPolicy) -> Verdict {
    let judge = Judge {
        attempt,
        now,
        unit: if random_unit.is_nan() {
            1.0
        } else {
            random_unit.clamp(0.0, 1.0)
        },
        policy,
    };
    let retry = attempt.code.map(|code| explain(code).retry);
    match (attempt.certainty, retry) {
        (Certainty::Unknown, _) | (Certainty::Refused, Some(Retry::Unknown)) => judge.unknown(),
        (Certainty::NotAllowed, _) => judge.not_allowed(),
        (Certainty::NotTaken, _) | (Certainty::Refused, Some(Retry::Safe)) => judge.again(),
        (Certainty::Refused, _) => judge.refused(),
    }
}

/// A longer wait counts as this: no message lives as long.
const LONGEST_HINT: Duration = Duration::days(30);

struct Judge<'a> {
    attempt: &'a Attempt,
    now: Time,
    unit: f64,
    policy: &'a RetryPolicy,
}

impl Judge<'_> {
    fn after(&self, wait: Duration) -> Time {
        self.now + wait
    }

    /// What Meta asks for.
    fn hint(&self) -> Duration {
        let asked = self.attempt.retry_after.unwrap_or_default();
        Duration::from_std(asked).map_or(LONGEST_HINT, |asked| asked.min(LONGEST_HINT))
    }

    /// What Meta asks for, or this.
    fn hint_or(&self, otherwise: Duration) -> Duration {
        match self.attempt.retry_after {
            Some(_) => self.hint(),
            None => otherwise,
        }
    }

    /// A share of a time, by chance.
    fn share(&self, whole: Duration) -> Duration {
        // Milliseconds are exact enough, and the cast of a share of a positive number cannot overflow.
        Duration::milliseconds((whole.num_milliseconds() as f64 * self.unit) as i64)
    }

    fn jitter(&self) -> Duration {
        let before = u32::try_from(self.attempt.number.saturating_sub(1)).unwrap_or(0);
        self.share(doubled(self.policy.base, before, self.policy.longest))
    }

    /// Until when something blocked is left alone.
    fn probe(&self) -> Time {
        let pause = doubled(
            self.policy.probe,
            self.attempt.strikes,
            self.policy.longest_probe,
        );
        self.after(pause.max(self.hint()))
    }

    fn queued(&self, wait: Duration, reason: WaitReason, effects: Effects) -> Verdict {
        let due_at = self.after(wait);
        let next = Next::Again {
            due_at,
            wait: reason,
        };
        Verdict { next, effects }
    }

    fn unknown(&self) -> Verdict {
        Verdict {
            next: Next::Unknown,
            effects: Effects {
                // "Service overloaded".
                slow_down: self.attempt.code == Some(131_016),
                ..Effects::default()
            },
        }
    }

    /// The token: the message waits, for nothing is wrong with it. It is due soon, so that it goes at once when the
    /// account is connected again; until then the block holds it.
    fn not_allowed(&self) -> Verdict {
        let reason = WaitReason::TokenInvalid;
        let block = Block {
            until: self.probe(),
            reason,
        };
        let effects = Effects {
            grant: Some(block),
            ..Effects::default()
        };
        let wait = self.policy.base.max(self.hint()) + self.share(self.policy.base);
        self.queued(wait, reason, effects)
    }

    fn again(&self) -> Verdict {
        let block = |wait: Duration, reason| {
            Some(Block {
                until: self.after(wait),
                reason,
            })
        };
        let on_top = |wait: Duration| wait + self.jitter();
        match (self.attempt.code, self.attempt.http_status) {
            (Some(130_429), _) => {
                let wait = self.hint_or(self.policy.limited);
                let effects = Effects {
                    number: block(wait, WaitReason::NumberLimited),
                    slow_down: true,
                    ..Effects::default()
                };
                self.queued(on_top(wait), WaitReason::NumberLimited, effects)
            }
            (Some(131_056), _) => {
                let before = u32::try_from(self.attempt.number.saturating_sub(1)).unwrap_or(0);
                let seconds = 4_i64.saturating_pow(before);
                let wait = Duration::try_seconds(seconds).unwrap_or(self.policy.pair);
                let wait = wait.min(self.policy.pair).max(self.hint());
                let effects = Effects {
                    pair_until: Some(self.after(wait)),
                    ..Effects::default()
                };
                self.queued(wait, WaitReason::PairLimit, effects)
            }
            (Some(80_007 | 80_008), _) => {
                let wait = self.hint_or(self.policy.waba_limited);
                let effects = Effects {
                    waba: block(wait, WaitReason::WabaLimited),
                    ..Effects::default()
                };
                self.queued(on_top(wait), WaitReason::WabaLimited, effects)
            }
            // The app's, the token's and other limits, of which one number is told.
            (Some(4 | 17 | 613), _) | (None, Some(429)) => {
                let wait = self.hint_or(self.policy.waba_limited);
                let effects = Effects {
                    number: block(wait, WaitReason::NumberLimited),
                    slow_down: true,
                    ..Effects::default()
                };
                self.queued(on_top(wait), WaitReason::NumberLimited, effects)
            }
            (Some(131_057 | 133_004), _) => {
                let (least, most) = self.policy.maintenance;
                let wait = (least + self.share(most - least)).max(self.hint());
                let effects = Effects {
                    number: block(wait, WaitReason::NumberLimited),
                    ..Effects::default()
                };
                self.queued(wait, WaitReason::NumberLimited, effects)
            }
            _ => self.queued(on_top(self.hint()), WaitReason::Retry, Effects::default()),
        }
    }

    fn refused(&self) -> Verdict {
        let block = |reason| {
            Some(Block {
                until: self.probe(),
                reason,
            })
        };
        let effects = match self.attempt.code {
            // Not registered, or deleted.
            Some(33 | 131_045 | 133_010) => Effects {
                number: block(WaitReason::AccountBlocked),
                ..Effects::default()
            },
            // Policy, a lock, payment, templates in the wrong category.
            Some(368 | 131_031 | 131_042 | 131_064) => Effects {
                waba: block(WaitReason::AccountBlocked),
                ..Effects::default()
            },
            // Too many people blocked or reported the number.
            Some(131_048) => Effects {
                number: block(WaitReason::NumberLimited),
                slow_down: true,
                ..Effects::default()
            },
            _ => Effects::default(),
        };
        Verdict {
            next: Next::Refused,
            effects,
        }
    }
}

fn doubled(base: Duration, times: u32, longest: Duration) -> Duration {
    (base.checked_mul(1 << times.min(20))).map_or(longest, |wait| wait.min(longest))
}
