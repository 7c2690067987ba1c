//! The workers of receiving, which every replica runs.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_work::{Backoff, Every, Next, Rounds};

use super::{
    EventService, InboxService, IngestService, JournalWriter, MediaService, ReceivePorts,
    ReceiveSettings, WebhookLogService, applier::Applier, jobs::Applying, rejections::RejectionLog,
    retries::retry_due, routes::Routes, secrets::SecretCache, splitter::Splitter,
    traffic::TrafficLog, upkeep, wakes::Wakes,
};
use crate::ServiceError;

/// Receiving, wired. One instance serves the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Receive {
    /// Accepts Meta's POSTs.
    pub ingest: IngestService,
    /// The event log.
    pub events: EventService,
    /// Conversations, messages, contacts.
    pub inbox: InboxService,
    /// Files.
    pub media: MediaService,
    /// Received webhooks and what became of them.
    pub webhooks: WebhookLogService,
    ports: ReceivePorts,
    settings: Arc<ReceiveSettings>,
    writer: JournalWriter,
    wakes: Arc<Wakes>,
    rejections: Arc<RejectionLog>,
    routes: Routes,
    traffic: Arc<TrafficLog>,
    /// This process's name in turns.
    owner: Uuid,
}

impl Receive {
    /// Creates receiving on these ports. Nothing is written before [`Receive::start`].
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

/// The interval at which to poll for work and events of other replicas.
const POLL: Duration = Duration::from_millis(100);
/// The number of idle rounds for which a splitter keeps its turn.
const LINGER: u32 = 5;
/// The wait of a splitter or an applier after a failed round.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_millis(6_400));
const SOON: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl Receive {
    /// Starts the workers on the current runtime. They stop when the token is cancelled, after their current round;
    /// the writer then still writes the waiting deliveries. Stop accepting requests before you cancel it.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let (supervisor, mut workers) = (&self.ports.base.supervisor, JoinSet::new());
        for which in 0..self.settings.writer.commits.max(1) {
            let name = format!("receive.journal.{which}");
            let run = |this: Self, stop| async move { this.write(&stop).await };
            workers.spawn(supervisor.supervise(&name, stop, self.clone(), run));
        }
        let events = self.events.clone();
        workers.spawn(
            supervisor.repeat("receive.event-poll", stop, events, |events| {
                Every::new(POLL, events, |events| async move {
                    events.poll().await.map(|()| 0)
                })
            }),
        );
        let this = || self.clone();
        workers.spawn(supervisor.repeat("receive.counts", stop, this(), |this| {
            Every::new(SOON * 3, this, |this| async move { this.count().await })
        }));
        workers.spawn(supervisor.repeat("receive.prune", stop, this(), |this| {
            Every::new(MINUTE, this, |this| async move { this.clear_away().await })
        }));
        workers.spawn(supervisor.repeat("receive.media", stop, this(), |this| {
            Every::new(SOON, this, |this| async move { this.fetch_files().await })
                .woken_by(|this: Self| async move { this.wakes.media.notified().await })
        }));
        if self.settings.processor.hold {
            tracing::warn!("the processor is stopped: deliveries are stored, and wait");
            return workers;
        }
        workers.spawn(supervisor.repeat("receive.split", stop, this(), |this| this.splitter()));
        for which in 0..self.settings.processor.appliers.max(1) {
            let (name, owner) = (format!("receive.apply.{which}"), self.ports.base.ids.next());
            // The successor of a dead applier takes over its turns.
            let make = move |this: Self| this.applier_of(which, owner);
            workers.spawn(supervisor.repeat(&name, stop, this(), make));
        }
        workers.spawn(supervisor.repeat("receive.retry", stop, this(), |this| {
            Every::new(SOON, this, |this| async move { this.retry().await })
                .woken_by(|this: Self| async move { this.wakes.retry.notified().await })
        }));
        workers
    }

    /// Commits deliveries until it is told to stop, and then the waiting ones.
    pub async fn write(&self, stop: &CancellationToken) {
        self.writer.run(stop).await;
    }

    /// Counts the deliveries of this process that wait to be stored.
    pub fn pending(&self) -> usize {
        self.writer.pending()
    }

    /// Returns a splitter to run round by round: for tests, and for a process without workers.
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
            idle: 0,
        }
    }

    /// Returns an applier to run round by round: the `which`th of this process, from 0.
    pub fn applier(&self, which: usize) -> ApplierLoop {
        self.applier_of(which, self.ports.base.ids.next())
    }

    fn applier_of(&self, which: usize, owner: Uuid) -> ApplierLoop {
        let processor = self.settings.processor;
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

    /// Retries parked items that are due. Returns how many.
    pub async fn retry(&self) -> Result<usize, ServiceError> {
        Ok(retry_due(&self.applying(), self.owner).await?)
    }

    /// Fetches files that are due, a few at a time. Returns how many were tried.
    pub async fn fetch_files(&self) -> Result<usize, ServiceError> {
        self.media.fetch_due().await
    }

    /// Writes the counts in memory to the store: traffic and rejections. Always returns 0.
    ///
    /// # Errors
    /// After an error the counts are kept.
    pub async fn count(&self) -> Result<usize, ServiceError> {
        self.traffic.flush(&*self.ports.changes).await?;
        self.rejections.flush(&*self.ports.journal).await?;
        Ok(0)
    }

    /// Prunes expired rows, a part at a time. Returns how many.
    pub async fn clear_away(&self) -> Result<usize, ServiceError> {
        upkeep::prune(&self.ports, self.settings.retention, self.owner).await
    }
}

/// The splitter as a worker.
pub struct SplitterLoop {
    splitter: Splitter,
    wakes: Arc<Wakes>,
    /// Rounds in a row without work.
    idle: u32,
}

impl SplitterLoop {
    /// Splits some batches, if this process gets the turn. Returns how many.
    ///
    /// # Errors
    /// After an error they are still waiting.
    pub async fn round(&mut self) -> Result<usize, ServiceError> {
        Ok(self.splitter.round().await?)
    }

    /// Gives its turn up, so that others need not wait until it lapses.
    pub async fn rest(&mut self) {
        self.splitter.rest().await;
    }
}

impl Rounds for SplitterLoop {
    type Error = ServiceError;

    async fn round(&mut self) -> Result<Next, ServiceError> {
        if Self::round(self).await? > 0 {
            self.idle = 0;
            return Ok(Next::Now);
        }
        self.idle += 1;
        if self.idle == LINGER {
            self.splitter.rest().await;
        }
        Ok(Next::Within(POLL))
    }

    fn backoff(&self) -> Backoff {
        BACKOFF
    }

    async fn woken(&self) {
        self.wakes.split.notified().await;
    }

    async fn rest(&mut self) {
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
    /// Applies some changes. Returns how many it worked on.
    ///
    /// # Errors
    /// After an error, changes that were not applied are still queued.
    pub async fn round(&mut self) -> Result<usize, ServiceError> {
        Ok(self.applier.round().await?)
    }

    /// Gives its turns up, so that others need not wait until they lapse.
    pub async fn rest(&mut self) {
        self.applier.rest().await;
    }
}

impl Rounds for ApplierLoop {
    type Error = ServiceError;

    async fn round(&mut self) -> Result<Next, ServiceError> {
        Ok(match Self::round(self).await? {
            0 => Next::Within(self.applier.patience()),
            _ => Next::Now,
        })
    }

    fn backoff(&self) -> Backoff {
        BACKOFF
    }

    async fn woken(&self) {
        self.wakes.queued_for(self.which).await;
    }

    async fn rest(&mut self) {
        self.applier.rest().await;
    }
}
