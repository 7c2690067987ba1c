//! Persistence. One trait a bounded context; `org` comes first wherever a tenant's rows are meant.

mod accounts;
mod audit;
mod connect;
mod data_keys;
mod error;
mod identity;
mod meta_apps;
mod page;

pub use accounts::{AccountStore, DisconnectWrite, Disconnected, NumberHolder, VerifiedWrite};
pub use audit::{AuditFilter, AuditStore};
pub use connect::{ConnectStore, ConnectWrite, TakenOver, TeardownOutcome};
pub use data_keys::{DataKeyRow, DataKeyStore};
pub use error::StoreError;
pub use identity::{
    Acceptance, IdentityStore, MembershipChange, OrgOverview, RefreshRotation, Rotation, SignIn,
};
pub use meta_apps::MetaAppStore;
pub use page::{Limit, Page, PageRequest};

#[cfg(feature = "mock")]
pub use {
    accounts::MockAccountStore, audit::MockAuditStore, connect::MockConnectStore,
    data_keys::MockDataKeyStore, identity::MockIdentityStore, meta_apps::MockMetaAppStore,
};

/// Everything that one adapter implements.
pub trait Store:
    AccountStore + AuditStore + ConnectStore + DataKeyStore + IdentityStore + MetaAppStore + StoreHealth
{
}
impl<T> Store for T where
    T: AccountStore
        + AuditStore
        + ConnectStore
        + DataKeyStore
        + IdentityStore
        + MetaAppStore
        + StoreHealth
{
}

/// Whether the store answers.
#[async_trait::async_trait]
pub trait StoreHealth: Send + Sync {
    /// A cheap read through the pool.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    async fn ping(&self) -> Result<(), StoreError>;
}
