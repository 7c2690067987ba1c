use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use wabakit_domain::{Time, ids::AccountId, outbound::Outcome};

/// The number of seconds that are kept for each phone number.
const SECONDS: i64 = 60;

/// Counts what this process sends.
#[derive(Default)]
pub struct SendMeter {
    submitted: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    again: AtomicU64,
    unknown: AtomicU64,
    /// Requests in progress.
    requests: AtomicU64,
    /// By number and second, how many requests began.
    seconds: Mutex<HashMap<AccountId, Vec<(i64, u32)>>>,
}

/// The counts since the process began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SendTotals {
    /// Messages that were queued.
    pub submitted: u64,
    /// Attempts that Meta accepted.
    pub accepted: u64,
    /// Attempts that Meta refused for good.
    pub refused: u64,
    /// Attempts that were refused and will be retried.
    pub again: u64,
    /// Attempts with an unknown outcome.
    pub unknown: u64,
    /// Requests in progress now.
    pub requests: u64,
}

impl SendMeter {
    pub(super) fn submitted(&self, messages: usize) {
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        self.submitted.fetch_add(messages, Ordering::Relaxed);
    }

    /// Counts a request that began.
    pub(super) fn began(&self, account: AccountId, now: Time) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let second = now.timestamp();
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = seconds.entry(account).or_default();
        match counts.last_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => {
                counts.retain(|(at, _)| *at > second - SECONDS);
                counts.push((second, 1));
            }
        }
    }

    /// Counts a request that ended.
    pub(super) fn ended(&self, outcome: &Outcome) {
        self.requests.fetch_sub(1, Ordering::Relaxed);
        let counter = match outcome {
            Outcome::Accepted { .. } => &self.accepted,
            Outcome::Refused { .. } => &self.refused,
            Outcome::Again { .. } => &self.again,
            Outcome::Unknown { .. } => &self.unknown,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the requests of this number that this process began within the last minute.
    pub fn last_minute(&self, account: AccountId, now: Time) -> u64 {
        let seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = seconds.get(&account).into_iter().flatten();
        let since = now.timestamp() - SECONDS;
        counts
            .filter(|(at, _)| *at > since)
            .map(|(_, count)| u64::from(*count))
            .sum()
    }

    /// Returns the counts.
    pub fn totals(&self) -> SendTotals {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SendTotals {
            submitted: read(&self.submitted),
            accepted: read(&self.accepted),
            refused: read(&self.refused),
            again: read(&self.again),
            unknown: read(&self.unknown),
            requests: read(&self.requests),
        }
    }
}
