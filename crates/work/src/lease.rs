use std::time::Duration;

use tokio::time::Instant;

/// How long leases of a kind run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeaseTerm {
    length: Duration,
    margin: Duration,
}

impl LeaseTerm {
    /// Makes a term from how long the database grants a lease for, and the last part of it in which nothing is begun:
    /// clocks go differently, and work takes time to arrive.
    pub const fn new(length: Duration, margin: Duration) -> Self {
        Self { length, margin }
    }

    /// Returns how long the database is to grant a lease for.
    pub const fn length(&self) -> Duration {
        self.length
    }

    /// Notes that a lease is asked for now. To be called before the query is sent, so that a slow answer can only
    /// shorten the lease.
    pub fn ask(&self) -> LeaseRequest {
        LeaseRequest {
            term: *self,
            asked: Instant::now(),
        }
    }
}

/// A lease that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeaseRequest {
    term: LeaseTerm,
    asked: Instant,
}

impl LeaseRequest {
    /// Returns the lease that the database granted under this fencing token.
    pub fn granted(self, token: i64) -> Lease {
        Lease {
            token,
            request: self,
        }
    }
}

/// The right of one process to do some work until a deadline of the monotonic clock, and the fencing token under which
/// it does it. The deadline saves work in vain; what keeps a late process out is that writes check the token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lease {
    token: i64,
    request: LeaseRequest,
}

impl Lease {
    /// The fencing token: larger each time that the lease changes hands.
    pub const fn token(&self) -> i64 {
        self.token
    }

    /// Until when work may be begun.
    pub fn deadline(&self) -> Instant {
        let LeaseRequest { term, asked } = self.request;
        asked + term.length.saturating_sub(term.margin)
    }

    /// Whether work may be begun now.
    pub fn is_held(&self) -> bool {
        Instant::now() < self.deadline()
    }

    /// Whether it is time to prolong it: a third of its length has gone.
    pub fn is_due(&self) -> bool {
        self.request.asked.elapsed() >= self.request.term.length / 3
    }
}
