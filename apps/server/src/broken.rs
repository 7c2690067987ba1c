//! Stores that break one promise of the product, so that `cargo xtask prove broken` shows that the judge of histories
//! sees it. Only the feature `broken` compiles this file, and only `wabakit-broken` has the feature.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::Duration;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, Lane, ParkedItem, ParkedState, Route},
    ids::{
        AccountId, ChangeId, ConversationId, IdBlock, MessageId, MetaMediaId, OrgId, ParkedItemId,
        PhoneNumberId, UploadId, WabaId, Wamid,
    },
    inbound::Fact,
    message::Message,
    outbound::Priority,
};
use wabakit_ports::store::{
    Addressee, Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, Deferral, Dispatch,
    DueLimit, DueMessage, EventPage, EventStore, IdempotencyKey, KnownAddressee, LogHeads,
    OutboxFilter, OutboxStore, Overdue, Page, PageRequest, QueueBlock, QueueLease, QueueLimit,
    QueueOverview, QueuedChange, Replay, Scope, StoreError, Submission, Submitted, TrafficMinute,
    Upload,
};
use wabakit_services::ReceivePorts;

/// Names the broken promise. Without it, the server keeps all of them.
const VARIABLE: &str = "WABAKIT_BROKEN";

/// A promise that this server breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Promise {
    /// Fencing: the server takes queues that others hold, and sends what it could not mark.
    Fencing,
    /// Deduplication: it forgets idempotency keys, and applies a repeated message as another one.
    Deduplication,
    /// Order: it queues the messages of a call from the last one to the first.
    Order,
    /// Tenancy: it shows an organisation the events of another one.
    Tenancy,
}

#[allow(
    clippy::disallowed_methods,
    reason = "the configuration of the product knows nothing of this"
)]
fn chosen() -> Option<Promise> {
    let promise = match std::env::var(VARIABLE).ok()?.as_str() {
        "fencing" => Promise::Fencing,
        "deduplication" => Promise::Deduplication,
        "order" => Promise::Order,
        "tenancy" => Promise::Tenancy,
        _ => return None,
    };
    tracing::error!(?promise, "this server is BROKEN on purpose");
    Some(promise)
}

/// Breaks the ports of receiving.
pub(crate) fn receiving(ports: ReceivePorts) -> ReceivePorts {
    match chosen() {
        Some(Promise::Deduplication) => ReceivePorts {
            changes: Arc::new(Repeating {
                real: ports.changes,
                seen: Mutex::default(),
            }),
            ..ports
        },
        Some(Promise::Tenancy) => ReceivePorts {
            events: Arc::new(Mixed {
                real: ports.events,
                seen: Mutex::default(),
            }),
            ..ports
        },
        _ => ports,
    }
}

/// Breaks the queue of messages.
pub(crate) fn sending(real: Arc<dyn OutboxStore>) -> Arc<dyn OutboxStore> {
    match chosen() {
        Some(promise) => Arc::new(Outbox { real, promise }),
        None => real,
    }
}

/// Implements a port: the methods in braces here, and the others by the real store.
macro_rules! over {
    ($port:ident for $store:ident { $($own:item)* } $($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        #[async_trait]
        impl $port for $store {
            $($own)*
            $(async fn $name(&self, $($arg: $type),*) -> Result<$out, StoreError> {
                self.real.$name($($arg),*).await
            })*
        }
    };
}

/// A queue without fences, keys or order.
struct Outbox {
    real: Arc<dyn OutboxStore>,
    promise: Promise,
}

over! { OutboxStore for Outbox {
    async fn submit(
        &self,
        mut submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, LogHeads), StoreError> {
        for submission in &mut submissions {
            match self.promise {
                Promise::Deduplication => submission.key = None,
                Promise::Order => submission.messages.reverse(),
                Promise::Fencing | Promise::Tenancy => {}
            }
        }
        self.real.submit(submissions, ids, now).await
    }

    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError> {
        match self.promise {
            Promise::Deduplication => Ok(None),
            _ => self.real.repeated(org, key).await,
        }
    }

    async fn lease_queues(
        &self,
        owner: Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError> {
        // Every lease has ended by then.
        let now = match self.promise {
            Promise::Fencing => now + Duration::days(1),
            _ => now,
        };
        self.real.lease_queues(owner, accounts, now, until).await
    }

    async fn dispatch(
        &self,
        owner: Uuid,
        dispatches: Vec<Dispatch>,
        now: Time,
    ) -> Result<Vec<MessageId>, StoreError> {
        let all = dispatches.iter().flat_map(|one| &one.messages);
        let all: Vec<MessageId> = all.map(|(id, _)| *id).collect();
        let marked = self.real.dispatch(owner, dispatches, now).await?;
        Ok(match self.promise {
            Promise::Fencing => all,
            _ => marked,
        })
    }
}
    addressees(asked: Vec<(OrgId, AccountId, Addressee)>) -> Vec<KnownAddressee>;
    sent(org: OrgId, filter: OutboxFilter, page: PageRequest<MessageId>) -> Page<Message, MessageId>;
    body(org: OrgId, id: MessageId) -> Option<String>;
    idle_queues(now: Time, limit: i64) -> Vec<AccountId>;
    release_queues(owner: Uuid, accounts: Vec<AccountId>) -> ();
    due(account: AccountId, after: Option<(Priority, String)>, held: Vec<ConversationId>, now: Time, limit: DueLimit) -> Vec<DueMessage>;
    defer(deferrals: Vec<Deferral>) -> ();
    orphans(account: AccountId, epoch: i64, limit: i64) -> Vec<MessageId>;
    overdue(now: Time, limit: i64) -> Vec<Overdue>;
    recent_sends(conversations: Vec<ConversationId>, since: Time) -> Vec<(ConversationId, Time)>;
    block_queue(account: AccountId, epoch: i64, block: Option<QueueBlock>) -> ();
    pause_queue(org: OrgId, account: AccountId, is_paused: bool, audit: Vec<NewAuditEvent>) -> ();
    queues(org: OrgId, now: Time, stuck_before: Time, most: i64) -> Vec<QueueOverview>;
    save_upload(upload: Upload, quota: Option<i64>, audit: Vec<NewAuditEvent>) -> Upload;
    upload(org: OrgId, id: UploadId) -> Option<Upload>;
    meta_media(upload: UploadId, account: AccountId) -> Option<(MetaMediaId, Time)>;
    save_meta_media(upload: UploadId, account: AccountId, meta: Option<MetaMediaId>, now: Time) -> ();
}

/// Changes that are applied again when they are repeated.
struct Repeating {
    real: Arc<dyn ChangeStore>,
    seen: Mutex<HashSet<Wamid>>,
}

over! { ChangeStore for Repeating {
    async fn apply(&self, mut batch: ApplyBatch) -> Result<Applied, StoreError> {
        for item in &mut batch.items {
            if let Fact::Message(fact) = &mut item.fact {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                while !seen.insert(fact.wamid.clone()) {
                    fact.wamid = Wamid::from(format!("{}+", fact.wamid.as_str()));
                }
            }
        }
        self.real.apply(batch).await
    }

    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError> {
        self.real.routes(numbers, wabas).await
    }
}
    queued(partition: u8, after: Option<Lane>, limit: QueueLimit) -> Vec<QueuedChange>;
    due_retries(now: Time, limit: i64) -> Vec<(ParkedItem, Change)>;
    replay(scope: Scope, which: Replay, after: Option<ChangeId>, now: Time, audit: Vec<NewAuditEvent>) -> (i64, Option<ChangeId>);
    discard(scope: Scope, item: ParkedItemId, audit: Vec<NewAuditEvent>) -> bool;
    changes(scope: Scope, filter: ChangeFilter, page: PageRequest<ChangeId>) -> Page<ChangeOverview, ChangeId>;
    change(scope: Scope, id: ChangeId) -> Option<ChangeOverview>;
    parked(scope: Scope, state: Option<ParkedState>, page: PageRequest<ParkedItemId>) -> Page<ParkedItem, ParkedItemId>;
    parked_item(scope: Scope, id: ParkedItemId) -> Option<ParkedItem>;
    queued_count(most: i64) -> i64;
    record_traffic(minutes: Vec<TrafficMinute>) -> ();
    traffic(org: OrgId, since: Time) -> Vec<TrafficMinute>;
}

/// Logs in which an organisation reads another one's events, as soon as two were asked for.
struct Mixed {
    real: Arc<dyn EventStore>,
    seen: Mutex<Vec<OrgId>>,
}

#[async_trait]
impl EventStore for Mixed {
    async fn events_after(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<EventPage, StoreError> {
        let other = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.contains(&org) {
                seen.push(org);
            }
            seen.iter().find(|seen| **seen != org).copied()
        };
        self.real
            .events_after(other.unwrap_or(org), after, limit)
            .await
    }

    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
        self.real.event_heads(orgs).await
    }
}
