use std::{
    collections::VecDeque,
    fmt::Display,
    future::{Future, pending},
    time::Duration,
};

use tokio::time::Instant;

use crate::{Backoff, Lease, LeaseTerm, Next, Rounds};

/// How often it is looked for events that nobody in this process told of.
const LOOK: Duration = Duration::from_millis(250);
/// How often another process's lease is asked for.
const WAIT: Duration = Duration::from_secs(1);
/// How often all logs are compared with their cursors, for what was missed by looking at those that moved.
const SWEEP: Duration = Duration::from_secs(60);
const TERM: LeaseTerm = LeaseTerm::new(Duration::from_secs(10), Duration::from_secs(2));
/// Logs that are read in one round. The rest waits for the next.
const LOGS: usize = 64;

/// One subscriber's side of the store: its cursors, one for each log, and its work rows.
///
/// Each write is made under the lease's fencing token, and fails when the token is not the newest.
pub trait Feed: Send + Sync {
    /// Names a log.
    type Log: Copy + PartialEq + Send;
    /// Why the store failed. After one the lease is asked for anew.
    type Error: Display + Send;

    /// Takes or prolongs the subscriber's lease for this long. Answers its token; none while another process has it.
    fn lease(
        &self,
        length: Duration,
    ) -> impl Future<Output = Result<Option<i64>, Self::Error>> + Send;

    /// Gives the lease back.
    fn release(&self) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Finds logs that may go on behind their cursors: those that moved of late, or, for a sweep, all that do.
    fn moved(
        &self,
        is_sweep: bool,
    ) -> impl Future<Output = Result<Vec<Self::Log>, Self::Error>> + Send;

    /// Reads a part of a log, and in one transaction stores the work rows that it makes and moves the cursor behind
    /// it. Answers whether there may be more.
    fn take_in(
        &self,
        token: i64,
        log: Self::Log,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Does some of the work that is due. Answers how much it tried.
    fn work(&self, token: i64) -> impl Future<Output = Result<usize, Self::Error>> + Send;

    /// Waits until some log of this process moves.
    fn woken(&self) -> impl Future<Output = ()> + Send {
        pending()
    }
}

/// A durable subscriber of many logs: one process at a time reads what is new and does the work that comes of it.
pub struct Subscriber<F: Feed> {
    feed: F,
    lease: Option<Lease>,
    swept: Option<Instant>,
    logs: VecDeque<F::Log>,
}

impl<F: Feed> Subscriber<F> {
    /// Makes a subscriber that has read nothing yet in this process.
    pub fn new(feed: F) -> Self {
        Self {
            feed,
            lease: None,
            swept: None,
            logs: VecDeque::new(),
        }
    }

    /// Returns the lease, asked for or prolonged where it is time.
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
            // Whoever has it may die in the middle of a log: then all are looked at.
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
            tracing::debug!(%error, "a lease lapses by itself");
        }
    }
}
