//! Grants: a Meta authorisation behind one or more accounts.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{GrantId, MetaAppId, MetaUserId, OrgId},
    secret::{Purpose, SealedSecret, SecretBinding},
};

/// When something ends. Meta leaves the time out at times; that is not the same as never.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case")]
pub enum Expiry {
    /// At this time.
    At(Time),
    /// Meta said that it does not end.
    Never,
    /// Meta did not say.
    Unknown,
}

impl Expiry {
    /// The time, where there is one.
    pub const fn at(self) -> Option<Time> {
        match self {
            Self::At(time) => Some(time),
            Self::Never | Self::Unknown => None,
        }
    }
    /// Whether it ends within `span` of `now`, or has ended.
    pub fn is_within(self, now: Time, span: Duration) -> bool {
        self.at().is_some_and(|at| at <= now + span)
    }
}

/// What kind of token a grant holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A person's token: an hour, or about 60 days after the long-lived exchange.
    User,
    /// A system user's or business integration token: never, or 60 days.
    SystemUser,
    /// Meta did not say.
    Unknown,
}

impl TokenKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SystemUser => "system_user",
            Self::Unknown => "unknown",
        }
    }
    /// Reads a stored name; what is not known is [`TokenKind::Unknown`].
    pub fn parse(text: &str) -> Self {
        match text {
            "user" => Self::User,
            "system_user" => Self::SystemUser,
            _ => Self::Unknown,
        }
    }
}

/// Where a grant stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// A connect session holds it; no account stands on it yet.
    Pending,
    /// Accounts stand on it and Meta accepts it.
    Active,
    /// Meta says that the token is no longer valid: a person must reconnect.
    Dead,
    /// Given up by us; its token is destroyed, or will be once what it did is undone.
    Revoked,
    /// The vault cannot open its token.
    Quarantined,
}

impl GrantState {
    /// The stored name.
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

/// How a grant is kept alive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// We renew it.
    Automatic,
    /// Only a person can, by connecting again.
    Manual,
    /// It does not end.
    NotNeeded,
}

/// A Meta authorisation: the sealed token, what it may do, and how long.
#[derive(Clone, PartialEq, Debug)]
pub struct Grant {
    /// Our id.
    pub id: GrantId,
    /// The tenant.
    pub org: OrgId,
    /// The app that it was given to.
    pub meta_app: MetaAppId,
    /// The token; `None` once destroyed.
    pub token: Option<SealedSecret>,
    /// What kind of token it is.
    pub token_kind: TokenKind,
    /// Whose token it is at Meta.
    pub meta_user: Option<MetaUserId>,
    /// The rights that it carries.
    pub scopes: Vec<String>,
    /// `expires_at`: the token's own clock.
    pub expires: Expiry,
    /// `data_access_expires_at`: the second clock, 90 days for a person's token.
    pub data_access_expires: Expiry,
    /// Where it stands.
    pub state: GrantState,
    /// Why it is dead or quarantined.
    pub state_reason: Option<String>,
    /// When Meta was last asked about it.
    pub checked_at: Option<Time>,
    /// When the row was made.
    pub created_at: Time,
    /// When the row was last changed.
    pub updated_at: Time,
    /// Counts the row's changes.
    pub version: i64,
}

/// A warning shows from this long before a clock runs out.
pub const EXPIRING_WITHIN: Duration = Duration::days(7);

impl Grant {
    /// What the grant's secret of this purpose is bound to.
    pub const fn binding(&self, purpose: Purpose) -> SecretBinding {
        SecretBinding::grant(self.org, self.id, purpose)
    }
    /// The clock that runs out first.
    pub fn ends_at(&self) -> Option<Time> {
        match (self.expires.at(), self.data_access_expires.at()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
    /// Whether a clock runs out within seven days.
    pub fn is_expiring(&self, now: Time) -> bool {
        self.ends_at().is_some_and(|at| at <= now + EXPIRING_WITHIN)
    }
    /// Whether only a new login helps: the token is dead, unreadable, gone, or past a clock.
    pub fn needs_reconnect(&self, now: Time) -> bool {
        self.state != GrantState::Active
            || self.token.is_none()
            || self.ends_at().is_some_and(|at| at <= now)
    }
    /// How it is kept alive. Meta documents no refresh without a person: the long-lived exchange needs
    /// a login of the last hours, and business integration tokens need the signup run again.
    pub fn renewal(&self) -> Renewal {
        if self.expires == Expiry::Never && self.data_access_expires.at().is_none() {
            Renewal::NotNeeded
        } else {
            Renewal::Manual
        }
    }
}
