//! Grants: Meta's authorisations behind accounts.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{GrantId, MetaAppId, MetaUserId, OrgId},
    secret::{Purpose, SealedSecret, SecretBinding},
};

/// The time when something expires. Meta sometimes leaves the time out, which does not mean never.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum Expiry {
    /// At this time.
    At(Time),
    /// Meta said that it does not expire.
    Never,
    /// Meta did not say.
    Unknown,
}

impl Expiry {
    /// Returns the time, if there is one.
    pub const fn at(self) -> Option<Time> {
        match self {
            Self::At(time) => Some(time),
            Self::Never | Self::Unknown => None,
        }
    }
    /// Tells whether it expires within `span` of `now`, or has expired.
    pub fn is_within(self, now: Time, span: Duration) -> bool {
        self.at().is_some_and(|at| at <= now + span)
    }
}

/// The kind of a grant's token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A person's token. It lives an hour, or about 60 days after the long-lived exchange.
    User,
    /// A system user's token or a business integration token. It lives for ever, or 60 days.
    SystemUser,
    /// Meta did not say.
    Unknown,
}

impl TokenKind {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SystemUser => "system_user",
            Self::Unknown => "unknown",
        }
    }
    /// Reads a stored name. An unknown one becomes [`TokenKind::Unknown`].
    pub fn parse(text: &str) -> Self {
        match text {
            "user" => Self::User,
            "system_user" => Self::SystemUser,
            _ => Self::Unknown,
        }
    }
}

/// The source of a grant's token: it bounds what is done with it at Meta.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantOrigin {
    /// A login that we began: its rights are ours to take back.
    Login,
    /// A person pasted it: it is the business's own, and works elsewhere too.
    Pasted,
    /// Not recorded: the grant is older than this field. Taken for pasted.
    Unrecorded,
}

impl GrantOrigin {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Pasted => "pasted",
            Self::Unrecorded => "unrecorded",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "login" => Self::Login,
            "pasted" => Self::Pasted,
            "unrecorded" => Self::Unrecorded,
            _ => return None,
        })
    }
}

/// The state of a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// A connect session uses it; no account does yet.
    Pending,
    /// Accounts use it, and Meta accepts it.
    Active,
    /// Meta says that the token is no longer valid: a person must reconnect.
    Dead,
    /// We gave it up. Its token is destroyed, or will be once its effects at Meta are undone.
    Revoked,
    /// The vault cannot open its token.
    Quarantined,
}

impl GrantState {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Dead => "dead",
            Self::Revoked => "revoked",
            Self::Quarantined => "quarantined",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "dead" => Self::Dead,
            "revoked" => Self::Revoked,
            "quarantined" => Self::Quarantined,
            _ => return None,
        })
    }
}

/// The way in which a grant is renewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// We renew it.
    Automatic,
    /// Only a person can renew it, by connecting again.
    Manual,
    /// It does not expire.
    NotNeeded,
}

/// An authorisation by Meta: the sealed token, its permissions, and its lifetime.
#[derive(Clone, PartialEq, Debug)]
pub struct Grant {
    /// Our id.
    pub id: GrantId,
    /// The tenant.
    pub org: OrgId,
    /// The app that it was given to.
    pub meta_app: MetaAppId,
    /// The source of the token.
    pub origin: GrantOrigin,
    /// The token. `None` once it is destroyed.
    pub token: Option<SealedSecret>,
    /// The kind of token.
    pub token_kind: TokenKind,
    /// The user at Meta that the token acts as.
    pub meta_user: Option<MetaUserId>,
    /// The permissions that it carries.
    pub scopes: Vec<String>,
    /// `expires_at`: when the token expires.
    pub expires: Expiry,
    /// `data_access_expires_at`: when access to data expires, after 90 days for a person's token.
    pub data_access_expires: Expiry,
    /// The state.
    pub state: GrantState,
    /// The reason why it is dead or quarantined.
    pub state_reason: Option<String>,
    /// The time when Meta was last asked about it.
    pub checked_at: Option<Time>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when the row was last changed.
    pub updated_at: Time,
    /// The row's version: the number of its changes.
    pub version: i64,
}

/// The time before an expiry at which a warning shows.
pub const EXPIRING_WITHIN: Duration = Duration::days(7);

impl Grant {
    /// Returns the binding of the grant's secret for this purpose.
    pub const fn binding(&self, purpose: Purpose) -> SecretBinding {
        SecretBinding::grant(self.org, self.id, purpose)
    }
    /// Tells whether the permissions behind the token may be revoked at Meta.
    pub fn is_ours_to_revoke(&self) -> bool {
        self.origin == GrantOrigin::Login
    }
    /// Returns the earlier of the two expiries.
    pub fn ends_at(&self) -> Option<Time> {
        match (self.expires.at(), self.data_access_expires.at()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
    /// Tells whether one of the two expiries is within seven days.
    pub fn is_expiring(&self, now: Time) -> bool {
        self.ends_at().is_some_and(|at| at <= now + EXPIRING_WITHIN)
    }
    /// Tells whether only a new login helps: the token is dead, unreadable, destroyed, or expired.
    pub fn needs_reconnect(&self, now: Time) -> bool {
        self.state != GrantState::Active
            || self.token.is_none()
            || self.ends_at().is_some_and(|at| at <= now)
    }
    /// Tells how it is renewed. Meta documents no refresh without a person: the long-lived exchange needs a login of
    /// the last hours, and business integration tokens need a new signup.
    pub fn renewal(&self) -> Renewal {
        if self.expires == Expiry::Never && self.data_access_expires.at().is_none() {
            Renewal::NotNeeded
        } else {
            Renewal::Manual
        }
    }
}
