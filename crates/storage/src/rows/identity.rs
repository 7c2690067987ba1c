use std::fmt;

use diesel::prelude::{Insertable, Queryable, Selectable};
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    identity::{
        AuthSession, LinkKind, LinkMail, OneTimeLink, Org, PasswordHash, RefreshToken, ResetMaker,
        Role, User,
    },
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};
use wabakit_ports::store::StoreError;

use crate::values::{row, text};
use crate::{
    schema::{auth_sessions, memberships, one_time_links, orgs, refresh_tokens, users},
    types::{T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = orgs)]
pub(crate) struct OrgRow {
    pub(crate) id: U,
    pub(crate) name: String,
    pub(crate) created_at: T,
}

impl TryFrom<&Org> for OrgRow {
    type Error = StoreError;

    fn try_from(org: &Org) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(org.id.0),
            name: text(&org.name)?,
            created_at: T(org.created_at),
        })
    }
}

impl From<OrgRow> for Org {
    fn from(row: OrgRow) -> Self {
        Self {
            id: OrgId(row.id.0),
            name: row.name,
            created_at: row.created_at.0,
        }
    }
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    pub(crate) id: U,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) is_operator: bool,
    pub(crate) password_hash: String,
    pub(crate) created_at: T,
    pub(crate) proven_at: Option<T>,
}

impl UserRow {
    pub(crate) fn new(user: &User, password: &PasswordHash) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(user.id.0),
            email: text(&user.email)?,
            name: text(&user.name)?,
            is_operator: user.is_operator,
            password_hash: text(password.0.expose_secret())?,
            created_at: T(user.created_at),
            proven_at: user.proven_at.map(T),
        })
    }
    pub(crate) fn with_password(self) -> (User, PasswordHash) {
        let password = PasswordHash(self.password_hash.clone().into());
        (self.into(), password)
    }
}

impl fmt::Debug for UserRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserRow({})", self.id.0)
    }
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: UserId(row.id.0),
            email: row.email,
            name: row.name,
            is_operator: row.is_operator,
            created_at: row.created_at.0,
            proven_at: row.proven_at.map(|at| at.0),
        }
    }
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = memberships)]
pub(crate) struct MembershipRow {
    pub(crate) org_id: U,
    pub(crate) user_id: U,
    pub(crate) role: String,
    pub(crate) joined_at: T,
    pub(crate) last_seen_at: Option<T>,
}

/// Reads the role of a membership.
pub(crate) fn role_of(user: U, role: &str) -> Result<Role, StoreError> {
    let cell = row("memberships", user.0);
    cell("role").parsed(Role::parse(role))
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = auth_sessions)]
pub(crate) struct AuthSessionRow {
    pub(crate) id: U,
    pub(crate) user_id: U,
    pub(crate) org_id: U,
    pub(crate) cookie: Vec<u8>,
    pub(crate) created_at: T,
    pub(crate) expires_at: T,
    pub(crate) last_seen_at: T,
    pub(crate) revoked_at: Option<T>,
    pub(crate) client: Option<String>,
    pub(crate) address: Option<String>,
}

impl TryFrom<&AuthSession> for AuthSessionRow {
    type Error = StoreError;

    fn try_from(session: &AuthSession) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(session.id.0),
            user_id: U(session.user.0),
            org_id: U(session.org.0),
            cookie: session.cookie.0.to_vec(),
            created_at: T(session.created_at),
            expires_at: T(session.expires_at),
            last_seen_at: T(session.last_seen_at),
            revoked_at: session.revoked_at.map(T),
            client: session.client.as_deref().map(text).transpose()?,
            address: session.address.as_deref().map(text).transpose()?,
        })
    }
}

impl TryFrom<AuthSessionRow> for AuthSession {
    type Error = StoreError;

    fn try_from(stored: AuthSessionRow) -> Result<Self, StoreError> {
        let cell = row("auth_sessions", stored.id.0);
        Ok(Self {
            id: AuthSessionId(stored.id.0),
            user: UserId(stored.user_id.0),
            org: OrgId(stored.org_id.0),
            cookie: cell("cookie").hash(&stored.cookie)?,
            created_at: stored.created_at.0,
            expires_at: stored.expires_at.0,
            last_seen_at: stored.last_seen_at.0,
            revoked_at: stored.revoked_at.map(|at| at.0),
            client: stored.client,
            address: stored.address,
        })
    }
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
pub(crate) struct RefreshRow {
    pub(crate) id: U,
    pub(crate) session_id: U,
    pub(crate) hash: Vec<u8>,
    pub(crate) created_at: T,
    pub(crate) expires_at: T,
    pub(crate) used_at: Option<T>,
}

impl RefreshRow {
    /// Makes the row of a token of this sign-in, even if the token names another.
    pub(crate) fn new(token: &RefreshToken, session: AuthSessionId) -> Self {
        Self {
            id: U(token.id.0),
            session_id: U(session.0),
            hash: token.hash.0.to_vec(),
            created_at: T(token.created_at),
            expires_at: T(token.expires_at),
            used_at: token.used_at.map(T),
        }
    }
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_links)]
pub(crate) struct LinkRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) kind: String,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) invited_by: Option<U>,
    pub(crate) user_id: Option<U>,
    pub(crate) hash: Vec<u8>,
    pub(crate) created_at: T,
    pub(crate) expires_at: T,
    pub(crate) is_mailed: bool,
    pub(crate) mail_due_at: Option<T>,
    pub(crate) mail_attempts: i32,
    pub(crate) mailed_at: Option<T>,
    pub(crate) mail_failure: Option<String>,
}

impl LinkRow {
    /// The stored name of an invitation.
    pub(crate) const INVITATION: &'static str = "invitation";
    /// The stored name of a password reset.
    pub(crate) const PASSWORD_RESET: &'static str = "password_reset";
    /// The stored name of an address proof.
    pub(crate) const ADDRESS_PROOF: &'static str = "address_proof";
    /// The stored maker of a password reset from the command line. No person has this id.
    const COMMAND_LINE: U = U(uuid::Uuid::nil());
    /// The stored maker of a password reset that the person requested. No person has this id either.
    const PERSON: U = U(uuid::Uuid::max());
}

impl TryFrom<&OneTimeLink> for LinkRow {
    type Error = StoreError;

    fn try_from(link: &OneTimeLink) -> Result<Self, StoreError> {
        let mail = link.mail.as_ref();
        let mut stored = Self {
            id: U(link.id.0),
            org_id: U(link.org.0),
            kind: Self::PASSWORD_RESET.to_owned(),
            email: None,
            role: None,
            invited_by: None,
            user_id: None,
            hash: link.hash.0.to_vec(),
            created_at: T(link.created_at),
            expires_at: T(link.expires_at),
            is_mailed: mail.is_some(),
            mail_due_at: mail.and_then(|mail| mail.due_at).map(T),
            mail_attempts: mail.map_or(0, |mail| mail.attempts),
            mailed_at: mail.and_then(|mail| mail.sent_at).map(T),
            mail_failure: mail
                .and_then(|mail| mail.failure.as_deref())
                .map(text)
                .transpose()?,
        };
        match &link.kind {
            LinkKind::Invitation {
                email,
                role,
                invited_by,
            } => {
                stored.kind = Self::INVITATION.to_owned();
                stored.email = Some(text(email)?);
                stored.role = Some(role.as_str().to_owned());
                stored.invited_by = Some(U(invited_by.0));
            }
            LinkKind::PasswordReset { user, made_by } => {
                stored.user_id = Some(U(user.0));
                stored.invited_by = match made_by {
                    ResetMaker::Member(maker) => Some(U(maker.0)),
                    ResetMaker::CommandLine => Some(Self::COMMAND_LINE),
                    ResetMaker::Person => Some(Self::PERSON),
                    ResetMaker::Unrecorded => None,
                };
            }
            LinkKind::AddressProof { user } => {
                stored.kind = Self::ADDRESS_PROOF.to_owned();
                stored.user_id = Some(U(user.0));
            }
        }
        Ok(stored)
    }
}

impl TryFrom<LinkRow> for OneTimeLink {
    type Error = StoreError;

    fn try_from(stored: LinkRow) -> Result<Self, StoreError> {
        let cell = row("one_time_links", stored.id.0);
        let kind = match stored.kind.as_str() {
            LinkRow::INVITATION => LinkKind::Invitation {
                email: cell("email").parsed(stored.email)?,
                role: cell("role").parsed(stored.role.as_deref().and_then(Role::parse))?,
                invited_by: UserId(cell("invited_by").parsed(stored.invited_by)?.0),
            },
            LinkRow::PASSWORD_RESET => LinkKind::PasswordReset {
                user: UserId(cell("user_id").parsed(stored.user_id)?.0),
                made_by: match stored.invited_by {
                    Some(LinkRow::COMMAND_LINE) => ResetMaker::CommandLine,
                    Some(LinkRow::PERSON) => ResetMaker::Person,
                    Some(maker) => ResetMaker::Member(UserId(maker.0)),
                    None => ResetMaker::Unrecorded,
                },
            },
            LinkRow::ADDRESS_PROOF => LinkKind::AddressProof {
                user: UserId(cell("user_id").parsed(stored.user_id)?.0),
            },
            _ => return Err(cell("kind").corrupt()),
        };
        let mail = stored.is_mailed.then_some(LinkMail {
            due_at: stored.mail_due_at.map(|at| at.0),
            attempts: stored.mail_attempts,
            sent_at: stored.mailed_at.map(|at| at.0),
            failure: stored.mail_failure,
        });
        Ok(Self {
            id: LinkId(stored.id.0),
            org: OrgId(stored.org_id.0),
            kind,
            hash: cell("hash").hash(&stored.hash)?,
            created_at: stored.created_at.0,
            expires_at: stored.expires_at.0,
            mail,
        })
    }
}
