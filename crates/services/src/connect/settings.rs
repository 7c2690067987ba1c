use ring::hmac;
use url::Url;
use wabakit_domain::ids::MetaAppId;

use crate::Invalid;

/// The settings of connecting: its addresses, and the key that signs states.
pub struct ConnectSettings {
    /// Our own callback, registered with the Meta app: `META_OAUTH_REDIRECT_URI`.
    pub redirect_uri: String,
    /// The page where a finished login ends: `FRONTEND_URL`.
    pub frontend_url: Url,
    /// Other addresses that are allowed in `returnTo` and `redirectUri`: `ALLOWED_RETURN_URLS`.
    pub allowed_urls: Vec<Url>,
    /// Tells whether another server uses the same Meta app, and may have connected the same businesses:
    /// `META_APP_SHARED`. If so, nothing is undone at Meta.
    pub shared_app: bool,
    /// The default Meta app.
    pub default_app: MetaAppId,
    /// The key that signs states: 32 bytes, derived from a secret of the server that outlives a restart.
    pub state_key: hmac::Key,
    /// This process's name in leases.
    pub instance: String,
}

impl ConnectSettings {
    /// Checks a `returnTo`: it must be below the front end or an allowed address, with the same origin and path
    /// prefix. A relative path is resolved against the front end's origin.
    pub(crate) fn checked_return_to(&self, url: &str) -> Result<String, Invalid> {
        let refused = || {
            Invalid::new(
                "/returnTo",
                "This address is not allowed: add it to ALLOWED_RETURN_URLS first.",
            )
        };
        let url = self.frontend_url.join(url).map_err(|_| refused())?;
        let same_origin = url.origin() == self.frontend_url.origin();
        if is_page(&url) && (same_origin || self.is_listed(&url)) {
            Ok(url.into())
        } else {
            Err(refused())
        }
    }

    /// Checks a `redirectUri`: it must be our own, on the front end, or below an allowed address.
    pub(crate) fn checked_redirect_uri(&self, url: &str) -> Result<String, Invalid> {
        let of_front_end = |url: &Url| url.origin() == self.frontend_url.origin();
        let allowed = Url::parse(url)
            .is_ok_and(|url| is_page(&url) && (of_front_end(&url) || self.is_listed(&url)));
        if url == self.redirect_uri || allowed {
            Ok(url.to_owned())
        } else {
            Err(Invalid::new(
                "/redirectUri",
                "This address is not allowed: add it to ALLOWED_RETURN_URLS first.",
            ))
        }
    }

    fn is_listed(&self, url: &Url) -> bool {
        self.allowed_urls.iter().any(|allowed| {
            let prefix = allowed.path().trim_end_matches('/');
            let below = url.path().strip_prefix(prefix);
            url.origin() == allowed.origin()
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Tells whether a URL is a web page that a browser shows as written. A `blob:` URL has an origin too, and user info
/// can look like a host.
fn is_page(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;

    fn settings() -> ConnectSettings {
        ConnectSettings {
            redirect_uri: "https://waba.example/auth/meta-oauth/callback".into(),
            frontend_url: "https://app.example/connections".parse().unwrap(),
            shared_app: false,
            allowed_urls: vec!["https://shop.example/app".parse().unwrap()],
            default_app: MetaAppId(Uuid::nil()),
            state_key: hmac::Key::new(hmac::HMAC_SHA256, b"k"),
            instance: "test".into(),
        }
    }

    #[rstest]
    #[case("/connections?x=1", true)]
    #[case("https://app.example/anything", true)]
    #[case("https://shop.example/app", true)]
    #[case("https://shop.example/app/done?a=b", true)]
    #[case("https://shop.example/application", false)]
    #[case("https://shop.example/app/../admin", false)]
    #[case("https://shop.example.evil.example/app", false)]
    #[case("https://shop.example@evil.example/app", false)]
    #[case("//evil.example/connections", false)]
    #[case("http://shop.example/app", false)]
    #[case("javascript:alert(1)", false)]
    #[case("https://evil.example@app.example/connections", false)]
    #[case("https://user:password@app.example/", false)]
    #[case("blob:https://app.example/connections", false)]
    #[case("https://APP.example:443/", true)]
    #[case("https://app.example:8443/", false)]
    #[case("https://app.example.:443/", false)]
    #[case("/\\evil.example/x", false)]
    #[case("\\\\evil.example", false)]
    #[case(" //evil.example", false)]
    #[case("/\t/evil.example", false)]
    #[case("https:evil.example", true)]
    #[case("https:\\\\evil.example", false)]
    #[case("https://app.example\\@evil.example/", true)]
    #[case("https://app.example%2eevil.example/", false)]
    #[case("https://evil.example#@app.example/", false)]
    #[case("https://shop.example/app/%2e%2e/admin", false)]
    #[case("https://shop.example/app%2f..%2fadmin", false)]
    #[case("data:text/html,x", false)]
    #[case("ftp://app.example/", false)]
    #[case("filesystem:https://app.example/x", false)]
    #[case("view-source:https://app.example/x", false)]
    fn only_listed_places_are_returned_to(#[case] url: &str, #[case] allowed: bool) {
        assert_eq!(settings().checked_return_to(url).is_ok(), allowed);
    }

    #[test]
    fn the_redirect_address_is_ours_or_listed() {
        assert!(
            settings()
                .checked_redirect_uri("https://waba.example/auth/meta-oauth/callback")
                .is_ok()
        );
        assert!(
            settings()
                .checked_redirect_uri("https://waba.example/other")
                .is_err()
        );
        for refused in [
            "https://user@app.example/auth/callback",
            "https://shop.example/application",
            "https://shop.example/app/../admin",
            "http://app.example/auth/callback",
            "https://app.example.evil.example/auth/callback",
            "blob:https://app.example/auth/callback",
            "/auth/callback",
            "",
        ] {
            let checked = settings().checked_redirect_uri(refused);
            assert!(checked.is_err(), "{refused}");
        }
        for allowed in [
            "https://shop.example/app/callback",
            "https://app.example/auth/callback",
        ] {
            assert!(
                settings().checked_redirect_uri(allowed).is_ok(),
                "{allowed}"
            );
        }
    }
}
