use std::{
    collections::VecDeque,
    fmt::Display,
    future::{Future, pending},
    time::Duration,
};

use tokio::time::Instant;

use crate::{Backoff, Lease, LeaseTerm, Next, Rounds};

/// The interval at which the subscriber looks for events of other processes.
const LOOK: Duration = Duration::from_millis(250);
/// The interval at which the subscriber asks for a lease that another process holds.
const WAIT: Duration = Duration::from_secs(1);
/// The interval at which the subscriber compares all logs with their cursors, to find what a look at the recently moved
/// logs missed.
const SWEEP: Duration = Duration::from_secs(60);
const TERM: LeaseTerm = LeaseTerm::new(Duration::from_secs(10), Duration::from_secs(2));
/// The most logs that are read in one round. The others wait for the next round.
const LOGS: usize = 64;

/// One subscriber's side of the store: its cursors, one for each log, and its work rows.
///
/// Each write carries the lease's fencing token, and fails when the token is not the newest.
pub trait Feed: Send + Sync {
    /// The id of a log.
    type Log: Copy + PartialEq + Send;
    /// The reason why the store failed. After an error the subscriber requests its lease again.
    type Error: Display + Send;

    /// Takes or renews the subscriber's lease for this time. Returns its token, or `None` while another process holds
    /// it.
    fn lease(
        &self,
        length: Duration,
    ) -> impl Future<Output = Result<Option<i64>, Self::Error>> + Send;

    /// Releases the lease.
    fn release(&self) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Finds logs that may have events behind their cursors: the recently moved ones, or all of them for a sweep.
    fn moved(
        &self,
        is_sweep: bool,
    ) -> impl Future<Output = Result<Vec<Self::Log>, Self::Error>> + Send;

    /// Reads a part of a log. Stores its work rows and moves the cursor behind it in one transaction. Returns whether
    /// there may be more.
    fn take_in(
        &self,
        token: i64,
        log: Self::Log,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Does some of the due work. Returns how many work rows it tried.
    fn work(&self, token: i64) -> impl Future<Output = Result<usize, Self::Error>> + Send;

    /// Waits until a log grows in this process.
    fn woken(&self) -> impl Future<Output = ()> + Send {
        pending()
    }
}

/// A durable subscriber of many logs. One process at a time reads new events and does the work that they cause.
pub struct Subscriber<F: Feed> {
    feed: F,
    lease: Option<Lease>,
    swept: Option<Instant>,
    logs: VecDeque<F::Log>,
}

impl<F: Feed> Subscriber<F> {
    /// Makes a subscriber without a lease. Its first round sweeps all logs.
    pub fn new(feed: F) -> Self {
        Self {
            feed,
            lease: None,
            swept: None,
            logs: VecDeque::new(),
        }
    }

    /// Returns the lease, after requesting or renewing it where that is due.
    async fn lease(&mut self) -> Result<Option<Lease>, F::Error> {
        if self.lease.is_none_or(|lease| lease.is_due()) {
            let request = TERM.ask();
            let token = self.feed.lease(TERM.length()).await?;
            self.lease = token.map(|token| request.granted(token));
        }
        Ok(self.lease.filter(Lease::is_held))
    }

    async fn look(&mut self) -> Result<(), F::Error> {
        let is_sweep = self.swept.is_none_or(|swept| swept.elapsed() >= SWEEP);
        let moved = self.feed.moved(is_sweep).await?;
        for log in moved {
            if !self.logs.contains(&log) {
                self.logs.push_back(log);
            }
        }
        if is_sweep {
            self.swept = Some(Instant::now());
        }
        Ok(())
    }

    async fn try_round(&mut self) -> Result<Next, F::Error> {
        if self.lease().await?.is_none() {
            // The holder may die in the middle of a log, so the next lease begins with a sweep.
            self.swept = None;
            return Ok(Next::Within(WAIT));
        }
        self.look().await?;
        let mut is_busy = false;
        for _ in 0..self.logs.len().min(LOGS) {
            let (Some(lease), Some(log)) = (self.lease().await?, self.logs.pop_front()) else {
                break;
            };
            is_busy = true;
            match self.feed.take_in(lease.token(), log).await {
                Ok(true) => self.logs.push_back(log),
                Ok(false) => {}
                Err(error) => {
                    self.logs.push_back(log);
                    return Err(error);
                }
            }
        }
        if let Some(lease) = self.lease().await? {
            is_busy |= self.feed.work(lease.token()).await? > 0;
        }
        Ok(match is_busy {
            true => Next::Now,
            false => Next::Within(LOOK),
        })
    }
}

impl<F: Feed> Rounds for Subscriber<F> {
    type Error = F::Error;

    async fn round(&mut self) -> Result<Next, F::Error> {
        let next = self.try_round().await;
        if next.is_err() {
            self.lease = None;
        }
        next
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(LOOK, Duration::from_secs(10))
    }

    fn woken(&self) -> impl Future<Output = ()> + Send {
        self.feed.woken()
    }

    async fn rest(&mut self) {
        if self.lease.take().is_some()
            && let Err(error) = self.feed.release().await
        {
            tracing::debug!(%error, "a lease could not be given up; it lapses");
        }
    }
}
