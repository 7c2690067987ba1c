use std::{future::Future, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    Backoff, Rounds, WorkerHealth,
    caught::caught,
    health::{Slot, Table},
};

/// The wait before a dead worker is restarted. It is short, because callers wait for writers meanwhile.
const RESTART: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
/// A worker that ran this long before it died starts its backoff anew.
const STEADY: Duration = Duration::from_secs(60);
/// The number of times that a worker that dies after it was told to stop is restarted, so that it can write the waiting
/// entries.
const LAST_TRIES: u32 = 3;

/// The death of a task: it panicked, or a test killed it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{worker} died: {reason}")]
pub struct Died {
    /// The task's name.
    pub worker: Arc<str>,
    /// The panic's message.
    pub reason: String,
}

/// Restarts the process's workers when they die, and reports the health of each. Cheap to clone.
#[derive(Clone, Default)]
pub struct Supervisor(Arc<Table>);

impl Supervisor {
    /// Runs a loop until it returns after `stop` was cancelled. A loop that panics or returns earlier is counted,
    /// logged, and restarted after a backoff with a clone of the state. The returned future does the work: spawn it.
    pub fn supervise<S, F>(
        &self,
        name: &str,
        stop: &CancellationToken,
        state: S,
        run: impl Fn(S, CancellationToken) -> F + Send + Sync + 'static,
    ) -> impl Future<Output = ()> + Send + 'static
    where
        S: Clone + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (slot, stop) = (self.0.slot(name), stop.clone());
        async move {
            let (mut failures, mut last_tries) = (0, 0);
            loop {
                let began = Instant::now();
                // The loop is made inside, because making it may panic too.
                let (state, token) = (state.clone(), stop.clone());
                let reason = match within(&slot, async { run(state, token).await }).await {
                    Ok(()) if stop.is_cancelled() => return,
                    Ok(()) => "it returned before it was told to".to_owned(),
                    Err(reason) => reason,
                };
                slot.died(&reason);
                let _down = slot.down();
                if stop.is_cancelled() {
                    last_tries += 1;
                    if last_tries > LAST_TRIES {
                        return;
                    }
                    continue;
                }
                if began.elapsed() >= STEADY {
                    failures = 0;
                }
                failures += 1;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep(RESTART.longest_wait(failures)) => {}
                }
            }
        }
    }

    /// Supervises rounds of work until `stop` is cancelled, as [`supervise`](Self::supervise) does a loop.
    pub fn repeat<S, R>(
        &self,
        name: &str,
        stop: &CancellationToken,
        state: S,
        make: impl Fn(S) -> R + Send + Sync + 'static,
    ) -> impl Future<Output = ()> + Send + 'static
    where
        S: Clone + Send + 'static,
        R: Rounds + 'static,
    {
        let worker: Arc<str> = name.into();
        self.supervise(name, stop, state, move |state, stop| {
            make(state).run(worker.clone(), stop)
        })
    }

    /// Runs a task once. Its death is counted and logged like a worker's, but the task is not restarted.
    ///
    /// # Errors
    /// [`Died`], when the task panicked.
    pub fn watch<F>(
        &self,
        name: &str,
        task: F,
    ) -> impl Future<Output = Result<F::Output, Died>> + Send + use<F>
    where
        F: Future<Output: Send> + Send,
    {
        let slot = self.0.slot(name);
        async move {
            within(&slot, task).await.map_err(|reason| {
                slot.died(&reason);
                Died {
                    worker: slot.name.clone(),
                    reason,
                }
            })
        }
    }

    /// Returns the health of every worker, in order of their names.
    pub fn health(&self) -> Vec<WorkerHealth> {
        self.0.health()
    }

    /// Kills the tasks of a name, wherever they wait at that moment. Returns whether any ran. For tests.
    #[doc(hidden)]
    pub fn kill(&self, name: &str) -> bool {
        let slot = self.0.known(name).filter(|slot| slot.is_running());
        slot.is_some_and(|slot| {
            slot.kill.notify_waiters();
            true
        })
    }
}

async fn within<F: Future>(slot: &Slot, future: F) -> Result<F::Output, String> {
    let killed = slot.kill.notified();
    let _running = slot.run();
    tokio::select! {
        biased;
        ended = caught(future) => ended,
        () = killed => Err("it was killed by a test".to_owned()),
    }
}
