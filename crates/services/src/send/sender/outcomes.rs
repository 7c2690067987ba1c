//! What came of attempts, written many at a time.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    ids::{AccountId, MessageId, OrgId},
    inbound::Fact,
    inbox::Item,
    outbound::{SendFact, SendStep},
};
use wabakit_ports::store::{ApplyBatch, StoreError};
use wabakit_work::{Backoff, Batcher};

use super::super::SendPorts;

/// Outcomes that may wait. More attempts than this are never under way.
const QUEUE: usize = 8_192;
/// Outcomes of one write.
const BATCH: usize = 512;
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(2));

/// One step of one message, and whose it is.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) org: OrgId,
    pub(super) account: AccountId,
    pub(super) message: MessageId,
    pub(super) step: SendStep,
}

/// Writes steps. What is told is written, however long the database does not answer, and whether or not a writer
/// died over it; only a dead process loses it.
pub(super) struct OutcomeWriter {
    ports: SendPorts,
    batcher: Batcher<Told, ()>,
}

impl OutcomeWriter {
    pub(super) fn new(ports: SendPorts) -> Self {
        Self {
            ports,
            batcher: Batcher::by_count(QUEUE, BATCH, Duration::MAX),
        }
    }

    /// Takes a step to be written; waits while too many wait.
    pub(super) async fn tell(&self, told: Told) {
        // It is stopped only when nothing is under way any more.
        let _ = self.batcher.tell(told).await;
    }

    /// The same, and waits until all are written.
    pub(super) async fn tell_all(&self, all: impl IntoIterator<Item = Told>) {
        join_all(all.into_iter().map(|told| self.batcher.write(told))).await;
    }

    /// Writes what is told until it is stopped, and then what waits still.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        self.batcher
            .run_keeping(stop, |batch| self.write(batch))
            .await;
    }

    async fn write(&self, batch: Vec<Told>) -> Vec<()> {
        let received_at = self.ports.base.now();
        let items = batch.iter().map(|told| Item {
            org: told.org,
            accounts: vec![told.account],
            received_at,
            digest: None,
            fact: Fact::Send(Box::new(SendFact {
                message: told.message,
                step: told.step.clone(),
            })),
        });
        self.apply(items.collect()).await;
        vec![(); batch.len()]
    }

    /// Writes these; a batch that cannot be written as it is, is written one by one.
    async fn apply(&self, items: Vec<Item>) {
        let mut failures = 0;
        loop {
            let batch = ApplyBatch {
                dequeue: Vec::new(),
                replayed: Vec::new(),
                unpark: Vec::new(),
                audit: Vec::new(),
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
            failures += 1;
            sleep(BACKOFF.longest_wait(failures)).await;
        }
    }
}
