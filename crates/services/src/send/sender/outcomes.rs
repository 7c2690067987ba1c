//! Writes the outcomes of attempts, many in one transaction.

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

/// The most outcomes that may wait. There are never more attempts in progress than this.
const QUEUE: usize = 8_192;
/// The most outcomes of one write.
const BATCH: usize = 512;
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(2));

/// A step of one message, with the org and account that own it.
#[derive(Clone)]
pub(super) struct StepReport {
    pub(super) org: OrgId,
    pub(super) account: AccountId,
    pub(super) message: MessageId,
    pub(super) step: SendStep,
}

/// Writes reported steps. A report is kept until it is written, however long the database does not answer and even if
/// the writer dies; only a dead process loses it.
pub(super) struct OutcomeWriter {
    ports: SendPorts,
    batcher: Batcher<StepReport, ()>,
}

impl OutcomeWriter {
    pub(super) fn new(ports: SendPorts) -> Self {
        Self {
            ports,
            batcher: Batcher::by_count(QUEUE, BATCH, Duration::MAX),
        }
    }

    /// Enqueues a report. Waits while the queue is full.
    pub(super) async fn tell(&self, report: StepReport) {
        // The writer stops only when no attempt is in progress, so no report is lost here.
        let _ = self.batcher.tell(report).await;
    }

    /// Enqueues reports, and waits until all are written.
    pub(super) async fn tell_all(&self, all: impl IntoIterator<Item = StepReport>) {
        join_all(all.into_iter().map(|report| self.batcher.write(report))).await;
    }

    /// Writes reports until `stop` is cancelled, and then those that still wait.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        self.batcher
            .run_keeping(stop, |batch| self.write(batch))
            .await;
    }

    /// Stores how attempts ended, with the time of the next attempt, in one write of the change store.
    async fn write(&self, batch: Vec<StepReport>) -> Vec<()> {
        let received_at = self.ports.base.now();
        let items = batch.iter().map(|report| Item {
            org: report.org,
            accounts: vec![report.account],
            received_at,
            told_at: None,
            extra: None,
            digest: None,
            fact: Fact::Send(Box::new(SendFact {
                message: report.message,
                step: report.step.clone(),
            })),
        });
        self.apply(items.collect()).await;
        vec![(); batch.len()]
    }

    /// Applies a batch. One that the store refuses as a whole is applied item by item.
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
                    tracing::warn!(%error, steps = items.len(), "outcomes could not be written; they are retried");
                }
                Err(error) if items.len() > 1 => {
                    tracing::warn!(%error, "the store refused a batch of outcomes; they are written one by one");
                    for item in items {
                        Box::pin(self.apply(vec![item])).await;
                    }
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, ?items, "an outcome could not be written");
                    return;
                }
            }
            failures += 1;
            sleep(BACKOFF.longest_wait(failures)).await;
        }
    }
}
