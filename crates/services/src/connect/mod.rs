//! Connecting: begin, callback, choose, resume and give up, with the workers behind them.

mod activate;
mod assets;
mod begin;
mod callback;
mod limits;
mod manual;
mod numbers;
mod runner;
mod session;
mod settings;
mod state;
mod teardown;
mod token;

pub use begin::{BeginConnect, Begun};
pub use callback::{CallbackParams, CallbackResult, Landing, OauthSubmission};
pub use limits::ConnectTry;
pub(crate) use manual::ManualLogin;
pub(crate) use session::checked_pin;
pub use settings::ConnectSettings;
pub use teardown::TeardownReport;
pub(crate) use token::noted;

use std::sync::Arc;

use wabakit_domain::{
    Time,
    connect::{ConnectSession, Refusal},
    grant::Grant,
    ids::{MetaAppId, OrgId},
    meta_app::MetaApp,
};
use wabakit_ports::{
    meta::GrantAccess,
    store::{ConnectOutcome, ConnectWrite, StoreError},
};

use crate::{Ports, ServiceError};

/// The use cases of connecting. One instance serves the whole process.
#[derive(Clone)]
pub struct ConnectService {
    pub(crate) ports: Ports,
    pub(crate) settings: Arc<ConnectSettings>,
    limiter: limits::Limiter,
}

impl ConnectService {
    /// Creates the service on these ports.
    pub fn new(ports: Ports, settings: ConnectSettings) -> Self {
        Self {
            ports,
            settings: Arc::new(settings),
            limiter: limits::Limiter::new(),
        }
    }

    /// Writes a change of a session, and announces the new events.
    async fn write(&self, write: ConnectWrite) -> Result<ConnectOutcome, StoreError> {
        let org = write.session.org;
        let outcome = self.ports.connect.write(org, write).await?;
        self.ports.bus.publish(&outcome.heads);
        Ok(outcome)
    }

    pub(crate) fn now(&self) -> Time {
        self.ports.now()
    }

    pub(crate) async fn app(&self, org: OrgId, id: MetaAppId) -> Result<MetaApp, ServiceError> {
        self.ports
            .meta_apps
            .meta_app(org, id)
            .await?
            .ok_or(ServiceError::NotFound("this Meta app"))
    }

    pub(crate) async fn access(
        &self,
        org: OrgId,
        grant: Grant,
    ) -> Result<GrantAccess, ServiceError> {
        Ok(GrantAccess {
            app: self.app(org, grant.meta_app).await?,
            grant,
        })
    }

    async fn session_access(&self, session: &ConnectSession) -> Result<GrantAccess, ServiceError> {
        // A session whose login was never stored cannot continue.
        let id = session.grant().ok_or(Refusal::SessionExpired)?;
        let grant = self.ports.accounts.grant(session.org, id).await?;
        self.access(session.org, grant.ok_or(Refusal::SessionExpired)?)
            .await
    }
}
