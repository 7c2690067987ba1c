//! The cookies: the sign-in, the nonce that binds a login at Meta to this browser, and the token by which the server
//! recognises a browser on which the person signed in before.

use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::HttpSettings;

/// The lifetime of the sign-in's cookie. The server ends a sign-in, however long the browser keeps the cookie.
const SESSION: Duration = Duration::days(30);
/// The time for which a browser is recognised after a sign-in.
const CLIENT: Duration = Duration::days(180);
/// The time that the login at Meta may take.
const NONCE: Duration = Duration::hours(1);

pub(crate) fn session_name(settings: &HttpSettings) -> String {
    name("wabakit_session", settings)
}

pub(crate) fn nonce_name(settings: &HttpSettings) -> String {
    name("wabakit_connect", settings)
}

pub(crate) fn client_name(settings: &HttpSettings) -> String {
    name("wabakit_client", settings)
}

/// Returns the name of a cookie. With `__Host-`, browsers accept the cookie only from this very host, so no page of a
/// sibling domain can plant one.
fn name(base: &str, settings: &HttpSettings) -> String {
    match settings.cookie_suffix {
        Some(port) => format!("{base}_{port}"),
        None if settings.secure_cookies => format!("__Host-{base}"),
        None => base.to_owned(),
    }
}

pub(crate) fn session(settings: &HttpSettings, value: &str) -> Cookie<'static> {
    cookie(settings, session_name(settings), value, SESSION)
}

pub(crate) fn no_session(settings: &HttpSettings) -> Cookie<'static> {
    cookie(settings, session_name(settings), "", Duration::ZERO)
}

pub(crate) fn client(settings: &HttpSettings, value: &str) -> Cookie<'static> {
    cookie(settings, client_name(settings), value, CLIENT)
}

pub(crate) fn nonce(settings: &HttpSettings, value: &str) -> Cookie<'static> {
    cookie(settings, nonce_name(settings), value, NONCE)
}

fn cookie(settings: &HttpSettings, name: String, value: &str, age: Duration) -> Cookie<'static> {
    Cookie::build(name, value.to_owned())
        .path("/")
        .http_only(true)
        .secure(settings.secure_cookies)
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(secure_cookies: bool, cookie_suffix: Option<u16>) -> HttpSettings {
        let url: url::Url = "https://waba.example/".parse().unwrap();
        HttpSettings {
            public_url: url.clone(),
            frontend_url: url,
            allowed_origins: Vec::new(),
            cookie_suffix,
            secure_cookies,
            graph_version: "v25.0".into(),
            trust_proxy: false,
            proxy_hops: 0,
            serves_metrics: false,
        }
    }

    #[test]
    fn a_cookie_over_https_belongs_to_its_host_alone() {
        let settings_of = settings(true, None);
        for cookie in [
            session(&settings_of, "x"),
            no_session(&settings_of),
            nonce(&settings_of, "x"),
            client(&settings_of, "x"),
        ] {
            assert!(cookie.name().starts_with("__Host-wabakit_"), "{cookie}");
            assert_eq!((cookie.path(), cookie.domain()), (Some("/"), None));
            assert_eq!(cookie.secure(), Some(true));
        }
        // Browsers refuse the prefix without Secure, and the demo's names carry the port.
        assert_eq!(session_name(&settings(false, None)), "wabakit_session");
        let demo = settings(false, Some(8080));
        assert_eq!(session_name(&demo), "wabakit_session_8080");
    }
}
