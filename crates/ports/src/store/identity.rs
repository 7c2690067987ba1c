use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{
        AuthSession, Member, OneTimeLink, Org, PasswordHash, Principal, RefreshToken, Role,
        TokenHash, User,
    },
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};

use super::{Page, PageRequest, StoreError};

/// An org as the platform's operator sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrgOverview {
    /// The org.
    pub org: Org,
    /// How many people are in it.
    pub members: i64,
    /// How many numbers are connected.
    pub active_accounts: i64,
}

/// A new sign-in with its first refresh token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignIn {
    /// The sign-in.
    pub session: AuthSession,
    /// Its first refresh token.
    pub refresh: RefreshToken,
}

/// A refresh token to exchange for the next.
#[derive(Clone, PartialEq, Debug)]
pub struct RefreshRotation {
    /// The one presented.
    pub presented: TokenHash,
    /// The next; its session is filled in by the store.
    pub next: RefreshToken,
    /// Now.
    pub now: Time,
    /// A token used at or after this time may be used once more, for two tabs that race.
    pub grace_since: Time,
    /// What to record when a reuse revokes the sign-in; its org is filled in by the store.
    pub reuse_audit: NewAuditEvent,
}

/// What became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rotation {
    /// The next one holds.
    Rotated(Box<Principal>),
    /// It was used before, past the grace: the sign-in is revoked now.
    Reused,
    /// There is no such token, or it or its sign-in is over.
    Unknown,
}

/// A change of somebody's place in an org.
#[derive(Clone, PartialEq, Debug)]
pub enum MembershipChange {
    /// Another role.
    SetRole(Role),
    /// Out. Their sign-ins here end.
    Remove,
}

/// An invitation taken.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The link's hash.
    pub hash: TokenHash,
    /// The person, if the address is new here; an existing one keeps name and password.
    pub new_user: User,
    /// Their password: chosen where the address is new, the stored one where it was proven.
    pub password: PasswordHash,
    /// Now.
    pub now: Time,
    /// What to record; actor and subject are filled in by the caller for the new user, and by the store with the
    /// existing user's id where the address was known.
    pub audit: NewAuditEvent,
}

/// Orgs, people, sign-ins, links.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// Stores a new org.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn create_org(&self, org: Org, audit: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// One org.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn org(&self, id: OrgId) -> Result<Option<Org>, StoreError>;

    /// Gives an org another name.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not there.
    async fn rename_org(
        &self,
        id: OrgId,
        name: &str,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Org, StoreError>;

    /// All orgs, by id ascending, with counts read in the same query. Not tenant-scoped: for the operator.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn list_orgs(
        &self,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, StoreError>;

    /// Stores a new person, and their place in an org if one is given.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the address is taken; [`StoreError::Missing`] when the org is not there.
    async fn create_user(
        &self,
        user: User,
        password: PasswordHash,
        membership: Option<(OrgId, Role)>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// A person and their password by address (in lower case).
    ///
    /// # Errors
    /// When the database does not answer.
    async fn user_by_email(&self, email: &str) -> Result<Option<(User, PasswordHash)>, StoreError>;

    /// A person and their password by id.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn user(&self, id: UserId) -> Result<Option<(User, PasswordHash)>, StoreError>;

    /// Gives a person another password and ends all their sign-ins but `keep`, and their password reset links.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when they are not there.
    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<AuthSessionId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// The orgs that a person is in, oldest membership first.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn memberships(&self, user: UserId) -> Result<Vec<(Org, Role)>, StoreError>;

    /// The org's people, by user id ascending.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn members(
        &self,
        org: OrgId,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, StoreError>;

    /// One of the org's people.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError>;

    /// Changes somebody's place. Invitations that they made and may make no longer end; with the place, so do links
    /// to reset their password.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when they are not in the org; [`StoreError::Forbidden`] when the org would be
    /// left without an owner.
    async fn change_membership(
        &self,
        org: OrgId,
        user: UserId,
        change: MembershipChange,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Stores a sign-in.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn sign_in(&self, sign_in: SignIn, audit: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// Who a sign-in is, if it lives and they are still in the org.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn principal(
        &self,
        session: AuthSessionId,
        now: Time,
    ) -> Result<Option<Principal>, StoreError>;

    /// The same, by the browser cookie.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn principal_by_cookie(
        &self,
        cookie: TokenHash,
        now: Time,
    ) -> Result<Option<Principal>, StoreError>;

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// When the database does not answer: then nothing was changed.
    async fn rotate_refresh(&self, rotation: RefreshRotation) -> Result<Rotation, StoreError>;

    /// Notes that a sign-in was used.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn touch_session(&self, session: AuthSessionId, now: Time) -> Result<(), StoreError>;

    /// Ends a sign-in. Ending one that is over changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn sign_out(
        &self,
        session: AuthSessionId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Stores a link. A new invitation for an address replaces the org's older one for it.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when an invited address is in the org already.
    async fn create_link(
        &self,
        link: OneTimeLink,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// The link that hashes to this, if it was not used, is not over, and its maker could make it now.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn link(&self, hash: TokenHash, now: Time) -> Result<Option<OneTimeLink>, StoreError>;

    /// The org's invitations that can still be taken, newest first, at most 200.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn invitations(&self, org: OrgId, now: Time) -> Result<Vec<OneTimeLink>, StoreError>;

    /// Takes back an org's link. Answers whether it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn revoke_link(
        &self,
        org: OrgId,
        id: LinkId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Takes an invitation: uses up the link, stores the person if the address is new, and their place, and ends
    /// links to reset their password. Answers the person; `None` where [`link`](Self::link) finds no such link.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is known and the password is not the stored one: the person became
    /// known, or chose another, since it was proven.
    async fn accept_invitation(&self, acceptance: Acceptance) -> Result<Option<User>, StoreError>;

    /// Uses up a password reset link, sets the password and ends all sign-ins and all other such links of the
    /// person. Answers whose it was; `None` where [`link`](Self::link) finds no such link.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn reset_password(
        &self,
        hash: TokenHash,
        password: PasswordHash,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<Option<UserId>, StoreError>;

    /// Removes sign-ins, refresh tokens and links that were over before this time, at most `limit` of each.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn prune_identity(&self, before: Time, limit: i64) -> Result<u64, StoreError>;
}
