//! Security headers. A header that the handler has set itself stays, as on the popup's page.

use actix_web::{
    body::BoxBody,
    dev::ServiceResponse,
    http::header::{self, HeaderName, HeaderValue},
};

use crate::Api;

const CSP: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const HSTS: &str = "max-age=31536000; includeSubDomains";
const PERMISSIONS: &str = "camera=(), geolocation=(self), microphone=(self), payment=(), usb=()";

/// Adds the security headers to refusals of the routes that Meta calls, because strangers get these and may show them
/// in a browser. Accepted deliveries are answered to Meta alone, without them.
pub(crate) fn apply_plain(is_https: bool, response: &mut ServiceResponse<BoxBody>) {
    if response.status().is_success() {
        return;
    }
    let wanted = [
        (header::CONTENT_SECURITY_POLICY, Some("default-src 'none'")),
        (header::X_CONTENT_TYPE_OPTIONS, Some("nosniff")),
        (header::STRICT_TRANSPORT_SECURITY, is_https.then_some(HSTS)),
    ];
    let headers = response.headers_mut();
    for (name, value) in wanted {
        if let Some(value) = value {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

pub(super) fn apply(api: &Api, response: &mut ServiceResponse<BoxBody>) {
    let path = response.request().path();
    let is_api = ["/api/", "/auth/"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    let referrer = if is_api { "no-referrer" } else { "same-origin" };
    let https = api.settings.public_url.scheme() == "https";
    let wanted = [
        (header::CONTENT_SECURITY_POLICY, Some(CSP)),
        (header::X_CONTENT_TYPE_OPTIONS, Some("nosniff")),
        (header::REFERRER_POLICY, Some(referrer)),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            Some("same-origin-allow-popups"),
        ),
        // Pages of other sites cannot embed our answers. Pages of listed origins read them by CORS.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            Some("same-site"),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            Some(PERMISSIONS),
        ),
        (header::STRICT_TRANSPORT_SECURITY, https.then_some(HSTS)),
        (header::CACHE_CONTROL, is_api.then_some("no-store")),
    ];
    let headers = response.headers_mut();
    for (name, value) in wanted {
        if let Some(value) = value.filter(|_| !headers.contains_key(&name)) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
