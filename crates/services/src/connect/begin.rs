//! Beginning a connect session: it is stored before the person is sent to Meta.

use std::fmt;

use serde_json::json;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    connect::{
        BrowserBinding, ConnectMode, ConnectSession, LOGIN_WINDOW, Progress, SessionRecord,
        SessionState,
    },
    event::{ConnectionEvent, EventData},
    ids::{ConnectSessionId, MetaAppId},
    principal::Scope,
};
use wabakit_ports::{
    meta::{DialogRequest, SdkConfig},
    store::{Facts, StoreError},
};

use super::{ConnectService, state};
use crate::{Caller, ServiceError, audit::Trail, ports::hash_token};

/// The parameters of beginning.
pub struct BeginConnect {
    /// The way in which the person reaches Meta.
    pub mode: ConnectMode,
    /// The callback page of a host product. The default is our own.
    pub redirect_uri: Option<String>,
    /// The address that the callback sends the browser to. The default is the front end.
    pub return_to: Option<String>,
    /// The Meta app. The default is the platform's.
    pub meta_app: Option<MetaAppId>,
    /// The nonce that the browser holds from an earlier session.
    pub nonce: Option<String>,
    /// Tells whether the browser accepts our cookies in this request, so that the callback can be bound to it.
    pub binding: BrowserBinding,
}

/// A new session.
pub struct Begun {
    /// The session.
    pub session: ConnectSessionId,
    /// The signed state.
    pub state: String,
    /// The nonce for the browser's cookie.
    pub nonce: String,
    /// The deadline for the login.
    pub expires_at: Time,
    /// Meta's id of the app.
    pub app_id: String,
    /// The id of the app's login configuration at Meta.
    pub config_id: Option<String>,
    /// The address of Meta's login dialog.
    pub auth_url: String,
    /// The settings for Meta's JavaScript SDK.
    pub sdk: SdkConfig,
}

/// Omits nonce and state: with both, another browser could complete the login.
impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun")
            .field("session", &self.session)
            .field("expires_at", &self.expires_at)
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

impl ConnectService {
    /// Begins a connect session.
    ///
    /// # Errors
    /// For a Meta app that the organisation may not use; for addresses that are not allowed.
    pub async fn begin(&self, caller: &Caller, begin: BeginConnect) -> Result<Begun, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let app = self
            .app(
                caller.org,
                begin.meta_app.unwrap_or(self.settings.default_app),
            )
            .await?;
        let return_to = begin
            .return_to
            .map(|url| self.settings.checked_return_to(&url))
            .transpose()?;
        let redirect_uri = match begin.redirect_uri {
            Some(url) => self.settings.checked_redirect_uri(&url)?,
            None => self.settings.redirect_uri.clone(),
        };
        let nonce = match begin.nonce.filter(|nonce| nonce.len() == 43) {
            Some(nonce) => nonce,
            None => self.ports.token()?.0,
        };
        let now = self.now();
        let session = ConnectSession::new(SessionRecord {
            id: self.ports.id(),
            org: caller.org,
            user: caller.person()?.user,
            meta_app: app.id,
            mode: begin.mode,
            binding: begin.binding,
            nonce: hash_token(&nonce),
            redirect_uri: (begin.mode != ConnectMode::Sdk).then(|| redirect_uri.clone()),
            return_to,
            state: SessionState::AwaitingLogin,
            progress: Progress::default(),
            created_at: now,
            expires_at: now + LOGIN_WINDOW,
            updated_at: now,
            version: 0,
        });
        let state = state::sign(&self.settings.state_key, caller.org, session.id);
        let popup = begin.mode == ConnectMode::Popup;
        let auth_url = self.ports.meta.dialog_url(
            &app,
            &DialogRequest {
                redirect_uri,
                state: state.clone(),
                popup,
            },
        );
        let event = Trail::of(&self.ports, caller).event(
            "connect.started",
            ("connect_session", session.id),
            &json!({"mode": begin.mode.as_str(), "metaAppId": app.app_id.as_str()}),
        );
        let mut sdk = self.ports.meta.sdk_config();
        if let Some(version) = app.graph_version {
            sdk.graph_version = version;
        }
        let begun = Begun {
            session: session.id,
            state,
            nonce,
            expires_at: session.expires_at,
            app_id: app.app_id.into_string(),
            config_id: app.config_id,
            auth_url,
            sdk,
        };
        self.create(session, event).await?;
        Ok(begun)
    }

    /// Stores a new session, and publishes its event.
    pub(super) async fn create(
        &self,
        session: ConnectSession,
        audit: NewAuditEvent,
    ) -> Result<(), StoreError> {
        let started = EventData::ConnectionStarted(ConnectionEvent::from(&session));
        let facts = Facts {
            audit: vec![audit],
            events: vec![self.ports.event(session.org, started)],
        };
        let heads = self.ports.connect.create_session(session, facts).await?;
        self.ports.bus.publish(&heads);
        Ok(())
    }
}
