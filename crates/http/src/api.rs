//! The services and settings behind the routes.

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_services::{
    AccountService, AuditService, AuthService, ConnectService, MetaAppService, OrgService, Receive,
    Sending, TeamService, TemplateService,
};

use crate::{Bodies, Listeners};

/// The services behind the routes, and the settings of HTTP. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// Signing in.
    pub auth: AuthService,
    /// People.
    pub team: TeamService,
    /// Organisations.
    pub orgs: OrgService,
    /// The audit log.
    pub audit: AuditService,
    /// Meta apps.
    pub meta_apps: MetaAppService,
    /// Connecting.
    pub connect: ConnectService,
    /// Accounts.
    pub accounts: AccountService,
    /// Receiving.
    pub receive: Receive,
    /// Sending.
    pub sending: Sending,
    /// Templates.
    pub templates: TemplateService,
    /// The open WebSockets.
    pub listeners: Listeners,
    /// The request bodies that are being read.
    pub bodies: Bodies,
    /// Cancelled when the server stops: WebSockets close then.
    pub stopping: CancellationToken,
    /// The settings of addresses, origins and cookies.
    pub settings: HttpSettings,
    /// The check of `/readyz`.
    pub readiness: Arc<dyn Readiness>,
    /// Renders `/metrics` as Prometheus text.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Tells the time.
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Makes the id of a request that has none: a UUIDv7.
    pub new_request_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
}

/// The settings of addresses, origins and cookies.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Where this server is reached: `PUBLIC_URL`. Its origin is our own.
    pub public_url: Url,
    /// The page where a finished login ends when there is no `returnTo`: `FRONTEND_URL`.
    pub frontend_url: Url,
    /// Other origins whose pages may use the API, such as `https://app.example`: `ALLOWED_ORIGINS`. Exact.
    pub allowed_origins: Vec<String>,
    /// The suffix of the cookies' names, so that two demos on one host do not share cookies.
    pub cookie_suffix: Option<u16>,
    /// Whether cookies are sent over https only. False only on loopback.
    pub secure_cookies: bool,
    /// The version of the Graph API, such as `v25.0`.
    pub graph_version: String,
    /// Whether the server is behind proxies that set `X-Forwarded-For`.
    pub trust_proxy: bool,
    /// The number of proxies in front of the server. Each adds an entry to `X-Forwarded-For`, so the client is this
    /// many entries from the end. 0 counts as 1.
    pub proxy_hops: usize,
    /// Whether `/metrics` is served beside the other routes. If not, it has a listener of its own.
    pub serves_metrics: bool,
}

impl HttpSettings {
    /// Tells whether pages of this origin may use the API: our own, the front end's, or a listed one.
    pub(crate) fn is_allowed_origin(&self, origin: &str) -> bool {
        self.public_url.origin().ascii_serialization() == origin
            || self.frontend_url.origin().ascii_serialization() == origin
            || self.allowed_origins.iter().any(|allowed| allowed == origin)
    }
}

/// Checks whether the server can do its work.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Checks everything that the server needs.
    async fn check(&self) -> Vec<ReadinessCheck>;
}

/// The result of a check of one thing that the server needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadinessCheck {
    /// The name, such as `database` or `worker receive.split`.
    pub name: Cow<'static, str>,
    /// Whether it works.
    pub ok: bool,
}
