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
    assert_eq!(config.graph_version, "v26.0");
    assert!(config.secure_cookies());
}

#[test]
fn the_redirect_address_is_read_under_its_other_name() {
    let config = start(&[("META_REDIRECT_URI", "https://wabakit.example/back")]).unwrap();
    assert_eq!(config.redirect_uri.as_str(), "https://wabakit.example/back");
}

#[test]
fn mail_is_set_up_whole_or_not_at_all() {
    const FROM: (&str, &str) = ("MAIL_FROM", "Wabakit <no-reply@wabakit.example>");
    const SERVER: (&str, &str) = ("SMTP_URL", "smtps://user:canary@mail.example");
    assert!(start(&[]).unwrap().mail.is_none());
    let config = start(&[FROM, SERVER]).unwrap();
    assert!(config.mail.is_some());
    assert!(!format!("{config:?}").contains("canary"));
    for (changes, named) in [
        (vec![FROM], "SMTP_URL"),
        (vec![SERVER], "MAIL_FROM"),
        (vec![SERVER, ("MAIL_FROM", "Wabakit")], "MAIL_FROM"),
        (
            vec![SERVER, ("MAIL_FROM", "a@b.example, c@d.example")],
            "MAIL_FROM",
        ),
        (vec![FROM, ("SMTP_URL", "canary.example")], "SMTP_URL"),
        (
            vec![FROM, ("SMTP_URL", "https://canary.example")],
            "SMTP_URL",
        ),
        (
            vec![FROM, ("SMTP_URL", "smtp://user:canary@mail.example")],
            "SMTP_URL",
        ),
    ] {
        let error = start(&changes).unwrap_err().to_string();
        assert!(error.starts_with(named), "{error}");
        assert_eq!(error.matches(". ").count(), 0, "one sentence: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn what_is_missing_or_malformed_is_named_in_one_sentence() {
    for (name, value) in [
        ("REQUEST_TIMEOUT_SECONDS", "0"),
        ("MAX_CONNECTIONS", "0"),
        ("SIGN_IN_IDLE", "0h"),
        ("SIGN_IN_IDLE", "14"),
        ("SIGN_IN_IDLE", "31d"),
        ("SIGN_IN_IDLE", "4294967295d"),
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
        ("MEDIA_QUOTA_GB", "-1"),
        ("MEDIA_QUOTA_GB", "1000001"),
        ("MEDIA_QUOTA_GB", "9223372036854775807"),
        ("MEDIA_QUOTA_GB", "20 GB"),
        ("MEDIA_QUOTA_GB", "unlimited"),
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

#[test]
fn a_value_that_cannot_be_right_is_refused_by_name() {
    for (name, value) in [
        ("META_APP_ID", "\"1000000000000001\""),
        ("META_APP_ID", "12 34"),
        ("META_APP_ID", "your-app-id"),
        ("META_APP_SECRET", "'0f9e8d7c6b5a49382716'"),
        ("META_APP_SECRET", "0f9e8d7c 6b5a49382716"),
        ("META_APP_SECRET", "0f9e8d7c6b5a49382716 # from Meta"),
        ("META_APP_SECRET", "0f9e8d7c6b5a\u{200b}49382716"),
        ("WHATSAPP_APP_SECRET", "0f9e8d7c 6b5a49382716"),
        (
            "WHATSAPP_APP_SECRET",
            "1f2e3d4c5b6a79880716,0f9e8d7c6b5a49382716 # the old one",
        ),
        ("META_CONFIG_ID", "70 07"),
        ("META_APP_ID", "1000000000000001 # ours"),
        ("META_APP_ID", "'1000000000000001'"),
        ("META_GRAPH_VERSION", "\"v26.0\""),
        ("META_GRAPH_VERSION", "v26"),
        ("META_GRAPH_VERSION", "V26.0"),
        ("META_GRAPH_VERSION", "26.0"),
        ("META_GRAPH_VERSION", "v26.0/"),
        ("FRONTEND_URL", "app.example"),
        ("FRONTEND_URL", "ftp://app.example"),
        ("PUBLIC_URL", "https://wabakit.example/#x"),
        ("PUBLIC_URL", "https://wabakit.example//"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "null"),
        ("TRUST_PROXY", "1.5"),
        ("TRUST_PROXY", "TRUE "),
        ("JWT_SECRET", "\"7h2k9d4f6s8a1q3w5e7r9t2y4u6i8o1p\""),
        ("PUBLIC_URL", "\"https://wabakit.example\""),
        ("PUBLIC_URL", "https://wabakit.example/wabakit"),
        ("PUBLIC_URL", "https://wabakit.example/?a=b"),
        ("PORT", "\"8080\""),
        ("TRUST_PROXY", "-1"),
        ("TRUST_PROXY", "17"),
    ] {
        let error = start(&[(name, value)]).unwrap_err().to_string();
        assert!(error.starts_with(name), "{error}");
        assert!(
            !error.contains("0f9e8d7c") && !error.contains("7h2k9d4f"),
            "{error}"
        );
    }
    let config = start(&[("PUBLIC_URL", "https://wabakit.example/")]).unwrap();
    assert_eq!(config.public_url.as_str(), "https://wabakit.example/");
}

#[test]
fn a_version_of_graph_that_has_ended_is_known() {
    let day = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let today = day("2026-12-01T00:00:00Z");
    for (version, ended) in [
        ("v19.0", true),
        ("v20.0", true),
        ("v2.12", true),
        ("v21.0", false),
        ("v26.0", false),
        ("v27.0", false),
        ("v31.0", false),
    ] {
        let config = start(&[("META_GRAPH_VERSION", version)]).unwrap();
        assert_eq!(
            config.graph_version_ended(today).is_some(),
            ended,
            "{version}"
        );
    }
    let config = start(&[("META_GRAPH_VERSION", "v21.0")]).unwrap();
    let later = day("2027-02-01T00:00:00Z");
    assert_eq!(config.graph_version_ended(later), Some("2027-01-21"));
}

#[test]
fn proxies_are_counted() {
    for (value, hops) in [("true", 1), ("false", 0), ("0", 0), ("2", 2)] {
        let config = start(&[("TRUST_PROXY", value)]).unwrap();
        assert_eq!((config.trust_proxy, config.proxy_hops), (hops > 0, hops));
    }
}

#[test]
fn a_folder_is_made_only_where_something_is_kept_in_it() {
    let bucket = [
        ("MEDIA_STORE", "s3://bucket"),
        ("MEDIA_STORE_ACCESS_KEY_ID", "key"),
        ("MEDIA_STORE_SECRET_ACCESS_KEY", "b1946ac92492d234"),
    ];
    let remote = ("DATABASE_URL", "postgres://u:p@db.example/wabakit");
    let elsewhere = ("DATABASE_URL", "sqlite:/var/lib/elsewhere/w.db");
    let with = |more: &[(&str, &str)]| start(more).unwrap().keeps_files();
    assert!(with(&[]));
    assert!(with(&bucket));
    assert!(with(&[remote]), "files are kept there");
    for database in [remote, elsewhere] {
        let mut all = bucket.to_vec();
        all.push(database);
        assert!(!with(&all), "{database:?}");
    }
    assert!(with(&[elsewhere]));
}

#[test]
fn the_example_file_names_every_variable_that_is_read() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let vars = vars(&[]);
    let read = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        vars.get(name).cloned()
    };
    Config::from_vars(&read).unwrap();
    let example = include_str!("../../../../.env.example");
    // These are for measurements alone.
    let hidden = ["WABAKIT_HOLD_PROCESSOR", "WABAKIT_HOLD_SENDER"];
    for name in asked.take() {
        let line = format!("{name}=");
        let named = example
            .lines()
            .any(|l| l.trim_start_matches("# ").starts_with(&line));
        assert!(
            named || hidden.contains(&name.as_str()),
            "add {name} to .env.example"
        );
    }
}

#[test]
fn the_verify_token_is_read_under_its_older_name() {
    let older = [
        ("WHATSAPP_VERIFY_TOKEN", ""),
        ("VERIFY_TOKEN", "an0ther-v3rify"),
    ];
    assert!(start(&older).is_ok());
    use secrecy::ExposeSecret;
    let both = start(&[("VERIFY_TOKEN", "an0ther-v3rify")]).unwrap();
    assert_eq!(both.verify_token.expose_secret(), "k3v9x2m5q8w1");
}

#[test]
fn a_server_on_a_laptop_leaves_at_meta_what_another_may_use() {
    let local = ("PUBLIC_URL", "http://127.0.0.1:8080");
    let sandbox = ("META_GRAPH_URL", "http://127.0.0.1:9000");
    for (changes, shared) in [
        (vec![], false),
        (vec![local], true),
        (vec![local, sandbox], false),
        (vec![local, ("META_APP_SHARED", "false")], false),
        (vec![("META_APP_SHARED", "true")], true),
    ] {
        assert_eq!(
            start(&changes).unwrap().meta_app_shared,
            shared,
            "{changes:?}"
        );
    }
}

#[test]
fn the_quota_of_files_is_in_gigabytes_and_zero_sets_none() {
    for (value, bytes) in [
        ("", Some(20 << 30)),
        ("1", Some(1 << 30)),
        ("1000000", Some(1_000_000 << 30)),
        ("0", None),
    ] {
        let config = start(&[("MEDIA_QUOTA_GB", value)]).unwrap();
        assert_eq!(config.receive.media_quota, bytes, "{value}");
    }
}
