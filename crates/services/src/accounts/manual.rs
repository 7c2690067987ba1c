//! Adding a number by hand, with a token that a person copied from Meta.

use secrecy::{ExposeSecret, SecretString};
use wabakit_domain::{
    connect::{Occasion, Problem, Refusal},
    ids::{AppId, PhoneNumberId, WabaId},
    meta_app::MetaApp,
    principal::Scope,
};
use wabakit_ports::meta::{MetaError, MetaErrorKind, TokenFacts};

use super::{AccountService, AccountView};
use crate::{
    Caller, Invalid, ServiceError,
    connect::ManualLogin,
    pasted::{is_broken, pasted, trimmed},
};

/// A number and a token that a person copied from Meta.
pub struct ManualNumber {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The WABA that holds it.
    pub waba_id: String,
    /// A token that can access it.
    pub access_token: SecretString,
    /// The Meta app of the token. It is looked up if it is missing.
    pub app_id: Option<String>,
}

impl AccountService {
    /// Adds a number by hand. Meta confirms everything before anything is stored.
    ///
    /// # Errors
    /// For a token of a Meta app that is not configured here; with the refusals of connecting.
    pub async fn add_by_hand(
        &self,
        caller: &Caller,
        new: ManualNumber,
    ) -> Result<AccountView, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let phone_number_id =
            PhoneNumberId::from(checked_id(&new.phone_number_id, "/phoneNumberId")?);
        let waba_id = WabaId::from(checked_id(&new.waba_id, "/wabaId")?);
        let token = pasted(&new.access_token);
        let length = token.expose_secret().len();
        if length == 0 || length > 4_096 || is_broken(&token) {
            return Err(Invalid::new(
                "/accessToken",
                "Paste the access token that Meta shows, in one piece.",
            )
            .into());
        }
        let app = self.app_of(caller, &token, new.app_id.as_deref()).await?;
        let login = ManualLogin {
            app,
            token,
            waba_id,
            phone_number_id: phone_number_id.clone(),
        };
        self.connect.connect_by_hand(caller, login).await?;
        let account = self
            .ports
            .accounts
            .accounts_of_numbers(caller.org, &[phone_number_id])
            .await?
            .into_iter()
            .next();
        let id = account.ok_or(ServiceError::NotFound("this account"))?.id;
        self.get(caller, id).await
    }

    /// Finds the app that the token was issued for: only that app's own secret lets us inspect it.
    async fn app_of(
        &self,
        caller: &Caller,
        token: &SecretString,
        named: Option<&str>,
    ) -> Result<MetaApp, ServiceError> {
        let mut apps = self.apps(caller).await?;
        if let Some(named) = named.map(trimmed).filter(|id| !id.is_empty()) {
            apps.retain(|app| app.app_id == AppId::from(named));
        }
        let mut refused = None;
        let own = |app: &MetaApp| app.org == caller.org;
        for app in apps {
            let told = |problem: Problem| problem.at(Occasion::ByHand).of_own_app(own(&app));
            match self.ports.meta.inspect_foreign_token(&app, token).await {
                Ok(TokenFacts {
                    is_valid: true,
                    app_id,
                    ..
                }) if app_id.as_ref().is_none_or(|id| *id == app.app_id) => {
                    return Ok(app);
                }
                Ok(TokenFacts {
                    is_valid: false,
                    app_id: Some(id),
                    error,
                    ..
                }) if id == app.app_id => {
                    refused = Some(told(Problem::new(Refusal::TokenInvalid).with_meta(error)));
                }
                Ok(_) => {}
                Err(error) if error.is_transient() => {
                    return Err(ServiceError::Refused(told(
                        error.problem(Refusal::MetaRefused),
                    )));
                }
                Err(error) if is_of_another_app(&error) => {
                    tracing::debug!(app = %app.app_id, %error, "the token is not this app's");
                }
                // Meta did not say whether the token is this app's, so the search cannot go on.
                Err(error) => {
                    let problem = told(error.problem(Refusal::MetaRefused));
                    let problem = match problem.refusal {
                        Refusal::AppMisconfigured => problem.about([app.app_id.to_string()]),
                        _ => problem,
                    };
                    refused = Some(match refused {
                        Some(known) if known.refusal == Refusal::TokenInvalid => known,
                        _ => problem,
                    });
                }
            }
        }
        let unknown = || Problem::new(Refusal::UnknownMetaApp).at(Occasion::ByHand);
        Err(ServiceError::Refused(refused.unwrap_or_else(unknown)))
    }
}

/// Tells whether Meta refused to inspect a token because another app issued it. Meta reports this as a wrong parameter.
fn is_of_another_app(error: &MetaError) -> bool {
    let wrong_parameter = error.meta.as_ref().is_some_and(|meta| meta.code == 100);
    matches!(error.kind, MetaErrorKind::Refused | MetaErrorKind::NotFound) && wrong_parameter
}

fn checked_id(id: &str, pointer: &str) -> Result<String, Invalid> {
    let id = trimmed(id);
    if (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(id.to_owned())
    } else {
        Err(Invalid::new(
            pointer,
            "Copy the id as WhatsApp Manager shows it: digits, not the number itself.",
        ))
    }
}
