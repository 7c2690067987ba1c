//! What goes on without anybody asking, on every replica.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    EventService, IngestService, InboxService, JournalWriter, MediaService, ReceivePorts,
    ReceiveSettings, WebhookLogService,
    rejections::RejectionLog,
    secrets::SecretCache,
    upkeep,
    wakes::Wakes,
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
            ingest: IngestService::new(
                ports.clone(),
                secrets,
                writer.clone(),
                rejections.clone(),
            ),
            events: EventService::new(ports.clone(), settings.ticket_key.clone()),
            inbox: InboxService::new(ports.clone()),
            media: MediaService::new(ports.clone()),
            webhooks: WebhookLogService::new(ports.clone(), writer.clone(), wakes.clone()),
            owner: ports.base.ids.next(),
            ports,
            settings: Arc::new(settings),
            writer,
            wakes,
            rejections,
        }
    }
}

/// How often listeners of this process learn what other replicas wrote.
const POLL: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl Receive {
    /// Starts the workers on the current runtime. They end when the token is cancelled, after the round that they
    /// are in; the writer then still writes what waits. Stop taking requests before cancelling it.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        for _ in 0..self.settings.writer.commits.max(1) {
            let (writer, stop) = (self.writer.clone(), stop.clone());
            workers.spawn(async move { writer.run(&stop).await });
        }
        let events = self.events.clone();
        workers.spawn(every("poll the event logs", POLL, stop.clone(), move || {
            let events = events.clone();
            async move { events.poll().await.map(|()| 0) }
        }));
        let (rejections, journal) = (self.rejections.clone(), self.ports.journal.clone());
        workers.spawn(every("record refusals", SOON * 5, stop.clone(), move || {
            let (rejections, journal) = (rejections.clone(), journal.clone());
            async move { Ok(rejections.flush(&*journal).await?) }
        }));
        let this = self.clone();
        workers.spawn(every("clear away", MINUTE, stop.clone(), move || {
            let this = this.clone();
            async move { upkeep::prune(&this.ports, this.settings.retention, this.owner).await }
        }));
        workers
    }
}

/// Runs a round now and then; at once again while there was work. A round is never cut short: it may be within a
/// store's transaction.
async fn every<F: Future<Output = Result<usize, ServiceError>>>(
    name: &'static str,
    period: Duration,
    stop: CancellationToken,
    round: impl Fn() -> F,
) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        let wait = match round().await {
            Ok(count) => {
                failures = 0;
                if count > 0 { Duration::ZERO } else { period }
            }
            Err(error) => {
                failures = (failures + 1).min(6);
                tracing::warn!(worker = name, %error, "a round failed; it is tried again");
                (period * 2_u32.pow(failures)).min(MINUTE)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(wait) => {}
        }
    }
}
