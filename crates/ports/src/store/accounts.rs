use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    audit::NewAuditEvent,
    grant::Grant,
    ids::{AccountId, GrantId, IdBlock, MetaAppId, OrgId, PhoneNumberId, TeardownId, WabaId},
};

use super::{Facts, LogHeads, Page, PageRequest, StoreError};

/// Who has a number now.
#[derive(Clone, PartialEq, Debug)]
pub struct NumberHolder {
    /// The active account.
    pub account: Account,
    /// What it stands on.
    pub grant: Grant,
}

/// Disconnects accounts in one write.
#[derive(Clone, PartialEq, Debug)]
pub struct DisconnectWrite {
    /// Which accounts, each with two ids for the teardowns that may be needed: unsubscribe and release.
    /// Those that are not active are left alone.
    pub accounts: Vec<(AccountId, TeardownId, TeardownId)>,
    /// When.
    pub at: Time,
    /// The teardowns are due from then on: after the caller's own try.
    pub teardown_due: Time,
    /// One for each account, in the same order; written only for those that were active.
    pub audit: Vec<NewAuditEvent>,
    /// Ids for the events.
    pub ids: IdBlock,
}

/// What became of an account that was active.
#[derive(Clone, PartialEq, Debug)]
pub struct Disconnected {
    /// The account, inactive now.
    pub account: Account,
    /// The teardowns that were stored with it: unsubscribe when it was the last active number of its WABA
    /// under its Meta app (across all orgs), release when it was the last of its grant. In that order.
    pub teardowns: Vec<TeardownId>,
}

/// A change of an account, and of its grant where Meta told of that too, in one write.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifiedWrite {
    /// The account as it is now, with the version that was read.
    pub account: Account,
    /// The grant as it is now, with the version that was read.
    pub grant: Option<Grant>,
    /// What to append beside the events of the accounts, which the store makes.
    pub facts: Facts,
    /// Ids for the events.
    pub ids: IdBlock,
}

impl VerifiedWrite {
    /// A change of the account alone.
    pub fn account(account: Account, ids: IdBlock, audit: Vec<NewAuditEvent>) -> Self {
        Self {
            account,
            grant: None,
            facts: audit.into(),
            ids,
        }
    }
}

/// Accounts and grants.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The org's accounts with their grants, by id ascending, only the active ones if asked.
    async fn list_accounts(
        &self,
        org: OrgId,
        active_only: bool,
        page: PageRequest<AccountId>,
    ) -> Result<Page<(Account, Grant), AccountId>, StoreError>;

    /// One account with its grant.
    async fn account(
        &self,
        org: OrgId,
        id: AccountId,
    ) -> Result<Option<(Account, Grant)>, StoreError>;

    /// The org's accounts of these numbers, active or not.
    async fn accounts_of_numbers(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<Account>, StoreError>;

    /// The org's accounts whose display number has these digits, active or not: the same number under another of
    /// Meta's ids, before or after it moved to another WABA. By id ascending.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn accounts_of_digits(
        &self,
        org: OrgId,
        digits: &[String],
    ) -> Result<Vec<Account>, StoreError>;

    /// Who else holds these numbers actively. Crosses tenants: only to tell "in use" and to check a dead
    /// grant; never shown.
    async fn active_holders_elsewhere(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<NumberHolder>, StoreError>;

    /// How many active numbers, of all orgs, stand on this WABA under this Meta app.
    async fn active_on_waba(&self, app: MetaAppId, waba: &WabaId) -> Result<i64, StoreError>;

    /// One grant.
    async fn grant(&self, org: OrgId, id: GrantId) -> Result<Option<Grant>, StoreError>;

    /// The org's active accounts that stand on one of these grants, by id ascending.
    async fn accounts_on_grants(
        &self,
        org: OrgId,
        grants: &[GrantId],
    ) -> Result<Vec<Account>, StoreError>;

    /// Saves an account (and grant) that was read before. Making it the default takes the mark from the
    /// org's others in the same write. Tells of each account that changed. Answers the account with its new version,
    /// and where the log ends.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when either was changed since; [`StoreError::Missing`] when it is gone.
    async fn save_account(
        &self,
        org: OrgId,
        write: VerifiedWrite,
    ) -> Result<(Account, LogHeads), StoreError>;

    /// Saves a grant that was read before. Answers it with its new version, and where the log ends.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed since.
    async fn save_grant(
        &self,
        org: OrgId,
        grant: Grant,
        facts: Facts,
    ) -> Result<(Grant, LogHeads), StoreError>;

    /// Disconnects: marks inactive (and no longer default; the org's oldest other active account becomes the
    /// default), stores the teardowns that are now needed, records it. Grants whose last account goes become
    /// revoked in the same write; their token stays until the release is done. Tells of each account that changed.
    /// Answers what became of those that were active, and where the log ends.
    ///
    /// # Errors
    /// When the database does not answer: then nothing was changed.
    async fn disconnect(
        &self,
        org: OrgId,
        write: DisconnectWrite,
    ) -> Result<(Vec<Disconnected>, LogHeads), StoreError>;
}
