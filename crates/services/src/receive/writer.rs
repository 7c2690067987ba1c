//! The journal's writer: what arrives together is committed as one.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::timeout,
};
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

use super::wakes::Wakes;

/// How much the writer takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriterSettings {
    /// Deliveries that may wait at once.
    pub queue: usize,
    /// Their bytes, together with those being written.
    pub queue_bytes: usize,
    /// Deliveries of one commit; at most 65,535.
    pub batch: usize,
    /// Bytes of one commit. One delivery alone may have more.
    pub batch_bytes: usize,
    /// Commits under way at once: 1 where the database has one writer.
    pub commits: usize,
    /// How long a delivery waits for a place in the queue.
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

/// Why a delivery was not stored, or may not have been. Whoever sent it is to send it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotStored {
    /// Too much waits already.
    #[error("too many deliveries wait to be stored")]
    Busy,
    /// The database did not take it, or did not say that it did.
    #[error("the delivery could not be stored")]
    Unavailable,
}

struct Entry {
    app: Option<MetaAppId>,
    received_at: Time,
    body: Bytes,
    stored: oneshot::Sender<Result<DeliveryId, NotStored>>,
    /// Its share of the queue's bytes, given back when it is dropped.
    share: OwnedSemaphorePermit,
}

/// Bytes are counted in these, so that a count fits a semaphore's permits.
const KIB: usize = 1_024;

/// Writes deliveries to the journal. Cheap to clone; bounded by count and bytes.
#[derive(Clone)]
pub struct JournalWriter(Arc<Inner>);

struct Inner {
    journal: Arc<dyn JournalStore>,
    ids: Arc<dyn IdSource>,
    wakes: Arc<Wakes>,
    settings: WriterSettings,
    /// KiB that are free.
    room: Arc<Semaphore>,
    queue: mpsc::Sender<Entry>,
    waiting: Mutex<mpsc::Receiver<Entry>>,
}

impl JournalWriter {
    pub(super) fn new(
        journal: Arc<dyn JournalStore>,
        ids: Arc<dyn IdSource>,
        wakes: Arc<Wakes>,
        settings: WriterSettings,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(settings.queue.max(1));
        Self(Arc::new(Inner {
            journal,
            ids,
            wakes,
            settings,
            room: Arc::new(Semaphore::new(settings.queue_bytes.div_ceil(KIB).max(1))),
            queue,
            waiting: Mutex::new(waiting),
        }))
    }

    /// Stores a delivery. When this answers `Ok`, it is on disk.
    ///
    /// A caller that goes away takes nothing back: once it is in the queue it is written, once.
    ///
    /// # Errors
    /// [`NotStored`].
    pub async fn write(
        &self,
        app: Option<MetaAppId>,
        received_at: Time,
        body: Bytes,
    ) -> Result<DeliveryId, NotStored> {
        let inner = &*self.0;
        let most = inner.settings.queue_bytes.div_ceil(KIB).max(1);
        let size = body.len().div_ceil(KIB).clamp(1, most);
        let size = u32::try_from(size).map_err(|_| NotStored::Busy)?;
        let room = inner.room.clone();
        // Whether there is room is asked without a timer first: a timer costs more than all the rest.
        let share = match room.clone().try_acquire_many_owned(size) {
            Ok(share) => share,
            Err(_) => timeout(inner.settings.patience, room.acquire_many_owned(size))
                .await
                .map_err(|_| NotStored::Busy)?
                .map_err(|_| NotStored::Unavailable)?,
        };
        let (stored, answer) = oneshot::channel();
        let entry = Entry {
            app,
            received_at,
            body,
            stored,
            share,
        };
        match inner.queue.try_reserve() {
            Ok(place) => place.send(entry),
            Err(mpsc::error::TrySendError::Full(())) => {
                timeout(inner.settings.patience, inner.queue.reserve())
                    .await
                    .map_err(|_| NotStored::Busy)?
                    .map_err(|_| NotStored::Unavailable)?
                    .send(entry);
            }
            Err(mpsc::error::TrySendError::Closed(())) => return Err(NotStored::Unavailable),
        }
        answer.await.map_err(|_| NotStored::Unavailable)?
    }

    /// How many deliveries wait to be written.
    pub fn pending(&self) -> usize {
        self.0.queue.max_capacity() - self.0.queue.capacity()
    }

    /// Commits what waits, until it is told to stop: then it takes no more, and writes what waits still. As many
    /// of these may run as commits at once.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        let mut carried = None;
        loop {
            let batch = self.gather(&mut carried, stop).await;
            if batch.is_empty() {
                return;
            }
            self.commit(batch).await;
        }
    }

    /// What waits now, within a batch's bounds; empty when there will be no more. What no longer fits is carried
    /// over to this worker's next batch.
    async fn gather(&self, carried: &mut Option<Entry>, stop: &CancellationToken) -> Vec<Entry> {
        let settings = &self.0.settings;
        let most = settings.batch.clamp(1, IdBlock::SIZE);
        let mut batch: Vec<Entry> = Vec::with_capacity(64);
        let mut bytes = 0;
        let (mut waiting, mut next) = match carried.take() {
            // Somebody waits for it: it must not wait for the other worker, who holds the queue until more comes.
            Some(entry) => (self.0.waiting.try_lock().ok(), Some(entry)),
            None => {
                let mut waiting = self.0.waiting.lock().await;
                let entry = tokio::select! {
                    biased;
                    entry = waiting.recv() => entry,
                    () = stop.cancelled() => {
                        waiting.close();
                        waiting.recv().await
                    }
                };
                (Some(waiting), entry)
            }
        };
        while let Some(entry) = next {
            if !batch.is_empty() && bytes + entry.body.len() > settings.batch_bytes {
                *carried = Some(entry);
                break;
            }
            bytes += entry.body.len();
            batch.push(entry);
            if batch.len() >= most {
                break;
            }
            next = waiting.as_mut().and_then(|waiting| waiting.try_recv().ok());
        }
        batch
    }

    async fn commit(&self, batch: Vec<Entry>) {
        let mut ids = IdBlock::at(self.0.ids.next());
        let id = JournalBatchId(ids.base());
        let mut deliveries = Vec::with_capacity(batch.len());
        let mut callers = Vec::with_capacity(batch.len());
        for (entry, id) in batch.into_iter().zip(&mut ids) {
            let id = DeliveryId(id);
            deliveries.push(Delivery {
                id,
                app: entry.app,
                received_at: entry.received_at,
                body: entry.body.into(),
            });
            callers.push((entry.stored, id, entry.share));
        }
        let written = self.0.journal.append(JournalBatch { id, deliveries }).await;
        if let Err(error) = &written {
            complain(error, callers.len());
        }
        for (caller, id, _share) in callers {
            // One that went away wants no answer.
            let _ = caller.send(match &written {
                Ok(()) => Ok(id),
                Err(_) => Err(NotStored::Unavailable),
            });
        }
        if written.is_ok() {
            self.0.wakes.split.notify_one();
        }
    }
}

fn complain(error: &StoreError, deliveries: usize) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, deliveries, "deliveries could not be stored; they were answered 503");
}
