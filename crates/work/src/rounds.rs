use std::{
    fmt::Display,
    future::{Future, Pending, pending, ready},
    sync::Arc,
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::Backoff;

/// The time when the next round begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// At once: there was work, and there may be more.
    Now,
    /// The time when a wake comes, at the latest after this time.
    Within(Duration),
}

/// Work that is done in rounds. A round always runs to its end, because it may hold a lease.
pub trait Rounds: Send + Sized {
    /// The reason why a round failed.
    type Error: Display + Send;

    /// Does one round of work.
    fn round(&mut self) -> impl Future<Output = Result<Next, Self::Error>> + Send;

    /// Returns the waits after failed rounds. A wake does not cut them short.
    fn backoff(&self) -> Backoff;

    /// Waits until somebody reports new work. The default never wakes: each round looks for work.
    fn woken(&self) -> impl Future<Output = ()> + Send {
        pending()
    }

    /// Ends the work, and releases leases.
    fn rest(&mut self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Does rounds until `stop` is cancelled, and then calls [`rest`](Self::rest).
    fn run(mut self, name: Arc<str>, stop: CancellationToken) -> impl Future<Output = ()> + Send {
        async move {
            let mut failures = 0;
            while !stop.is_cancelled() {
                let wait = match self.round().await {
                    Ok(next) => {
                        failures = 0;
                        match next {
                            Next::Now => continue,
                            Next::Within(wait) => wait,
                        }
                    }
                    Err(error) => {
                        failures += 1;
                        tracing::warn!(worker = %name, %error, "a round failed; it is retried");
                        self.backoff().longest_wait(failures)
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.woken(), if failures == 0 => {}
                    () = sleep(wait) => {}
                }
            }
            self.rest().await;
        }
    }
}

/// Rounds of a function that returns how much work it did. The next round begins at once after work, otherwise after a
/// period.
pub struct Every<S, F, W = fn(S) -> Pending<()>> {
    period: Duration,
    state: S,
    round: F,
    woken: W,
}

impl<S, F> Every<S, F> {
    /// Makes rounds without wakes. Each round gets a clone of the state.
    pub fn new<Round>(period: Duration, state: S, round: F) -> Self
    where
        F: Fn(S) -> Round,
    {
        Self {
            period,
            state,
            round,
            woken: |_| pending(),
        }
    }

    /// Wakes the rounds when the future of `woken` ends. It is made anew for each wait.
    pub fn woken_by<W, Wake>(self, woken: W) -> Every<S, F, W>
    where
        W: Fn(S) -> Wake,
    {
        Every {
            period: self.period,
            state: self.state,
            round: self.round,
            woken,
        }
    }
}

impl<S, F, W, Round, Wake, E> Rounds for Every<S, F, W>
where
    S: Clone + Send + Sync,
    F: Fn(S) -> Round + Send + Sync,
    Round: Future<Output = Result<usize, E>> + Send,
    W: Fn(S) -> Wake + Send + Sync,
    Wake: Future<Output = ()> + Send,
    E: Display + Send,
{
    type Error = E;

    async fn round(&mut self) -> Result<Next, E> {
        let count = (self.round)(self.state.clone()).await?;
        Ok(match count {
            0 => Next::Within(self.period),
            _ => Next::Now,
        })
    }

    fn backoff(&self) -> Backoff {
        let longest = (self.period * 64).min(Duration::from_secs(60));
        Backoff::new(self.period * 2, longest.max(self.period))
    }

    fn woken(&self) -> impl Future<Output = ()> + Send {
        (self.woken)(self.state.clone())
    }
}
