//! What came of attempts, written many at a time.

use std::time::Duration;

use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    ids::{AccountId, MessageId, OrgId},
    inbound::Fact,
    inbox::Item,
    outbound::{SendFact, SendStep},
};
use wabakit_ports::store::{ApplyBatch, StoreError};

use super::super::SendPorts;

/// Outcomes that may wait. More attempts than this are never under way.
const QUEUE: usize = 8_192;
/// Outcomes of one write.
const BATCH: usize = 512;
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// One step of one message, and whose it is.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) org: OrgId,
    pub(super) account: AccountId,
    pub(super) message: MessageId,
    pub(super) step: SendStep,
}

struct Entry {
    told: Told,
    written: Option<oneshot::Sender<()>>,
}

/// Writes steps. What is told is written, however long the database does not answer, and whether or not a writer
/// died over it; only a dead process loses it.
pub(super) struct OutcomeWriter {
    ports: SendPorts,
    queue: mpsc::Sender<Entry>,
    waiting: Mutex<Waiting>,
}

/// What waits, and what is being written: it is kept here until it is written, so that whoever runs next writes it
/// where the writer died.
struct Waiting {
    queue: mpsc::Receiver<Entry>,
    batch: Vec<Entry>,
}

impl OutcomeWriter {
    pub(super) fn new(ports: SendPorts) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Self {
            ports,
            queue,
            waiting: Mutex::new(Waiting {
                queue: waiting,
                batch: Vec::with_capacity(BATCH),
            }),
        }
    }

    /// Takes a step to be written; waits while too many wait.
    pub(super) async fn tell(&self, told: Told) {
        let entry = Entry {
            told,
            written: None,
        };
        // It is closed only when nothing is under way any more.
        let _ = self.queue.send(entry).await;
    }

    /// The same, and waits until all are written.
    pub(super) async fn tell_all(&self, all: impl IntoIterator<Item = Told>) {
        let mut answers = Vec::new();
        for told in all {
            let (written, answer) = oneshot::channel();
            let written = Some(written);
            if self.queue.send(Entry { told, written }).await.is_ok() {
                answers.push(answer);
            }
        }
        for answer in answers {
            let _ = answer.await;
        }
    }

    /// Writes what is told until it is stopped, and then what waits still.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        let mut waiting = self.waiting.lock().await;
        let Waiting { queue, batch } = &mut *waiting;
        loop {
            if batch.is_empty() {
                tokio::select! {
                    biased;
                    _ = queue.recv_many(batch, BATCH) => {}
                    () = stop.cancelled() => {
                        queue.close();
                        queue.recv_many(batch, BATCH).await;
                    }
                }
            }
            if batch.is_empty() {
                return;
            }
            self.apply(self.items(batch)).await;
            for caller in batch.drain(..).filter_map(|entry| entry.written) {
                let _ = caller.send(());
            }
        }
    }

    fn items(&self, batch: &[Entry]) -> Vec<Item> {
        let received_at = self.ports.base.now();
        let told = batch.iter().map(|entry| &entry.told);
        told.map(|told| Item {
            org: told.org,
            accounts: vec![told.account],
            received_at,
            digest: None,
            fact: Fact::Send(Box::new(SendFact {
                message: told.message,
                step: told.step.clone(),
            })),
        })
        .collect()
    }

    /// Writes these; a batch that cannot be written as it is, is written one by one.
    async fn apply(&self, items: Vec<Item>) {
        let mut wait = FIRST_WAIT;
        loop {
            let batch = ApplyBatch {
                dequeue: Vec::new(),
                replayed: Vec::new(),
                unpark: Vec::new(),
                items: items.clone(),
                park: Vec::new(),
                ids: self.ports.ids(),
                now: self.ports.base.now(),
            };
            match self.ports.changes.apply(batch).await {
                Ok(applied) => return self.ports.bus.publish(&applied.heads),
                Err(StoreError::Conflict) => {}
                Err(error @ StoreError::Unavailable(_)) => {
                    tracing::warn!(%error, steps = items.len(), "what came of sending is not written yet");
                }
                Err(error) if items.len() > 1 => {
                    tracing::warn!(%error, "steps of sending are written one by one");
                    for item in items {
                        Box::pin(self.apply(vec![item])).await;
                    }
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, ?items, "a step of sending cannot be written");
                    return;
                }
            }
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}
