use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{Config, ConfigError};

/// The strictness with which settings are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safety {
    /// For production: refuses every unsafe setting.
    Production,
    /// For the demo: allows loopback, the sandbox and well-known secrets.
    Demo,
}

/// Secrets from examples, documentation and the demo.
const WELL_KNOWN: [&str; 8] = [
    "changeme",
    "change-me",
    "secret",
    "password",
    "example",
    "default",
    "sandbox",
    "wabakit",
];

pub(super) fn check(config: &Config, safety: Safety) -> Result<(), ConfigError> {
    if config.receive.null_journal
        && !(config.host.is_loopback() && is_loopback(&config.public_url))
    {
        return Err(ConfigError::Unsafe(
            "--unsafe-null-journal",
            "webhooks would be lost, so it is for measuring on this machine only".into(),
        ));
    }
    if safety == Safety::Demo {
        return loopback_only(config);
    }
    let urls = [
        ("PUBLIC_URL", &config.public_url),
        ("FRONTEND_URL", &config.frontend_url),
        ("META_OAUTH_REDIRECT_URI", &config.redirect_uri),
        ("META_GRAPH_URL", &config.graph_url),
        ("META_DIALOG_URL", &config.dialog_url),
        ("META_SDK_URL", &config.sdk_url),
    ];
    let listed = config
        .allowed_return_urls
        .iter()
        .map(|url| ("ALLOWED_RETURN_URLS", url));
    for (name, url) in urls.into_iter().chain(listed) {
        if url.scheme() == "http" && !is_loopback(url) {
            return Err(ConfigError::Unsafe(
                name,
                format!("{url} is plain http and not on this machine; use https"),
            ));
        }
    }
    for origin in &config.allowed_origins {
        if Url::parse(origin).is_ok_and(|url| url.scheme() == "http" && !is_loopback(&url)) {
            let why = format!("{origin} is plain http and not on this machine; use https");
            return Err(ConfigError::Unsafe("ALLOWED_ORIGINS", why));
        }
    }
    strong("JWT_SECRET", &config.jwt_secret, 32)?;
    strong("META_APP_SECRET", &config.meta_app_secret, 16)?;
    for secret in &config.receive.app_secrets {
        strong("WHATSAPP_APP_SECRET", secret, 16)?;
    }
    strong("WHATSAPP_VERIFY_TOKEN", &config.verify_token, 12)?;
    if config.jwt_secret.expose_secret() == config.encryption_key.expose_secret() {
        return Err(ConfigError::Unsafe(
            "JWT_SECRET",
            "it must not be the same as ENCRYPTION_KEY".into(),
        ));
    }
    Ok(())
}

fn loopback_only(config: &Config) -> Result<(), ConfigError> {
    if !config.host.is_loopback() {
        return Err(ConfigError::Unsafe(
            "HOST",
            "the demo listens on this machine only".into(),
        ));
    }
    if !is_loopback(&config.graph_url) {
        return Err(ConfigError::Unsafe(
            "META_GRAPH_URL",
            "the demo talks to its sandbox only".into(),
        ));
    }
    Ok(())
}

fn strong(name: &'static str, secret: &SecretString, length: usize) -> Result<(), ConfigError> {
    let secret = secret.expose_secret();
    if secret.len() < length {
        return Err(ConfigError::Unsafe(
            name,
            format!("it must have at least {length} characters"),
        ));
    }
    let lower = secret.to_lowercase();
    if WELL_KNOWN.iter().any(|known| lower.starts_with(known)) {
        return Err(ConfigError::Unsafe(
            name,
            "it is a default that everybody knows; make a random one".into(),
        ));
    }
    let mut kinds: Vec<char> = secret.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() < 6 {
        return Err(ConfigError::Unsafe(
            name,
            "it is too uniform; make a random one".into(),
        ));
    }
    Ok(())
}

/// Tells whether the address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
