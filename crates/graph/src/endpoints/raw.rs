use serde_json::Value;

use crate::client::{Call, GraphClient, Response, scrubber};
use crate::credentials::Credentials;
use crate::endpoint::{Method, Request};
use crate::error::{ErrorKind, GraphError, Scrubber};
use crate::transport::unsendable;

const NAME: &str = "Raw";

/// Parameters that a raw request must not carry. They would change the identity, the method or the objects of the
/// call.
const NOT_ALLOWED: [&str; 12] = [
    "access_token",
    "appsecret_proof",
    "appsecret_time",
    "batch",
    "client_secret",
    "code",
    "fb_exchange_token",
    "id",
    "ids",
    "input_token",
    "method",
    "_method",
];

/// Fields of an answer that are always secret.
const SECRET_FIELDS: [&str; 6] = [
    "access_token",
    "appsecret_proof",
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "verify_token",
];

/// A Graph API request that has no type here. Call it by [`GraphClient::raw`].
#[derive(Debug, Clone)]
pub struct Raw {
    /// The method.
    pub method: Method,
    /// The path without version, such as `102290129340398/message_templates`.
    pub path: String,
    /// The query, without a token.
    pub query: Vec<(String, String)>,
    /// The body of a POST.
    pub body: Option<Value>,
}

/// Meta's answer to a raw request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body, without tokens. Null when there was none.
    pub body: Value,
}

impl GraphClient {
    /// Makes a request that has no type here, once. It returns an answer of any status. The call's token and
    /// everything that looks like a token is removed from the answer, `paging.next` included.
    ///
    /// # Errors
    /// When there is no complete answer; and [`ErrorKind::InvalidRequest`] for a path that Meta does not have, or for
    /// a parameter that would change the identity of the call (`access_token`, `method`, `ids`, …). Then nothing was
    /// sent.
    pub async fn raw(
        &self,
        credentials: &Credentials,
        raw: Raw,
    ) -> Result<Response<RawAnswer>, GraphError> {
        let Raw {
            method,
            path,
            query,
            body,
        } = raw;
        let call = Call {
            name: NAME,
            is_read: method == Method::Get,
            idempotent: method == Method::Get,
            scrubber: scrubber(credentials, []),
        };
        let fields = body.as_ref().and_then(Value::as_object);
        let mut names = (query.iter().map(|(name, _)| name))
            .chain(fields.into_iter().flat_map(serde_json::Map::keys));
        if let Some(name) = names.find(|name| is_refused(name)) {
            let detail = format!("the parameter {name:?} is not for raw requests");
            return Err(GraphError::local(NAME, ErrorKind::InvalidRequest, detail));
        }
        if method != Method::Post && body.is_some() {
            return Err(call.unanswered(&unsendable("only a POST has a body")));
        }
        let segments = path.trim_matches('/').split('/');
        let mut request = match method {
            Method::Get => Request::get(segments),
            Method::Post => Request::post(segments),
            Method::Delete => Request::delete(segments),
        }
        .once();
        for (name, value) in query {
            request = request.query(name, value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.transport().exchange(credentials, &request).await;
        let answer = answer.map_err(|failure| call.unanswered(&failure).after_attempts(1))?;
        let mut body = serde_json::from_slice(&answer.body).unwrap_or_default();
        scrub(&call.scrubber, &mut body);
        Ok(Response {
            body: RawAnswer {
                status: answer.status,
                body,
            },
            usage: answer.usage,
        })
    }
}

/// Tells whether a raw request must not carry this parameter. Meta ignores case in names.
fn is_refused(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    NOT_ALLOWED.contains(&name.as_str())
}

/// Removes secrets from all texts of an answer.
fn scrub(scrubber: &Scrubber<'_>, value: &mut Value) {
    match value {
        Value::String(text) => *text = scrubber.scrub(text),
        Value::Array(items) => {
            for item in items {
                scrub(scrubber, item);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if SECRET_FIELDS.contains(&name.as_str()) && !field.is_null() {
                    *field = Value::from("[redacted]");
                } else {
                    scrub(scrubber, field);
                }
            }
        }
        _ => {}
    }
}
