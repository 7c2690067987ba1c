//! Keeps the pages of other sites off the sandbox: it changes nothing for them.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use url::{Host, Url};

/// Refuses what would change something and comes from a page of another machine's site, or under a name of another
/// machine (which a page can make its own name point to).
pub(crate) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method().is_safe() || is_from_here(request.headers()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let refusal = HttpResponse::Forbidden()
        .content_type("text/plain; charset=utf-8")
        .body("The sandbox takes this from this machine alone: see Origin and Host.");
    Ok(request.into_response(refusal))
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(HOST.as_str()).map(|host| format!("http://{host}/"));
    let is_origin_here = match text(ORIGIN.as_str()) {
        // The dialog's form sends no origin, because its page sends no referrer.
        Some("null") => text("sec-fetch-site") == Some("same-origin"),
        Some(origin) => is_loopback(origin),
        None => matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")),
    };
    is_origin_here && host.is_none_or(|host| is_loopback(&host))
}

fn is_loopback(address: &str) -> bool {
    let url = Url::parse(address).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
