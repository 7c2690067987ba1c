use async_trait::async_trait;
use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    ids::{OrgId, UserId},
};

use super::{Page, PageRequest, StoreError};

/// A filter of audit entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditFilter {
    /// Only entries of this action, or of all actions that begin with it and a dot: `connect` finds
    /// `connect.started`.
    pub action: Option<String>,
    /// Only entries of this person.
    pub user: Option<UserId>,
}

/// Reads the audit log. Other stores append to it in their own writes.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Records acts that change no other row. All entries belong to the organisation, or none is written.
    async fn record(&self, org: OrgId, events: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// Lists the organisation's log, newest first. The key is the sequence.
    async fn audit_log(
        &self,
        org: OrgId,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, StoreError>;

    /// Lists the organisation's log after the entry `after`, oldest first, to verify the chain.
    async fn audit_chain(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEvent>, StoreError>;

    /// Returns the end of the organisation's log: its last sequence and hash in the counter row. Zeros when it is
    /// empty.
    async fn audit_head(&self, org: OrgId) -> Result<(i64, [u8; 32]), StoreError>;
}
