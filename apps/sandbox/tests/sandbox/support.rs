//! A sandbox for a test, and a client for it.

use std::collections::HashMap;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use wabakit_sandbox::{App, RunningSandbox, Sandbox, SandboxConfig, Seed};

pub(crate) const APP: &str = "770000000000007";
pub(crate) const SECRET: &str = "test-app-secret";
pub(crate) const REDIRECT: &str = "http://localhost:3000/auth/meta-oauth/callback";
pub(crate) const SCOPES: &str =
    "business_management,whatsapp_business_management,whatsapp_business_messaging";

/// Ids of the built-in seed.
pub(crate) const DANA: &str = "122000000000001";
pub(crate) const JUNIPER: &str = "310000000000001";
pub(crate) const HARBORVIEW: &str = "310000000000002";
pub(crate) const NORTHGATE: &str = "310000000000003";
pub(crate) const JUNIPER_WABA: &str = "420000000000001";
pub(crate) const DENTAL_WABA: &str = "420000000000002";
pub(crate) const EMPTY_WABA: &str = "420000000000003";
pub(crate) const JUNIPER_PHONE: &str = "530000000000001";
pub(crate) const FRONT_DESK: &str = "530000000000002";
pub(crate) const UNVERIFIED: &str = "530000000000003";
pub(crate) const CONNECTED: &str = "530000000000004";
pub(crate) const COEXISTENCE: &str = "530000000000005";
pub(crate) const FOREIGN_PIN: &str = "530000000000006";

pub(crate) struct Meta {
    running: Option<RunningSandbox>,
    base: String,
    client: Client,
    folder: TempDir,
}

/// The answer to a Graph call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// Returns status, code and subcode of a refusal.
    pub(crate) fn refusal(&self) -> (u16, i64, Option<i64>) {
        let error = &self.body["error"];
        assert!(error["fbtrace_id"].is_string(), "{}", self.body);
        (
            self.status.as_u16(),
            error["code"].as_i64().unwrap(),
            error["error_subcode"].as_i64(),
        )
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}

pub(crate) fn app() -> App {
    App {
        redirect_uris: vec![REDIRECT.to_owned()],
        ..App::new(APP, SECRET)
    }
}

pub(crate) fn client() -> Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

impl Meta {
    pub(crate) fn start() -> Self {
        Self::with(vec![app()], Seed::built_in())
    }

    pub(crate) fn with(apps: Vec<App>, seed: Seed) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = SandboxConfig {
            apps,
            seed,
            ..SandboxConfig::new(folder.path().join("sandbox"))
        };
        let running = Sandbox::start(config).unwrap();
        let base = running.base_url();
        Self {
            running: Some(running),
            base,
            client: client(),
            folder,
        }
    }

    /// Stops the sandbox, and starts another on the same folder.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(vec![app()]).await;
    }

    pub(crate) async fn restart_with(&mut self, apps: Vec<App>) {
        self.stop().await;
        self.start_with(apps);
    }

    /// Starts a sandbox on the folder of one that was stopped.
    pub(crate) fn start_again(&mut self) {
        self.start_with(vec![app()]);
    }

    fn start_with(&mut self, apps: Vec<App>) {
        let config = SandboxConfig {
            apps,
            ..SandboxConfig::new(self.folder.path().join("sandbox"))
        };
        let running = Sandbox::start(config).unwrap();
        self.base = running.base_url();
        self.running = Some(running);
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub(crate) fn running(&self) -> &RunningSandbox {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("sandbox")
    }

    /// Builds a request to any path.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self.control_raw(method, path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    pub(crate) async fn control_raw(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, &format!("/_sandbox/{path}"));
        send(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }

    pub(crate) async fn look(&self, path: &str) -> Value {
        self.control(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn order(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, path, body).await
    }

    pub(crate) async fn travel(&self, seconds: i64) {
        self.order("clock", json!({ "advanceSeconds": seconds }))
            .await;
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        send(
            self.request(Method::GET, &format!("/v25.0/{path}"))
                .bearer_auth(token),
        )
        .await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        let request = self
            .request(Method::POST, &format!("/v25.0/{path}"))
            .bearer_auth(token);
        send(request.json(&body)).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Answer {
        send(
            self.request(Method::DELETE, &format!("/v25.0/{path}"))
                .bearer_auth(token),
        )
        .await
    }

    /// Returns the dialog's address with these parameters.
    pub(crate) fn dialog_url(&self, params: &[(&str, &str)]) -> String {
        Url::parse_with_params(&format!("{}/v25.0/dialog/oauth", self.base), params)
            .unwrap()
            .to_string()
    }

    /// Runs a login without its page, and returns the parameters of the redirect.
    pub(crate) async fn login(&self, outcome: Value) -> HashMap<String, String> {
        let mut outcome = outcome;
        outcome["auto"] = true.into();
        self.order("dialog", outcome).await;
        let url = self.dialog_url(&[
            ("client_id", APP),
            ("redirect_uri", REDIRECT),
            ("state", "s1"),
            ("scope", SCOPES),
        ]);
        let answer = self.client.get(url).send().await.unwrap();
        redirect_params(&answer)
    }

    /// Returns a code for this outcome.
    pub(crate) async fn code(&self, outcome: Value) -> String {
        self.login(outcome).await.remove("code").expect("a code")
    }

    pub(crate) async fn exchange(&self, code: &str) -> Answer {
        self.token_call(&[("redirect_uri", REDIRECT), ("code", code)])
            .await
    }

    /// Calls `oauth/access_token` with the app's id and secret.
    pub(crate) async fn token_call(&self, params: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::GET, "/v25.0/oauth/access_token")
            .query(&[("client_id", APP), ("client_secret", SECRET)])
            .query(params);
        send(request).await
    }

    /// Returns a token for this outcome.
    pub(crate) async fn token(&self, outcome: Value) -> String {
        let code = self.code(outcome).await;
        text(&self.exchange(&code).await.ok()["access_token"])
    }

    /// Returns a token for all assets of the seed. It does not expire.
    pub(crate) async fn token_for_all(&self) -> String {
        text(
            &self
                .order("tokens", json!({ "appId": APP, "expiresIn": 0 }))
                .await["accessToken"],
        )
    }

    /// Calls `debug_token` for a token, as the app.
    pub(crate) async fn debug(&self, token: &str) -> Value {
        let path = format!("debug_token?input_token={token}");
        self.get(&format!("{APP}|{SECRET}"), &path).await.ok()["data"].clone()
    }
}

pub(crate) fn redirect_params(answer: &reqwest::Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), StatusCode::FOUND);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(REDIRECT), "{location}");
    Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    Answer {
        status,
        headers,
        body: answer.json().await.unwrap(),
    }
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

pub(crate) fn ids(list: &Value) -> Vec<String> {
    list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| text(&item["id"]))
        .collect()
}
