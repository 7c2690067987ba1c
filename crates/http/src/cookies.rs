//! The two cookies: the sign-in, and the nonce that binds a login at Meta to this browser.

use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::HttpSettings;

/// The lifetime of a sign-in. The server ends it, whatever the browser keeps.
const SESSION: Duration = Duration::days(30);
/// How long a person may take at Meta.
const NONCE: Duration = Duration::hours(1);

pub(crate) fn session_name(settings: &HttpSettings) -> String {
    name("wabakit_session", settings)
}

pub(crate) fn nonce_name(settings: &HttpSettings) -> String {
    name("wabakit_connect", settings)
}

fn name(base: &str, settings: &HttpSettings) -> String {
    match settings.cookie_suffix {
        Some(port) => format!("{base}_{port}"),
        None => base.to_owned(),
    }
}

pub(crate) fn session(settings: &HttpSettings, value: &str) -> Cookie<'static> {
    cookie(settings, session_name(settings), value, SESSION)
}

pub(crate) fn no_session(settings: &HttpSettings) -> Cookie<'static> {
    cookie(settings, session_name(settings), "", Duration::ZERO)
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
