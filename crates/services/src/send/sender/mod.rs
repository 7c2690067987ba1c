//! The sending engine: sends queued messages to Meta when they are due, at the number's pace, once.
//!
//! One process at a time sends a number's queue, under a lease; the lease exists for the pace. The message's row
//! prevents a second send: it is marked as dispatching just before the request, and from then on only the outcome of
//! the request, or a proof, changes its state.

mod attempt;
mod circuits;
mod dispatcher;
mod holds;
mod keeper;
mod number;
mod outcomes;
mod overdue;
mod pace;
mod unsure;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use wabakit_work::Every;

use self::{
    circuits::Circuits, dispatcher::Dispatcher, keeper::Keeper, outcomes::OutcomeWriter,
    unsure::Unsure,
};
use super::{SendMeter, SendPorts, SendSettings, files::SendFiles, wakes::Wakes};

/// The time to wait for requests in progress when the process stops. A request without an answer by then has an
/// unknown outcome.
const DRAIN: Duration = Duration::from_secs(20);
/// The time to write the last outcomes when the process stops. A database that takes none must not keep a process
/// alive that was told to end: the next owner finds these messages as those of a dead process, and waits for proof.
const LAST_OUTCOMES: Duration = Duration::from_secs(20);

/// The sending engine of this process. Cheap to clone.
#[derive(Clone)]
pub struct Sender(Arc<Shared>);

/// The state that all parts of the engine share.
struct Shared {
    ports: SendPorts,
    settings: SendSettings,
    files: SendFiles,
    wakes: Arc<Wakes>,
    meter: Arc<SendMeter>,
    circuits: Circuits,
    dispatcher: Dispatcher,
    outcomes: OutcomeWriter,
    unsure: Unsure,
    /// Limits the requests in progress. Numbers get permits in the order of asking.
    requests: Arc<Semaphore>,
    tasks: TaskTracker,
    /// This process's name in leases.
    owner: Uuid,
}

impl Sender {
    /// Creates the engine on these ports. Nothing is sent before [`Sender::start`].
    pub(super) fn new(
        ports: SendPorts,
        settings: SendSettings,
        files: SendFiles,
        wakes: Arc<Wakes>,
        meter: Arc<SendMeter>,
    ) -> Self {
        let owner = ports.base.ids.next();
        Self(Arc::new(Shared {
            circuits: Circuits::default(),
            dispatcher: Dispatcher::new(ports.clone(), owner),
            outcomes: OutcomeWriter::new(ports.clone()),
            unsure: Unsure::default(),
            requests: Arc::new(Semaphore::new(settings.requests.max(1))),
            tasks: TaskTracker::new(),
            ports,
            settings,
            files,
            wakes,
            meter,
            owner,
        }))
    }

    /// Starts the workers on the current runtime. When the token is cancelled, no new request begins; requests in
    /// progress are waited for, and their outcomes are written. Both end after 20 seconds each.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        if self.0.settings.hold {
            tracing::warn!("the sender is stopped: messages are queued, and wait");
            return workers;
        }
        let supervisor = &self.0.ports.base.supervisor;
        let shared = || self.0.clone();
        // The outcome writers outlive the token, because they write the outcomes of the last requests.
        let drained = CancellationToken::new();
        let outcomes = supervisor.supervise(
            "send.outcomes",
            &drained,
            shared(),
            |shared, stop| async move {
                shared.outcomes.run(&stop).await;
            },
        );
        let last = drained.clone();
        workers.spawn(async move {
            let over = async move {
                last.cancelled().await;
                sleep(LAST_OUTCOMES).await;
            };
            tokio::select! {
                () = outcomes => {}
                () = over => tracing::error!("the last outcomes could not be written: their messages wait for proof"),
            }
        });
        workers.spawn(supervisor.supervise(
            "send.dispatch",
            &drained,
            shared(),
            |shared, stop| async move {
                shared.dispatcher.run(&stop).await;
            },
        ));
        workers.spawn(supervisor.repeat("send.overdue", stop, shared(), |shared| {
            Every::new(overdue::LOOK, shared, |shared| async move {
                overdue::settle(&shared).await
            })
        }));
        // The loops of the numbers continue when the keeper dies, and its successor takes them over.
        let keeper = Arc::new(Mutex::new(Keeper::new(shared())));
        let run =
            |keeper: Arc<Mutex<Keeper>>, stop| async move { keeper.lock().await.run(&stop).await };
        let keeping = supervisor.supervise("send.keeper", stop, keeper.clone(), run);
        let shared = shared();
        workers.spawn(async move {
            keeping.await;
            shared.tasks.close();
            if timeout(DRAIN, shared.tasks.wait()).await.is_err() {
                tracing::warn!("requests to Meta are still under way: their outcome is unknown");
            }
            keeper.lock().await.release().await;
            drained.cancel();
        });
        workers
    }
}
