use std::time::Duration;

use tokio::time::Instant;

/// The length of one kind of lease.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeaseTerm {
    length: Duration,
    margin: Duration,
}

impl LeaseTerm {
    /// Makes a term. The database grants a lease for `length`. In the last `margin` of it no work is begun, because
    /// clocks differ and work takes time to arrive.
    pub const fn new(length: Duration, margin: Duration) -> Self {
        Self { length, margin }
    }

    /// Returns how long the database grants a lease for.
    pub const fn length(&self) -> Duration {
        self.length
    }

    /// Starts the lease's clock. Call it before the query is sent, so that a slow answer can only shorten the lease.
    pub fn ask(&self) -> LeaseRequest {
        LeaseRequest {
            term: *self,
            asked: Instant::now(),
        }
    }
}

/// A lease that was requested.
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

/// The right of one process to do some work until a deadline of the monotonic clock, with a fencing token. The deadline
/// only saves useless work. The token is what keeps a late process out: each write checks it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lease {
    token: i64,
    request: LeaseRequest,
}

impl Lease {
    /// Returns the fencing token. It grows each time that the lease changes hands.
    pub const fn token(&self) -> i64 {
        self.token
    }

    /// Returns the time until which work may be begun.
    pub fn deadline(&self) -> Instant {
        let LeaseRequest { term, asked } = self.request;
        asked + term.length.saturating_sub(term.margin)
    }

    /// Tells whether work may be begun now.
    pub fn is_held(&self) -> bool {
        Instant::now() < self.deadline()
    }

    /// Tells whether it is time to renew the lease: a third of its length has passed.
    pub fn is_due(&self) -> bool {
        self.request.asked.elapsed() >= self.request.term.length / 3
    }
}
