use chrono::Duration;
use thiserror::Error;
use wabakit_domain::{
    connect::{Problem, Refusal},
    meta_error::MetaErrorRef,
};

use crate::vault::VaultError;

/// The reason why a call to Meta failed, by what can be done about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetaErrorKind {
    /// The token is invalid. A person must connect again.
    TokenInvalid,
    /// A permission for this asset is missing.
    PermissionMissing,
    /// The object does not exist, or the token cannot see it.
    NotFound,
    /// The login's code has expired.
    CodeExpired,
    /// The login's code was used already.
    CodeUsed,
    /// Meta refuses the login's code without a clear reason.
    CodeRejected,
    /// The redirect address differs from that of the dialog.
    RedirectMismatch,
    /// The app's id or secret is wrong.
    AppMisconfigured,
    /// Too many calls. Retry after this time, if Meta named one.
    RateLimited(Option<Duration>),
    /// The number has another two-step verification PIN.
    PinMismatch,
    /// Ten registrations in 72 hours are used up.
    RegistrationLimit,
    /// The owner must verify the number by a code first.
    NotVerified,
    /// The link to a file has expired. Ask for a new one.
    LinkExpired,
    /// The bytes of a file do not match Meta's digest.
    MediaCorrupt,
    /// A file is larger than allowed.
    MediaTooLarge,
    /// Meta could not be reached, or has a failure of its own. It may have acted or not.
    Unavailable,
    /// The token will never open or seal. Quarantine the grant.
    TokenUnreadable,
    /// The vault could not be used now.
    VaultUnavailable,
    /// Meta refused for another reason, for good.
    Refused,
}

/// A failed call to Meta. It holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{kind:?}: {detail}")]
pub struct MetaError {
    /// The kind, by what can be done about it.
    pub kind: MetaErrorKind,
    /// The event, for a log.
    pub detail: String,
    /// Meta's error, if it answered.
    pub meta: Option<MetaErrorRef>,
}

impl MetaError {
    /// Makes an error without an answer of Meta.
    pub fn new(kind: MetaErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            meta: None,
        }
    }

    /// Tells whether the same call may work later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            MetaErrorKind::Unavailable
                | MetaErrorKind::RateLimited(_)
                | MetaErrorKind::VaultUnavailable
        )
    }

    /// Returns the refusal for people. `otherwise` is that of kinds without one of their own.
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
            // The grant is not quarantined, because another replica, or this one after a restart, may have the key.
            VaultError::UnknownKey | VaultError::Random(_) | VaultError::Store(_) => {
                MetaErrorKind::VaultUnavailable
            }
        };
        Self::new(kind, error.to_string())
    }
}
