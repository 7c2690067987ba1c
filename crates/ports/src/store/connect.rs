use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    audit::NewAuditEvent,
    connect::ConnectSession,
    event::NewEvent,
    grant::Grant,
    ids::{
        AccountId, ConnectSessionId, GrantId, IdBlock, MetaAppId, MetaUserId, OrgId, PhoneNumberId,
        TeardownId,
    },
    teardown::{Teardown, TeardownState},
};

use super::{Facts, LogHeads, StoreError};

/// A number taken from another org whose grant is dead.
#[derive(Clone, PartialEq, Debug)]
pub struct TakenOver {
    /// The org that loses it.
    pub from: OrgId,
    /// Its account.
    pub account: AccountId,
    /// The audit entry for that org's log.
    pub audit: NewAuditEvent,
}

/// A change of a connect session with everything that belongs to it, in one write.
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectWrite {
    /// The changed session, with the version that was read.
    pub session: ConnectSession,
    /// The grant: inserted when it is new (version 0), otherwise saved with the version that was read.
    pub grant: Option<Grant>,
    /// The accounts to make active: upserted by (org, number). An existing row keeps its id, `created_at` and
    /// `display_name`. The first account becomes the default when the org has none. Homeless items of their numbers and
    /// WABAs become due with this write.
    pub activate: Vec<Account>,
    /// The numbers to take from other orgs first. Each must still be active.
    pub take_over: Vec<TakenOver>,
    /// The teardowns to store.
    pub teardowns: Vec<Teardown>,
    /// The audit entries of this org.
    pub audit: Vec<NewAuditEvent>,
    /// The events to append. The store puts the events of the accounts before them.
    pub events: Vec<NewEvent>,
    /// Ids for the events of the accounts.
    pub ids: IdBlock,
}

impl ConnectWrite {
    /// Makes a change of the session alone.
    pub const fn session(session: ConnectSession) -> Self {
        Self {
            session,
            grant: None,
            activate: Vec::new(),
            take_over: Vec::new(),
            teardowns: Vec::new(),
            audit: Vec::new(),
            events: Vec::new(),
            ids: IdBlock::spent(),
        }
    }
}

/// The result of a [`ConnectWrite`].
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectOutcome {
    /// The session with its new version.
    pub session: ConnectSession,
    /// The grant with its new version.
    pub grant: Option<Grant>,
    /// The activated accounts, as they are stored.
    pub accounts: Vec<Account>,
    /// The last sequences of the touched orgs' logs.
    pub heads: LogHeads,
}

/// The result of a teardown's try.
#[derive(Clone, PartialEq, Debug)]
pub struct TeardownOutcome {
    /// The new state.
    pub state: TeardownState,
    /// The time to retry, while it is pending.
    pub next_attempt_at: Time,
    /// The reason why the try failed.
    pub last_error: Option<String>,
    /// Tells whether to destroy the grant's token in the same write.
    pub destroy_token: bool,
    /// The audit entries.
    pub audit: Vec<NewAuditEvent>,
}

/// Connect sessions, the grants and accounts that they create, and their teardowns.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConnectStore: Send + Sync {
    /// Stores a new session. Returns the log's last sequence.
    async fn create_session(
        &self,
        session: ConnectSession,
        facts: Facts,
    ) -> Result<LogHeads, StoreError>;

    /// Returns a session.
    async fn session(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError>;

    /// Lists the org's open sessions, newest first, at most 20.
    async fn open_sessions(&self, org: OrgId) -> Result<Vec<ConnectSession>, StoreError>;

    /// Writes a change, and appends an event for each changed account of every org.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the session or grant was changed since it was read, or a number to take over is no
    /// longer active; [`StoreError::Duplicate`] when a number to activate is active in another org. Nothing is written
    /// then.
    async fn write(&self, org: OrgId, write: ConnectWrite) -> Result<ConnectOutcome, StoreError>;

    /// Takes running sessions of all orgs that nobody holds, and leases each to `owner` until `until`.
    async fn claim_interrupted(
        &self,
        now: Time,
        owner: &str,
        until: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError>;

    /// Loads open sessions of all orgs that are past their time and that nobody holds.
    async fn expired_sessions(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError>;

    /// Counts one registration against the number's budget, unless `limit` were made since `since`. Returns how many
    /// are left. `None` when none was left; then nothing is counted.
    async fn spend_registration(
        &self,
        number: &PhoneNumberId,
        now: Time,
        since: Time,
        limit: i64,
    ) -> Result<Option<i64>, StoreError>;

    /// Takes due teardowns of all orgs, oldest first, and holds each until `until`.
    async fn claim_teardowns(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Teardown>, StoreError>;

    /// Takes these teardowns of an org if they are still pending, and holds each until `until`.
    async fn take_teardowns(
        &self,
        org: OrgId,
        ids: &[TeardownId],
        until: Time,
    ) -> Result<Vec<Teardown>, StoreError>;

    /// Records the result of a try.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the teardown does not exist.
    async fn finish_teardown(
        &self,
        org: OrgId,
        id: TeardownId,
        outcome: TeardownOutcome,
    ) -> Result<(), StoreError>;

    /// Counts the pending teardowns of the org's grant, without releases of the grant itself.
    async fn unfinished_teardowns(&self, org: OrgId, grant: GrantId) -> Result<i64, StoreError>;

    /// Counts the grants of all orgs, of this app and Meta user, that are active or pending, or were pasted. They share
    /// one set of permissions at Meta, and a pasted token is also used elsewhere.
    async fn living_grants_of(&self, app: MetaAppId, user: &MetaUserId) -> Result<i64, StoreError>;

    /// Releases every session, whichever process holds it. Only for a store that one process alone uses, at its start.
    async fn release_all_runners(&self) -> Result<(), StoreError>;
}
