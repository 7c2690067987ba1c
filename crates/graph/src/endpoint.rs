//! What an endpoint of the Graph API is, and the request that it makes.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call of the Graph API: a request that can be made, and the type of its answer.
///
/// Implement it for endpoints that this crate does not know yet.
pub trait Endpoint: Send + Sync {
    /// What Meta answers.
    type Response: DeserializeOwned + Send;

    /// The endpoint's name in traces and errors. It must hold no data.
    const NAME: &'static str;

    /// The request to be made.
    fn request(&self) -> Request;

    /// Reads the body of a successful answer.
    ///
    /// # Errors
    /// When the body is not what the endpoint answers.
    fn decode(&self, body: &[u8]) -> Result<Self::Response, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// The HTTP methods that the Graph API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or does.
    Post,
    /// Removes.
    Delete,
}

/// The body of a request.
#[derive(Clone)]
#[non_exhaustive]
pub enum Body {
    /// No body at all.
    Empty,
    /// A JSON document.
    Json(Value),
    /// A JSON document that is written already.
    RawJson(Bytes),
}

/// One HTTP request of the Graph API, without host, version and credentials.
#[derive(Clone)]
pub struct Request {
    method: Method,
    path: Vec<String>,
    query: Vec<(Cow<'static, str>, SecretString)>,
    body: Body,
    idempotent: bool,
    once: bool,
    secrets: Vec<SecretString>,
}

impl Request {
    /// Reads the node or edge at these path segments. Idempotent unless said otherwise.
    pub fn get<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Get, path, true)
    }

    /// Posts to these path segments. Not idempotent unless said otherwise.
    pub fn post<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Post, path, false)
    }

    /// Deletes what is at these path segments. Idempotent unless said otherwise.
    pub fn delete<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Delete, path, true)
    }

    fn new<'a>(method: Method, path: impl IntoIterator<Item = &'a str>, idempotent: bool) -> Self {
        Self {
            method,
            path: path.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            body: Body::Empty,
            idempotent,
            once: false,
            secrets: Vec::new(),
        }
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query
            .push((name.into(), SecretString::from(value.into())));
        self
    }

    /// Adds a query parameter that must never be shown. Only where Meta offers no other place.
    pub fn secret_query(self, name: &'static str, value: &SecretString) -> Self {
        self.query(name, value.expose_secret()).hide(value)
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// Sets a JSON body that is written already; an empty one is sent as such.
    pub fn raw_json(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::RawJson(body.into());
        self
    }

    /// Names a value inside the body that errors must not show, even when Meta echoes it.
    pub fn hide(mut self, secret: &SecretString) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Says whether the request may be repeated when it is unknown whether it was carried out.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// The request is made once, whatever the retry policy says, and over a connection that no other request shares
    /// at the time: when a connection breaks, one request is in doubt and not a hundred.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// The HTTP method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path segments after the version.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether the request may be repeated when it is unknown whether it was carried out.
    pub fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// Whether the request is made once, whatever the retry policy says.
    pub fn is_once(&self) -> bool {
        self.once
    }

    /// Whether the request changes nothing at Meta.
    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::Get && self.idempotent
    }

    pub(crate) fn query_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query
            .iter()
            .map(|(name, value)| (name.as_ref(), value.expose_secret()))
    }

    pub(crate) fn secrets(&self) -> &[SecretString] {
        &self.secrets
    }
}

/// Shows names, never values: a query or a body may hold a token, a code or a PIN.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field(
                "query",
                &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("body", &self.body)
            .field("idempotent", &self.idempotent)
            .field("once", &self.once)
            .finish()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(_) => f.write_str("Json([redacted])"),
            Self::RawJson(_) => f.write_str("RawJson([redacted])"),
        }
    }
}
