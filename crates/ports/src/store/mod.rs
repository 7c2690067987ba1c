//! Persistence: one trait for each bounded context. A method on a tenant's rows takes `org` first.

mod accounts;
mod audit;
mod changes;
mod connect;
mod data_keys;
mod error;
mod events;
mod facts;
mod identity;
mod inbox;
mod journal;
mod media;
mod meta_apps;
mod outbox;
mod page;
mod second_factors;
mod subscribers;
mod templates;
mod upkeep;

pub use accounts::{AccountStore, DisconnectWrite, Disconnected, NumberHolder, VerifiedWrite};
pub use audit::{AuditFilter, AuditStore};
pub use changes::{
    Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, QueueLimit, QueuedChange,
    Replay, Scope, TrafficMinute,
};
pub use connect::{ConnectOutcome, ConnectStore, ConnectWrite, TakenOver, TeardownOutcome};
pub use data_keys::{DataKeyRow, DataKeyStore};
pub use error::StoreError;
pub use events::{EventPage, EventStore};
pub use facts::{Facts, LogHeads};
pub use identity::{
    Acceptance, DueMail, IdentityStore, MembershipChange, Namesake, Namesakes, OrgOverview,
    RefreshRotation, Rotation, SignIn, WhichSignIns,
};
pub use inbox::{
    Assignee, ContactMerge, ConversationChange, ConversationFilter, ConversationOverview, Erased,
    InboxStore, MOST_MERGES, MessageDetail, Split, TimeKey,
};
pub use journal::{DeliveryOverview, JournalBatch, JournalStore, Rejections, SplitWrite};
pub use media::MediaStore;
pub use meta_apps::MetaAppStore;
pub use outbox::{
    Addressee, Deferral, Dispatch, DueLimit, DueMessage, IdempotencyKey, KnownAddressee,
    OutboxFilter, OutboxStore, Overdue, QueueBlock, QueueLease, QueueOverview, Submission,
    Submitted, Upload,
};
pub use page::{Limit, Page, PageRequest};
pub use second_factors::{SecondFactorEnd, SecondFactorStore};
pub use subscribers::{
    EventCursor, EventWork, EventWorkId, FailedEventWork, Fence, MessageCounts, MessageDay,
    NewEventWork, SubscriberStore, TakenIn,
};
pub use templates::{
    SyncEnd, SyncEndWrite, SyncPageWrite, TemplateChange, TemplateFilter, TemplateKey,
    TemplateStore, TemplateSync, TemplateSyncState, TemplateWrite,
};
pub use upkeep::{Retention, UpkeepStore};

#[cfg(feature = "mock")]
pub use {
    accounts::MockAccountStore, audit::MockAuditStore, changes::MockChangeStore,
    connect::MockConnectStore, data_keys::MockDataKeyStore, events::MockEventStore,
    identity::MockIdentityStore, inbox::MockInboxStore, journal::MockJournalStore,
    media::MockMediaStore, meta_apps::MockMetaAppStore, outbox::MockOutboxStore,
    second_factors::MockSecondFactorStore, subscribers::MockSubscriberStore,
    templates::MockTemplateStore, upkeep::MockUpkeepStore,
};

/// All stores of receiving and sending, which one adapter implements.
pub trait ReceiveStore:
    JournalStore
    + ChangeStore
    + InboxStore
    + OutboxStore
    + EventStore
    + MediaStore
    + TemplateStore
    + UpkeepStore
{
}
impl<T> ReceiveStore for T where
    T: JournalStore
        + ChangeStore
        + InboxStore
        + OutboxStore
        + EventStore
        + MediaStore
        + TemplateStore
        + UpkeepStore
{
}

/// All stores of connecting, which one adapter implements.
pub trait Store:
    AccountStore
    + AuditStore
    + ConnectStore
    + DataKeyStore
    + IdentityStore
    + MetaAppStore
    + SecondFactorStore
    + StoreHealth
{
}
impl<T> Store for T where
    T: AccountStore
        + AuditStore
        + ConnectStore
        + DataKeyStore
        + IdentityStore
        + MetaAppStore
        + SecondFactorStore
        + StoreHealth
{
}

/// Checks that the store answers.
#[async_trait::async_trait]
pub trait StoreHealth: Send + Sync {
    /// Makes a cheap read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    async fn ping(&self) -> Result<(), StoreError>;
}
