//! The advice to a caller about an error.

use std::time::Duration;

use crate::error::{ErrorKind, Replay};

/// The wait where neither Meta nor its documentation names one.
const SHORTLY: Duration = Duration::from_secs(1);

/// The advice about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// Make the same call again after this time: nothing was done, or doing it twice does no harm. Double the time with
    /// each attempt.
    After(Duration),
    /// Meta may have done it. Find out before you make the call again: wait for the message's status webhook, list the
    /// templates.
    CheckFirst,
    /// Get another token: the customer connects again, or grants more permissions.
    Reauthorise,
    /// Someone must act at Meta first: pay, register or verify the number, wait for a restriction to be lifted.
    Resolve,
    /// Change the request. The same one is refused again.
    ChangeRequest,
    /// Do not make the call again. See [`GraphError::meta`](crate::GraphError::meta) for the reason.
    Never,
}

/// Derives the advice from the class of an error.
pub(crate) fn advise(kind: ErrorKind, replay: Replay, wait: Option<Duration>) -> RetryAdvice {
    match (replay, wait) {
        (Replay::RejectedBeforeProcessing | Replay::Ambiguous, wait) => {
            return RetryAdvice::After(wait.unwrap_or(SHORTLY));
        }
        (Replay::Final, Some(wait)) => return RetryAdvice::After(wait),
        (Replay::Final, None) => {}
    }
    match kind {
        ErrorKind::TokenInvalid { .. } | ErrorKind::PermissionMissing => RetryAdvice::Reauthorise,
        ErrorKind::AccountRestricted
        | ErrorKind::NumberNotRegistered
        | ErrorKind::NumberNotVerified
        | ErrorKind::PinLocked
        | ErrorKind::RateLimited => RetryAdvice::Resolve,
        ErrorKind::InvalidParameter
        | ErrorKind::InvalidRequest
        | ErrorKind::LinkExpired
        | ErrorKind::MediaRefused
        | ErrorKind::NotFound
        | ErrorKind::PinMismatch
        | ErrorKind::TemplateUnavailable
        | ErrorKind::WindowClosed
        | ErrorKind::WrongRoute => RetryAdvice::ChangeRequest,
        ErrorKind::MediaMismatch => RetryAdvice::After(SHORTLY),
        ErrorKind::Connect
        | ErrorKind::Decode
        | ErrorKind::HostNotAllowed
        | ErrorKind::NumberAlreadyVerified
        | ErrorKind::Paging
        | ErrorKind::RecipientOptedOut
        | ErrorKind::RecipientUnavailable
        | ErrorKind::Refused
        | ErrorKind::ResponseTooLarge
        | ErrorKind::Timeout
        | ErrorKind::Transient
        | ErrorKind::Transport
        | ErrorKind::Unexpected => RetryAdvice::Never,
    }
}
