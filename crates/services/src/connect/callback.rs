//! The return of the login: by Meta's redirect, or from a browser that got the code itself.

use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    audit::Actor,
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, Problem, Refusal, SignupHints,
    },
    event::{ConnectionEvent, EventData},
    ids::{BusinessId, ConnectSessionId, GrantId, PhoneNumberId, UserId, WabaId},
    principal::Scope,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::store::ConnectWrite;

use super::{ConnectService, state};
use crate::{Caller, Invalid, ServiceError, audit::Trail, ports::hash_token};

/// The parameters of Meta's redirect.
#[derive(Default)]
pub struct CallbackParams {
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<SecretString>,
    /// `error`, such as `access_denied`.
    pub error: Option<String>,
    /// `error_description`, in Meta's words.
    pub error_description: Option<String>,
    /// The nonce of the browser's cookie.
    pub nonce: Option<String>,
    /// The person who is signed in in this browser, if anybody.
    pub viewer: Option<UserId>,
}

/// The result of a callback, for the browser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallbackResult {
    /// Connected.
    Success {
        /// The first number, in international form.
        phone_number: String,
        /// Its WABA.
        waba_id: String,
    },
    /// The session still needs a choice, a confirmation or further steps.
    Pending(ConnectSessionId),
    /// Refused.
    Error(Refusal, Option<ConnectSessionId>),
    /// Our own database could not be asked: the same address may be opened again.
    Unavailable,
}

/// The browser's next address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landing {
    /// How the person reached Meta: a popup gets a page that tells its opener.
    pub mode: ConnectMode,
    /// The address.
    pub return_to: String,
    /// The result.
    pub result: CallbackResult,
    /// The session, if the state named one.
    pub session: Option<ConnectSessionId>,
}

/// A code that a browser got itself, with the content of Embedded Signup's message.
#[derive(Default)]
pub struct OauthSubmission {
    /// The code.
    pub code: SecretString,
    /// The state that `init` returned.
    pub state: String,
    /// `waba_id`.
    pub waba_id: Option<String>,
    /// `phone_number_id`.
    pub phone_number_id: Option<String>,
    /// `business_id`.
    pub business_id: Option<String>,
    /// The event's name.
    pub event: Option<String>,
}

impl ConnectService {
    /// Handles Meta's redirect. It never fails: every result has an address to send the browser to.
    pub async fn callback(&self, params: CallbackParams) -> Landing {
        let found = match params
            .state
            .as_deref()
            .and_then(|s| state::read(&self.settings.state_key, s))
        {
            Some((org, id)) => self.ports.connect.session(org, id).await,
            None => Ok(None),
        };
        let session = match found {
            Ok(Some(session)) => session,
            Ok(None) => {
                return self.landing(None, CallbackResult::Error(Refusal::StateInvalid, None));
            }
            Err(error) => {
                tracing::error!(%error, "the connect session could not be read");
                return self.landing(None, CallbackResult::Unavailable);
            }
        };
        let context = session.clone();
        let result = match self.take_redirect(session, params).await {
            Ok(result) => result,
            Err(ServiceError::Refused(problem)) => {
                CallbackResult::Error(problem.refusal, Some(context.id))
            }
            Err(error) => {
                tracing::error!(%error, session = %context.id, "the callback was cut short");
                CallbackResult::Pending(context.id)
            }
        };
        self.landing(Some(&context), result)
    }

    fn landing(&self, session: Option<&ConnectSession>, result: CallbackResult) -> Landing {
        // A stranger's browser is not sent to the address in somebody else's session.
        let theirs = !matches!(result, CallbackResult::Error(Refusal::BrowserMismatch, _));
        let return_to = session.filter(|_| theirs).and_then(|s| s.return_to.clone());
        Landing {
            mode: session.map_or(ConnectMode::Redirect, |s| s.mode),
            return_to: return_to.unwrap_or_else(|| self.settings.frontend_url.to_string()),
            result,
            session: session.filter(|_| theirs).map(|s| s.id),
        }
    }

    async fn take_redirect(
        &self,
        session: ConnectSession,
        params: CallbackParams,
    ) -> Result<CallbackResult, ServiceError> {
        let nonce_matches = params
            .nonce
            .as_deref()
            .is_some_and(|nonce| hash_token(nonce) == session.nonce);
        let another_viewer = params.viewer.is_some_and(|viewer| viewer != session.user);
        if another_viewer || (!nonce_matches && session.binding == BrowserBinding::Nonce) {
            return Err(Refusal::BrowserMismatch.into());
        }
        let session = self.still_open(session)?;
        let Some(code) = params.code else {
            let denied = params.error.as_deref() == Some("access_denied");
            let refusal = if denied {
                Refusal::AccessDenied
            } else {
                Refusal::MetaRefused
            };
            let about = params
                .error_description
                .filter(|_| !denied)
                .map(|text| text.chars().take(300).collect());
            self.refuse_login(session, Problem::new(refusal).about(about))
                .await?;
            return Err(refusal.into());
        };
        let session = self
            .accept_login(session, code, SignupHints::default(), nonce_matches)
            .await?;
        Ok(result_of(&self.run_detached(session).await?))
    }

    /// Accepts a code that the browser got itself: from the SDK, or by a redirect to a host product's own page.
    ///
    /// # Errors
    /// For others than admins; when the caller did not begin with this state; with every refusal of the login.
    pub async fn submit(
        &self,
        caller: &Caller,
        submission: OauthSubmission,
    ) -> Result<ConnectSession, ServiceError> {
        use secrecy::ExposeSecret;
        caller.require(Scope::ConnectWrite)?;
        let (org, id) = state::read(&self.settings.state_key, &submission.state)
            .ok_or(Refusal::StateInvalid)?;
        if org != caller.org {
            return Err(Refusal::StateInvalid.into());
        }
        let session = self
            .ports
            .connect
            .session(org, id)
            .await?
            .ok_or(Refusal::StateInvalid)?;
        if session.user != caller.person()?.user {
            return Err(Refusal::BrowserMismatch.into());
        }
        let session = self.still_open(session)?;
        if submission.code.expose_secret().trim().is_empty() {
            return Err(Invalid::new("/code", "The code from Meta is missing.").into());
        }
        let hints = SignupHints {
            waba_id: submission.waba_id.map(WabaId::from),
            phone_number_id: submission.phone_number_id.map(PhoneNumberId::from),
            business_id: submission.business_id.map(BusinessId::from),
            event: submission.event,
        };
        let session = self
            .accept_login(session, submission.code, hints, true)
            .await?;
        self.run_detached(session).await
    }

    fn still_open(&self, session: ConnectSession) -> Result<ConnectSession, ServiceError> {
        if session.status != ConnectStatus::AwaitingLogin {
            let expired = session.status == ConnectStatus::Expired;
            return Err(if expired {
                Refusal::StateExpired
            } else {
                Refusal::StateUsed
            }
            .into());
        }
        if session.expires_at <= self.now() {
            return Err(Refusal::StateExpired.into());
        }
        Ok(session)
    }

    /// Stores the sealed code before anything is done with it: this write makes the state single use.
    async fn accept_login(
        &self,
        session: ConnectSession,
        code: SecretString,
        hints: SignupHints,
        confirmed: bool,
    ) -> Result<ConnectSession, ServiceError> {
        let grant: GrantId = self.ports.id();
        let binding = SecretBinding::grant(session.org, grant, Purpose::AuthorizationCode);
        let code = self.ports.vault.seal(binding, &code).await?;
        let now = self.now();
        let trail = Trail::by(&self.ports, session.org, Actor::User(session.user), None);
        let event = trail.event(
            "connect.login_returned",
            ("connect_session", session.id),
            &json!({"confirmed": confirmed, "event": hints.event}),
        );
        let mut session = session.accept_login(code, hints, grant, now)?;
        session.progress.confirmed = confirmed;
        session.runner = Some(self.lease(now));
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        match self.write(write).await {
            Ok(outcome) => Ok(outcome.session),
            Err(wabakit_ports::store::StoreError::Conflict) => Err(Refusal::StateUsed.into()),
            Err(error) => Err(error.into()),
        }
    }

    async fn refuse_login(
        &self,
        session: ConnectSession,
        problem: Problem,
    ) -> Result<(), ServiceError> {
        let trail = Trail::by(&self.ports, session.org, Actor::User(session.user), None);
        let event = trail.event(
            "connect.refused",
            ("connect_session", session.id),
            &json!({"code": problem.refusal.code()}),
        );
        let session = session.refuse_login(problem)?;
        let failed = EventData::ConnectionFailed(ConnectionEvent::from(&session));
        let write = ConnectWrite {
            audit: vec![event],
            events: vec![self.ports.event(session.org, failed)],
            ..ConnectWrite::session(session)
        };
        self.write(write).await?;
        Ok(())
    }
}

fn result_of(session: &ConnectSession) -> CallbackResult {
    match session.status {
        ConnectStatus::Completed => {
            let first = session
                .progress
                .numbers
                .first()
                .and_then(|n| session.candidate(&n.phone_number_id));
            CallbackResult::Success {
                phone_number: first
                    .map(|c| c.display_phone_number.clone())
                    .unwrap_or_default(),
                waba_id: first.map(|c| c.waba_id.to_string()).unwrap_or_default(),
            }
        }
        ConnectStatus::Failed => match session.problem.as_ref().map(|p| p.refusal) {
            Some(refusal) if !refusal.is_passing() => {
                CallbackResult::Error(refusal, Some(session.id))
            }
            _ => CallbackResult::Pending(session.id),
        },
        _ => CallbackResult::Pending(session.id),
    }
}
