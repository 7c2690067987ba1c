//! What goes on without anybody asking, on every replica.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    EventService, InboxService, IngestService, JournalWriter, MediaService, ReceivePorts,
    ReceiveSettings, WebhookLogService, applier::Applier, jobs::Applying, rejections::RejectionLog,
    retries::retry_due, routes::Routes, secrets::SecretCache, splitter::Splitter,
    traffic::TrafficLog, upkeep, wakes::Wakes,
};
use crate::ServiceError;

/// Receiving, put together. One instance serves the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Receive {
    /// What Meta posts.
    pub ingest: IngestService,
    /// The event log.
    pub events: EventService,
    /// Conversations, messages, contacts.
    pub inbox: InboxService,
    /// Files.
    pub media: MediaService,
    /// What Meta sent, and what became of it.
    pub webhooks: WebhookLogService,
    ports: ReceivePorts,
    settings: Arc<ReceiveSettings>,
    writer: JournalWriter,
    wakes: Arc<Wakes>,
    rejections: Arc<RejectionLog>,
    routes: Routes,
    traffic: Arc<TrafficLog>,
    /// Names this process in turns.
    owner: Uuid,
}

impl Receive {
    /// Stands on these ports. Nothing is written before [`Receive::start`].
    pub fn new(ports: ReceivePorts, settings: ReceiveSettings) -> Self {
        let wakes = Arc::new(Wakes::new(settings.processor.appliers));
        let writer = JournalWriter::new(
            ports.journal.clone(),
            ports.base.ids.clone(),
            wakes.clone(),
            settings.writer,
        );
        let rejections = Arc::new(RejectionLog::default());
        let secrets = SecretCache::new(ports.base.clone(), settings.more_app_secrets.clone());
        Self {
            ingest: IngestService::new(ports.clone(), secrets, writer.clone(), rejections.clone()),
            events: EventService::new(ports.clone(), settings.ticket_key.clone()),
            inbox: InboxService::new(ports.clone()),
            media: MediaService::new(ports.clone()),
            webhooks: WebhookLogService::new(ports.clone(), writer.clone(), wakes.clone()),
            routes: Routes::new(ports.changes.clone()),
            traffic: Arc::default(),
            owner: ports.base.ids.next(),
            ports,
            settings: Arc::new(settings),
            writer,
            wakes,
            rejections,
        }
    }
}

/// How often it is looked for what nobody in this process told of: work, and word, of other replicas.
const POLL: Duration = Duration::from_millis(100);
/// An idle splitter keeps its turn for this many looks.
const LINGER: u32 = 5;
const SOON: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl Receive {
    /// Starts the workers on the current runtime. They end when the token is cancelled, after the round that they
    /// are in; the writer then still writes what waits. Stop taking requests before cancelling it.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        for _ in 0..self.settings.writer.commits.max(1) {
            let (this, stop) = (self.clone(), stop.clone());
            workers.spawn(async move { this.write(&stop).await });
        }
        let events = self.events.clone();
        workers.spawn(every(
            "poll the event logs",
            POLL,
            stop.clone(),
            None,
            move || {
                let events = events.clone();
                async move { events.poll().await.map(|()| 0) }
            },
        ));
        let this = self.clone();
        workers.spawn(every("count", SOON * 3, stop.clone(), None, move || {
            let this = this.clone();
            async move { this.count().await }
        }));
        let this = self.clone();
        workers.spawn(every("clear away", MINUTE, stop.clone(), None, move || {
            let this = this.clone();
            async move { this.clear_away().await }
        }));
        let this = self.clone();
        let woken = Woken::of(&self.wakes, |wakes| &wakes.media);
        workers.spawn(every("fetch files", SOON, stop.clone(), woken, move || {
            let this = this.clone();
            async move { this.fetch_files().await }
        }));
        if self.settings.processor.hold {
            tracing::warn!("the processor is held: what comes is stored, and waits");
            return workers;
        }
        let (splitter, token) = (self.splitter(), stop.clone());
        workers.spawn(async move { splitter.run(&token).await });
        for which in 0..self.settings.processor.appliers.max(1) {
            let (applier, token) = (self.applier(which), stop.clone());
            workers.spawn(async move { applier.run(&token).await });
        }
        let this = self.clone();
        let woken = Woken::of(&self.wakes, |wakes| &wakes.retry);
        workers.spawn(every("retry", SOON, stop.clone(), woken, move || {
            let this = this.clone();
            async move { this.retry().await }
        }));
        workers
    }

    /// Commits deliveries until it is told to stop, and then those that wait.
    pub async fn write(&self, stop: &CancellationToken) {
        self.writer.run(stop).await;
    }

    /// How many deliveries wait to be stored, in this process.
    pub fn pending(&self) -> usize {
        self.writer.pending()
    }

    /// Splits what is journaled, one round at a time: for tests, and for a process without workers.
    pub fn splitter(&self) -> SplitterLoop {
        let splitter = Splitter::new(
            self.ports.clone(),
            self.routes.clone(),
            self.wakes.clone(),
            self.owner,
            self.settings.processor.split_bytes,
        );
        SplitterLoop {
            splitter,
            wakes: self.wakes.clone(),
        }
    }

    /// Applies what is queued, one round at a time: the `which`th applier of this process, from 0.
    pub fn applier(&self, which: usize) -> ApplierLoop {
        let processor = self.settings.processor;
        let owner = self.ports.base.ids.next();
        ApplierLoop {
            applier: Applier::new(self.applying(), which, owner, processor),
            wakes: self.wakes.clone(),
            which,
        }
    }

    fn applying(&self) -> Applying {
        Applying {
            ports: self.ports.clone(),
            routes: self.routes.clone(),
            wakes: self.wakes.clone(),
            traffic: self.traffic.clone(),
            batch_items: self.settings.processor.batch_items,
            tries: self.settings.processor.tries,
        }
    }

    /// Tries parked items again that are due. Answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn retry(&self) -> Result<usize, ServiceError> {
        Ok(retry_due(&self.applying(), self.owner).await?)
    }

    /// Fetches files that are due, a few at a time. Answers how many were tried.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fetch_files(&self) -> Result<usize, ServiceError> {
        self.media.fetch_due().await
    }

    /// Records what was counted in memory: traffic, and refused requests. Always answers 0.
    ///
    /// # Errors
    /// When the database does not answer: what was counted is kept.
    pub async fn count(&self) -> Result<usize, ServiceError> {
        self.traffic.flush(&*self.ports.changes).await?;
        self.rejections.flush(&*self.ports.journal).await?;
        Ok(0)
    }

    /// Clears away what is past its time, some of it at a time. Answers how many rows went.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clear_away(&self) -> Result<usize, ServiceError> {
        upkeep::prune(&self.ports, self.settings.retention, self.owner).await
    }
}

/// The splitter as a worker.
pub struct SplitterLoop {
    splitter: Splitter,
    wakes: Arc<Wakes>,
}

impl SplitterLoop {
    /// Splits some batches of deliveries, if it is nobody else's turn. Answers how many.
    ///
    /// # Errors
    /// When the database does not answer: they are on the list still.
    pub async fn round(&mut self) -> Result<usize, ServiceError> {
        Ok(self.splitter.round().await?)
    }

    /// Gives its turn back, so that others need not wait until it lapses.
    pub async fn rest(&mut self) {
        self.splitter.rest().await;
    }

    async fn run(mut self, stop: &CancellationToken) {
        let (mut idle, mut failures) = (0, 0);
        while !stop.is_cancelled() {
            let wait = match self.splitter.round().await {
                Ok(0) => {
                    (idle, failures) = (idle + 1, 0);
                    if idle == LINGER {
                        self.splitter.rest().await;
                    }
                    POLL
                }
                Ok(_) => {
                    (idle, failures) = (0, 0);
                    continue;
                }
                Err(error) => {
                    tracing::warn!(worker = "split", %error, "a round failed; it is tried again");
                    after_failure(&mut failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wakes.split.notified(), if failures == 0 => {}
                () = sleep(wait) => {}
            }
        }
        self.splitter.rest().await;
    }
}

/// An applier as a worker.
pub struct ApplierLoop {
    applier: Applier,
    wakes: Arc<Wakes>,
    which: usize,
}

impl ApplierLoop {
    /// Applies some changes. Answers how many were worked on.
    ///
    /// # Errors
    /// When the database does not answer: what was not applied is still queued.
    pub async fn round(&mut self) -> Result<usize, ServiceError> {
        Ok(self.applier.round().await?)
    }

    /// Gives its turns back, so that others need not wait until they lapse.
    pub async fn rest(&mut self) {
        self.applier.rest().await;
    }

    async fn run(mut self, stop: &CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let wait = match self.applier.round().await {
                Ok(0) => {
                    failures = 0;
                    self.applier.patience()
                }
                Ok(_) => {
                    failures = 0;
                    continue;
                }
                Err(error) => {
                    tracing::warn!(worker = "apply", %error, "a round failed; it is tried again");
                    after_failure(&mut failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wakes.queued_for(self.which), if failures == 0 => {}
                () = sleep(wait) => {}
            }
        }
        self.applier.rest().await;
    }
}

/// How long to wait after one more failure: from 200 ms to some 6 s.
fn after_failure(failures: &mut u32) -> Duration {
    *failures = (*failures + 1).min(6);
    POLL * 2_u32.pow(*failures)
}

/// One of the process' bells, for a worker to wait for.
struct Woken(Arc<Wakes>, fn(&Wakes) -> &Notify);

impl Woken {
    fn of(wakes: &Arc<Wakes>, which: fn(&Wakes) -> &Notify) -> Option<Self> {
        Some(Self(wakes.clone(), which))
    }
}

async fn woken(by: Option<&Woken>) {
    match by {
        Some(Woken(wakes, which)) => which(wakes).notified().await,
        None => std::future::pending().await,
    }
}

/// Runs a round now and then, or when woken; at once again while there was work. A round is never cut short: it may
/// be within a store's transaction.
async fn every<F: Future<Output = Result<usize, ServiceError>>>(
    name: &'static str,
    period: Duration,
    stop: CancellationToken,
    by: Option<Woken>,
    round: impl Fn() -> F,
) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        let wait = match round().await {
            Ok(0) => {
                failures = 0;
                period
            }
            Ok(_) => {
                failures = 0;
                Duration::ZERO
            }
            Err(error) => {
                failures = (failures + 1).min(6);
                tracing::warn!(worker = name, %error, "a round failed; it is tried again");
                (period * 2_u32.pow(failures)).min(MINUTE)
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken(by.as_ref()), if failures == 0 => {}
            () = sleep(wait) => {}
        }
    }
}
