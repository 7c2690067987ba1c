use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{
        AuthSession, LinkMail, Member, OneTimeLink, Org, PasswordHash, RefreshToken, Role,
        SignedInPerson, TokenHash, User,
    },
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};

use super::{Page, PageRequest, StoreError};

/// An organisation with counts, for the platform's operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrgOverview {
    /// The org.
    pub org: Org,
    /// The number of members.
    pub members: i64,
    /// The number of connected numbers.
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

/// The exchange of a refresh token for the next one.
#[derive(Clone, PartialEq, Debug)]
pub struct RefreshRotation {
    /// The presented token.
    pub presented: TokenHash,
    /// The next token. The store fills in its session.
    pub next: RefreshToken,
    /// The current time.
    pub now: Time,
    /// A token used at or after this time may be used once more, for two tabs that race.
    pub grace_since: Time,
    /// The audit entry for a reuse that revokes the sign-in. The store fills in its organisation.
    pub reuse_audit: NewAuditEvent,
}

/// The result of exchanging a refresh token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rotation {
    /// The next token is valid.
    Rotated(Box<SignedInPerson>),
    /// The token was used before, outside the grace period. This sign-in is revoked now.
    Reused(AuthSessionId),
    /// The token does not exist, or it or its sign-in has ended.
    Unknown,
}

/// The sign-ins of a person that end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhichSignIns {
    /// This one.
    One(AuthSessionId),
    /// All but this one.
    AllBut(AuthSessionId),
}

/// A change of a membership.
#[derive(Clone, PartialEq, Debug)]
pub enum MembershipChange {
    /// Another role.
    SetRole(Role),
    /// The person leaves. Their sign-ins here end.
    Remove,
}

/// A person who goes by an email address.
#[derive(Clone, Debug)]
pub struct Namesake {
    /// The person.
    pub user: User,
    /// The person's password.
    pub password: PasswordHash,
    /// Tells whether the person is a member of any organisation.
    pub is_member: bool,
}

/// The people who go by an email address: one proven person at most, and people who did not prove it.
#[derive(Clone, Debug, Default)]
pub struct Namesakes {
    /// The first of them: who is a member of the given organisation, then the proven person, then members of others,
    /// the latest use first.
    pub people: Vec<Namesake>,
    /// The count.
    pub count: i64,
}

/// A mail that carries a link, with what is written in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueMail {
    /// The link.
    pub link: OneTimeLink,
    /// The organisation in which it was made.
    pub org: Org,
    /// The address.
    pub to: String,
    /// The name of the person who made it: of the member who invites or resets, of the person who proves the address.
    pub by: Option<String>,
}

/// The acceptance of an invitation.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The link's hash.
    pub hash: TokenHash,
    /// The person: a new one, or one whose password was proven.
    pub user: User,
    /// Tells whether the person is new.
    pub is_new: bool,
    /// The person's password: chosen by a new person, else the stored one that was proven.
    pub password: PasswordHash,
    /// The number of people who had the address when the password was compared with theirs.
    pub namesakes: i64,
    /// The current time.
    pub now: Time,
    /// The audit entry. The store fills in its organisation.
    pub audit: NewAuditEvent,
}

/// Organisations, people, sign-ins and links.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// Creates an organisation.
    async fn create_org(&self, org: Org, audit: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// Returns an organisation.
    async fn org(&self, id: OrgId) -> Result<Option<Org>, StoreError>;

    /// Renames an organisation.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it does not exist.
    async fn rename_org(
        &self,
        id: OrgId,
        name: &str,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Org, StoreError>;

    /// Lists all organisations, by id ascending, with counts read in the same query. Crosses tenants, for the
    /// operator.
    async fn list_orgs(
        &self,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, StoreError>;

    /// Creates a person, and a membership if one is given.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the address is a member's of this organisation; [`StoreError::Missing`] when the
    /// organisation does not exist.
    async fn create_user(
        &self,
        user: User,
        password: PasswordHash,
        membership: Option<(OrgId, Role)>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Finds the people of an email address, in lower case, with their passwords; `org` says whose member comes first.
    /// At most `limit` of them.
    async fn people_by_email(
        &self,
        email: &str,
        org: Option<OrgId>,
        limit: usize,
    ) -> Result<Namesakes, StoreError>;

    /// Returns a person and their password.
    async fn user(&self, id: UserId) -> Result<Option<(User, PasswordHash)>, StoreError>;

    /// Sets a person's password, and ends all their sign-ins but `keep`, and their password reset links.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the person does not exist.
    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<AuthSessionId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Lists the organisations of a person, oldest membership first.
    async fn memberships(&self, user: UserId) -> Result<Vec<(Org, Role)>, StoreError>;

    /// Lists the organisation's members, by person id ascending.
    async fn members(
        &self,
        org: OrgId,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, StoreError>;

    /// Returns a member of the organisation.
    async fn member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError>;

    /// Changes a membership. Ends invitations that the person made and may no longer make. When the membership ends,
    /// links to reset the person's password end too.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the person is not a member; [`StoreError::Forbidden`] when the organisation would
    /// lose its last owner.
    async fn change_membership(
        &self,
        org: OrgId,
        user: UserId,
        change: MembershipChange,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Stores a sign-in.
    async fn sign_in(&self, sign_in: SignIn, audit: Vec<NewAuditEvent>) -> Result<(), StoreError>;

    /// Returns the principal of a sign-in, if it is valid and the person is still a member.
    async fn principal(
        &self,
        session: AuthSessionId,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError>;

    /// Returns the principal of a browser cookie.
    async fn principal_by_cookie(
        &self,
        cookie: TokenHash,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError>;

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// When the database does not answer: then nothing was changed.
    async fn rotate_refresh(&self, rotation: RefreshRotation) -> Result<Rotation, StoreError>;

    /// Notes that a living sign-in was used, and when it ends without another use.
    async fn touch_session(
        &self,
        session: AuthSessionId,
        now: Time,
        expires_at: Time,
    ) -> Result<(), StoreError>;

    /// Lists a person's living sign-ins with their organisations, last used first, at most 200.
    async fn sign_ins(
        &self,
        user: UserId,
        now: Time,
    ) -> Result<Vec<(AuthSession, Org)>, StoreError>;

    /// Ends some of a person's living sign-ins, and returns how many. Of `audit`, which holds an entry for each of the
    /// person's organisations, it records those of the organisations that a sign-in ended for.
    async fn end_sign_ins(
        &self,
        user: UserId,
        which: WhichSignIns,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<usize, StoreError>;

    /// Ends a sign-in. Ending it again changes nothing.
    async fn sign_out(
        &self,
        session: AuthSessionId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Stores a link. A new invitation for an address replaces the organisation's older one.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the invited address belongs to a member.
    async fn create_link(
        &self,
        link: OneTimeLink,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Finds a link by its hash, if it was not used, has not expired, and its maker could make it now.
    async fn link(&self, hash: TokenHash, now: Time) -> Result<Option<OneTimeLink>, StoreError>;

    /// Lists the organisation's open invitations, newest first, at most 200.
    async fn invitations(&self, org: OrgId, now: Time) -> Result<Vec<OneTimeLink>, StoreError>;

    /// Revokes a link of the organisation. Returns whether it existed.
    async fn revoke_link(
        &self,
        org: OrgId,
        id: LinkId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Accepts an invitation: uses up the link, creates the person if they are new, creates the membership, and ends
    /// links to reset the person's password. A link that was mailed proves the address. Returns the person; `None`
    /// when [`link`](Self::link) finds no such link.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the people of the address are other ones than those that were asked, the person
    /// chose another password since, or another person has proven the address; [`StoreError::Duplicate`] when another
    /// member of the organisation has the address.
    async fn accept_invitation(&self, acceptance: Acceptance) -> Result<Option<User>, StoreError>;

    /// Uses up a password reset link, sets the password, and ends all sign-ins and all other such links of the
    /// person. A link that was shown takes back that the address is proven: its maker may have chosen the password.
    /// Returns the person; `None` when [`link`](Self::link) finds no such link.
    async fn reset_password(
        &self,
        hash: TokenHash,
        password: PasswordHash,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<Option<UserId>, StoreError>;

    /// Uses up a link that proves this person's address. Returns whether there was one, as [`link`](Self::link) finds
    /// it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another person has proven the address.
    async fn prove_address(
        &self,
        hash: TokenHash,
        user: UserId,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<bool, StoreError>;

    /// Claims mails that are due, the one that waits longest first: until `until` no other process gets them. Mails of
    /// links that have expired stay.
    async fn claim_mails(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<DueMail>, StoreError>;

    /// Stores what a try to send a link's mail came to. Nothing happens where the link was used or revoked meanwhile.
    async fn finish_mail(
        &self,
        org: OrgId,
        link: LinkId,
        mail: LinkMail,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError>;

    /// Deletes sign-ins, refresh tokens and links that ended before this time, at most `limit` of each.
    async fn prune_identity(&self, before: Time, limit: i64) -> Result<u64, StoreError>;
}
