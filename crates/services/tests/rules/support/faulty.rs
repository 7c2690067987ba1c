//! A store whose writes fail, or lose their answers, or are held up, as a test says.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::Semaphore;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, Delivery, Lane, ParkedItem, ParkedState, Route},
    event::NewEvent,
    ids::{ChangeId, DeliveryId, OrgId, ParkedItemId, PhoneNumberId, WabaId},
};
use wabakit_ports::{
    memory::MemoryStore,
    store::{
        Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, DeliveryOverview,
        JournalBatch, JournalStore, Page, PageRequest, QueueLimit, QueuedChange, Rejections,
        Replay, Scope, SplitWrite, StoreError, TrafficMinute,
    },
};

/// What becomes of a write.
pub(crate) enum Fate {
    Done,
    /// Nothing is written.
    Refused(StoreError),
    /// It is written, and the answer is lost: as if the process died right after.
    DoneUnheard,
}

type Verdict<T> = Box<dyn FnMut(&T) -> Fate + Send>;

pub(crate) struct FaultyStore {
    inner: Arc<MemoryStore>,
    appends: Mutex<Verdict<JournalBatch>>,
    splits: Mutex<Verdict<SplitWrite>>,
    applies: Mutex<Verdict<ApplyBatch>>,
    /// An append waits for one of these.
    pub(crate) gate: Semaphore,
    /// The deliveries of each append that began.
    pub(crate) appended: Mutex<Vec<usize>>,
    /// Items, and changes done, of each apply that succeeded.
    pub(crate) applied: Mutex<Vec<(usize, usize)>>,
}

impl FaultyStore {
    pub(crate) fn new(inner: Arc<MemoryStore>) -> Self {
        Self {
            inner,
            appends: Mutex::new(Box::new(|_| Fate::Done)),
            splits: Mutex::new(Box::new(|_| Fate::Done)),
            applies: Mutex::new(Box::new(|_| Fate::Done)),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            appended: Mutex::default(),
            applied: Mutex::default(),
        }
    }

    pub(crate) fn on_append(&self, verdict: impl FnMut(&JournalBatch) -> Fate + Send + 'static) {
        *self.appends.lock().unwrap() = Box::new(verdict);
    }
    pub(crate) fn on_split(&self, verdict: impl FnMut(&SplitWrite) -> Fate + Send + 'static) {
        *self.splits.lock().unwrap() = Box::new(verdict);
    }
    pub(crate) fn on_apply(&self, verdict: impl FnMut(&ApplyBatch) -> Fate + Send + 'static) {
        *self.applies.lock().unwrap() = Box::new(verdict);
    }
    pub(crate) fn heal(&self) {
        self.on_append(|_| Fate::Done);
        self.on_split(|_| Fate::Done);
        self.on_apply(|_| Fate::Done);
    }
}

pub(crate) fn down() -> StoreError {
    StoreError::unavailable("the database is down")
}

fn judge<T>(verdict: &Mutex<Verdict<T>>, write: &T) -> Fate {
    (verdict.lock().unwrap())(write)
}

#[async_trait]
impl JournalStore for FaultyStore {
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError> {
        self.appended.lock().unwrap().push(batch.deliveries.len());
        self.gate.acquire().await.unwrap().forget();
        match judge(&self.appends, &batch) {
            Fate::Done => self.inner.append(batch).await,
            Fate::Refused(error) => Err(error),
            Fate::DoneUnheard => {
                self.inner.append(batch).await?;
                Err(down())
            }
        }
    }
    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError> {
        self.inner.unsplit(max_bytes).await
    }
    async fn split(&self, write: SplitWrite) -> Result<(), StoreError> {
        match judge(&self.splits, &write) {
            Fate::Done => self.inner.split(write).await,
            Fate::Refused(error) => Err(error),
            Fate::DoneUnheard => {
                self.inner.split(write).await?;
                Err(down())
            }
        }
    }
    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError> {
        self.inner.unsplit_count(most).await
    }
    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError> {
        self.inner.deliveries(unreadable_only, page).await
    }
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.inner.delivery(id).await
    }
    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError> {
        self.inner.record_rejections(rejections).await
    }
    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError> {
        self.inner.rejections(since, limit).await
    }
}

#[async_trait]
impl ChangeStore for FaultyStore {
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError> {
        self.inner.routes(numbers, wabas).await
    }
    async fn queued(
        &self,
        partition: u8,
        after: Option<Lane>,
        limit: QueueLimit,
    ) -> Result<Vec<QueuedChange>, StoreError> {
        self.inner.queued(partition, after, limit).await
    }
    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError> {
        let done = (batch.items.len(), batch.dequeue.len());
        let applied = match judge(&self.applies, &batch) {
            Fate::Done => self.inner.apply(batch).await,
            Fate::Refused(error) => Err(error),
            Fate::DoneUnheard => {
                self.inner.apply(batch).await?;
                Err(down())
            }
        }?;
        self.applied.lock().unwrap().push(done);
        Ok(applied)
    }
    async fn due_retries(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<(ParkedItem, Change)>, StoreError> {
        self.inner.due_retries(now, limit).await
    }
    async fn replay(
        &self,
        scope: Scope,
        which: Replay,
        after: Option<ChangeId>,
        now: Time,
    ) -> Result<(i64, Option<ChangeId>), StoreError> {
        self.inner.replay(scope, which, after, now).await
    }
    async fn discard(
        &self,
        scope: Scope,
        item: ParkedItemId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        self.inner.discard(scope, item, audit).await
    }
    async fn changes(
        &self,
        scope: Scope,
        filter: ChangeFilter,
        page: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, StoreError> {
        self.inner.changes(scope, filter, page).await
    }
    async fn change(
        &self,
        scope: Scope,
        id: ChangeId,
    ) -> Result<Option<ChangeOverview>, StoreError> {
        self.inner.change(scope, id).await
    }
    async fn parked(
        &self,
        scope: Scope,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, StoreError> {
        self.inner.parked(scope, state, page).await
    }
    async fn parked_item(
        &self,
        scope: Scope,
        id: ParkedItemId,
    ) -> Result<Option<ParkedItem>, StoreError> {
        self.inner.parked_item(scope, id).await
    }
    async fn queued_count(&self, most: i64) -> Result<i64, StoreError> {
        self.inner.queued_count(most).await
    }
    async fn record_traffic(&self, minutes: Vec<TrafficMinute>) -> Result<(), StoreError> {
        self.inner.record_traffic(minutes).await
    }
    async fn traffic(&self, org: OrgId, since: Time) -> Result<Vec<TrafficMinute>, StoreError> {
        self.inner.traffic(org, since).await
    }
    async fn append_events(&self, events: Vec<NewEvent>) -> Result<Vec<(OrgId, i64)>, StoreError> {
        self.inner.append_events(events).await
    }
}
