//! An HTTP client that behaves as a browser, a page of another site, or a program.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};
use url::Url;

/// All received headers and bodies, for a search at the end.
pub type Transcript = Arc<Mutex<Vec<String>>>;

/// The kind of client. It decides which headers and cookies a request carries.
#[derive(Clone, Debug)]
enum Stands {
    /// A page of the server's own, in a browser.
    OwnPage,
    /// A page of another site, in a browser. It gets none of our cookies, because of `SameSite=Lax`.
    OtherSite(String),
    /// A program.
    Program,
}

/// A client of one server, with its own cookies. It does not follow redirects.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    stands: Stands,
    bearer: Option<String>,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    transcript: Transcript,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Returns a header. Empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Parses the body as JSON. Null for an empty body.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// Returns the body, and asserts success.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        self.json()
    }

    /// Returns the body, and asserts a refusal with this status and code.
    #[must_use]
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// Returns the target of a redirect.
    #[must_use]
    #[track_caller]
    pub fn location(&self) -> Url {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text);
        self.header("location").parse().unwrap()
    }
}

/// Makes an HTTP client without proxies, redirects and the system's settings.
///
/// # Panics
/// Never: its settings are fixed.
#[must_use]
pub fn http() -> reqwest::Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

impl Client {
    fn new(base: &str, stands: Stands) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            http: http(),
            stands,
            bearer: None,
            cookies: Arc::default(),
            transcript: Transcript::default(),
        }
    }

    /// Makes a browser on a page of the server's own.
    #[must_use]
    pub fn browser(base: &str) -> Self {
        Self::new(base, Stands::OwnPage)
    }

    /// Makes a browser on a page of another site.
    #[must_use]
    pub fn other_site(base: &str, origin: &str) -> Self {
        Self::new(base, Stands::OtherSite(origin.to_owned()))
    }

    /// Makes a program.
    #[must_use]
    pub fn program(base: &str) -> Self {
        Self::new(base, Stands::Program)
    }

    /// Returns the same client with a bearer token.
    #[must_use]
    pub fn with_bearer(&self, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Returns the same client, which also records every answer.
    #[must_use]
    pub fn recorded(mut self, transcript: &Transcript) -> Self {
        self.transcript = transcript.clone();
        self
    }

    /// Returns a client with the same cookies and tokens, for a server at another address.
    #[must_use]
    pub fn moved_to(&self, base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            ..self.clone()
        }
    }

    /// Returns the server's address, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns a cookie's value, by the beginning of its name.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        let found = cookies.iter().find(|(known, _)| known.starts_with(name));
        found.map(|(_, value)| value.clone())
    }

    /// Deletes the cookies whose names begin with this.
    pub fn forget_cookie(&self, name: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|known, _| !known.starts_with(name));
    }

    /// Builds a request to a path, with this client's headers and cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let unsafe_method = !method.is_safe();
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        match &self.stands {
            Stands::Program => {}
            Stands::OwnPage => {
                request = request.header("sec-fetch-site", "same-origin");
                if unsafe_method {
                    request = request.header("origin", &self.base);
                }
            }
            Stands::OtherSite(origin) => {
                request = request
                    .header("sec-fetch-site", "cross-site")
                    .header("origin", origin);
            }
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        match self.stands {
            Stands::OtherSite(_) => request,
            _ => self.with_cookies(request),
        }
    }

    fn with_cookies(&self, request: RequestBuilder) -> RequestBuilder {
        let cookies = self.cookies.lock().unwrap();
        if cookies.is_empty() {
            return request;
        }
        let all: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        request.header("cookie", all.join("; "))
    }

    /// Sends a request, and stores the cookies of the answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.unwrap()
    }

    /// Sends a request to a server that may die meanwhile, and stores the cookies of the answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        self.take_cookies(&headers);
        self.transcript
            .lock()
            .unwrap()
            .push(format!("{status} {headers:?}\n{text}"));
        Ok(Answer {
            status,
            headers,
            text,
        })
    }

    fn take_cookies(&self, headers: &HeaderMap) {
        if matches!(self.stands, Stands::OtherSite(_)) {
            return;
        }
        let mut cookies = self.cookies.lock().unwrap();
        for header in headers.get_all("set-cookie") {
            let header = header.to_str().unwrap();
            let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Sends a `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a `POST` with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    /// Sends a `PATCH` with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// Sends a `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Builds the request of a browser that another site's page sends to this address: with cookies, without an
    /// origin.
    pub fn navigation(&self, url: &Url) -> RequestBuilder {
        let request = self
            .http
            .get(url.clone())
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate");
        self.with_cookies(request)
    }

    /// Opens an address, as a browser does when another site's page sends it there.
    pub async fn navigate(&self, url: &Url) -> Answer {
        self.send(self.navigation(url)).await
    }

    /// Signs in with a cookie, as the dashboard does.
    pub async fn sign_in(&self, email: &str, password: &str) -> Value {
        let body = json!({"email": email, "password": password, "session": "cookie"});
        self.post("/auth/login", body).await.ok()
    }

    /// Signs in for tokens. Returns the answer, and a client with the access token and without cookies.
    pub async fn take_tokens(&self, email: &str, password: &str) -> (Value, Self) {
        let body = json!({"email": email, "password": password});
        let answer = self.post("/auth/login", body).await.ok();
        self.forget_cookie("wabakit");
        let client = self.with_bearer(answer["accessToken"].as_str().unwrap());
        (answer, client)
    }
}
