//! The steps that get the token and inspect it.

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{
    connect::{ConnectMode, ConnectSession, Problem, Refusal, Step},
    grant::{Expiry, Grant, GrantOrigin, GrantState, TokenKind},
    ids::{GrantId, MetaAppId},
};
use wabakit_ports::{
    meta::{ExchangedToken, GrantAccess, TokenFacts},
    store::ConnectWrite,
};

use super::{
    ConnectService,
    assets::counted,
    runner::{StepEnd, StepFailure},
};
use crate::ServiceError;

/// The permissions that every grant needs.
const NEEDED: [&str; 2] = [
    "whatsapp_business_management",
    "whatsapp_business_messaging",
];
/// A user token that lives longer than this is a long-lived one.
const LONG_LIVED: Duration = Duration::days(10);

impl ConnectService {
    pub(super) fn new_grant(&self, session: &ConnectSession, id: GrantId, app: MetaAppId) -> Grant {
        let now = self.now();
        Grant {
            id,
            org: session.org,
            meta_app: app,
            origin: match session.mode {
                ConnectMode::Manual => GrantOrigin::Pasted,
                ConnectMode::Redirect | ConnectMode::Popup | ConnectMode::Sdk => GrantOrigin::Login,
            },
            token: None,
            token_kind: TokenKind::Unknown,
            meta_user: None,
            scopes: Vec::new(),
            expires: Expiry::Unknown,
            data_access_expires: Expiry::Unknown,
            state: GrantState::Pending,
            state_reason: None,
            checked_at: None,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }

    fn with_token(&self, mut grant: Grant, exchanged: ExchangedToken) -> Grant {
        let now = self.now();
        grant.token = Some(exchanged.token);
        grant.expires = exchanged
            .expires_in
            .map_or(Expiry::Unknown, |span| Expiry::At(now + span));
        grant.updated_at = now;
        grant
    }

    pub(super) async fn exchange_code(
        &self,
        session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let (session, spent) = session.spend_code().map_err(ServiceError::from)?;
        let Some((id, code)) = spent else {
            return Err(Refusal::CodeUsed.into());
        };
        let app = self.app(session.org, session.meta_app).await?;
        let grant = self.new_grant(&session, id, app.id);
        let exchanged = self
            .ports
            .meta
            .exchange_code(&app, &grant, &code, session.redirect_uri.clone())
            .await?;
        let grant = self.with_token(grant, exchanged);
        let event = self.step_event(&session, Step::ExchangeCode, &json!({"grantId": id}));
        let write = ConnectWrite {
            grant: Some(grant),
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(
            write,
            "The login's code was exchanged for a token.",
        ))
    }

    pub(super) async fn exchange_long_lived(
        &self,
        session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        if session.mode == ConnectMode::Manual {
            return Ok(StepEnd::Skipped(
                Box::new(session),
                "A pasted token is taken as it is.",
            ));
        }
        let access = self.session_access(&session).await?;
        let facts = self.inspect(&access).await?;
        if facts.kind != TokenKind::User {
            return Ok(StepEnd::Skipped(
                Box::new(session),
                "This kind of token has no long-lived form.",
            ));
        }
        if facts.expires == Expiry::Never
            || facts
                .expires
                .at()
                .is_some_and(|at| at > self.now() + LONG_LIVED)
        {
            return Ok(StepEnd::Skipped(
                Box::new(session),
                "The token is long-lived already.",
            ));
        }
        let exchanged = self.ports.meta.exchange_long_lived(&access).await?;
        let grant = self.with_token(access.grant, exchanged);
        let event = self.step_event(
            &session,
            Step::ExchangeLongLived,
            &json!({"expiresAt": grant.expires.at()}),
        );
        let write = ConnectWrite {
            grant: Some(grant),
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(
            write,
            "The token was exchanged for a long-lived one.",
        ))
    }

    async fn inspect(&self, access: &GrantAccess) -> Result<TokenFacts, StepFailure> {
        let facts = self.ports.meta.inspect_token(access).await?;
        if !facts.is_valid {
            return Err(Problem::new(Refusal::TokenInvalid)
                .with_meta(facts.error)
                .into());
        }
        if facts
            .app_id
            .as_ref()
            .is_some_and(|id| *id != access.app.app_id)
        {
            return Err(Refusal::UnknownMetaApp.into());
        }
        Ok(facts)
    }

    pub(super) async fn inspect_token(
        &self,
        session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        let facts = self.inspect(&access).await?;
        let missing: Vec<String> = NEEDED
            .iter()
            .filter(|needed| !facts.scopes.iter().any(|scope| scope == *needed))
            .map(|needed| (*needed).to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(Problem::new(Refusal::MissingScope).about(missing).into());
        }
        let session = session.granted(facts.granted_wabas.clone());
        let grant = noted(access.grant, &facts, self.now());
        let event = self.step_event(
            &session,
            Step::InspectToken,
            &json!({
                "tokenKind": grant.token_kind.as_str(),
                "scopes": grant.scopes,
                "expiresAt": grant.expires.at(),
                "dataAccessExpiresAt": grant.data_access_expires.at(),
            }),
        );
        let detail = format!("{} granted.", counted(grant.scopes.len(), "permission"));
        let write = ConnectWrite {
            grant: Some(grant),
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(write, detail))
    }
}

/// Returns the grant with the answer of `debug_token`. If Meta leaves the expiry out, the known one stays.
pub(crate) fn noted(mut grant: Grant, facts: &TokenFacts, now: wabakit_domain::Time) -> Grant {
    grant.token_kind = facts.kind;
    grant.meta_user = facts.meta_user.clone().or(grant.meta_user);
    grant.scopes.clone_from(&facts.scopes);
    if facts.expires != Expiry::Unknown {
        grant.expires = facts.expires;
    }
    if facts.data_access_expires != Expiry::Unknown {
        grant.data_access_expires = facts.data_access_expires;
    }
    grant.checked_at = Some(now);
    grant.updated_at = now;
    grant
}
