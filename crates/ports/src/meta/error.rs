use chrono::Duration;
use thiserror::Error;
use wabakit_domain::{
    connect::{Problem, Refusal},
    meta_error::MetaErrorRef,
};

use crate::vault::VaultError;

/// Why a call to Meta did not give what was asked, by what can be done about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetaErrorKind {
    /// The token is not, or no longer, valid: reconnect.
    TokenInvalid,
    /// A right is missing for this asset.
    PermissionMissing,
    /// The object is not there, or the token cannot see it.
    NotFound,
    /// The login's code is too old.
    CodeExpired,
    /// The login's code was used before.
    CodeUsed,
    /// The login's code is refused, and Meta does not say clearly why.
    CodeRejected,
    /// The redirect address is not the dialog's.
    RedirectMismatch,
    /// The app's id or secret is wrong.
    AppMisconfigured,
    /// Too many calls; retry after this long where Meta told.
    RateLimited(Option<Duration>),
    /// The number has another two-step PIN.
    PinMismatch,
    /// Ten registrations in 72 hours.
    RegistrationLimit,
    /// The number must be verified by a code first.
    NotVerified,
    /// The link to a file is too old: ask for a new one.
    LinkExpired,
    /// The bytes of a file are not those that Meta promised.
    MediaCorrupt,
    /// A file is larger than allowed.
    MediaTooLarge,
    /// Meta could not be reached, or has trouble itself. Whether it acted may be unknown.
    Unavailable,
    /// The token could not be opened or sealed for good: quarantine the grant.
    TokenUnreadable,
    /// The vault could not be used now.
    VaultUnavailable,
    /// Refused for another reason, for good.
    Refused,
}

/// A call to Meta that did not give what was asked. Holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{kind:?}: {detail}")]
pub struct MetaError {
    /// What can be done about it.
    pub kind: MetaErrorKind,
    /// What happened, for a log.
    pub detail: String,
    /// What Meta said, if it answered.
    pub meta: Option<MetaErrorRef>,
}

impl MetaError {
    /// An error without an answer of Meta's.
    pub fn new(kind: MetaErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            meta: None,
        }
    }

    /// Whether trying the same again later can help.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            MetaErrorKind::Unavailable
                | MetaErrorKind::RateLimited(_)
                | MetaErrorKind::VaultUnavailable
        )
    }

    /// The refusal that tells a person of it, `otherwise` where the kind has none of its own.
    pub fn problem(self, otherwise: Refusal) -> Problem {
        let refusal = match self.kind {
            MetaErrorKind::TokenInvalid => Refusal::TokenInvalid,
            MetaErrorKind::PermissionMissing => Refusal::PermissionMissing,
            MetaErrorKind::CodeExpired => Refusal::CodeExpired,
            MetaErrorKind::CodeUsed => Refusal::CodeUsed,
            MetaErrorKind::CodeRejected => Refusal::CodeRejected,
            MetaErrorKind::RedirectMismatch => Refusal::RedirectMismatch,
            MetaErrorKind::AppMisconfigured => Refusal::AppMisconfigured,
            MetaErrorKind::RateLimited(_) => Refusal::MetaRateLimited,
            MetaErrorKind::PinMismatch => Refusal::PinMismatch,
            MetaErrorKind::RegistrationLimit => Refusal::RegistrationBudgetSpent,
            MetaErrorKind::NotVerified => Refusal::NumberNotVerified,
            MetaErrorKind::Unavailable => Refusal::MetaUnavailable,
            MetaErrorKind::TokenUnreadable | MetaErrorKind::VaultUnavailable => {
                Refusal::VaultUnavailable
            }
            MetaErrorKind::NotFound
            | MetaErrorKind::LinkExpired
            | MetaErrorKind::MediaCorrupt
            | MetaErrorKind::MediaTooLarge
            | MetaErrorKind::Refused => otherwise,
        };
        Problem::new(refusal).with_meta(self.meta)
    }
}

impl From<VaultError> for MetaError {
    fn from(error: VaultError) -> Self {
        let kind = match error {
            VaultError::CannotOpen => MetaErrorKind::TokenUnreadable,
            // Another replica, or this one after a restart, may have the key: nothing is quarantined for it.
            VaultError::UnknownKey | VaultError::Random(_) | VaultError::Store(_) => {
                MetaErrorKind::VaultUnavailable
            }
        };
        Self::new(kind, error.to_string())
    }
}
