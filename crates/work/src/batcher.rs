use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The batcher gives up an entry whose flush panicked this often while it was alone.
const PANICS: u8 = 3;

/// Bounds of a [`Batcher`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchLimits {
    /// The most entries that may wait at once.
    pub queue: usize,
    /// The most weight of all entries that wait or are being flushed.
    pub room: usize,
    /// The most entries of one flush.
    pub batch: usize,
    /// The most weight of one flush. A single entry may weigh more.
    pub batch_weight: usize,
    /// The time for which a caller waits for a place in the queue.
    pub patience: Duration,
}

/// The reason why an entry was not flushed, or may not have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotWritten {
    /// Too many entries wait. The entry was not enqueued.
    #[error("too much waits to be written")]
    Busy,
    /// The batcher was stopped. The entry was not enqueued.
    #[error("nothing is written any more")]
    Stopped,
    /// The writer died while it held the entry: the entry may have been written.
    #[error("the writer died: it may have been written")]
    Lost,
}

/// Group commit: flushes entries that arrive together in one batch, and gives each caller its own answer.
///
/// Entries wait in a bounded queue until one of the writers ([`run`](Self::run)) takes them. Waiting entries survive
/// the death of a writer. Entries that the writer held are answered with [`NotWritten::Lost`], or flushed again with
/// [`run_keeping`](Self::run_keeping). Cheap to clone.
pub struct Batcher<T, R>(Arc<Inner<T, R>>);

impl<T, R> Clone for Batcher<T, R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<T, R> {
    limits: BatchLimits,
    weigh: fn(&T) -> usize,
    places: Semaphore,
    room: Arc<Semaphore>,
    queue: Mutex<Queue<T, R>>,
    more: Notify,
}

struct Queue<T, R> {
    entries: VecDeque<Entry<T, R>>,
    is_closed: bool,
}

struct Entry<T, R> {
    item: T,
    weight: usize,
    /// The entry's share of the room. Dropping it gives the share back.
    share: Option<OwnedSemaphorePermit>,
    answer: Option<oneshot::Sender<R>>,
    /// Set when a writer died while it held the entry: the entry is then flushed alone. Counts the panics since.
    suspected: Option<u8>,
}

impl<T: Send, R: Send> Batcher<T, R> {
    /// Makes a batcher of entries that weigh one each, without a bound on the weight.
    pub fn by_count(queue: usize, batch: usize, patience: Duration) -> Self {
        let limits = BatchLimits {
            queue,
            room: usize::MAX,
            batch,
            batch_weight: usize::MAX,
            patience,
        };
        Self::new(limits, |_| 1)
    }

    /// Makes a batcher. `weigh` returns the weight of an entry.
    pub fn new(limits: BatchLimits, weigh: fn(&T) -> usize) -> Self {
        let room = limits.room.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            limits,
            weigh,
            places: Semaphore::new(limits.queue.clamp(1, Semaphore::MAX_PERMITS)),
            room: Arc::new(Semaphore::new(room)),
            queue: Mutex::new(Queue {
                entries: VecDeque::new(),
                is_closed: false,
            }),
            more: Notify::new(),
        }))
    }

    /// Enqueues an entry and waits for its answer. Dropping the future does not take the entry back: once it is in the
    /// queue, it is flushed.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn write(&self, item: T) -> Result<R, NotWritten> {
        let (answer, answered) = oneshot::channel();
        self.push(item, Some(answer)).await?;
        answered.await.map_err(|_| NotWritten::Lost)
    }

    /// Enqueues an entry without waiting for its answer.
    ///
    /// # Errors
    /// [`NotWritten::Busy`], [`NotWritten::Stopped`].
    pub async fn tell(&self, item: T) -> Result<(), NotWritten> {
        self.push(item, None).await
    }

    /// Counts the entries that wait for a writer.
    pub fn pending(&self) -> usize {
        self.0.queue().entries.len()
    }

    async fn push(&self, item: T, answer: Option<oneshot::Sender<R>>) -> Result<(), NotWritten> {
        let inner = &*self.0;
        let weight = (inner.weigh)(&item);
        let share = match inner.limits.room {
            usize::MAX => None,
            room => {
                let weight = weight.clamp(1, room.max(1));
                let weight = u32::try_from(weight).map_err(|_| NotWritten::Busy)?;
                // Tries without a timer first: a timer costs more than the rest of the call.
                let free = inner.room.clone().try_acquire_many_owned(weight);
                Some(match free {
                    Ok(share) => share,
                    Err(_) => {
                        let free = inner.room.clone().acquire_many_owned(weight);
                        inner.patiently(free).await?
                    }
                })
            }
        };
        match inner.places.try_acquire() {
            Ok(place) => place.forget(),
            Err(_) => inner.patiently(inner.places.acquire()).await?.forget(),
        }
        let entry = Entry {
            item,
            weight,
            share,
            answer,
            suspected: None,
        };
        let mut queue = inner.queue();
        if queue.is_closed {
            return Err(NotWritten::Stopped);
        }
        queue.entries.push_back(entry);
        drop(queue);
        inner.more.notify_one();
        Ok(())
    }

    /// Flushes entries until `stop` is cancelled. Then the batcher accepts no more entries, and this returns when the
    /// waiting ones are flushed. Run it several times for several flushes at once. `flush` returns one answer for each
    /// entry, in the batch's order.
    pub async fn run<F>(&self, stop: &CancellationToken, flush: impl Fn(Vec<T>) -> F + Send)
    where
        F: Future<Output = Vec<R>> + Send,
    {
        while let Some(batch) = self.0.gather(stop).await {
            let (mut items, mut callers) = (Vec::with_capacity(batch.len()), Vec::new());
            for entry in batch {
                items.push(entry.item);
                callers.push((entry.answer, entry.share));
            }
            let answers = flush(items).await;
            for ((answer, _share), result) in callers.into_iter().zip(answers) {
                // The caller may have dropped its future.
                let _ = answer.map(|answer| answer.send(result));
            }
        }
    }

    /// Does the same as [`run`](Self::run), but keeps entries when their writer dies. They are flushed again, each
    /// alone, so that one bad entry does not fail the others. An entry whose flush panics three times alone is given
    /// up. A flush must be repeatable, because the dead writer may have finished it.
    pub async fn run_keeping<F>(&self, stop: &CancellationToken, flush: impl Fn(Vec<T>) -> F + Send)
    where
        T: Clone + Sync,
        F: Future<Output = Vec<R>> + Send,
    {
        while let Some(batch) = self.0.gather(stop).await {
            let items = batch.iter().map(|entry| entry.item.clone()).collect();
            let mut held = Held {
                inner: &self.0,
                batch,
            };
            let answers = flush(items).await;
            for (entry, result) in held.batch.drain(..).zip(answers) {
                let _ = entry.answer.map(|answer| answer.send(result));
            }
        }
    }
}

impl<T: Send, R: Send> Inner<T, R> {
    fn queue(&self) -> MutexGuard<'_, Queue<T, R>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn patiently<P, E>(
        &self,
        free: impl Future<Output = Result<P, E>>,
    ) -> Result<P, NotWritten> {
        let free = timeout(self.limits.patience, free).await;
        free.map_err(|_| NotWritten::Busy)?
            .map_err(|_| NotWritten::Stopped)
    }

    /// Waits for entries and takes a batch. Returns `None` when the queue is closed and empty.
    async fn gather(&self, stop: &CancellationToken) -> Option<Vec<Entry<T, R>>> {
        loop {
            let batch = {
                let mut queue = self.queue();
                queue.is_closed |= stop.is_cancelled();
                let batch = self.take(&mut queue);
                if batch.is_empty() && queue.is_closed {
                    return None;
                }
                if !queue.entries.is_empty() {
                    // Wakes an idle writer for the entries that are left.
                    self.more.notify_one();
                }
                batch
            };
            if !batch.is_empty() {
                return Some(batch);
            }
            tokio::select! {
                biased;
                () = self.more.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }

    fn take(&self, queue: &mut Queue<T, R>) -> Vec<Entry<T, R>> {
        let most = self.limits.batch.max(1);
        let mut batch = Vec::with_capacity(most.min(queue.entries.len()));
        let (mut weight, mut places) = (0_usize, 0);
        while let Some(entry) = queue.entries.front() {
            weight = weight.saturating_add(entry.weight);
            let is_alone = batch.is_empty();
            if !is_alone && (weight > self.limits.batch_weight || entry.suspected.is_some()) {
                break;
            }
            let ends_batch = entry.suspected.is_some();
            places += usize::from(!ends_batch);
            batch.extend(queue.entries.pop_front());
            if ends_batch || batch.len() >= most {
                break;
            }
        }
        self.places.add_permits(places);
        batch
    }
}

/// A batch that a writer holds. It goes back into the queue when the writer dies.
struct Held<'a, T: Send, R: Send> {
    inner: &'a Inner<T, R>,
    batch: Vec<Entry<T, R>>,
}

impl<T: Send, R: Send> Drop for Held<'_, T, R> {
    fn drop(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let panicked = u8::from(thread::panicking());
        let mut queue = self.inner.queue();
        for mut entry in self.batch.drain(..).rev() {
            let panics = entry.suspected.map_or(0, |panics| panics + panicked);
            if panics >= PANICS {
                tracing::error!("an entry is dropped: its writer panics at it");
                continue;
            }
            entry.suspected = Some(panics);
            queue.entries.push_front(entry);
        }
        drop(queue);
        self.inner.more.notify_one();
    }
}
