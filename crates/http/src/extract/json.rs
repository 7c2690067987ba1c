//! JSON bodies, of up to 64 KiB unless a route takes more.

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Bytes};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use wabakit_services::Invalid;

use crate::{
    edge::{Unread, gather},
    problem::ApiError,
};

/// The largest body in bytes, unless the route says otherwise.
const USUAL: usize = 64 * 1024;

/// A JSON body.
pub(crate) struct Json<T, const AT_MOST: usize = USUAL>(pub(crate) T);

/// A JSON body that may be left out.
pub(crate) struct OptionalJson<T>(pub(crate) T);

/// No query string, and no body or an empty object. For an act on all of something: who names one of them must not do
/// it to all.
pub(crate) struct NoInput;

impl FromRequest for NoInput {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let has_query = !request.query_string().is_empty();
        let payload = payload.take();
        Box::pin(async move {
            let body = read(payload, USUAL).await?;
            let said: Vec<u8> = body
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            if has_query || !matches!(said.as_slice(), b"" | b"{}") {
                let detail =
                    "This acts on all of them, and takes neither query parameters nor a body.";
                return Err(Invalid::new("", detail).into());
            }
            Ok(Self)
        })
    }
}

impl<T: DeserializeOwned + 'static, const AT_MOST: usize> FromRequest for Json<T, AT_MOST> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { parse(&request, &read(payload, AT_MOST).await?).map(Self) })
    }
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read(payload, USUAL).await?;
            if body.is_empty() {
                return Ok(Self(T::default()));
            }
            parse(&request, &body).map(Self)
        })
    }
}

async fn read(payload: Payload, at_most: usize) -> Result<Bytes, ApiError> {
    gather(payload, at_most)
        .await
        .map_err(|unread| match unread {
            Unread::TooLarge => ApiError::TooLarge(at_most),
            Unread::Broken => ApiError::MalformedJson,
        })
}

/// Parses a body. It requires the JSON content type, which a form of another site cannot send without a preflight.
fn parse<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, ApiError> {
    // Media types are case-insensitive.
    let declared = request.content_type();
    if !declared.eq_ignore_ascii_case(mime::APPLICATION_JSON.essence_str()) {
        return Err(ApiError::NotJson);
    }
    // Serde would read an array as the fields in their order.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Invalid::new("", "The body must be an object.").into());
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refused(&error))?;
    json.end().map_err(|_| ApiError::MalformedJson)?;
    Ok(value)
}

/// Makes the error that names the field. It does not repeat the value, which may be a secret.
fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    if !error.inner().is_data() {
        return ApiError::MalformedJson;
    }
    let path = error.path().to_string();
    let pointer = match path.as_str() {
        "." => String::new(),
        path => format!("/{}", path.replace(['.', '['], "/").replace(']', "")),
    };
    let message = error.inner().to_string();
    if message.starts_with("unknown field `") {
        return Invalid::new(pointer, "There is no such field here.").into();
    }
    let missing = message.strip_prefix("missing field `");
    match missing.and_then(|rest| rest.split_once('`')) {
        Some((field, _)) => {
            Invalid::new(format!("{pointer}/{field}"), "This field is missing.").into()
        }
        None => Invalid::new(
            pointer,
            "This does not have the type or value that it must have.",
        )
        .into(),
    }
}
