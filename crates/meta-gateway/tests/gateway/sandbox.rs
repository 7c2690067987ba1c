//! The gateway against the sandbox. They share no code, so each checks the other's reading of Meta's documentation.

use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;
use wabakit_domain::{
    connect::SignupHints,
    grant::{Expiry, TokenKind},
    ids::{PhoneNumberId, WabaId},
    secret::{Purpose, SealedSecret},
};
use wabakit_meta_gateway::{CallRetryPolicy, GatewayConfig, GraphGateway};
use wabakit_ports::meta::{
    DialogRequest, GrantAccess, MetaError, MetaErrorKind as Kind, MetaGateway,
};
use wabakit_sandbox::{App, RunningSandbox, Sandbox, SandboxConfig};

use crate::support::{APP_ID, APP_SECRET, PaperVault, access, app, app_of, grant, sealed};

const REDIRECT: &str = "http://localhost:3000/callback";
const WABA: &str = "420000000000001";
pub(crate) const NUMBER: &str = "530000000000001";
const DENTAL: &str = "420000000000002";

pub(crate) struct Play {
    pub(crate) base: String,
    pub(crate) gateway: GraphGateway,
    /// Without it, the sandbox sends no webhooks.
    _running: RunningSandbox,
    _folder: TempDir,
}

impl Play {
    pub(crate) fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running = Sandbox::start(SandboxConfig {
            apps: vec![
                App::new(APP_ID, APP_SECRET),
                App::new("42", "another-secret"),
            ],
            ..SandboxConfig::new(folder.path().join("sandbox"))
        });
        let running = running.unwrap();
        let base = running.base_url();
        let config = GatewayConfig {
            graph_url: base.clone(),
            dialog_url: base.clone(),
            retry: CallRetryPolicy::NEVER,
            ..GatewayConfig::default()
        };
        Self {
            gateway: GraphGateway::new(config, Arc::<PaperVault>::default()).unwrap(),
            base,
            _running: running,
            _folder: folder,
        }
    }

    /// Makes a plain HTTP call. Returns head and body.
    async fn http(&self, verb: &str, url: &str, body: &str) -> String {
        let url = Url::parse(url).unwrap();
        let path = &url[url::Position::BeforePath..];
        let length = body.len();
        let request = format!(
            "{verb} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let port = url.port().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Makes a control call, and returns its answer.
    pub(crate) async fn order(&self, what: &str, body: Value) -> String {
        let url = format!("{}/_sandbox/{what}", self.base);
        let answer = self.http("POST", &url, &body.to_string()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    /// Logs in through the gateway's dialog, and seals the code.
    async fn code(&self, mut outcome: Value) -> SealedSecret {
        outcome["auto"] = true.into();
        self.order("dialog", outcome).await;
        let request = DialogRequest {
            redirect_uri: REDIRECT.to_owned(),
            state: "s1".to_owned(),
            popup: false,
        };
        let answer = self
            .http("GET", &self.gateway.dialog_url(&app(), &request), "")
            .await;
        let location = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "))
            .unwrap();
        let back = Url::parse(location).unwrap();
        let code = back
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned();
        sealed(grant().binding(Purpose::AuthorizationCode), &code)
    }

    async fn exchange(&self, code: &SealedSecret) -> Result<GrantAccess, MetaError> {
        let redirect = Some(REDIRECT.to_owned());
        let issued = self
            .gateway
            .exchange_code(&app(), &grant(), code, redirect)
            .await?;
        let mut access = access();
        access.grant.token = Some(issued.token);
        Ok(access)
    }

    pub(crate) async fn login(&self, outcome: Value) -> GrantAccess {
        self.exchange(&self.code(outcome).await).await.unwrap()
    }

    async fn register(
        &self,
        access: &GrantAccess,
        number: &str,
        pin: &str,
    ) -> Result<(), MetaError> {
        let pin = sealed(access.grant.binding(Purpose::RegistrationPin), pin);
        self.gateway
            .register(access, &PhoneNumberId::from(number), &pin)
            .await
    }
}

#[tokio::test]
async fn a_number_is_found_subscribed_registered_and_given_back() {
    let play = Play::begin();
    let meta = &play.gateway;
    let mut access = play.login(json!({})).await;
    let long = meta.exchange_long_lived(&access).await.unwrap();
    assert_eq!(long.expires_in.unwrap().num_days(), 60);
    access.grant.token = Some(long.token);

    let facts = meta.inspect_token(&access).await.unwrap();
    assert!(facts.is_valid && facts.kind == TokenKind::User);
    assert!(matches!(facts.expires, Expiry::At(_)));
    assert!(matches!(facts.data_access_expires, Expiry::At(_)));
    assert_eq!(facts.granted_wabas, [WabaId::from(WABA)]);
    access.grant.meta_user = facts.meta_user;

    let hints = SignupHints::default();
    let found = meta
        .find_assets(&access, &facts.granted_wabas, &hints)
        .await
        .unwrap();
    assert_eq!(found.businesses, 1);
    let [(waba, numbers)] = found.wabas.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(waba.business_name.as_deref(), Some("Juniper & Sage Coffee"));
    assert_eq!(numbers[0].id.as_str(), NUMBER);
    assert!(!numbers[0].health.is_connected());
    assert_eq!(meta.waba(&access, &waba.id).await.unwrap().name, waba.name);
    assert_eq!(meta.numbers(&access, &waba.id).await.unwrap(), *numbers);

    assert!(!meta.is_subscribed(&access, &waba.id).await.unwrap());
    for _ in 0..2 {
        meta.subscribe(&access, &waba.id).await.unwrap();
    }
    assert!(meta.is_subscribed(&access, &waba.id).await.unwrap());
    let number = &numbers[0].id;
    play.register(&access, NUMBER, "123456").await.unwrap();
    assert!(
        meta.number(&access, number)
            .await
            .unwrap()
            .health
            .is_connected()
    );

    meta.deregister(&access, number).await.unwrap();
    meta.unsubscribe(&access, &waba.id).await.unwrap();
    assert!(!meta.is_subscribed(&access, &waba.id).await.unwrap());
    meta.revoke(&access).await.unwrap();
    assert!(!meta.inspect_token(&access).await.unwrap().is_valid);
    let error = meta.number(&access, number).await.unwrap_err();
    assert_eq!(error.kind, Kind::TokenInvalid);
}

#[tokio::test]
async fn each_refusal_of_a_code_is_told_apart() {
    let play = Play::begin();
    let refused = async |code: &SealedSecret| play.exchange(code).await.unwrap_err().kind;

    let code = play.code(json!({})).await;
    play.exchange(&code).await.unwrap();
    assert_eq!(refused(&code).await, Kind::CodeUsed);

    let code = play.code(json!({})).await;
    play.order("clock", json!({ "advanceSeconds": 31 })).await;
    assert_eq!(refused(&code).await, Kind::CodeExpired);

    let code = play.code(json!({})).await;
    let elsewhere = Some("http://localhost:3000/elsewhere".to_owned());
    let error = play
        .gateway
        .exchange_code(&app(), &grant(), &code, elsewhere)
        .await;
    assert_eq!(error.unwrap_err().kind, Kind::RedirectMismatch);

    let invented = sealed(grant().binding(Purpose::AuthorizationCode), "invented");
    assert_eq!(refused(&invented).await, Kind::CodeRejected);

    for app in [app_of(APP_ID, "wrong"), app_of("43", "unknown")] {
        let error = play
            .gateway
            .exchange_code(&app, &grant(), &code, None)
            .await;
        assert_eq!(error.unwrap_err().kind, Kind::AppMisconfigured);
    }
}

#[rstest]
#[tokio::test]
async fn assets_are_found_whatever_debug_token_tells(
    #[values("normal", "missing", "no_targets", "under_business_management")] shape: &str,
    #[values(false, true)] integer_ids: bool,
) {
    let play = Play::begin();
    let quirks =
        json!({ "granularScopes": shape, "integerIds": integer_ids, "omitExpiresIn": true });
    play.order("quirks", quirks).await;
    let access = play.login(json!({})).await;
    let granted = play
        .gateway
        .inspect_token(&access)
        .await
        .unwrap()
        .granted_wabas;
    let hints = SignupHints::default();
    let found = play
        .gateway
        .find_assets(&access, &granted, &hints)
        .await
        .unwrap();
    assert_eq!(found.wabas[0].1[0].id.as_str(), NUMBER);
}

#[tokio::test]
async fn a_declined_right_to_see_businesses_leaves_what_was_granted_by_name() {
    let play = Play::begin();
    let access = play
        .login(json!({ "declineScopes": ["business_management"] }))
        .await;
    let facts = play.gateway.inspect_token(&access).await.unwrap();
    assert!(!facts.scopes.contains(&"business_management".to_owned()));
    let hints = SignupHints::default();
    let found = play
        .gateway
        .find_assets(&access, &facts.granted_wabas, &hints)
        .await
        .unwrap();
    assert_eq!(found.wabas[0].1[0].id.as_str(), NUMBER);
}

#[tokio::test]
async fn numbers_of_every_kind_are_told_apart() {
    let play = Play::begin();
    let access = play.login(json!({ "wabas": [DENTAL] })).await;
    let numbers = play
        .gateway
        .numbers(&access, &WabaId::from(DENTAL))
        .await
        .unwrap();
    let coexisting: Vec<_> = numbers
        .iter()
        .filter(|number| number.health.is_coexistence)
        .collect();
    assert_eq!(coexisting.len(), 1);
    let unverified: Vec<_> = numbers
        .iter()
        .filter(|number| number.health.is_unverified())
        .collect();
    assert_eq!(unverified.len(), 1);

    let error = play
        .register(&access, unverified[0].id.as_str(), "123456")
        .await;
    assert_eq!(error.unwrap_err().kind, Kind::NotVerified);
    let foreign_pin = "530000000000006";
    for _ in 0..10 {
        let error = play.register(&access, foreign_pin, "123456").await;
        assert_eq!(error.unwrap_err().kind, Kind::PinMismatch);
    }
    let error = play.register(&access, foreign_pin, "830174").await;
    assert_eq!(error.unwrap_err().kind, Kind::RegistrationLimit);
    let error = play
        .gateway
        .numbers(&access, &WabaId::from(WABA))
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, Kind::PermissionMissing | Kind::NotFound),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_past_its_end_is_invalid_and_says_so() {
    let play = Play::begin();
    let access = play.login(json!({})).await;
    play.order("clock", json!({ "advanceSeconds": 7200 })).await;
    let facts = play.gateway.inspect_token(&access).await.unwrap();
    assert!(!facts.is_valid);
    assert_eq!(facts.error.unwrap().code, 190);
    let hints = SignupHints::default();
    let error = play
        .gateway
        .find_assets(&access, &[], &hints)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::TokenInvalid);
}

#[tokio::test]
async fn a_wrong_secret_of_the_app_is_never_a_dead_grant() {
    let play = Play::begin();
    let mut access = play.login(json!({})).await;
    for app in [app_of(APP_ID, "wrong"), app_of("42", "another-secret")] {
        access.app = app;
        let by_proof = play
            .gateway
            .numbers(&access, &WabaId::from(WABA))
            .await
            .unwrap_err();
        assert_eq!(by_proof.kind, Kind::AppMisconfigured, "{by_proof}");
    }
    access.app = app_of(APP_ID, "wrong");
    let by_token = play.gateway.inspect_token(&access).await.unwrap_err();
    assert_eq!(by_token.kind, Kind::AppMisconfigured, "{by_token}");
}
