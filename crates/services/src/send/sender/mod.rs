//! The engine: takes queued messages to Meta, each at its time, at the number's pace, once.
//!
//! A number's queue is worked on by one process at a time, under a lease; that is for the pace. What keeps a
//! message from being sent twice is its row: it is written down as dispatching just before the request, and from
//! there it goes on only by what came of the request, or by proof.

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
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;
use wabakit_work::Every;

use self::{
    circuits::Circuits, dispatcher::Dispatcher, keeper::Keeper, outcomes::OutcomeWriter,
    unsure::Unsure,
};
use super::{SendMeter, SendPorts, SendSettings, files::SendFiles, wakes::Wakes};

/// How long requests under way are waited for when the process ends. What is not answered by then is unknown.
const DRAIN: Duration = Duration::from_secs(20);

/// The sending engine of this process. Cheap to clone.
#[derive(Clone)]
pub struct Sender(Arc<Shared>);

/// What all parts of the engine share.
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
    /// Requests under way at once; numbers get their turn in order of asking.
    requests: Arc<Semaphore>,
    tasks: TaskTracker,
    /// Names this process in leases.
    owner: Uuid,
}

impl Sender {
    /// Stands on these ports. Nothing is sent before [`Sender::start`].
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

    /// Starts the workers on the current runtime. When the token is cancelled nothing more is begun; requests
    /// under way are waited for, and what came of them is written.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        if self.0.settings.hold {
            tracing::warn!("the sender is held: what is submitted is queued, and waits");
            return workers;
        }
        let supervisor = &self.0.ports.base.supervisor;
        let shared = || self.0.clone();
        // These outlive the token: they write what came of the last requests.
        let drained = CancellationToken::new();
        workers.spawn(supervisor.supervise(
            "send.outcomes",
            &drained,
            shared(),
            |shared, stop| async move {
                shared.outcomes.run(&stop).await;
            },
        ));
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
        // The numbers' loops go on when the keeper dies, and the next one goes on with them.
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
