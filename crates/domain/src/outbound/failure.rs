//! Decides what follows a failed attempt, as a pure function. The message's expiry limits the retries, not a count.

use chrono::Duration;

use super::WaitReason;
use crate::{
    Time,
    explain::{Retry, explain},
};

/// Tells whether Meta may have accepted a message whose request failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Certainty {
    /// The request never reached Meta, or Meta refused it before processing: the same message may be sent again.
    NotTaken,
    /// Meta refused it for good.
    Refused,
    /// The token could not be opened, or Meta does not accept it: the message was not accepted.
    NotAllowed,
    /// Meta may have accepted it.
    Unknown,
}

/// A failed attempt to send a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Tells whether Meta may have accepted the message.
    pub certainty: Certainty,
    /// Meta's code, if it sent one.
    pub code: Option<i64>,
    /// The HTTP status, if there was an answer. It says less than the code.
    pub http_status: Option<u16>,
    /// The time that Meta asks to wait.
    pub retry_after: Option<std::time::Duration>,
    /// The number of the message's attempt, from 1.
    pub number: i32,
    /// How many probes of the blocked number, WABA or grant failed in a row before this one. The pauses grow with it.
    pub strikes: u32,
}

/// The times between retries of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetryPolicy {
    /// The first wait, before jitter; it doubles with each attempt.
    pub base: Duration,
    /// The longest wait that we choose.
    pub longest: Duration,
    /// The pause of a number that reached its throughput, when Meta names no time.
    pub limited: Duration,
    /// The pause of a WhatsApp Business Account or an app that made too many requests.
    pub waba_limited: Duration,
    /// The shortest and the longest pause of a number under maintenance, which takes Meta about a minute.
    pub maintenance: (Duration, Duration),
    /// The longest wait for one recipient.
    pub pair: Duration,
    /// The first wait before a blocked account or token is probed again. It doubles with each failure …
    pub probe: Duration,
    /// … up to this wait.
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

/// The decision about a failed attempt.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Verdict {
    /// The next state of the message.
    pub next: Next,
    /// The consequences for other messages.
    pub effects: Effects,
}

/// The next state of a message after a failed attempt.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Next {
    /// It is retried.
    Again {
        /// The earliest time.
        due_at: Time,
        /// The reason why it waits.
        wait: WaitReason,
    },
    /// It failed.
    Refused,
    /// Nobody knows whether Meta accepted it. It is never sent again by itself.
    Unknown,
}

/// The consequences of a failed attempt for other messages.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Effects {
    /// Nothing is sent to this recipient before this time.
    pub pair_until: Option<Time>,
    /// Nothing is sent from this number before the block ends.
    pub number: Option<Block>,
    /// Nothing is sent from this WhatsApp Business Account before the block ends.
    pub waba: Option<Block>,
    /// Nothing is sent with this grant's token before the block ends, unless the account is connected again.
    pub grant: Option<Block>,
    /// Tells whether the number's pace is too high.
    pub slow_down: bool,
}

/// A stop of sending until a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// The end of the block. Then one message probes.
    pub until: Time,
    /// The reason.
    pub reason: WaitReason,
}

/// Decides what follows a failed attempt.
///
/// A known code of Meta decides (see [`explain`](crate::explain)), but a message that Meta may have accepted is never
/// sent again. `random_unit` is uniform in 0 to 1 and spreads the waits ("full jitter"). A value outside is clamped,
/// and NaN counts as 1. A wait that Meta demands is kept in full up to 30 days, and jitter is added to it.
///
/// Source of the classes: Meta, "Error codes"; of 131056's wait of 4^X seconds: Meta, "About the platform".
pub fn decide_next_attempt(
    attempt: &Attempt,
    now: Time,
    random_unit: f64,
    policy: &RetryPolicy,
) -> Verdict {
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

/// A longer wait counts as 30 days: no message lives longer.
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

    /// Returns the wait that Meta asks for.
    fn hint(&self) -> Duration {
        let asked = self.attempt.retry_after.unwrap_or_default();
        Duration::from_std(asked).map_or(LONGEST_HINT, |asked| asked.min(LONGEST_HINT))
    }

    /// Returns the wait that Meta asks for, or a default.
    fn hint_or(&self, otherwise: Duration) -> Duration {
        match self.attempt.retry_after {
            Some(_) => self.hint(),
            None => otherwise,
        }
    }

    /// Returns a random share of a time.
    fn share(&self, whole: Duration) -> Duration {
        // Milliseconds are exact enough, and the cast of a share of a positive number cannot overflow.
        Duration::milliseconds((whole.num_milliseconds() as f64 * self.unit) as i64)
    }

    fn jitter(&self) -> Duration {
        let before = u32::try_from(self.attempt.number.saturating_sub(1)).unwrap_or(0);
        self.share(doubled(self.policy.base, before, self.policy.longest))
    }

    /// Returns when a block is probed.
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

    /// Decides for a token that cannot be used. The message waits, because nothing is wrong with it. It is due soon,
    /// so that it is sent at once when the account is connected again; until then the block holds it back.
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
            // The limits of the app, the token and others. Meta does not say which number caused them.
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
            // The number is not registered, or was deleted.
            Some(33 | 131_045 | 133_010) => Effects {
                number: block(WaitReason::AccountBlocked),
                ..Effects::default()
            },
            // A policy, a lock, payment, or templates in the wrong category.
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
