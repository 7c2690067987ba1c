use std::collections::HashMap;

use super::*;

fn vars(changes: &[(&str, &str)]) -> HashMap<String, String> {
    let mut vars: HashMap<String, String> = [
        ("META_APP_ID", "1234567890"),
        ("META_APP_SECRET", "0f9e8d7c6b5a49382716"),
        ("WHATSAPP_VERIFY_TOKEN", "k3v9x2m5q8w1"),
        (
            "ENCRYPTION_KEY",
            "base64:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        ),
        ("JWT_SECRET", "7h2k9d4f6s8a1q3w5e7r9t2y4u6i8o1p"),
        ("PUBLIC_URL", "https://wabakit.example"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, value) in changes {
        vars.insert((*name).to_owned(), (*value).to_owned());
    }
    vars
}

fn start(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let vars = vars(changes);
    let config = Config::from_vars(&|name| vars.get(name).cloned())?;
    config.check(Safety::Production)?;
    Ok(config)
}

#[test]
fn the_rest_follows_from_the_public_address() {
    let config = start(&[]).unwrap();
    assert_eq!(
        config.redirect_uri.as_str(),
        "https://wabakit.example/auth/meta-oauth/callback"
    );
    assert_eq!(
        config.frontend_url.as_str(),
        "https://wabakit.example/connections"
    );
    assert_eq!(config.graph_version, "v25.0");
    assert!(config.secure_cookies());
}

#[test]
fn the_redirect_address_is_read_under_its_other_name() {
    let config = start(&[("META_REDIRECT_URI", "https://wabakit.example/back")]).unwrap();
    assert_eq!(config.redirect_uri.as_str(), "https://wabakit.example/back");
}

#[test]
fn what_is_missing_or_malformed_is_named_in_one_sentence() {
    for (name, value) in [
        ("REQUEST_TIMEOUT_SECONDS", "0"),
        ("MAX_CONNECTIONS", "0"),
        ("MAX_BODY_MEMORY_MB", "much"),
        ("META_APP_ID", ""),
        ("META_APP_SECRET", ""),
        ("ENCRYPTION_KEY", ""),
        ("JWT_SECRET", ""),
        ("WHATSAPP_VERIFY_TOKEN", ""),
        ("PORT", "eighty"),
        ("PUBLIC_URL", "wabakit.example"),
        ("META_GRAPH_VERSION", "25"),
        ("DATABASE_URL", "mysql://x"),
        ("ALLOWED_ORIGINS", "https://shop.example/path"),
        ("TRUST_PROXY", "perhaps"),
        ("MEDIA_STORE", "ftp://media"),
        ("MEDIA_STORE", "s3://bucket"),
        ("RETENTION_EVENTS_DAYS", "0"),
        ("RETENTION_CHANGES_DAYS", "for ever"),
        ("APPLIERS", "0"),
        ("WABAKIT_SEND_STUCK_SECONDS", "0"),
    ] {
        let error = start(&[(name, value)]).unwrap_err().to_string();
        assert!(error.starts_with(name), "{error}");
        assert_eq!(error.matches(". ").count(), 0, "one sentence: {error}");
    }
}

#[test]
fn what_is_unsafe_is_refused_outside_the_demo() {
    for (name, value) in [
        ("PUBLIC_URL", "http://wabakit.example"),
        ("FRONTEND_URL", "http://app.example/x"),
        ("ALLOWED_ORIGINS", "http://shop.example"),
        ("ALLOWED_RETURN_URLS", "http://shop.example/x"),
        ("META_GRAPH_URL", "http://graph.example"),
        ("JWT_SECRET", "changeme-changeme-changeme-changeme"),
        ("JWT_SECRET", "short"),
        ("JWT_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("META_APP_SECRET", "sandbox-app-secret"),
        ("WHATSAPP_VERIFY_TOKEN", "secret-secret-secret"),
        ("WHATSAPP_APP_SECRET", "1f2e3d4c5b6a79880716,short"),
    ] {
        let error = start(&[(name, value)]).unwrap_err();
        assert!(
            matches!(error, ConfigError::Unsafe(at, _) if at == name),
            "{name}: {error}"
        );
    }
    assert!(
        start(&[("PUBLIC_URL", "http://127.0.0.1:8080")]).is_ok(),
        "loopback may be plain http"
    );
}

#[test]
fn no_secret_is_printed() {
    let config = start(&[]).unwrap();
    let printed = format!("{config:?}");
    for secret in ["0f9e8d7c", "k3v9x2m5", "q83vEjRW", "7h2k9d4f"] {
        assert!(!printed.contains(secret));
    }
}

#[test]
fn a_journal_that_keeps_nothing_is_refused_off_this_machine() {
    for (host, public_url, fits) in [
        ("127.0.0.1", "http://127.0.0.1:8080", true),
        ("0.0.0.0", "http://127.0.0.1:8080", false),
        ("127.0.0.1", "https://wabakit.example", false),
    ] {
        let mut config = start(&[("HOST", host), ("PUBLIC_URL", public_url)]).unwrap();
        config.receive.null_journal = true;
        let checked = config.check(Safety::Production);
        assert_eq!(checked.is_ok(), fits, "{host} {public_url}");
    }
}

#[test]
fn several_secrets_may_sign_webhooks_and_none_is_printed() {
    let secrets = "1f2e3d4c5b6a79880716,2a3b4c5d6e7f80911223";
    let config = start(&[("WHATSAPP_APP_SECRET", secrets)]).unwrap();
    assert_eq!(config.receive.app_secrets.len(), 2);
    assert!(!format!("{config:?}").contains("1f2e3d4c"));
}
