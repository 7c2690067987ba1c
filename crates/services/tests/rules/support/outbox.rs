//! An outbox whose leases fail, or whose dispatches are written down and not heard of, as a test says.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{AccountId, ConversationId, IdBlock, MessageId, MetaMediaId, OrgId, UploadId},
    message::Message,
    outbound::Priority,
};
use wabakit_ports::{
    memory::MemoryStore,
    store::{
        Addressee, Deferral, Dispatch, DueLimit, DueMessage, IdempotencyKey, KnownAddressee,
        LogHeads, OutboxFilter, OutboxStore, Overdue, Page, PageRequest, QueueBlock, QueueLease,
        QueueOverview, StoreError, Submission, Submitted, Upload,
    },
};

use super::down;

pub(crate) struct FaultyOutbox {
    inner: Arc<MemoryStore>,
    leases_fail: AtomicBool,
    unheard: AtomicUsize,
}

impl FaultyOutbox {
    pub(crate) fn new(inner: Arc<MemoryStore>) -> Self {
        Self {
            inner,
            leases_fail: AtomicBool::new(false),
            unheard: AtomicUsize::new(0),
        }
    }

    pub(crate) fn leases_fail(&self, fail: bool) {
        self.leases_fail.store(fail, SeqCst);
    }

    /// The next so many dispatches are written, and their answers are lost.
    pub(crate) fn dispatches_unheard(&self, count: usize) {
        self.unheard.store(count, SeqCst);
    }

    fn leases(&self) -> Result<(), StoreError> {
        match self.leases_fail.load(SeqCst) {
            true => Err(down()),
            false => Ok(()),
        }
    }

    fn dispatches(&self) -> Result<(), StoreError> {
        let next = |left: usize| left.checked_sub(1);
        match self.unheard.fetch_update(SeqCst, SeqCst, next) {
            Ok(_) => Err(down()),
            Err(_) => Ok(()),
        }
    }
}

/// Hands every call on; `before` and `after` it, what may fail.
macro_rules! handed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty
        $(, before $before:ident)? $(, after $after:ident)?;)*) => {
        #[async_trait]
        impl OutboxStore for FaultyOutbox {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                $(self.$before()?;)?
                let answer = self.inner.$name($($argument),*).await?;
                $(self.$after()?;)?
                Ok(answer)
            })*
        }
    };
}

handed_on! {
    addressees(asked: Vec<(OrgId, AccountId, Addressee)>) -> Vec<KnownAddressee>;
    submit(submissions: Vec<Submission>, ids: IdBlock, now: Time) -> (Vec<Submitted>, LogHeads);
    repeated(org: OrgId, key: IdempotencyKey) -> Option<Submitted>;
    sent(org: OrgId, filter: OutboxFilter, page: PageRequest<MessageId>) -> Page<Message, MessageId>;
    body(org: OrgId, id: MessageId) -> Option<String>;
    idle_queues(now: Time, limit: i64) -> Vec<AccountId>;
    lease_queues(owner: Uuid, accounts: Vec<AccountId>, now: Time, until: Time) -> Vec<QueueLease>, before leases;
    release_queues(owner: Uuid, accounts: Vec<AccountId>) -> ();
    due(account: AccountId, after: Option<(Priority, String)>, without: Vec<MessageId>, now: Time, limit: DueLimit)
        -> Vec<DueMessage>;
    dispatch(owner: Uuid, dispatches: Vec<Dispatch>, now: Time) -> Vec<MessageId>, after dispatches;
    defer(deferrals: Vec<Deferral>) -> ();
    orphans(account: AccountId, epoch: i64, limit: i64) -> Vec<MessageId>;
    overdue(now: Time, limit: i64) -> Vec<Overdue>;
    recent_sends(conversations: Vec<ConversationId>, since: Time) -> Vec<(ConversationId, Time)>;
    block_queue(account: AccountId, epoch: i64, block: Option<QueueBlock>) -> ();
    pause_queue(org: OrgId, account: AccountId, is_paused: bool, audit: Vec<NewAuditEvent>) -> ();
    queues(org: OrgId, now: Time, stuck_before: Time, most: i64) -> Vec<QueueOverview>;
    save_upload(upload: Upload) -> Upload;
    upload(org: OrgId, id: UploadId) -> Option<Upload>;
    meta_media(upload: UploadId, account: AccountId) -> Option<(MetaMediaId, Time)>;
    save_meta_media(upload: UploadId, account: AccountId, meta: Option<MetaMediaId>, now: Time) -> ();
}
