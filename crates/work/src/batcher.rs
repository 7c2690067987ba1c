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

/// An entry that panicked this often when it was flushed alone is given up.
const PANICS: u8 = 3;

/// Bounds of a [`Batcher`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchLimits {
    /// Entries that may wait at once.
    pub queue: usize,
    /// Weight of the entries that wait and of those being flushed.
    pub room: usize,
    /// Entries of one flush.
    pub batch: usize,
    /// Weight of one flush. One entry alone may weigh more.
    pub batch_weight: usize,
    /// How long a caller waits for a place in the queue.
    pub patience: Duration,
}

/// Why an entry was not flushed, or may not have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotWritten {
    /// Too many entries wait. This one was not taken.
    #[error("too much waits to be written")]
    Busy,
    /// The batcher was stopped. This entry was not taken.
    #[error("nothing is written any more")]
    Stopped,
    /// The writer died with the entry in its hands: it may have been written.
    #[error("the writer died: it may have been written")]
    Lost,
}

/// Group commit: entries that arrive together are flushed together, and each caller gets its own answer.
///
/// Entries wait in a bounded queue until one of the writers ([`run`](Self::run)) takes them. They survive the death
/// of a writer; those that it held are answered with [`NotWritten::Lost`], or kept and flushed again
/// ([`run_keeping`](Self::run_keeping)). Cheap to clone.
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
    /// Its share of the room, given back when it is dropped.
    share: Option<OwnedSemaphorePermit>,
    answer: Option<oneshot::Sender<R>>,
    /// It was in the hands of a writer that died, and is flushed alone; how often it panicked then.
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

    /// Makes a batcher.
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

    /// Hands an entry in and waits for its answer. A caller that goes away takes nothing back: once the entry is in
    /// the queue it is flushed.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn write(&self, item: T) -> Result<R, NotWritten> {
        let (answer, answered) = oneshot::channel();
        self.push(item, Some(answer)).await?;
        answered.await.map_err(|_| NotWritten::Lost)
    }

    /// Hands an entry in whose answer nobody waits for.
    ///
    /// # Errors
    /// [`NotWritten::Busy`], [`NotWritten::Stopped`].
    pub async fn tell(&self, item: T) -> Result<(), NotWritten> {
        self.push(item, None).await
    }

    /// How many entries wait for a writer.
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
                // Whether there is room is asked without a timer first: a timer costs more than all the rest.
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

    /// Flushes what waits until `stop` is cancelled: then it takes no more, and flushes what waits still. As many of
    /// these may run as flushes may be under way at once. `flush` answers each entry of the batch, in its order.
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
                // A caller that went away wants no answer.
                let _ = answer.map(|answer| answer.send(result));
            }
        }
    }

    /// As [`run`](Self::run), for entries that must not be lost with their writer: what a dead writer held is
    /// flushed again, each entry alone, so that none suffers for another. An entry that panics three times alone is
    /// given up. A flush must be repeatable: the dead writer may have done it.
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

    /// Waits for entries, and takes a batch of them; none when there will be no more.
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
                    // What is left is another writer's, if one is idle.
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

/// A batch in a writer's hands, that goes back into the queue when the writer dies.
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
                tracing::error!("an entry that its writer panics at is given up");
                continue;
            }
            entry.suspected = Some(panics);
            queue.entries.push_front(entry);
        }
        drop(queue);
        self.inner.more.notify_one();
    }
}
