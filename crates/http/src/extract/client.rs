//! The origin of a request.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use wabakit_services::Origin;

use crate::{Api, cookies, edge};

/// Returns the request's id and the client's address, for the audit log and for throttling.
pub(crate) fn client(api: &Api, request: &HttpRequest) -> Origin {
    Origin {
        request_id: edge::request_id(request),
        address: address(api, request),
        known_client: request
            .cookie(&cookies::client_name(&api.settings))
            .map(|cookie| cookie.value().to_owned()),
    }
}

/// Returns the client's address.
pub(crate) fn address(api: &Api, request: &HttpRequest) -> Option<String> {
    let peer = || request.peer_addr().map(|address| address.ip());
    let address = if api.settings.trust_proxy {
        let entries = request.headers().get_all("x-forwarded-for");
        let entries = entries.filter_map(|value| value.to_str().ok());
        forwarded(entries, api.settings.proxy_hops.max(1)).or_else(peer)
    } else {
        peer()
    };
    address.map(|address| address.to_canonical().to_string())
}

/// Reads the entry that the outermost of our own proxies wrote: so many from the end, over all header lines. What
/// stands before it came with the request, and may be invented. A shorter list was written by our proxies alone.
fn forwarded<'a>(lines: impl Iterator<Item = &'a str>, hops: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    let at = entries.len().saturating_sub(hops);
    entries.get(at).and_then(|entry| read_entry(entry))
}

/// Reads an entry as proxies write it: an address, in brackets, with a port, in quotes.
fn read_entry(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_matches('"').trim();
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(entry).parse::<IpAddr>() {
        return Some(address);
    }
    entry.parse::<SocketAddr>().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["203.0.113.9"], 1, Some("203.0.113.9"))]
    #[case(&["198.51.100.7, 203.0.113.9"], 1, Some("203.0.113.9"))]
    #[case(&["198.51.100.7, 203.0.113.9"], 2, Some("198.51.100.7"))]
    #[case(&["6.6.6.6, 198.51.100.7, 203.0.113.9"], 2, Some("198.51.100.7"))]
    #[case(&["6.6.6.6", "198.51.100.7,203.0.113.9"], 2, Some("198.51.100.7"))]
    #[case(&["203.0.113.9"], 2, Some("203.0.113.9"))]
    #[case(&["203.0.113.9:51234"], 1, Some("203.0.113.9"))]
    #[case(&["[2001:db8::1]:443"], 1, Some("2001:db8::1"))]
    #[case(&["[2001:db8::1]"], 1, Some("2001:db8::1"))]
    #[case(&["\"[2001:db8::1]:443\""], 1, Some("2001:db8::1"))]
    #[case(&["2001:db8::1"], 1, Some("2001:db8::1"))]
    #[case(&["unknown"], 1, None)]
    #[case(&["198.51.100.7, _hidden"], 1, None)]
    #[case(&["", " , "], 1, None)]
    #[case(&[], 3, None)]
    fn the_client_is_what_our_outermost_proxy_saw(
        #[case] lines: &[&str],
        #[case] hops: usize,
        #[case] client: Option<&str>,
    ) {
        let read = forwarded(lines.iter().copied(), hops);
        assert_eq!(read, client.map(|client| client.parse().unwrap()));
    }
}
