//! The journal's writer: commits deliveries that arrive together as one batch.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    delivery::Delivery,
    ids::{DeliveryId, IdBlock, JournalBatchId, MetaAppId},
};
use wabakit_ports::{
    store::{JournalBatch, JournalStore, StoreError},
    system::IdSource,
};
use wabakit_work::{BatchLimits, Batcher, NotWritten};

use super::wakes::Wakes;

/// The limits of the writer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriterSettings {
    /// The most deliveries that wait.
    pub queue: usize,
    /// The most bytes of deliveries that wait or are being written.
    pub queue_bytes: usize,
    /// The most deliveries of one commit; at most 65,535.
    pub batch: usize,
    /// The most bytes of one commit. One delivery alone may have more.
    pub batch_bytes: usize,
    /// Commits in progress at the same time: 1 for a database with one writer.
    pub commits: usize,
    /// The time for which a delivery waits for a place in the queue.
    pub patience: Duration,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            queue: 16_384,
            queue_bytes: 64 << 20,
            batch: 1_024,
            batch_bytes: 4 << 20,
            commits: 1,
            patience: Duration::from_secs(2),
        }
    }
}

/// The reason why a delivery was not stored, or may not have been. The sender must send it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotStored {
    /// Too many deliveries are waiting.
    #[error("too many deliveries wait to be stored")]
    Busy,
    /// The database refused the write, or did not confirm it.
    #[error("the delivery could not be stored")]
    Unavailable,
}

struct Entry {
    app: Option<MetaAppId>,
    received_at: Time,
    body: Bytes,
}

/// Writes deliveries to the journal. Cheap to clone; bounded by count and bytes.
#[derive(Clone)]
pub struct JournalWriter {
    journal: Arc<dyn JournalStore>,
    ids: Arc<dyn IdSource>,
    wakes: Arc<Wakes>,
    batcher: Batcher<Entry, Result<DeliveryId, NotStored>>,
}

impl JournalWriter {
    pub(super) fn new(
        journal: Arc<dyn JournalStore>,
        ids: Arc<dyn IdSource>,
        wakes: Arc<Wakes>,
        settings: WriterSettings,
    ) -> Self {
        let limits = BatchLimits {
            queue: settings.queue,
            room: settings.queue_bytes,
            batch: settings.batch.clamp(1, IdBlock::SIZE),
            batch_weight: settings.batch_bytes,
            patience: settings.patience,
        };
        Self {
            journal,
            ids,
            wakes,
            batcher: Batcher::new(limits, |entry: &Entry| entry.body.len()),
        }
    }

    /// Stores a delivery. When it returns `Ok`, the delivery is on disk.
    ///
    /// A caller that goes away does not undo it: once a delivery is in the queue, it is written, once.
    ///
    /// # Errors
    /// [`NotStored`].
    pub async fn write(
        &self,
        app: Option<MetaAppId>,
        received_at: Time,
        body: Bytes,
    ) -> Result<DeliveryId, NotStored> {
        let entry = Entry {
            app,
            received_at,
            body,
        };
        match self.batcher.write(entry).await {
            Ok(stored) => stored,
            Err(NotWritten::Busy) => Err(NotStored::Busy),
            Err(NotWritten::Stopped | NotWritten::Lost) => Err(NotStored::Unavailable),
        }
    }

    /// Counts the waiting deliveries.
    pub fn pending(&self) -> usize {
        self.batcher.pending()
    }

    /// Commits waiting deliveries until it is told to stop. Then it accepts no more, and writes those that still
    /// wait. As many of these may run as commits at the same time.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        self.batcher.run(stop, |batch| self.commit(batch)).await;
    }

    async fn commit(&self, batch: Vec<Entry>) -> Vec<Result<DeliveryId, NotStored>> {
        let mut ids = IdBlock::at(self.ids.next());
        let id = JournalBatchId(ids.base());
        let deliveries = batch.into_iter().zip(&mut ids).map(|(entry, id)| Delivery {
            id: DeliveryId(id),
            app: entry.app,
            received_at: entry.received_at,
            body: entry.body.into(),
        });
        let deliveries: Vec<_> = deliveries.collect();
        let stored: Vec<_> = deliveries.iter().map(|delivery| delivery.id).collect();
        match self.journal.append(JournalBatch { id, deliveries }).await {
            Ok(()) => {
                self.wakes.split.notify_one();
                stored.into_iter().map(Ok).collect()
            }
            Err(error) => {
                complain(&error, stored.len());
                vec![Err(NotStored::Unavailable); stored.len()]
            }
        }
    }
}

fn complain(error: &StoreError, deliveries: usize) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, deliveries, "deliveries could not be stored; they were answered 503");
}
