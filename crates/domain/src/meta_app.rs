//! Meta apps: the apps that people log in to. An app's secret signs webhooks and `appsecret_proof`.

use crate::{
    Time,
    ids::{AppId, MetaAppId, OrgId},
    secret::{Purpose, SealedSecret, SecretBinding},
};

/// A Meta app. The platform's own comes from the environment; an organisation may add its own.
#[derive(Clone, PartialEq, Debug)]
pub struct MetaApp {
    /// Our id.
    pub id: MetaAppId,
    /// The owner; [`OrgId::PLATFORM`] for the app of the environment, which every organisation may use.
    pub org: OrgId,
    /// Meta's id.
    pub app_id: AppId,
    /// The name that people see.
    pub name: String,
    /// The app secret: signs `appsecret_proof` and webhooks.
    pub app_secret: SealedSecret,
    /// The webhook verify token.
    pub verify_token: SealedSecret,
    /// The configuration id of Facebook Login for Business and Embedded Signup.
    pub config_id: Option<String>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when the row was last changed.
    pub updated_at: Time,
    /// The secret before the last change, and until when webhooks may still be signed with it.
    pub former_secret: Option<(SealedSecret, Time)>,
    /// The app's own Graph version, such as `v26.0`. Without one, the server's.
    pub graph_version: Option<String>,
}

impl MetaApp {
    /// Returns the binding of the app's secret for this purpose.
    pub const fn binding(&self, purpose: Purpose) -> SecretBinding {
        SecretBinding::meta_app(self.org, self.id, purpose)
    }
    /// Tells whether it is the platform's own.
    pub fn is_platform(&self) -> bool {
        self.org == OrgId::PLATFORM
    }
}
