//! Connecting by a pasted token: a session that skips the login and ends within the same request.

use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, LoginReturn, Progress,
        RESUME_WINDOW, SessionRecord, SessionState, SignupHints, Step, StepState,
    },
    grant::Grant,
    ids::{GrantId, PhoneNumberId, WabaId},
    meta_app::MetaApp,
    secret::{Purpose, SecretBinding},
};
use wabakit_ports::store::ConnectWrite;

use super::ConnectService;
use crate::{Caller, ServiceError, audit::Trail, ports::hash_token};

/// A pasted token of a known app, for one number.
pub(crate) struct ManualLogin {
    pub(crate) app: MetaApp,
    pub(crate) token: SecretString,
    pub(crate) waba_id: WabaId,
    pub(crate) phone_number_id: PhoneNumberId,
}

impl ConnectService {
    pub(crate) async fn connect_by_hand(
        &self,
        caller: &Caller,
        login: ManualLogin,
    ) -> Result<ConnectSession, ServiceError> {
        let now = self.now();
        let id: GrantId = self.ports.id();
        let (nonce, _) = self.ports.token()?;
        let session = ConnectSession::new(SessionRecord {
            id: self.ports.id(),
            org: caller.org,
            user: caller.person()?.user,
            meta_app: login.app.id,
            mode: ConnectMode::Manual,
            binding: BrowserBinding::Nonce,
            nonce: hash_token(&nonce),
            redirect_uri: None,
            return_to: None,
            // The session is leased from its first row on, so that recovery does not take it over before its grant is
            // stored.
            state: SessionState::Running {
                login: LoginReturn {
                    grant: id,
                    code: None,
                },
                runner: Some(self.lease(now)),
            },
            progress: Progress {
                hints: SignupHints {
                    waba_id: Some(login.waba_id),
                    phone_number_id: Some(login.phone_number_id),
                    ..SignupHints::default()
                },
                confirmed: true,
                ..Progress::default()
            },
            created_at: now,
            expires_at: now + RESUME_WINDOW,
            updated_at: now,
            version: 0,
        });
        let given = Some("A token was given.".to_owned());
        let session = session
            .set_step(Step::ExchangeCode, StepState::Skipped, now, given.clone())
            .set_step(Step::ExchangeLongLived, StepState::Skipped, now, given);
        let binding = SecretBinding::grant(caller.org, id, Purpose::AccessToken);
        let token = self.ports.vault.seal(binding, &login.token).await?;
        let grant = Grant {
            token: Some(token),
            ..self.new_grant(&session, id, login.app.id)
        };
        let event = Trail::of(&self.ports, caller).event(
            "connect.started",
            ("connect_session", session.id),
            &json!({"mode": "manual", "metaAppId": login.app.app_id}),
        );
        let (org, session_id) = (session.org, session.id);
        self.create(session, event).await?;
        let session = self.load(org, session_id).await?;
        let write = ConnectWrite {
            grant: Some(grant),
            ..ConnectWrite::session(session)
        };
        let session = self.save(write).await?;
        let session = self.run_detached(session).await?;
        match session.problem().cloned() {
            Some(problem) if session.status() == ConnectStatus::Failed => {
                Err(ServiceError::Refused(problem))
            }
            _ => Ok(session),
        }
    }
}
