//! The end of the login at Meta: Meta's redirect, or a code that the browser submits.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use wabakit_domain::{
    audit::Actor,
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, LoginReturn, Occasion, Problem,
        Refusal, SignupHints,
    },
    event::{ConnectionEvent, EventData},
    ids::{BusinessId, ConnectSessionId, GrantId, PhoneNumberId, UserId, WabaId},
    meta_error::MetaErrorRef,
    principal::Scope,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::store::{ConnectWrite, StoreError};

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
    /// `error_reason`, such as `user_denied`.
    pub error_reason: Option<String>,
    /// `error_code`, Meta's number of the error.
    pub error_code: Option<String>,
    /// `error_description` or `error_message`, in Meta's words.
    pub error_description: Option<String>,
    /// The nonce of the browser's cookie.
    pub nonce: Option<String>,
    /// The person who is signed in in this browser, if any.
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
    /// Our database does not answer. The same address may be opened again.
    Unavailable,
}

/// The browser's next address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landing {
    /// The way in which the person reached Meta: a popup gets a page that tells its opener.
    pub mode: ConnectMode,
    /// The address to send the browser to.
    pub return_to: String,
    /// The result.
    pub result: CallbackResult,
    /// The session, if the state named one.
    pub session: Option<ConnectSessionId>,
    /// The refusal with its texts, if the result is one.
    pub problem: Option<Problem>,
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
    /// The name of the event.
    pub event: Option<String>,
    /// Tells whether to connect all numbers that can be connected, without asking which.
    pub all_numbers: bool,
}

impl ConnectService {
    /// Handles Meta's redirect. It never fails: every result has an address to send the browser to.
    pub async fn callback(&self, params: CallbackParams) -> Landing {
        let state = params.state.as_deref().map(without_tail);
        let found = match state.and_then(|s| state::read(&self.settings.state_key, s)) {
            Some((org, id)) => self.ports.connect.session(org, id).await,
            None => Ok(None),
        };
        let session = match found {
            Ok(Some(session)) => session,
            Ok(None) => {
                return self.landing(None, Came::Refused(Refusal::StateInvalid.into()));
            }
            Err(error) => {
                tracing::error!(%error, "the connect session could not be read");
                return self.landing(None, Came::To(CallbackResult::Unavailable));
            }
        };
        let context = session.clone();
        let came = match self.take_redirect(session, params).await {
            Ok(came) => came,
            Err(ServiceError::Refused(problem)) => Came::Refused(problem),
            Err(error) => {
                tracing::error!(%error, session = %context.id, "the callback was cut short");
                Came::To(CallbackResult::Pending(context.id))
            }
        };
        self.landing(Some(&context), came)
    }

    fn landing(&self, session: Option<&ConnectSession>, came: Came) -> Landing {
        let (result, problem) = match came {
            Came::To(result) => (result, None),
            Came::Refused(problem) => {
                let session = session.map(|session| session.id);
                (
                    CallbackResult::Error(problem.refusal, session),
                    Some(problem),
                )
            }
        };
        // Another person's browser is not sent to an address of this session.
        let theirs = !matches!(result, CallbackResult::Error(Refusal::BrowserMismatch, _));
        let return_to = session.filter(|_| theirs).and_then(|s| s.return_to.clone());
        Landing {
            mode: session.map_or(ConnectMode::Redirect, |s| s.mode),
            return_to: return_to.unwrap_or_else(|| self.settings.frontend_url.to_string()),
            result,
            session: session.filter(|_| theirs).map(|s| s.id),
            problem,
        }
    }

    async fn take_redirect(
        &self,
        session: ConnectSession,
        params: CallbackParams,
    ) -> Result<Came, ServiceError> {
        let nonce_matches = params
            .nonce
            .as_deref()
            .is_some_and(|nonce| hash_token(nonce) == session.nonce);
        let another_viewer = params.viewer.is_some_and(|viewer| viewer != session.user);
        if another_viewer || (!nonce_matches && session.binding == BrowserBinding::Nonce) {
            return Err(Refusal::BrowserMismatch.into());
        }
        // The page was reloaded, prefetched or loaded twice: answer with the result of the login.
        let is_known = nonce_matches || params.viewer == Some(session.user);
        if was_answered(&session) {
            return Ok(answered_before(&session, is_known));
        }
        let session = self.still_open(session)?;
        let (org, id) = (session.org, session.id);
        let code = params.code.as_ref().map(without_fragment);
        let accepted = match code.filter(|code| !code.expose_secret().is_empty()) {
            None => {
                let problem = refused_at_dialog(&params);
                match self.refuse_login(session, problem.clone()).await {
                    Ok(()) => return Err(ServiceError::Refused(problem)),
                    Err(error) => Err(error),
                }
            }
            Some(code) => {
                let hints = SignupHints::default();
                self.accept_login(session, code, hints, nonce_matches).await
            }
        };
        match accepted {
            Ok(session) => Ok(result_of(&self.run_detached(session).await?)),
            // The other of two loads was first.
            Err(ServiceError::Refused(problem)) if problem.refusal == Refusal::StateUsed => {
                Ok(answered_before(&self.load(org, id).await?, is_known))
            }
            Err(error) => Err(error),
        }
    }

    /// Accepts a code that the browser got itself: from the SDK, or by a redirect to a host product's own page.
    ///
    /// When another caller began the session; with every refusal of the login.
    pub async fn submit(
        &self,
        caller: &Caller,
        submission: OauthSubmission,
    ) -> Result<ConnectSession, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let (org, id) = state::read(&self.settings.state_key, without_tail(&submission.state))
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
        let code = without_fragment(&submission.code);
        if code.expose_secret().is_empty() {
            return Err(Invalid::new("/code", "The code from Meta is missing.").into());
        }
        let hints = SignupHints {
            waba_id: given(submission.waba_id).map(WabaId::from),
            phone_number_id: given(submission.phone_number_id).map(PhoneNumberId::from),
            business_id: given(submission.business_id).map(BusinessId::from),
            event: given(submission.event),
        };
        let session = session.wanting_all(submission.all_numbers);
        let session = self.accept_login(session, code, hints, true).await?;
        self.run_detached(session).await
    }

    fn still_open(&self, session: ConnectSession) -> Result<ConnectSession, ServiceError> {
        if session.status() != ConnectStatus::AwaitingLogin {
            let expired = session.status() == ConnectStatus::Expired;
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

    /// Stores the sealed code before it is used. This write makes the state single use.
    async fn accept_login(
        &self,
        session: ConnectSession,
        code: SecretString,
        hints: SignupHints,
        confirmed: bool,
    ) -> Result<ConnectSession, ServiceError> {
        let grant: GrantId = self.ports.id();
        let binding = SecretBinding::grant(session.org, grant, Purpose::AuthorizationCode);
        let login = LoginReturn {
            grant,
            code: Some(self.ports.vault.seal(binding, &code).await?),
        };
        let now = self.now();
        let trail = Trail::by(&self.ports, session.org, Actor::User(session.user), None);
        let event = trail.event(
            "connect.login_returned",
            ("connect_session", session.id),
            &json!({"confirmed": confirmed, "event": hints.event}),
        );
        let session = session.accept_login(login, hints, confirmed, now)?;
        let session = session.hold(self.lease(now))?;
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        match self.write(write).await {
            Ok(outcome) => Ok(outcome.session),
            Err(StoreError::Conflict) => Err(Refusal::StateUsed.into()),
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
        match self.write(write).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict) => Err(Refusal::StateUsed.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The result of a callback before it is turned into a [`Landing`].
enum Came {
    To(CallbackResult),
    Refused(Problem),
}

/// The longest text of Meta's that is stored, in characters.
const LONGEST_WORDS: usize = 300;

/// Returns why Meta's dialog sent no code: the person cancelled, or Meta refused with a code and a text.
fn refused_at_dialog(params: &CallbackParams) -> Problem {
    let denied = params.error.as_deref() == Some("access_denied")
        || params.error_reason.as_deref() == Some("user_denied");
    if denied {
        return Refusal::AccessDenied.into();
    }
    let words: Option<String> = given(params.error_description.clone())
        .or_else(|| given(params.error.clone()))
        .map(|text| text.chars().take(LONGEST_WORDS).collect());
    let code = params
        .error_code
        .as_deref()
        .and_then(|code| code.trim().parse().ok());
    let about = match (code, &words) {
        (Some(code), Some(words)) => Some(format!("{code}: {words}")),
        (Some(code), None) => Some(format!("code {code}")),
        (None, Some(words)) => Some(words.clone()),
        (None, None) => Some("Meta sent neither a code nor an error".to_owned()),
    };
    let meta = code.map(|code: i64| MetaErrorRef {
        code,
        subcode: None,
        fbtrace_id: None,
        message: words.unwrap_or_default(),
    });
    Problem::new(Refusal::MetaRefused)
        .at(Occasion::Exchange)
        .about(about)
        .with_meta(meta)
}

/// Returns a text trimmed, or `None` if it is empty.
fn given(text: Option<String>) -> Option<String> {
    let text = text?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Removes `#_=_`, which browsers append to Meta's redirect, and surrounding white space. Neither belongs to state or code.
fn without_tail(text: &str) -> &str {
    text.split('#').next().unwrap_or_default().trim()
}

fn without_fragment(code: &SecretString) -> SecretString {
    SecretString::from(without_tail(code.expose_secret()))
}

/// Tells whether the login of a session came back before, so that its result is known.
const fn was_answered(session: &ConnectSession) -> bool {
    !matches!(
        session.status(),
        ConnectStatus::AwaitingLogin | ConnectStatus::Cancelled | ConnectStatus::Expired
    )
}

/// Returns the result of a login that was answered before. An unknown browser learns no more than the first time: the
/// person who began the session must open it.
fn answered_before(session: &ConnectSession, is_known: bool) -> Came {
    match result_of(session) {
        Came::To(CallbackResult::Success { .. }) if !is_known => {
            Came::To(CallbackResult::Pending(session.id))
        }
        came => came,
    }
}

fn result_of(session: &ConnectSession) -> Came {
    match session.status() {
        ConnectStatus::Completed => {
            let first = session
                .progress
                .numbers
                .first()
                .and_then(|n| session.candidate(&n.phone_number_id));
            Came::To(CallbackResult::Success {
                phone_number: first
                    .map(|c| c.display_phone_number.clone())
                    .unwrap_or_default(),
                waba_id: first.map(|c| c.waba_id.to_string()).unwrap_or_default(),
            })
        }
        ConnectStatus::Failed => match session.problem() {
            Some(problem) if !problem.refusal.is_passing() => Came::Refused(problem.clone()),
            _ => Came::To(CallbackResult::Pending(session.id)),
        },
        // Two loads came at once, and the session was given up or expired in between.
        ConnectStatus::Cancelled => Came::Refused(Refusal::StateUsed.into()),
        ConnectStatus::Expired => Came::Refused(Refusal::StateExpired.into()),
        _ => Came::To(CallbackResult::Pending(session.id)),
    }
}
