//! The client's traces. This test has a process of its own, because `tracing` decides once for the whole process
//! which events are of interest.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::EnvFilter;
use wabakit_graph::endpoints::{ExchangeCode, Me};
use wabakit_graph::{AccessToken, AppCredentials, Credentials, GraphClient};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn traces_tell_the_endpoint_the_attempt_and_the_status_only() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("trace"))
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let server = MockServer::start().await;
    let error = json!({"error": {"code": 2, "message": "of canary-token"}});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(500).set_body_json(error))
        .mount(&server)
        .await;

    let calls = async {
        let client = GraphClient::builder()
            .base_url(server.uri())
            .random(|| 0.0)
            .build()
            .unwrap();
        let app = AppCredentials::new("1001", "canary-secret".to_owned());
        let credentials = Credentials::proven(AccessToken::new("canary-token"), &app);
        client.call(&credentials, &Me).await.unwrap_err();
        let exchange = ExchangeCode {
            app,
            code: "canary-code".into(),
            redirect_uri: None,
        };
        client
            .call(&Credentials::none(), &exchange)
            .await
            .unwrap_err();
    };
    calls.with_subscriber(subscriber).await;

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains(r#"graph_call{endpoint="Me"}"#), "{text}");
    assert!(
        text.contains(r#"graph_call{endpoint="ExchangeCode"}"#),
        "{text}"
    );
    assert!(text.contains("answered attempt=2 status=500"), "{text}");
    assert!(
        text.contains("failed attempt=3 status=500 code=2 kind=Transient"),
        "{text}"
    );
    assert!(
        !text.contains("canary") && !text.contains("appsecret_proof"),
        "{text}"
    );
}
