use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    audit::NewAuditEvent,
    grant::Grant,
    ids::{AccountId, GrantId, IdBlock, MetaAppId, OrgId, PhoneNumberId, TeardownId, WabaId},
};

use super::{Facts, LogHeads, Page, PageRequest, StoreError};

/// The holder of a number.
#[derive(Clone, PartialEq, Debug)]
pub struct NumberHolder {
    /// The active account.
    pub account: Account,
    /// The account's grant.
    pub grant: Grant,
}

/// Disconnects accounts in one write.
#[derive(Clone, PartialEq, Debug)]
pub struct DisconnectWrite {
    /// The accounts to disconnect, each with two ids for the teardowns that may be needed: unsubscribe and release.
    /// Inactive accounts are skipped.
    pub accounts: Vec<(AccountId, TeardownId, TeardownId)>,
    /// The time of the write.
    pub at: Time,
    /// The time when the teardowns become due: after the caller's own try.
    pub teardown_due: Time,
    /// An audit entry for each account, in the same order. Entries of inactive accounts are not written.
    pub audit: Vec<NewAuditEvent>,
    /// Ids for the events.
    pub ids: IdBlock,
}

/// An account that was disconnected.
#[derive(Clone, PartialEq, Debug)]
pub struct Disconnected {
    /// The account, inactive now.
    pub account: Account,
    /// The teardowns that were stored with it: unsubscribe when it was the last active number of its WABA
    /// under its Meta app (across all orgs), release when it was the last of its grant. In that order.
    pub teardowns: Vec<TeardownId>,
}

/// A change of an account, with or without a change of its grant, in one write.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifiedWrite {
    /// The changed account, with the version that was read.
    pub account: Account,
    /// The changed grant, with the version that was read.
    pub grant: Option<Grant>,
    /// The facts to append. The store adds the events of the accounts.
    pub facts: Facts,
    /// Ids for the events.
    pub ids: IdBlock,
}

impl VerifiedWrite {
    /// Makes a change of the account alone.
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
    /// Lists the org's accounts with their grants, by id ascending: all, or only the active ones.
    async fn list_accounts(
        &self,
        org: OrgId,
        active_only: bool,
        page: PageRequest<AccountId>,
    ) -> Result<Page<(Account, Grant), AccountId>, StoreError>;

    /// Returns an account with its grant.
    async fn account(
        &self,
        org: OrgId,
        id: AccountId,
    ) -> Result<Option<(Account, Grant)>, StoreError>;

    /// Lists the org's accounts of these numbers, active or not.
    async fn accounts_of_numbers(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<Account>, StoreError>;

    /// Lists the org's accounts whose display number has these digits, active or not, by id ascending. A number that
    /// moved to another WABA has another id at Meta, but the same digits.
    async fn accounts_of_digits(
        &self,
        org: OrgId,
        digits: &[String],
    ) -> Result<Vec<Account>, StoreError>;

    /// Returns the active holders of these numbers in other orgs. Crosses tenants: use it only to refuse a number in
    /// use and to check a dead grant, and never show it.
    async fn active_holders_elsewhere(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<NumberHolder>, StoreError>;

    /// Counts the active numbers of all orgs on this WABA under this Meta app.
    async fn active_on_waba(&self, app: MetaAppId, waba: &WabaId) -> Result<i64, StoreError>;

    /// Returns a grant.
    async fn grant(&self, org: OrgId, id: GrantId) -> Result<Option<Grant>, StoreError>;

    /// Lists the org's active accounts that use one of these grants, by id ascending.
    async fn accounts_on_grants(
        &self,
        org: OrgId,
        grants: &[GrantId],
    ) -> Result<Vec<Account>, StoreError>;

    /// Saves a changed account, and its grant if that changed. Making it the default unmarks the org's other accounts
    /// in the same write. Appends an event for each changed account. Returns the account with its new version, and the
    /// log's last sequence.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when either was changed since it was read; [`StoreError::Missing`] when it is gone.
    async fn save_account(
        &self,
        org: OrgId,
        write: VerifiedWrite,
    ) -> Result<(Account, LogHeads), StoreError>;

    /// Saves a changed grant. Returns it with its new version, and the log's last sequence.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed since it was read.
    async fn save_grant(
        &self,
        org: OrgId,
        grant: Grant,
        facts: Facts,
    ) -> Result<(Grant, LogHeads), StoreError>;

    /// Disconnects accounts: marks them inactive, stores the teardowns that are now needed, and appends audit entries.
    /// If the default is among them, the org's oldest other active account becomes the default. A grant that loses its
    /// last account becomes revoked in the same write; its token stays until the release is done. Appends an event for
    /// each changed account. Returns the accounts that were active, and the log's last sequence.
    async fn disconnect(
        &self,
        org: OrgId,
        write: DisconnectWrite,
    ) -> Result<(Vec<Disconnected>, LogHeads), StoreError>;
}
