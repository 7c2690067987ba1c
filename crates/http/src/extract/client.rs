//! The origin of a request.

use actix_web::HttpRequest;
use wabakit_services::Origin;

use crate::{Api, edge};

/// Returns the request's id and the client's address, for the audit log and for throttling.
pub(crate) fn client(api: &Api, request: &HttpRequest) -> Origin {
    Origin {
        request_id: edge::request_id(request),
        address: address(api, request),
    }
}

/// Returns the client's address.
pub(crate) fn address(api: &Api, request: &HttpRequest) -> Option<String> {
    let forwarded = || {
        let value = request.headers().get_all("x-forwarded-for").last()?;
        let client = value.to_str().ok()?.rsplit(',').next()?.trim();
        client.parse::<std::net::IpAddr>().ok()
    };
    let peer = || request.peer_addr().map(|address| address.ip());
    let address = if api.settings.trust_proxy {
        forwarded().or_else(peer)
    } else {
        peer()
    };
    address.map(|address| address.to_string())
}
