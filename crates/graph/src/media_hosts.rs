//! The hosts that may see a token when a media file is fetched.

use url::{Host, Url};

/// Meta's hosts for media: these two, and all hosts below the last.
const HOST: &str = "lookaside.fbsbx.com";
const BELOW: &str = ".fbcdn.net";

/// Tells whether a link may be followed. It may lead to Meta's media hosts by `https` at the usual port, or to the
/// host of the Graph API itself, which sees every token anyway.
pub(crate) fn is_allowed(link: &Url, graph: &Url) -> bool {
    let is_plain = link.username().is_empty() && link.password().is_none();
    let is_metas = link.scheme() == "https"
        && link.port().is_none()
        && matches!(link.host(), Some(Host::Domain(host)) if host == HOST || host.ends_with(BELOW));
    is_plain && (is_metas || link.origin() == graph.origin())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn allowed(link: &str) -> bool {
        let graph = Url::parse("http://127.0.0.1:4000/v25.0").unwrap();
        is_allowed(&Url::parse(link).unwrap(), &graph)
    }

    #[rstest]
    fn metas_hosts_and_the_graph_api_are_allowed(
        #[values(
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x",
            "https://LOOKASIDE.fbsbx.com:443/",
            "https://mmg.fbcdn.net/a",
            "https://scontent-lhr8-1.xx.fbcdn.net/a",
            "http://127.0.0.1:4000/media/1"
        )]
        link: &str,
    ) {
        assert!(allowed(link));
    }

    #[rstest]
    fn all_others_are_not(
        #[values(
            "http://lookaside.fbsbx.com/",
            "https://lookaside.fbsbx.com:8443/",
            "https://lookaside.fbsbx.com.evil.example/",
            "https://evil.example/lookaside.fbsbx.com",
            "https://evil.example/?x=.fbcdn.net",
            "https://lookaside.fbsbx.com@evil.example/",
            "https://evil.example#.fbcdn.net",
            "https://user@lookaside.fbsbx.com/",
            "https://evilfbcdn.net/",
            "https://fbcdn.net.evil.example/",
            "https://other.fbsbx.com/",
            "https://127.0.0.1:4000/",
            "http://127.0.0.1:4001/",
            "http://localhost:4000/",
            "ftp://mmg.fbcdn.net/",
            "data:text/plain,x"
        )]
        link: &str,
    ) {
        assert!(!allowed(link));
    }
}
