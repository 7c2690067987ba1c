//! Verifying an account with Meta, and registering its number.

use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
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

    async fn ask(
        &self,
        mut account: Account,
        access: GrantAccess,
    ) -> Result<(Account, Grant), ServiceError> {
        let now = self.ports.now();
        account.updated_at = now;
        let facts = match self.ports.meta.inspect_token(&access).await {
            Ok(facts) if facts.is_valid => facts,
            Ok(facts) if is_checkpoint(facts.error.as_ref()) => {
                account.problem = Some(CHECKPOINT.into());
                return Ok((account, access.grant));
            }
            Ok(facts) => {
                return Ok((
                    account,
                    dead(access.grant, facts.error.map(|e| e.message), now),
                ));
            }
            Err(error) if is_checkpoint(error.meta.as_ref()) => {
                account.problem = Some(CHECKPOINT.into());
                return Ok((account, access.grant));
            }
            Err(error) => return unusable(account, access.grant, error, now),
        };
        let mut grant = noted(access.grant.clone(), &facts, now);
        grant.state = GrantState::Active;
        grant.state_reason = None;
        match self
            .ports
            .meta
            .number(&access, &account.phone_number_id)
            .await
        {
            Ok(number) => {
                account.health = number.health;
                account.verified_name = number.verified_name.or(account.verified_name);
                // `problem` holds what the last check found, so this check replaces it. Reports of Meta's webhooks are
                // kept in `standing`, of which this check settles access alone.
                account.problem = account
                    .needs_registration
                    .then(|| "needs_registration".to_owned());
                if account.health.is_connected() {
                    account.needs_registration = false;
                    account.problem = None;
                }
                if !self
                    .ports
                    .meta
                    .is_subscribed(&access, &account.waba_id)
                    .await?
                {
                    account.problem = Some("not_subscribed".into());
                } else if account.health.is_connected() {
                    account.standing.access_is_proven(now);
                }
            }
            Err(error) if error.kind == MetaErrorKind::NotFound => {
                account.problem = Some("number_not_found".into());
            }
            Err(error) if error.kind == MetaErrorKind::PermissionMissing => {
                account.problem = Some("permission_missing".into());
            }
            Err(error) if is_checkpoint(error.meta.as_ref()) => {
                account.problem = Some(CHECKPOINT.into());
                return Ok((account, grant));
            }
            Err(error) => return Err(error.into()),
        }
        account.last_verified_at = Some(now);
        Ok((account, grant))
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

/// The problem of a login that its person must confirm at Meta.
const CHECKPOINT: &str = "login_checkpoint";

/// Tells whether Meta wants the person to log in at facebook.com once more. The token works again after that.
fn is_checkpoint(error: Option<&MetaErrorRef>) -> bool {
    error.is_some_and(|error| error.code == 190 && matches!(error.subcode, Some(459 | 464)))
}

/// Whether a grant's token may still be used.
const fn is_usable(grant: &Grant) -> bool {
    !matches!(
        grant.state,
        GrantState::Dead | GrantState::Quarantined | GrantState::Revoked
    )
}

fn dead(mut grant: Grant, reason: Option<String>, now: wabakit_domain::Time) -> Grant {
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
    now: wabakit_domain::Time,
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
