//! Meta as a mock server, a vault that checks what it is asked for, and a grant.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    grant::{Expiry, Grant, GrantOrigin, GrantState, TokenKind},
    ids::{AppId, GrantId, MetaAppId, OrgId},
    meta_app::MetaApp,
    secret::{ExposeSecret, Purpose, SealedSecret, SecretBinding, SecretString},
};
use wabakit_meta_gateway::{CallRetryPolicy, GatewayConfig, GraphGateway};
use wabakit_ports::{
    meta::GrantAccess,
    vault::{Vault, VaultError},
};
use wiremock::{
    Match, Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, method, path},
};

pub(crate) const APP_ID: &str = "880000000000001";
pub(crate) const APP_SECRET: &str = "canary-app-secret";
pub(crate) const TOKEN: &str = "EAAG-canary-token";
pub(crate) const ORG: OrgId = OrgId(Uuid::from_u128(1));

/// The vault's error instead of a secret.
pub(crate) type Trouble = fn() -> VaultError;

/// A vault that does not encrypt, but opens only for the right binding.
#[derive(Default)]
pub(crate) struct PaperVault {
    /// The error for secrets of one purpose.
    pub(crate) trouble: Mutex<Option<(Purpose, Trouble)>>,
}

pub(crate) fn sealed(binding: SecretBinding, secret: &str) -> SealedSecret {
    SealedSecret::new(format!("{binding:?}={secret}").into_bytes())
}

#[async_trait]
impl Vault for PaperVault {
    async fn seal(
        &self,
        binding: SecretBinding,
        secret: &SecretString,
    ) -> Result<SealedSecret, VaultError> {
        Ok(sealed(binding, secret.expose_secret()))
    }

    async fn open(
        &self,
        binding: SecretBinding,
        sealed: &SealedSecret,
    ) -> Result<SecretString, VaultError> {
        if let Some((purpose, error)) = *self.trouble.lock().unwrap()
            && purpose == binding.purpose
        {
            return Err(error());
        }
        let text = std::str::from_utf8(sealed.as_bytes()).unwrap();
        text.strip_prefix(&format!("{binding:?}="))
            .map(SecretString::from)
            .ok_or(VaultError::CannotOpen)
    }
}

pub(crate) fn app() -> MetaApp {
    app_of(APP_ID, APP_SECRET)
}

pub(crate) fn app_of(id: &str, secret: &str) -> MetaApp {
    let row = MetaAppId(Uuid::from_u128(id.parse().unwrap()));
    let seal = |purpose, secret| sealed(SecretBinding::meta_app(ORG, row, purpose), secret);
    MetaApp {
        id: row,
        org: ORG,
        app_id: AppId::from(id),
        name: "Acme".to_owned(),
        app_secret: seal(Purpose::AppSecret, secret),
        verify_token: seal(Purpose::VerifyToken, "verify"),
        former_secret: None,
        graph_version: None,
        config_id: None,
        created_at: Time::default(),
        updated_at: Time::default(),
    }
}

pub(crate) fn grant() -> Grant {
    let id = GrantId(Uuid::from_u128(9));
    Grant {
        id,
        org: ORG,
        meta_app: app().id,
        origin: GrantOrigin::Login,
        token: Some(sealed(
            SecretBinding::grant(ORG, id, Purpose::AccessToken),
            TOKEN,
        )),
        token_kind: TokenKind::User,
        meta_user: None,
        scopes: Vec::new(),
        expires: Expiry::Unknown,
        data_access_expires: Expiry::Unknown,
        state: GrantState::Pending,
        state_reason: None,
        checked_at: None,
        created_at: Time::default(),
        updated_at: Time::default(),
        version: 1,
    }
}

pub(crate) fn access() -> GrantAccess {
    GrantAccess {
        app: app(),
        grant: grant(),
    }
}

pub(crate) struct Meta {
    pub(crate) server: MockServer,
    pub(crate) vault: Arc<PaperVault>,
    pub(crate) gateway: GraphGateway,
}

impl Meta {
    /// Starts a mock that answers Meta's "does not exist" for unknown objects.
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let nothing = refusal(400, 100, Some(33), "Unsupported get request.");
        Mock::given(any())
            .respond_with(nothing)
            .with_priority(255)
            .mount(&server)
            .await;
        Self::over(server)
    }

    pub(crate) fn over(server: MockServer) -> Self {
        let vault = Arc::new(PaperVault::default());
        let gateway = gateway(&server.uri(), Arc::clone(&vault));
        Self {
            server,
            vault,
            gateway,
        }
    }

    pub(crate) async fn get(&self, node: &str, body: Value) {
        self.on("GET", node, ResponseTemplate::new(200).set_body_json(body))
            .await;
    }

    pub(crate) async fn on(&self, verb: &str, node: &str, answer: ResponseTemplate) {
        Mock::given(method(verb))
            .and(path(format!("/v25.0/{node}")))
            .respond_with(answer)
            .mount(&self.server)
            .await;
    }

    /// Answers a matching request, and requires exactly one.
    pub(crate) async fn once(
        &self,
        verb: &str,
        node: &str,
        also: impl Match + 'static,
        body: Value,
    ) {
        Mock::given(method(verb))
            .and(path(format!("/v25.0/{node}")))
            .and(also)
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .expect(1)
            .mount(&self.server)
            .await;
    }

    /// Returns the paths that were called, without the version.
    pub(crate) async fn calls(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let path = |request: &Request| request.url.path().replace("/v25.0/", "");
        requests.iter().map(path).collect()
    }
}

pub(crate) fn gateway(graph_url: &str, vault: Arc<PaperVault>) -> GraphGateway {
    let config = GatewayConfig {
        graph_url: graph_url.to_owned(),
        retry: CallRetryPolicy::NEVER,
        ..GatewayConfig::default()
    };
    GraphGateway::new(config, vault).unwrap()
}

pub(crate) fn refusal(
    status: u16,
    code: i64,
    subcode: Option<i64>,
    message: &str,
) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": {
        "message": message, "type": "OAuthException", "code": code,
        "error_subcode": subcode, "fbtrace_id": "AbCdEf",
    }}))
}

pub(crate) fn list(items: &Value) -> Value {
    json!({ "data": items })
}

pub(crate) fn success() -> Value {
    json!({ "success": true })
}
