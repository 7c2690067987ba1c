//! Verifying an account with Meta, and registering its number.

use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    Time,
    account::Account,
    connect::{Occasion, Problem, Refusal},
    event::{EventData, ReconnectEvent},
    grant::{Grant, GrantState},
    ids::AccountId,
    meta_error::MetaErrorRef,
    principal::Scope,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::{
    meta::{GrantAccess, MetaError, MetaErrorKind},
    store::{Facts, VerifiedWrite},
};

use super::{AccountService, AccountView};
use crate::{
    Caller, ServiceError,
    audit::Trail,
    connect::{checked_pin, noted},
};

impl AccountService {
    async fn active(
        &self,
        caller: &Caller,
        id: AccountId,
    ) -> Result<(Account, Grant), ServiceError> {
        let (account, grant) = self.find(caller, id).await?;
        if account.is_active {
            Ok((account, grant))
        } else {
            Err(ServiceError::Conflict(
                "not_connected",
                "This number is disconnected: connect it again first.".into(),
            ))
        }
    }

    /// Verifies the token, the number and the subscription with Meta now, and stores the result. A dead token is a
    /// result and no error: the account then needs a new login.
    ///
    /// # Errors
    /// When the account does not exist or is disconnected; when Meta does not answer, in which case nothing is
    /// changed.
    pub async fn verify(
        &self,
        caller: &Caller,
        id: AccountId,
    ) -> Result<AccountView, ServiceError> {
        caller.require(Scope::AccountsWrite)?;
        let (account, grant) = self.active(caller, id).await?;
        let was_usable = is_usable(&grant);
        let access = self.connect.access(caller.org, grant).await?;
        let own_app = access.app.org == caller.org;
        let (account, grant) = self
            .ask(account, access)
            .await
            .map_err(at_account(own_app))?;
        let (grant_id, grant_state) = (grant.id, grant.state);
        let data = json!({"grantState": grant_state.as_str(), "status": account.health.status, "problem": account.trouble(self.ports.now())});
        let event =
            Trail::of(&self.ports, caller).event("account.verified", ("account", id), &data);
        let mut facts = Facts::from(vec![event]);
        if was_usable && !is_usable(&grant) {
            let accounts = &self.ports.accounts;
            let on_it = accounts.accounts_on_grants(caller.org, &[grant.id]).await?;
            let on_it = on_it.iter().map(|account| account.id).collect();
            let data = EventData::ConnectionNeedsReconnect(ReconnectEvent::of(&grant, on_it));
            facts.events.push(self.ports.event(caller.org, data));
        }
        let write = VerifiedWrite {
            account,
            grant: Some(grant),
            facts,
            ids: self.ports.id_block(),
        };
        self.save(caller, write).await?;
        tracing::info!(
            org = %caller.org, account = %id, grant = %grant_id, grant_state = grant_state.as_str(),
            "account verified"
        );
        self.get(caller, id).await
    }

    /// Asks Meta about the token, the number and the subscription. What Meta says of the login itself is a result,
    /// whichever question it answers: a dead token, or a person who must log in once more.
    async fn ask(
        &self,
        mut account: Account,
        access: GrantAccess,
    ) -> Result<(Account, Grant), ServiceError> {
        let now = self.ports.now();
        account.updated_at = now;
        let mut grant = access.grant.clone();
        match self.look(&mut account, &mut grant, &access, now).await {
            Ok(Token::Valid) => {
                account.last_verified_at = Some(now);
                Ok((account, grant))
            }
            Ok(Token::Invalid(Some(error)))
            | Err(MetaError {
                meta: Some(error), ..
            }) if error.is_checkpoint() => {
                account.problem = Some(CHECKPOINT.into());
                Ok((account, grant))
            }
            Ok(Token::Invalid(error)) => {
                Ok((account, dead(grant, error.map(|error| error.message), now)))
            }
            Err(error) => unusable(account, grant, error, now),
        }
    }

    /// Reads into account and grant what Meta answers.
    async fn look(
        &self,
        account: &mut Account,
        grant: &mut Grant,
        access: &GrantAccess,
        now: Time,
    ) -> Result<Token, MetaError> {
        let meta = &self.ports.meta;
        let facts = meta.inspect_token(access).await?;
        if !facts.is_valid {
            return Ok(Token::Invalid(facts.error));
        }
        *grant = noted(grant.clone(), &facts, now);
        grant.state = GrantState::Active;
        grant.state_reason = None;
        let number = match meta.number(access, &account.phone_number_id).await {
            Ok(number) => number,
            Err(error) => {
                let found = match error.kind {
                    MetaErrorKind::NotFound => "number_not_found",
                    MetaErrorKind::PermissionMissing => "permission_missing",
                    _ => return Err(error),
                };
                account.problem = Some(found.into());
                return Ok(Token::Valid);
            }
        };
        account.health = number.health;
        account.verified_name = number.verified_name.or(account.verified_name.take());
        // `problem` holds what the last check found, so this check replaces it. Reports of Meta's webhooks are kept in
        // `standing`, of which this check settles access alone.
        account.problem = account
            .needs_registration
            .then(|| "needs_registration".to_owned());
        if account.health.is_connected() {
            account.needs_registration = false;
            account.problem = None;
        }
        if !meta.is_subscribed(access, &account.waba_id).await? {
            account.problem = Some("not_subscribed".into());
        } else if account.health.is_connected() {
            account.standing.access_is_proven(now);
        }
        Ok(Token::Valid)
    }

    /// Registers a number that needs it: with a PIN that a person enters, or with the stored one.
    ///
    /// # Errors
    /// When the account does not exist or is disconnected; for a PIN that is not six digits; with Meta's refusal,
    /// which is also stored with the account.
    pub async fn register(
        &self,
        caller: &Caller,
        id: AccountId,
        pin: Option<SecretString>,
    ) -> Result<AccountView, ServiceError> {
        caller.require(Scope::AccountsWrite)?;
        let (mut account, grant) = self.active(caller, id).await?;
        let binding = SecretBinding::grant(caller.org, grant.id, Purpose::RegistrationPin);
        let typed = match pin {
            Some(pin) => {
                checked_pin(&pin)?;
                Some(self.ports.vault.seal(binding, &pin).await?)
            }
            None => None,
        };
        let Some(sealed) = typed.clone().or(account.registration_pin.clone()) else {
            return Err(crate::Invalid::new(
                "/pin",
                "Enter the number's six-digit two-step verification PIN.",
            )
            .into());
        };
        let access = self.connect.access(caller.org, grant).await?;
        let own_app = access.app.org == caller.org;
        let problem = self
            .connect
            .register_number(&access, &account.phone_number_id, Some(sealed.clone()))
            .await
            .map_err(at_account(own_app))?
            .map(|problem| problem.at(Occasion::Account).of_own_app(own_app));
        let now = self.ports.now();
        account.updated_at = now;
        match problem.as_ref().map(|p| p.refusal) {
            None => {
                account.registration_pin = Some(sealed);
                // Meta accepted the registration, even if it does not show the number as registered yet.
                match self
                    .ports
                    .meta
                    .number(&access, &account.phone_number_id)
                    .await
                {
                    Ok(number) => {
                        account.health = number.health;
                        account.last_verified_at = Some(now);
                    }
                    Err(error) => {
                        tracing::info!(%error, account = %id, "the number is registered, but its health could not be read");
                    }
                }
            }
            // The stored PIN is wrong. Drop it, so that the person is asked for the right one.
            Some(Refusal::PinMismatch) if typed.is_none() => account.registration_pin = None,
            Some(_) => {}
        }
        account.needs_registration = problem.is_some();
        account.problem = problem
            .as_ref()
            .map(|p: &Problem| p.refusal.code().to_owned());
        let data = json!({"refused": account.problem});
        let event =
            Trail::of(&self.ports, caller).event("account.registered", ("account", id), &data);
        let write = VerifiedWrite::account(account, self.ports.id_block(), vec![event]);
        self.save(caller, write).await?;
        match problem {
            Some(problem) => Err(ServiceError::Refused(problem)),
            None => self.get(caller, id).await,
        }
    }
}

/// Marks a refusal as met by an act on an account. Such an act cannot be resumed.
fn at_account(own_app: bool) -> impl FnOnce(ServiceError) -> ServiceError {
    move |error| match error {
        ServiceError::Refused(problem) => {
            ServiceError::Refused(problem.at(Occasion::Account).of_own_app(own_app))
        }
        other => other,
    }
}

/// The facts that Meta tells of a token, and why it is not valid where Meta tells.
enum Token {
    Valid,
    Invalid(Option<MetaErrorRef>),
}

/// The problem of a login that its person must confirm at Meta.
const CHECKPOINT: &str = "login_checkpoint";

/// Tells whether a grant's token may still be used.
const fn is_usable(grant: &Grant) -> bool {
    !matches!(
        grant.state,
        GrantState::Dead | GrantState::Quarantined | GrantState::Revoked
    )
}

fn dead(mut grant: Grant, reason: Option<String>, now: Time) -> Grant {
    grant.state = GrantState::Dead;
    grant.state_reason = reason;
    grant.checked_at = Some(now);
    grant.updated_at = now;
    grant
}

/// Updates the grant for an error: a token that Meta refuses is dead, and one that does not open is quarantined.
/// Other errors change nothing.
fn unusable(
    account: Account,
    mut grant: Grant,
    error: MetaError,
    now: Time,
) -> Result<(Account, Grant), ServiceError> {
    match error.kind {
        MetaErrorKind::TokenInvalid => {
            let reason = error.meta.map(|m| m.message);
            Ok((account, dead(grant, reason, now)))
        }
        MetaErrorKind::TokenUnreadable => {
            grant.state = GrantState::Quarantined;
            grant.state_reason =
                Some("the stored token does not open with this server's encryption keys".into());
            grant.updated_at = now;
            Ok((account, grant))
        }
        _ => Err(error.into()),
    }
}
