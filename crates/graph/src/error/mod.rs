//! Errors of calls, sorted by what the caller can do about them.

mod codes;
mod meta;
mod scrub;

use std::fmt;
use std::time::Duration;

pub(crate) use codes::classify_answer;
pub use codes::{ErrorClass, Replay, classify};
pub use meta::MetaError;
pub(crate) use scrub::Scrubber;

use crate::retry::{FailedAttempt, RetryAdvice, advise};
use crate::usage::Usage;

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token is missing, expired or revoked: the customer must connect again.
    TokenInvalid {
        /// Meta's subcode for the reason, such as 458 (app removed), 460 (password changed) or
        /// 463 (expired).
        subcode: Option<i64>,
    },
    /// The app or the token lacks a permission, or lost it.
    PermissionMissing,
    /// A limit is used up. [`GraphError::retry_after`] says how long to wait, where Meta told it.
    RateLimited,
    /// Meta does not accept a parameter. A retry will not help.
    InvalidParameter,
    /// The object does not exist, or the token may not see it: Meta does not tell these apart.
    NotFound,
    /// Meta has restricted the account or the number for its policies or for payment.
    AccountRestricted,
    /// The two-step verification PIN is wrong.
    PinMismatch,
    /// Too many wrong PINs: guessing is blocked for a while.
    PinLocked,
    /// The phone number must be verified before this can be done.
    NumberNotVerified,
    /// The phone number is verified already.
    NumberAlreadyVerified,
    /// The phone number must be registered before this can be done.
    NumberNotRegistered,
    /// The person wrote nothing in the last 24 hours (131047). Send a template.
    WindowClosed,
    /// This person cannot be reached from this number: not on WhatsApp, blocked, held out by an experiment of Meta's, or
    /// not on a test number's list.
    RecipientUnavailable,
    /// The person stopped marketing messages (131050). Never send one again.
    RecipientOptedOut,
    /// The template does not exist in this language, is not approved, or is paused or disabled.
    TemplateUnavailable,
    /// The message belongs on the other endpoint, of [`SendMessage`](crate::endpoints::SendMessage) and
    /// [`SendMarketing`](crate::endpoints::SendMarketing), or needs a phone number in place of a user id (131062).
    WrongRoute,
    /// Meta cannot use the file, or cannot download it from its link.
    MediaRefused,
    /// Meta refused for another reason. See [`GraphError::meta`].
    Refused,
    /// Meta has a failure of its own. The same call may work later.
    Transient,
    /// No complete answer came in time.
    Timeout,
    /// No connection could be made; Meta has not seen the request.
    Connect,
    /// The connection broke before the answer was complete.
    Transport,
    /// Meta answered with a success that cannot be read.
    Decode,
    /// The answer is larger than the client accepts.
    ResponseTooLarge,
    /// The answer is not Meta's, such as the page of a proxy.
    Unexpected,
    /// A list repeated a page, broke off, or has more pages than allowed.
    Paging,
    /// The request cannot be written as HTTP; nothing was sent.
    InvalidRequest,
    /// The link to a media file has expired. Ask for a new one.
    LinkExpired,
    /// The link to a media file leads to a host that must not see a token; nothing was sent there.
    HostNotAllowed,
    /// A media file does not have the digest, the length or the type that was asked for.
    MediaMismatch,
}

/// A call that did not succeed.
///
/// Neither its text nor its `Debug` shows a token, a code or a secret, even where Meta echoed it.
#[derive(Clone)]
pub struct GraphError(Box<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) endpoint: &'static str,
    pub(crate) kind: ErrorKind,
    pub(crate) replay: Replay,
    pub(crate) wait: Option<Duration>,
    pub(crate) may_have_been_sent: bool,
    /// Tells whether making the request twice does no harm.
    pub(crate) idempotent: bool,
    pub(crate) timed_out: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) http_status: Option<u16>,
    pub(crate) meta: Option<MetaError>,
    pub(crate) usage: Usage,
    pub(crate) attempts: u32,
    /// The cause in words, with secrets already removed.
    pub(crate) detail: String,
}

impl GraphError {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Box::new(inner))
    }

    /// Makes an error of our own for a request that changed nothing.
    pub(crate) fn local(
        endpoint: &'static str,
        kind: ErrorKind,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(Inner {
            endpoint,
            kind,
            replay: Replay::Final,
            wait: None,
            may_have_been_sent: false,
            idempotent: true,
            timed_out: false,
            retry_after: None,
            http_status: None,
            meta: None,
            usage: Usage::default(),
            attempts: 0,
            detail: detail.into(),
        })
    }

    pub(crate) fn after_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what to do about the error. [`RetryAdvice::CheckFirst`] comes before all else: it is given where Meta may
    /// have carried out a request that must not be made twice.
    pub fn advice(&self) -> RetryAdvice {
        let inner = &*self.0;
        if inner.may_have_been_sent && !inner.idempotent {
            return RetryAdvice::CheckFirst;
        }
        // A wait that Meta asks for is about its limits. It says nothing about a refusal that is final.
        let demanded = inner.retry_after.filter(|_| inner.replay != Replay::Final);
        advise(inner.kind, inner.replay, demanded.or(inner.wait))
    }

    /// Tells what Meta did with the request, as far as it is known. [`advice`](Self::advice) says what follows from it.
    pub fn replay(&self) -> Replay {
        self.0.replay
    }

    /// Tells whether Meta may have carried out the request in spite of this error: the message may have been sent, the
    /// template may exist. True for a timeout or a broken connection after the request was written, an HTTP 5xx, codes
    /// like 1 and 2, and a success that cannot be read. Never true for a read.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.may_have_been_sent
    }

    /// Returns how long Meta asked to wait, by `Retry-After` or `estimated_time_to_regain_access`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Tells whether time ran out, while connecting or while waiting for the answer.
    pub fn is_timeout(&self) -> bool {
        self.0.timed_out
    }

    /// Returns Meta's error, when the answer came from Meta.
    pub fn meta(&self) -> Option<&MetaError> {
        self.0.meta.as_ref()
    }

    /// Returns the HTTP status of the answer, if there was one. Meta's code says more.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// Returns the usage headers of the answer.
    pub fn usage(&self) -> &Usage {
        &self.0.usage
    }

    /// Returns the name of the endpoint that was called.
    pub fn endpoint(&self) -> &'static str {
        self.0.endpoint
    }

    /// Returns how often the request was made.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    pub(crate) fn failure(&self) -> FailedAttempt {
        FailedAttempt {
            replay: self.0.replay,
            retry_after: self.0.retry_after,
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            endpoint,
            http_status,
            meta,
            detail,
            ..
        } = &*self.0;
        write!(f, "{endpoint}: ")?;
        match meta {
            Some(meta) => write!(f, "{meta}")?,
            None => f.write_str(detail)?,
        }
        if let Some(status) = http_status {
            write!(f, " [HTTP {status}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("GraphError")
            .field("endpoint", &inner.endpoint)
            .field("kind", &inner.kind)
            .field("replay", &inner.replay)
            .field("may_have_been_sent", &inner.may_have_been_sent)
            .field("retry_after", &inner.retry_after)
            .field("http_status", &inner.http_status)
            .field("meta", &inner.meta)
            .field("attempts", &inner.attempts)
            .field("detail", &inner.detail)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for GraphError {}
