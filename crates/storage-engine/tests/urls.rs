//! Each part of a URL takes effect, or is refused with a reason.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod common;

use common::Lab;
use wabakit_storage_engine::{Database, SetupError, StoreOptions};

async fn refused(url: &str) -> SetupError {
    match Database::open(url, &StoreOptions::default()).await {
        Err(error) => error,
        Ok(_) => panic!("{url} was opened"),
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_used_is_refused_in_words() {
    assert!(matches!(refused("mysql://h/d").await, SetupError::Scheme));
    assert!(matches!(refused("").await, SetupError::Scheme));
    assert!(matches!(refused("sqlite:").await, SetupError::Url(_)));
    assert!(matches!(
        refused("sqlite::memory:").await,
        SetupError::Url(_)
    ));
    assert!(matches!(
        refused("postgres://:::").await,
        SetupError::Url(_)
    ));
    let missing = refused("sqlite:/no/such/folder/w.db").await;
    assert_eq!(
        missing.to_string(),
        "the folder /no/such/folder for the SQLite file does not exist"
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_the_password() {
    let error = refused("postgres://u:geheim@127.0.0.1:1/d").await;
    assert!(matches!(error, SetupError::Unavailable(_)));
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!format!("{error} {error:?}").contains("geheim"));
    for url in [
        "postgres://u:geheim@h/d?sslmode=sometimes",
        "postgres://u:geheim@h:x/d",
        "postgres://u:geheim@h/d?what=ever",
        "postgres://u:geheim@h/d?sslmode=verify-full&sslrootcert=/no/such/file",
    ] {
        let error = refused(url).await;
        assert!(matches!(error, SetupError::Url(_)), "{error:?}");
        assert!(
            !format!("{error} {error:?}").contains("geheim"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let lab = Lab::postgres().await;
    let url = lab.database.url();
    for mode in ["require", "verify-ca", "verify-full&connect_timeout=3"] {
        let error = refused(&format!("{url}?sslmode={mode}")).await;
        assert!(error.to_string().contains("TLS"), "{error}");
    }
    for mode in ["disable", "prefer"] {
        let plain =
            Database::open(&format!("{url}?sslmode={mode}"), &StoreOptions::default()).await;
        plain.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn each_fault_of_an_address_is_told_by_itself_and_never_with_the_password() {
    for (url, named) in [
        ("postgres://u:geheim@127.0.0.1:1/d?schema=public", "schema"),
        (
            "postgres://u:geheim@127.0.0.1:1/d?pool_timeout=3",
            "pool_timeout",
        ),
        ("postgres://u:geheim@127.0.0.1:1/d?a%26b=1", "a&b"),
        (
            "postgres://u:geheim@127.0.0.1:1/d?connect_timeout=soon",
            "connect_timeout",
        ),
        (
            "postgres://u:geheim@127.0.0.1:1/d?keepalives=3&target_session_attrs=maybe",
            "target_session_attrs",
        ),
        ("postgres://u:geheim#1@127.0.0.1:1/d", "%23"),
        ("postgres://u:ge/heim@127.0.0.1:1/d", "%2F"),
        ("postgres://u:ge?heim@127.0.0.1:1/d", "%3F"),
        ("postgres://u:geheim@127.0.0.1:port/d", "port"),
        ("postgres:///d", "host"),
    ] {
        let error = refused(url).await;
        assert!(matches!(error, SetupError::Url(_)), "{url}: {error:?}");
        let said = error.to_string();
        assert!(said.contains(named), "{url}: {said}");
        assert!(!said.contains("geheim") && !said.contains("heim"), "{said}");
    }
}

#[tokio::test]
async fn a_parameter_does_not_become_a_part_of_a_files_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| format!("{}/{name}", folder.path().display());
    for (name, named) in [
        ("w.db?mode=rwc", "mode"),
        ("w.db?cache=shared&mode=ro", "cache"),
        ("w.db?immutable", "immutable"),
    ] {
        for scheme in ["sqlite:", "sqlite://"] {
            let error = refused(&format!("{scheme}{}", at(name))).await;
            assert!(matches!(error, SetupError::Url(_)), "{name}: {error:?}");
            assert!(error.to_string().contains(named), "{name}: {error}");
        }
        assert!(!std::path::Path::new(&at(name)).exists(), "{name}");
    }
    // A file that was made under such a name is still found.
    std::fs::write(at("w.db?mode=rwc"), b"").unwrap();
    let url = format!("sqlite:{}", at("w.db?mode=rwc"));
    let opened = Database::open(&url, &StoreOptions::default()).await;
    opened.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn the_parameters_of_an_address_reach_the_server_as_they_were_written() {
    let lab = Lab::postgres().await;
    let url = lab.database.url();
    for parameters in [
        "options=-c%20search_path%3Dx",
        "options=-c%20application_name%3Da%2Bb&sslmode=prefer",
        "application_name=a+b&options=-c%20search_path%3Dpublic",
        "sslmode=disable",
    ] {
        let url = format!("{url}?{parameters}");
        match Database::open(&url, &StoreOptions::default()).await {
            Ok(opened) => opened.ping().await.unwrap(),
            Err(error) => panic!("{parameters}: {error}"),
        }
    }
    // A password may hold the special characters of a URL: percent-encoded or, for @, as it is.
    let error = refused("postgres://u:p@ss%23%2F@127.0.0.1:1/d").await;
    assert!(matches!(error, SetupError::Unavailable(_)), "{error}");
}
