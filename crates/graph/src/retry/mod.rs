//! Decides when a failed request is retried: a pure function, the policies that it follows, and the source of jitter.
//! Requests that send a message are made once and never reach it.

mod advice;
mod random;

use std::time::Duration;

pub use advice::RetryAdvice;
pub(crate) use advice::advise;
pub(crate) use random::{Random, system_random};

use crate::error::Replay;

/// The number of retries of a request, and the time for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRetryPolicy {
    /// The most attempts, the first included. 0 and 1 both mean one.
    pub max_attempts: u32,
    /// The first wait before jitter; it doubles with each attempt.
    pub base_delay: Duration,
    /// The longest wait that we choose.
    pub max_delay: Duration,
    /// The longest wait that we accept from Meta. If Meta demands more, the caller is told at once, through
    /// [`GraphError::retry_after`](crate::GraphError::retry_after).
    pub max_demanded_delay: Duration,
}

impl CallRetryPolicy {
    /// Makes each request once.
    pub const NEVER: Self = Self {
        max_attempts: 1,
        ..Self::STANDARD
    };

    /// Three attempts, waits of up to 0.5 s and 1 s; demands of up to 10 s are honoured.
    pub const STANDARD: Self = Self {
        max_attempts: 3,
        base_delay: Duration::from_millis(500),
        max_delay: Duration::from_secs(8),
        max_demanded_delay: Duration::from_secs(10),
    };
}

impl Default for CallRetryPolicy {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// A failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedAttempt {
    /// Tells whether Meta may have carried the request out.
    pub replay: Replay,
    /// The time that Meta asked to wait.
    pub retry_after: Option<Duration>,
}

/// The decision after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Return the error to the caller.
    GiveUp,
    /// Retry after this time.
    RetryAfter(Duration),
}

/// Decides what follows a failed attempt.
///
/// `attempt` counts from 1. `random_unit` is uniform in 0 to 1 and spreads the waits ("full jitter"). A value outside
/// is clamped, and NaN counts as 1. A wait that Meta demands is kept in full, and jitter is added to it.
///
/// A request that is not idempotent is never retried when Meta may have carried it out.
pub fn decide_call_retry(
    attempt: u32,
    failure: &FailedAttempt,
    idempotent: bool,
    policy: &CallRetryPolicy,
    random_unit: f64,
) -> RetryDecision {
    let repeatable = match failure.replay {
        Replay::RejectedBeforeProcessing => true,
        Replay::Ambiguous => idempotent,
        Replay::Final => false,
    };
    if !repeatable || attempt >= policy.max_attempts {
        return RetryDecision::GiveUp;
    }
    let demanded = failure.retry_after.unwrap_or_default();
    if demanded > policy.max_demanded_delay {
        return RetryDecision::GiveUp;
    }
    let doublings = attempt.saturating_sub(1).min(31);
    let ceiling = policy
        .base_delay
        .saturating_mul(1 << doublings)
        .min(policy.max_delay);
    let unit = if random_unit.is_nan() {
        1.0
    } else {
        random_unit.clamp(0.0, 1.0)
    };
    let jitter = Duration::try_from_secs_f64(ceiling.as_secs_f64() * unit)
        .map_or(ceiling, |jitter| jitter.min(ceiling));
    RetryDecision::RetryAfter(demanded.saturating_add(jitter))
}

#[cfg(test)]
mod tests;
