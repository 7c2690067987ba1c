//! Shared parts of the tests: a mock of Meta, a client for it, and credentials.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wabakit_graph::{
    AccessToken, AppCredentials, CallRetryPolicy, Credentials, Endpoint, GraphClient,
    GraphClientBuilder, GraphError, Response,
};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const TOKEN: &str = "EAAcanary";

pub(crate) struct Meta {
    pub(crate) server: MockServer,
    pub(crate) client: GraphClient,
}

impl Meta {
    /// Starts a server that gives this answer to every request, and a client that retries at once.
    pub(crate) async fn answering(answer: ResponseTemplate) -> Self {
        let meta = Self::silent().await;
        Mock::given(any())
            .respond_with(answer)
            .mount(&meta.server)
            .await;
        meta
    }

    pub(crate) async fn answering_json(status: u16, body: Value) -> Self {
        Self::answering(ResponseTemplate::new(status).set_body_json(body)).await
    }

    /// Starts a server without answers.
    pub(crate) async fn silent() -> Self {
        let server = MockServer::start().await;
        let client = builder(&server.uri()).build().unwrap();
        Self { server, client }
    }

    pub(crate) async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
    ) -> Result<Response<E::Response>, GraphError> {
        self.client.call(&token(), endpoint).await
    }

    pub(crate) async fn received(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The only request that was received.
    pub(crate) async fn only_request(&self) -> Request {
        let mut requests = self.received().await;
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

pub(crate) fn builder(base_url: &str) -> GraphClientBuilder {
    GraphClient::builder()
        .base_url(base_url)
        .request_timeout(Duration::from_secs(20))
        .retry(CallRetryPolicy::STANDARD)
        .random(|| 0.0)
}

pub(crate) fn token() -> Credentials {
    Credentials::bearer(AccessToken::new(TOKEN))
}

pub(crate) fn app() -> AppCredentials {
    AppCredentials::new("1001", "canary-secret".to_owned())
}

/// The request line, as `GET /v25.0/me`.
pub(crate) fn line(request: &Request) -> String {
    format!("{} {}", request.method, request.url.path())
}

pub(crate) fn query(request: &Request) -> BTreeMap<String, String> {
    request.url.query_pairs().into_owned().collect()
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

/// Starts a server that reads the head of each request, writes this answer, and then closes or hangs. Returns its
/// URL.
pub(crate) async fn raw_server(answer: impl Into<Vec<u8>>, then_hang: bool) -> String {
    let answer: Arc<[u8]> = answer.into().into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                    if socket.read_buf(&mut head).await.unwrap() == 0 {
                        return;
                    }
                }
                // The client may close the connection first.
                let _ = socket.write_all(&answer).await;
                if then_hang {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    url
}
