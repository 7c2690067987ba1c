//! The trait of an endpoint, and the request that an endpoint makes.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A call of the Graph API: its request, and the type of its answer.
///
/// Implement it for endpoints that this crate does not know yet.
pub trait Endpoint: Send + Sync {
    /// The type of Meta's answer.
    type Response: DeserializeOwned + Send;

    /// The endpoint's name in traces and errors. It must hold no secret and no id.
    const NAME: &'static str;

    /// Builds the request.
    fn request(&self) -> Request;

    /// Reads the body of a successful answer.
    ///
    /// # Errors
    /// When the body does not have the shape of the endpoint's answer.
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
    /// A JSON document in serialised form.
    RawJson(Bytes),
}

/// One HTTP request of the Graph API, without host, version and credentials.
#[derive(Clone)]
#[must_use = "a request does nothing until an endpoint is called"]
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
    /// Reads the node or edge at these path segments. Idempotent by default.
    pub fn get<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Get, path, true)
    }

    /// Posts to these path segments. Not idempotent by default.
    pub fn post<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Post, path, false)
    }

    /// Deletes the node at these path segments. Idempotent by default.
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

    /// Adds a query parameter if there is a value.
    pub fn optional_query(
        self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl Into<String>>,
    ) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a query parameter that is never shown. Use it only where Meta takes the value nowhere else.
    pub fn secret_query(self, name: &'static str, value: &SecretString) -> Self {
        self.query(name, value.expose_secret()).hide(value)
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// Sets a JSON body in serialised form. An empty one is sent as it is.
    pub fn raw_json(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::RawJson(body.into());
        self
    }

    /// Names a value in the body that errors must not show, even when Meta echoes it.
    pub fn hide(mut self, secret: &SecretString) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Sets whether the request may be retried when its outcome is unknown.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Makes the request once, whatever the retry policy says, over a connection that no other request shares at the
    /// time. So a connection that breaks leaves one request in doubt and not a hundred.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the path segments after the version.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// Returns the body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Tells whether the request may be retried when its outcome is unknown.
    pub fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// Tells whether the request is made once, whatever the retry policy says.
    pub fn is_once(&self) -> bool {
        self.once
    }

    /// Tells whether the request changes nothing at Meta.
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

/// Shows the names of parameters, never their values: a query or a body may hold a token, a code or a PIN.
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
