//! Cross-origin requests, for listed origins only. An origin is returned exactly, never as `*`.

use actix_web::{
    HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
};

use crate::Api;

const METHODS: &str = "GET, POST, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type, idempotency-key, x-request-id";
const EXPOSED: &str = "x-request-id, retry-after, location, idempotency-replayed";
const TEN_MINUTES: &str = "600";

/// Answers a preflight request. Without a permission in the answer, the browser does not send the request.
pub(super) fn preflight(api: &Api, request: &ServiceRequest) -> Option<HttpResponse> {
    let headers = request.headers();
    let asks = headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() != Method::OPTIONS || !asks {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    if allowed(api, headers.get(header::ORIGIN)).is_some() {
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, TEN_MINUTES));
    }
    Some(answer.finish())
}

fn allowed(api: &Api, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    origin
        .filter(|o| o.to_str().is_ok_and(|o| api.settings.is_allowed_origin(o)))
        .cloned()
}

/// Allows a page of a listed origin to read the answer.
pub(super) fn apply(api: &Api, response: &mut ServiceResponse<BoxBody>) {
    let origin = allowed(api, response.request().headers().get(header::ORIGIN));
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(EXPOSED),
        );
    }
}
