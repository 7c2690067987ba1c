//! A store whose writes fail as a test orders: refused, delayed, half done, done with a lost answer, or done too late.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::{sync::Semaphore, time::sleep};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    conversation::Conversation,
    delivery::{Change, Delivery, Lane, ParkedItem, ParkedState, Route},
    ids::{
        AccountId, ChangeId, ContactId, ConversationId, DeliveryId, IdBlock, MediaId, MessageId,
        MetaMediaId, OrgId, ParkedItemId, PhoneNumberId, TemplateId, TemplateSyncId, UploadId,
        WabaId, Wamid,
    },
    media::Media,
    message::Message,
    outbound::Priority,
    template_record::{TemplateHistory, TemplateRecord},
};

use crate::store::{
    Addressee, Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, ContactMerge,
    ConversationChange, ConversationFilter, ConversationOverview, Deferral, DeliveryOverview,
    Dispatch, DueLimit, DueMessage, Erased, EventPage, EventStore, IdempotencyKey, InboxStore,
    JournalBatch, JournalStore, KnownAddressee, LogHeads, MediaStore, MessageDetail, OutboxFilter,
    OutboxStore, Overdue, Page, PageRequest, QueueBlock, QueueLease, QueueLimit, QueueOverview,
    QueuedChange, ReceiveStore, Rejections, Replay, Retention, Scope, Split, SplitWrite,
    StoreError, Submission, Submitted, SyncEndWrite, SyncPageWrite, TemplateFilter, TemplateKey,
    TemplateStore, TemplateSync, TemplateWrite, TimeKey, TrafficMinute, UpkeepStore, Upload,
};

/// The fate of a write.
pub enum Fate {
    /// It is done.
    Done,
    /// Nothing is written.
    Refused(StoreError),
    /// It is written, and the answer is lost: as if the process died right after.
    DoneUnheard,
    /// The first half of its items is written, and the answer is lost. A write of one item is not done at all.
    HalfDone,
    /// It is done after this time, and the caller waits.
    Late(Duration),
    /// The caller gets an error at once, but the write is done after this time.
    Straggling(Duration),
    /// It is done after this future, and the caller waits.
    After(BoxFuture<'static, ()>),
}

/// Makes the error of a database that does not answer.
pub fn down() -> StoreError {
    StoreError::unavailable("the database is down")
}

type Verdict = Box<dyn FnMut(&dyn Any) -> Fate + Send>;
type EveryVerdict = Box<dyn FnMut(&'static str) -> Fate + Send>;

/// A store that passes calls on to another one. Every write is done, until a test orders another fate.
pub struct FaultyStore {
    inner: Arc<dyn ReceiveStore>,
    verdicts: Mutex<HashMap<&'static str, Verdict>>,
    every: Mutex<Option<EveryVerdict>>,
    reads: Mutex<HashMap<&'static str, usize>>,
    /// Permits that appends wait for, one each.
    pub gate: Semaphore,
    /// The deliveries of each append that began.
    pub appended: Mutex<Vec<usize>>,
    /// The numbers of items and of dequeued changes, of each apply that succeeded.
    pub applied: Mutex<Vec<(usize, usize)>>,
}

/// The way in which a write that is not refused is done.
struct Way {
    is_half: bool,
    is_heard: bool,
    /// The time to wait before the write.
    wait: Duration,
    /// The future to await before the write.
    before: Option<BoxFuture<'static, ()>>,
}

impl FaultyStore {
    /// Makes a store over this one.
    pub fn new(inner: Arc<dyn ReceiveStore>) -> Self {
        Self {
            inner,
            verdicts: Mutex::default(),
            every: Mutex::default(),
            reads: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            appended: Mutex::default(),
            applied: Mutex::default(),
        }
    }

    /// Sets the verdict on the writes of one method, by the written value.
    pub fn on<W: 'static>(
        &self,
        write: &'static str,
        mut verdict: impl FnMut(&W) -> Fate + Send + 'static,
    ) {
        let verdict: Verdict = Box::new(move |write| match write.downcast_ref() {
            Some(write) => verdict(write),
            None => Fate::Refused(StoreError::Forbidden("a verdict upon another write")),
        });
        locked(&self.verdicts).insert(write, verdict);
    }

    /// Sets the verdict on all methods without one of their own, by the method's name.
    pub fn on_every(&self, verdict: impl FnMut(&'static str) -> Fate + Send + 'static) {
        *locked(&self.every) = Some(Box::new(verdict));
    }

    /// Sets the verdict on appends to the journal.
    pub fn on_append(&self, verdict: impl FnMut(&JournalBatch) -> Fate + Send + 'static) {
        self.on("append", verdict);
    }

    /// Sets the verdict on splits.
    pub fn on_split(&self, verdict: impl FnMut(&SplitWrite) -> Fate + Send + 'static) {
        self.on("split", verdict);
    }

    /// Sets the verdict on applied batches.
    pub fn on_apply(&self, verdict: impl FnMut(&ApplyBatch) -> Fate + Send + 'static) {
        self.on("apply", verdict);
    }

    /// Sets the verdict on dispatches.
    pub fn on_dispatch(&self, verdict: impl FnMut(&Vec<Dispatch>) -> Fate + Send + 'static) {
        self.on("dispatch", verdict);
    }

    /// Returns how often the read method of this name was called.
    pub fn reads(&self, name: &str) -> usize {
        locked(&self.reads).get(name).copied().unwrap_or_default()
    }

    /// Removes all verdicts, so that every write is done from now on.
    pub fn heal(&self) {
        locked(&self.verdicts).clear();
        *locked(&self.every) = None;
    }

    fn fate(&self, name: &'static str, write: &dyn Any) -> Fate {
        if let Some(verdict) = locked(&self.verdicts).get_mut(name) {
            return verdict(write);
        }
        match &mut *locked(&self.every) {
            Some(verdict) => verdict(name),
            None => Fate::Done,
        }
    }

    fn way(&self, name: &'static str, write: &dyn Any) -> Result<Way, StoreError> {
        let way = |is_half, is_heard| Way {
            is_half,
            is_heard,
            wait: Duration::ZERO,
            before: None,
        };
        Ok(match self.fate(name, write) {
            Fate::Refused(error) => return Err(error),
            Fate::Done => way(false, true),
            Fate::DoneUnheard => way(false, false),
            Fate::HalfDone => way(true, false),
            Fate::Late(wait) => Way {
                wait,
                ..way(false, true)
            },
            Fate::Straggling(wait) => Way {
                wait,
                ..way(false, false)
            },
            Fate::After(before) => Way {
                before: Some(before),
                ..way(false, true)
            },
        })
    }

    async fn go<T: Send + 'static>(
        &self,
        way: Way,
        call: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let call = async move {
            if !way.wait.is_zero() {
                sleep(way.wait).await;
            }
            if let Some(before) = way.before {
                before.await;
            }
            call.await
        };
        if !way.is_heard && !way.wait.is_zero() {
            drop(tokio::spawn(call));
            return Err(down());
        }
        let answer = call.await?;
        match way.is_heard {
            true => Ok(answer),
            false => Err(down()),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A written value that can be cut to its first half.
trait Half {
    fn half(self) -> Self;
}

impl Half for ApplyBatch {
    fn half(mut self) -> Self {
        self.items.truncate(self.items.len() / 2);
        self
    }
}

impl Half for Vec<Dispatch> {
    fn half(mut self) -> Self {
        for dispatch in &mut self {
            dispatch.messages.truncate(dispatch.messages.len() / 2);
        }
        self
    }
}

impl Half for Vec<Submission> {
    fn half(mut self) -> Self {
        self.truncate(self.len() / 2);
        self
    }
}

impl Half for Vec<Deferral> {
    fn half(mut self) -> Self {
        self.truncate(self.len() / 2);
        self
    }
}

impl Half for JournalBatch {
    fn half(mut self) -> Self {
        self.deliveries.truncate(self.deliveries.len() / 2);
        self
    }
}

impl Half for SplitWrite {
    fn half(self) -> Self {
        self
    }
}

/// Implements a trait by passing its calls on: reads unchanged, writes and batches as their fate says.
macro_rules! handed_on {
    ($trait:ident;
        reads { $($read:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* }
        writes { $($write:ident($($given:ident: $of:ty),*) -> $written:ty;)* }
        batches { $($batch:ident($($part:ident: $part_of:ty),*) -> $made:ty, of $items:ident;)* }
        $($by_hand:tt)*
    ) => {
        #[async_trait]
        impl $trait for FaultyStore {
            $(async fn $read(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                *locked(&self.reads).entry(stringify!($read)).or_default() += 1;
                self.inner.$read($($argument),*).await
            })*
            $(async fn $write(&self, $($given: $of),*) -> Result<$written, StoreError> {
                let way = self.way(stringify!($write), &())?;
                let inner = self.inner.clone();
                self.go(way, async move { inner.$write($($given),*).await }).await
            })*
            $(async fn $batch(&self, $($part: $part_of),*) -> Result<$made, StoreError> {
                let way = self.way(stringify!($batch), &$items)?;
                let $items = match way.is_half {
                    true => $items.half(),
                    false => $items,
                };
                let inner = self.inner.clone();
                self.go(way, async move { inner.$batch($($part),*).await }).await
            })*
            $($by_hand)*
        }
    };
}

handed_on! { OutboxStore;
    reads {
        addressees(asked: Vec<(OrgId, AccountId, Addressee)>) -> Vec<KnownAddressee>;
        repeated(org: OrgId, key: IdempotencyKey) -> Option<Submitted>;
        sent(org: OrgId, filter: OutboxFilter, page: PageRequest<MessageId>) -> Page<Message, MessageId>;
        body(org: OrgId, id: MessageId) -> Option<String>;
        idle_queues(now: Time, limit: i64) -> Vec<AccountId>;
        due(account: AccountId, after: Option<(Priority, String)>, held: Vec<ConversationId>, now: Time, limit: DueLimit)
            -> Vec<DueMessage>;
        orphans(account: AccountId, epoch: i64, limit: i64) -> Vec<MessageId>;
        overdue(now: Time, limit: i64) -> Vec<Overdue>;
        recent_sends(conversations: Vec<ConversationId>, since: Time) -> Vec<(ConversationId, Time)>;
        queues(org: OrgId, now: Time, stuck_before: Time, most: i64) -> Vec<QueueOverview>;
        upload(org: OrgId, id: UploadId) -> Option<Upload>;
        meta_media(upload: UploadId, account: AccountId) -> Option<(MetaMediaId, Time)>;
    }
    writes {
        lease_queues(owner: Uuid, accounts: Vec<AccountId>, now: Time, until: Time) -> Vec<QueueLease>;
        release_queues(owner: Uuid, accounts: Vec<AccountId>) -> ();
        block_queue(account: AccountId, epoch: i64, block: Option<QueueBlock>) -> ();
        pause_queue(org: OrgId, account: AccountId, is_paused: bool, audit: Vec<NewAuditEvent>) -> ();
        save_upload(upload: Upload, quota: Option<i64>, audit: Vec<NewAuditEvent>) -> Upload;
        save_meta_media(upload: UploadId, account: AccountId, meta: Option<MetaMediaId>, now: Time) -> ();
    }
    batches {
        submit(submissions: Vec<Submission>, ids: IdBlock, now: Time) -> (Vec<Submitted>, LogHeads), of submissions;
        dispatch(owner: Uuid, dispatches: Vec<Dispatch>, now: Time) -> Vec<MessageId>, of dispatches;
        defer(deferrals: Vec<Deferral>) -> (), of deferrals;
    }
}

handed_on! { JournalStore;
    reads {
        unsplit(max_bytes: usize) -> Vec<JournalBatch>;
        unsplit_count(most: i64) -> i64;
        deliveries(unreadable_only: bool, page: PageRequest<DeliveryId>) -> Page<DeliveryOverview, DeliveryId>;
        delivery(id: DeliveryId) -> Option<Delivery>;
        rejections(since: Time, limit: i64) -> Vec<Rejections>;
    }
    writes {
        record_rejections(rejections: Vec<Rejections>) -> ();
    }
    batches {
        split(write: SplitWrite) -> (), of write;
    }
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError> {
        locked(&self.appended).push(batch.deliveries.len());
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        let way = self.way("append", &batch)?;
        let batch = match way.is_half {
            true => batch.half(),
            false => batch,
        };
        let inner = self.inner.clone();
        self.go(way, async move { inner.append(batch).await }).await
    }
}

handed_on! { ChangeStore;
    reads {
        queued(partition: u8, after: Option<Lane>, limit: QueueLimit) -> Vec<QueuedChange>;
        due_retries(now: Time, limit: i64) -> Vec<(ParkedItem, Change)>;
        changes(scope: Scope, filter: ChangeFilter, page: PageRequest<ChangeId>) -> Page<ChangeOverview, ChangeId>;
        change(scope: Scope, id: ChangeId) -> Option<ChangeOverview>;
        parked(scope: Scope, state: Option<ParkedState>, page: PageRequest<ParkedItemId>)
            -> Page<ParkedItem, ParkedItemId>;
        parked_item(scope: Scope, id: ParkedItemId) -> Option<ParkedItem>;
        queued_count(most: i64) -> i64;
        traffic(org: OrgId, since: Time) -> Vec<TrafficMinute>;
    }
    writes {
        replay(scope: Scope, which: Replay, after: Option<ChangeId>, now: Time, audit: Vec<NewAuditEvent>)
            -> (i64, Option<ChangeId>);
        discard(scope: Scope, item: ParkedItemId, audit: Vec<NewAuditEvent>) -> bool;
        record_traffic(minutes: Vec<TrafficMinute>) -> ();
    }
    batches {}
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError> {
        self.inner.routes(numbers, wabas).await
    }
    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError> {
        let done = (batch.items.len(), batch.dequeue.len());
        let way = self.way("apply", &batch)?;
        let batch = match way.is_half {
            true => batch.half(),
            false => batch,
        };
        let inner = self.inner.clone();
        let applied = self.go(way, async move { inner.apply(batch).await }).await?;
        locked(&self.applied).push(done);
        Ok(applied)
    }
}

handed_on! { InboxStore;
    reads {
        conversations(org: OrgId, filter: ConversationFilter, page: PageRequest<TimeKey<ConversationId>>)
            -> Page<ConversationOverview, TimeKey<ConversationId>>;
        conversation(org: OrgId, id: ConversationId) -> Option<ConversationOverview>;
        messages(org: OrgId, conversation: ConversationId, page: PageRequest<TimeKey<MessageId>>)
            -> Page<MessageDetail, TimeKey<MessageId>>;
        message(org: OrgId, id: MessageId) -> Option<MessageDetail>;
        unread_count(org: OrgId, most: i64) -> i64;
        contacts(org: OrgId, search: Option<String>, page: PageRequest<ContactId>) -> Page<Contact, ContactId>;
        last_heard(org: OrgId, conversation: ConversationId, until: Time) -> Option<Wamid>;
        contact(org: OrgId, id: ContactId) -> Option<Contact>;
    }
    writes {
        change_conversation(org: OrgId, id: ConversationId, change: ConversationChange, audit: Vec<NewAuditEvent>,
            now: Time, ids: IdBlock) -> (Conversation, i64);
        rename_contact(org: OrgId, id: ContactId, name: Option<String>, audit: Vec<NewAuditEvent>, now: Time,
            ids: IdBlock) -> (Contact, i64);
        contact_merges(org: OrgId, into: ContactId) -> Vec<ContactMerge>;
        split_contact(org: OrgId, into: ContactId, merge: Uuid, audit: Vec<NewAuditEvent>, now: Time, ids: IdBlock) -> Split;
        erase_contact(org: OrgId, id: ContactId, audit: Vec<NewAuditEvent>, now: Time, ids: IdBlock) -> Erased;
    }
    batches {}
}

handed_on! { MediaStore;
    reads {
        media(org: OrgId, id: MediaId) -> Option<Media>;
        stored_bytes(org: OrgId) -> i64;
    }
    writes {
        claim_media(now: Time, lease: Time, limit: i64) -> Vec<Media>;
        save_media(media: Media, quota: Option<i64>, announce: bool, audit: Vec<NewAuditEvent>, now: Time, ids: IdBlock)
            -> Option<i64>;
    }
    batches {}
}

handed_on! { EventStore;
    reads {
        events_after(org: OrgId, after: i64, limit: i64) -> EventPage;
    }
    writes {}
    batches {}
    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
        self.inner.event_heads(orgs).await
    }
}

handed_on! { UpkeepStore;
    reads {}
    writes {
        prune(retention: Retention, limit: i64) -> i64;
    }
    batches {}
    async fn take_turn(
        &self,
        turns: &[String],
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<String>, StoreError> {
        let way = self.way("take_turn", &())?;
        let taken = self.inner.take_turn(turns, owner, now, until).await?;
        match way.is_heard {
            true => Ok(taken),
            false => Err(down()),
        }
    }
    async fn end_turn(&self, turn: &str, owner: Uuid, now: Time) -> Result<(), StoreError> {
        let way = self.way("end_turn", &())?;
        self.inner.end_turn(turn, owner, now).await?;
        match way.is_heard {
            true => Ok(()),
            false => Err(down()),
        }
    }
}

/// Templates are read and written as they come.
#[async_trait]
impl TemplateStore for FaultyStore {
    async fn templates(
        &self,
        org: OrgId,
        filter: TemplateFilter,
        page: PageRequest<TemplateKey>,
    ) -> Result<Page<TemplateRecord, TemplateKey>, StoreError> {
        self.inner.templates(org, filter, page).await
    }

    async fn template(
        &self,
        org: OrgId,
        id: TemplateId,
    ) -> Result<Option<(TemplateRecord, Vec<TemplateHistory>)>, StoreError> {
        self.inner.template(org, id).await
    }

    async fn template_syncs(&self, org: OrgId) -> Result<Vec<TemplateSync>, StoreError> {
        self.inner.template_syncs(org).await
    }

    async fn request_template_sync(
        &self,
        org: OrgId,
        waba: Option<WabaId>,
        run: TemplateSyncId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(Vec<WabaId>, LogHeads), StoreError> {
        let inner = &self.inner;
        inner
            .request_template_sync(org, waba, run, now, audit)
            .await
    }

    async fn claim_template_syncs(
        &self,
        owner: Uuid,
        now: Time,
        until: Time,
        run: TemplateSyncId,
        limit: i64,
    ) -> Result<Vec<TemplateSync>, StoreError> {
        let inner = &self.inner;
        inner
            .claim_template_syncs(owner, now, until, run, limit)
            .await
    }

    async fn accounts_for_templates(
        &self,
        waba: &WabaId,
    ) -> Result<Vec<(OrgId, AccountId)>, StoreError> {
        self.inner.accounts_for_templates(waba).await
    }

    async fn save_template_page(
        &self,
        write: SyncPageWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError> {
        self.inner.save_template_page(write).await
    }

    async fn end_template_sync(
        &self,
        write: SyncEndWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError> {
        self.inner.end_template_sync(write).await
    }

    async fn write_templates(
        &self,
        org: OrgId,
        write: TemplateWrite,
    ) -> Result<LogHeads, StoreError> {
        self.inner.write_templates(org, write).await
    }
}
