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
    /// What that org's log says.
    pub audit: NewAuditEvent,
}

/// One change of a connect session with all that belongs to it, written as one.
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectWrite {
    /// The session as it is now, with the version that was read.
    pub session: ConnectSession,
    /// The grant as it is now; inserted when it is new (version 0), else saved with the version that was read.
    pub grant: Option<Grant>,
    /// Accounts to make active: upserted by (org, number), keeping id, created_at and display_name of a row
    /// that is there. The first becomes the default when the org has none. What was parked for their numbers and
    /// WABAs before anybody held them is to be tried again from this write on.
    pub activate: Vec<Account>,
    /// Numbers to take from other orgs first. Each must still be active.
    pub take_over: Vec<TakenOver>,
    /// What must be undone at Meta from now on.
    pub teardowns: Vec<Teardown>,
    /// What to record in this org's log.
    pub audit: Vec<NewAuditEvent>,
    /// What to tell, after the events of the accounts, which the store makes.
    pub events: Vec<NewEvent>,
    /// Ids for the events of the accounts.
    pub ids: IdBlock,
}

impl ConnectWrite {
    /// A change of the session alone.
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

/// What a [`ConnectWrite`] made.
#[derive(Clone, PartialEq, Debug)]
pub struct ConnectOutcome {
    /// The session with its new version.
    pub session: ConnectSession,
    /// The grant with its new version.
    pub grant: Option<Grant>,
    /// The accounts that were made active, as they are stored.
    pub accounts: Vec<Account>,
    /// Where the logs of the touched orgs end now.
    pub heads: LogHeads,
}

/// How a teardown's try ended.
#[derive(Clone, PartialEq, Debug)]
pub struct TeardownOutcome {
    /// Where it stands now.
    pub state: TeardownState,
    /// When to try again, while pending.
    pub next_attempt_at: Time,
    /// Why not.
    pub last_error: Option<String>,
    /// Destroy the grant's token in the same write.
    pub destroy_token: bool,
    /// What to record.
    pub audit: Vec<NewAuditEvent>,
}

/// Connect sessions, what they make, and what they leave to undo.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConnectStore: Send + Sync {
    /// Stores a new session. Answers where the log ends.
    async fn create_session(
        &self,
        session: ConnectSession,
        facts: Facts,
    ) -> Result<LogHeads, StoreError>;

    /// One session.
    async fn session(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError>;

    /// The org's sessions that are not over, youngest first, at most 20.
    async fn open_sessions(&self, org: OrgId) -> Result<Vec<ConnectSession>, StoreError>;

    /// Writes a change, and tells of each account that it changed, in every org.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the session or grant was changed since it was read, or a number to take
    /// over is no longer active; [`StoreError::Duplicate`] when a number to activate is active in another
    /// org. Then nothing was changed.
    async fn write(&self, org: OrgId, write: ConnectWrite) -> Result<ConnectOutcome, StoreError>;

    /// Sessions of all orgs that run but that nobody holds, each given to `owner` until `until`.
    async fn claim_interrupted(
        &self,
        now: Time,
        owner: &str,
        until: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError>;

    /// Sessions of all orgs that are not over and past their time, and that nobody holds.
    async fn expired_sessions(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError>;

    /// Counts a call of register against the number's budget, unless `limit` were made since `since`.
    /// Answers how many are left after it, or `None` when there was none left and nothing was counted.
    async fn spend_registration(
        &self,
        number: &PhoneNumberId,
        now: Time,
        since: Time,
        limit: i64,
    ) -> Result<Option<i64>, StoreError>;

    /// Teardowns of all orgs that are due, oldest first, each held until `until`.
    async fn claim_teardowns(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Teardown>, StoreError>;

    /// These teardowns of an org if they are still pending, each held until `until`.
    async fn take_teardowns(
        &self,
        org: OrgId,
        ids: &[TeardownId],
        until: Time,
    ) -> Result<Vec<Teardown>, StoreError>;

    /// Records how a try ended.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such teardown.
    async fn finish_teardown(
        &self,
        org: OrgId,
        id: TeardownId,
        outcome: TeardownOutcome,
    ) -> Result<(), StoreError>;

    /// How many teardowns of the org's grant are pending, releases of the grant itself left out.
    async fn unfinished_teardowns(&self, org: OrgId, grant: GrantId) -> Result<i64, StoreError>;

    /// How many grants of all orgs, of this app and Meta user, are active or pending, or were pasted, which live on
    /// elsewhere: their rights at Meta are one and the same.
    async fn living_grants_of(&self, app: MetaAppId, user: &MetaUserId) -> Result<i64, StoreError>;

    /// Frees every session held by any process. Only for a store that one process alone uses, at its start.
    async fn release_all_runners(&self) -> Result<(), StoreError>;
}
