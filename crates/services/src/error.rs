use chrono::Duration;
use thiserror::Error;
use wabakit_domain::{
    connect::{InvalidTransition, Occasion, Problem, Refusal},
    principal::Scope,
};
use wabakit_ports::{
    meta::MetaError, store::StoreError, system::RandomUnavailable, vault::VaultError,
};

/// A field with a wrong value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    /// A JSON pointer to the field.
    pub pointer: String,
    /// The fault, and what would be right, as a sentence.
    pub detail: String,
}

impl Invalid {
    /// Makes the error of a field.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

/// The reason why a use case failed, by what the caller can do about it.
///
/// Every use case can fail with [`Self::Unavailable`] and [`Self::Internal`], and every use case of a
/// [`Caller`](crate::Caller) with [`Self::Forbidden`] and [`Self::ScopeRequired`]. The docs of methods name only the
/// other errors.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Nobody is signed in any more, or ever was.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// The address or the password is wrong.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// The password is right, and a code is needed too.
    #[error("a code is needed")]
    SecondFactorRequired,
    /// The password is right, and the code is wrong, was used before, or is too old.
    #[error("the code is wrong")]
    WrongCode,
    /// A refresh token was used twice. The sign-in has been ended.
    #[error("the refresh token was used before")]
    RefreshTokenReused,
    /// The caller may not do this. Holds the role or the person who may.
    #[error("this needs the role {0}")]
    Forbidden(&'static str),
    /// The API key does not have the scope.
    #[error("this needs the scope {}", .0.as_str())]
    ScopeRequired(Scope),
    /// The object does not exist, or belongs to another organisation.
    #[error("{0} is not there")]
    NotFound(&'static str),
    /// A field has a wrong value.
    #[error("{}: {}", .0.pointer, .0.detail)]
    Invalid(Invalid),
    /// Fields have wrong values. Holds all of them.
    #[error("{}", .0.first().map_or("fields are wrong", |first| first.detail.as_str()))]
    InvalidFields(Vec<Invalid>),
    /// The act conflicts with the current state.
    #[error("{1}")]
    Conflict(&'static str, String),
    /// The link was used or revoked, or has expired.
    #[error("the link is no longer valid")]
    LinkGone,
    /// Connecting is refused.
    #[error("{}", .0.detail())]
    Refused(Problem),
    /// There were too many tries. Holds how long to wait.
    #[error("too many tries")]
    TooMany(Duration),
    /// The database does not answer.
    #[error("the database cannot be used now")]
    Unavailable(#[source] StoreError),
    /// A bug of ours.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<Invalid> for ServiceError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict(
                "changed_meanwhile",
                "Somebody changed this meanwhile; load it again.".into(),
            ),
            StoreError::Duplicate(what) => {
                Self::Conflict("already_exists", format!("{what} is there already."))
            }
            StoreError::Missing(what) => Self::NotFound(what),
            StoreError::Forbidden(why) => Self::Conflict("not_allowed_now", format!("{why}.")),
            StoreError::OverQuota | StoreError::Corrupt { .. } => Self::internal(error),
            StoreError::Unavailable(_) => Self::Unavailable(error),
        }
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => Self::from(error),
            VaultError::CannotOpen | VaultError::UnknownKey => Refusal::VaultUnavailable.into(),
            VaultError::Random(error) => Self::internal(error),
        }
    }
}

impl From<RandomUnavailable> for ServiceError {
    fn from(error: RandomUnavailable) -> Self {
        Self::internal(error)
    }
}

impl From<MetaError> for ServiceError {
    fn from(error: MetaError) -> Self {
        // Only steps of connecting can be resumed. This refusal is of another act, so its texts must not offer to
        // resume.
        let problem = error.problem(Refusal::MetaRefused);
        Self::Refused(problem.at(Occasion::Account))
    }
}

impl From<InvalidTransition> for ServiceError {
    fn from(error: InvalidTransition) -> Self {
        Self::Conflict("wrong_state", format!("{error}."))
    }
}
