use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::TokenHash,
    ids::{AuthSessionId, OrgId, UserId},
    second_factor::SecondFactor,
    secret::SealedSecret,
};

use super::StoreError;

/// The end of a person's second factor.
#[derive(Clone, PartialEq, Debug)]
pub struct SecondFactorEnd {
    /// The person.
    pub user: UserId,
    /// The organisation that the person must belong to, and to no other; none where anybody's may end.
    pub only_in: Option<OrgId>,
    /// The sign-in that goes on; all others of the person end.
    pub keep: Option<AuthSessionId>,
    /// The current time.
    pub now: Time,
    /// The audit entries.
    pub audit: Vec<NewAuditEvent>,
}

/// The second factors of people, with their recovery codes.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SecondFactorStore: Send + Sync {
    /// Returns a person's second factor, confirmed or not.
    async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, StoreError>;

    /// Stores a secret that waits for its first code, in the place of an older one that still waited.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the person has a confirmed one.
    async fn begin_second_factor(
        &self,
        user: UserId,
        secret: SealedSecret,
        now: Time,
    ) -> Result<(), StoreError>;

    /// Confirms a waiting secret by the step of its first code, and stores its recovery codes. Returns whether this very
    /// secret was waiting.
    async fn confirm_second_factor(
        &self,
        factor: SecondFactor,
        recovery_codes: Vec<TokenHash>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Accepts the code of a step. Returns whether no code of this step or a later one was accepted before: of many that
    /// try one code at once, one succeeds.
    async fn accept_step(&self, user: UserId, step: i64) -> Result<bool, StoreError>;

    /// Replaces a person's recovery codes. Returns whether the person has a confirmed second factor.
    async fn replace_recovery_codes(
        &self,
        user: UserId,
        recovery_codes: Vec<TokenHash>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Uses up a recovery code. Returns whether it was there: of many that use one at once, one succeeds.
    async fn use_recovery_code(
        &self,
        user: UserId,
        code: TokenHash,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;

    /// Ends a person's second factor, confirmed or not, with its recovery codes, and ends their other sign-ins. Returns
    /// whether there was one that may be ended.
    async fn end_second_factor(&self, end: SecondFactorEnd) -> Result<bool, StoreError>;
}
