//! The origin of a request.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use wabakit_services::Origin;

use crate::{Api, cookies, edge};

/// Returns the origin of a request, for the audit log and for throttling.
pub(crate) fn client(api: &Api, request: &HttpRequest) -> Origin {
    Origin {
        request_id: edge::request_id(request),
        address: address(api, request),
        client: header(request, "user-agent").and_then(described),
        known_client: request
            .cookie(&cookies::client_name(&api.settings))
            .map(|cookie| cookie.value().to_owned()),
    }
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// Browsers, by the part of the user agent that only they have. Those that also name another browser come first.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];
/// The longest description of a client, in characters.
const CLIENT_AT_MOST: usize = 60;

/// Shortens a user agent to browser and system, or to the first word of a program. `None` for a blank one.
fn described(user_agent: &str) -> Option<String> {
    let named = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        names.find_map(|(word, name)| user_agent.contains(word).then_some(*name))
    };
    if let Some(browser) = named(&BROWSERS) {
        let system = named(&SYSTEMS).map(|system| format!(" on {system}"));
        return Some(format!("{browser}{}", system.unwrap_or_default()));
    }
    let program = user_agent.split_ascii_whitespace().next()?;
    let plain = program.chars().filter(char::is_ascii_graphic);
    Some(plain.take(CLIENT_AT_MOST).collect())
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

/// Reads the entry of `X-Forwarded-For` that the outermost of our proxies wrote: `hops` entries from the end, over all
/// header lines. The entries before it came with the request and may be forged. A shorter list was written by our
/// proxies alone.
fn forwarded<'a>(lines: impl Iterator<Item = &'a str>, hops: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    let at = entries.len().saturating_sub(hops);
    entries.get(at).and_then(|entry| read_entry(entry))
}

/// Reads an entry in the forms that proxies write: an address, with brackets, with a port, in quotes.
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
    #[case(
        "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
        Some("Firefox on Linux")
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
        Some("Edge on Windows")
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
        Some("Chrome on Android")
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        Some("Safari on iPhone")
    )]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        Some("Safari on macOS")
    )]
    #[case("Firefox/1.0", Some("Firefox"))]
    #[case("curl/8.14.1", Some("curl/8.14.1"))]
    #[case(
        "python-requests/2.32 and a secret of mine",
        Some("python-requests/2.32")
    )]
    #[case("   ", None)]
    #[case("", None)]
    fn a_client_is_named_by_browser_and_system_or_by_its_first_word(
        #[case] user_agent: &str,
        #[case] name: Option<&str>,
    ) {
        assert_eq!(described(user_agent).as_deref(), name);
    }

    #[test]
    fn the_name_of_a_client_is_bounded() {
        let long = described(&"x".repeat(60_000)).unwrap();
        assert_eq!(long.len(), CLIENT_AT_MOST);
    }

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
    #[case(&["203.0.113.9 , 198.51.100.1"], 1, Some("198.51.100.1"))]
    #[case(&["::ffff:203.0.113.9"], 1, Some("::ffff:203.0.113.9"))]
    #[case(&["[::ffff:203.0.113.9]:80"], 1, Some("::ffff:203.0.113.9"))]
    #[case(&["203.0.113.9,"], 1, Some("203.0.113.9"))]
    #[case(&["6.6.6.6:1, 198.51.100.7:2, 10.0.0.1:3"], 2, Some("198.51.100.7"))]
    #[case(&["evil, 198.51.100.7"], 1, Some("198.51.100.7"))]
    #[case(&["198.51.100.7, evil"], 2, Some("198.51.100.7"))]
    #[case(&["203.0.113.9:x"], 1, None)]
    #[case(&["203.0.113.999"], 1, None)]
    #[case(&["203.0.113.9/24"], 1, None)]
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
