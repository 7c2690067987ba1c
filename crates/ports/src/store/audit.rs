use async_trait::async_trait;
use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    ids::{OrgId, UserId},
};

use super::{Page, PageRequest, StoreError};

/// Which entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditFilter {
    /// Only of this action, or of all that begin with it and a dot: `connect` finds `connect.started`.
    pub action: Option<String>,
    /// Only by this person.
    pub user: Option<UserId>,
}

/// The audit log. Every other store writes to it inside its own writes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Records acts that change no other row. All are of the same org or none is written.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn record(&self, org: OrgId, events: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// The org's log, newest first; the key is the sequence.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn audit_log(
        &self,
        org: OrgId,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, StoreError>;

    /// The org's log from the entry after `after` on, oldest first: to verify the chain.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn audit_chain(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEvent>, StoreError>;

    /// Where the org's log ends: its last sequence and hash, as the counter row holds them; zeros when empty.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn audit_head(&self, org: OrgId) -> Result<(i64, [u8; 32]), StoreError>;
}
