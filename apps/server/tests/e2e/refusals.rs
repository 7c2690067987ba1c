//! Each refusal of a login, produced at Meta, reaches the browser as its code, and the session with its texts.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{Time, connect::ConnectSession, ids::ConnectSessionId};
use wabakit_ports::store::ConnectWrite;
use wabakit_prove::{Client, Landing};

use crate::world::{Engine, Postgres, Sqlite, UNVERIFIED, World, sharing, step, text};

/// Returns the sentence and the remedy of the session that a landing names. Asserts that it was refused with this code.
async fn refused(owner: &Client, landing: &Landing, code: &str) -> (Value, String) {
    assert_eq!(landing.get("error"), code, "{}", landing.url);
    let session = owner.session(landing.get("sessionId")).await;
    assert_eq!(session["status"], "failed");
    let problem = session["problem"].clone();
    assert_eq!(problem["code"], code);
    let words = format!("{} {}", text(&problem, "detail"), text(&problem, "remedy"));
    assert_eq!(owner.status().await["connected"], false);
    assert_eq!(owner.accounts().await.len(), 0);
    (session, words)
}

#[rstest]
#[tokio::test]
async fn each_has_its_own_code_and_words(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let table = [
        ("access_denied", json!({"outcome": "cancel"})),
        (
            "missing_scope",
            json!({"declineScopes": ["whatsapp_business_messaging"]}),
        ),
        ("no_business", json!({"outcome": "no_business"})),
        ("no_waba", json!({"outcome": "no_waba"})),
        ("no_phone_number", json!({"outcome": "no_number"})),
        ("number_not_verified", sharing(&[UNVERIFIED])),
        ("code_expired", json!({"code": "expired"})),
        ("code_used", json!({"code": "used"})),
        ("redirect_mismatch", json!({"code": "redirect_mismatch"})),
    ];
    let mut words = BTreeMap::new();
    for (code, outcome) in table {
        let landing = owner.connect(&world.meta, outcome).await;
        let (session, said) = refused(&owner, &landing, code).await;
        assert!(
            words.insert(said.clone(), code).is_none(),
            "{code} has no words of its own: {said}"
        );
        if code == "missing_scope" {
            assert!(
                said.contains("whatsapp_business_messaging"),
                "it names the scope: {said}"
            );
            assert_eq!(step(&session, "inspect_token")["state"], "failed");
        }
        if code == "number_not_verified" {
            assert!(
                said.contains("+1 555-017-8811"),
                "it names the number: {said}"
            );
        }
        if code.starts_with("code_") {
            assert_eq!(
                session["problem"]["meta"]["code"], 100,
                "what Meta said is kept"
            );
            assert_eq!(session["canResume"], false);
        }
    }
    assert_eq!(world.meta.effective("POST", "/subscribed_apps").await, 0);
    assert_eq!(world.meta.effective("POST", "/register").await, 0);
    // None of them prevents the next login.
    owner.connect(&world.meta, json!({})).await.connected();
}

#[rstest]
#[tokio::test]
async fn a_number_that_another_org_has_is_in_use(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let first = world.anybody().await;
    first.connect(&world.meta, json!({})).await.connected();
    let other = world.owner("Bistro").await;
    let second = world.signed_in(&other).await;
    let landing = second.connect(&world.meta, json!({})).await;
    let (_, said) = refused(&second, &landing, "number_in_use").await;
    assert!(
        said.contains("+1 555-013-4201") && !said.contains("Juniper"),
        "{said}"
    );
    assert_eq!(first.status().await["connected"], true);
}

#[rstest]
#[tokio::test]
async fn a_state_works_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    Landing::of(&owner.navigate(&back).await).connected();
    // Loaded again, the address shows the same result, and connects nothing.
    Landing::of(&owner.navigate(&back).await).connected();
    assert_eq!(owner.accounts().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_changed_state_is_invalid(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    for state in [
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let mut forged = back.clone();
        forged
            .query_pairs_mut()
            .clear()
            .append_pair("code", "c")
            .append_pair("state", state);
        let landing = Landing::of(&owner.navigate(&forged).await);
        assert_eq!(landing.get("error"), "state_invalid");
    }
    let mut without = back.clone();
    without.set_query(None);
    assert_eq!(
        Landing::of(&owner.navigate(&without).await).get("error"),
        "state_invalid"
    );
    Landing::of(&owner.navigate(&back).await).connected();
}

#[rstest]
#[tokio::test]
async fn a_login_that_was_left_open_expires(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let owner = world.signed_in(&person).await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let store = &world.server().assembly.ports.connect;
    let id: ConnectSessionId = text(&begun, "sessionId").parse().unwrap();
    let session = store.session(person.org, id).await.unwrap().unwrap();
    let mut session = session.into_record();
    session.expires_at = Time::UNIX_EPOCH;
    let session = ConnectSession::new(session);
    store
        .write(person.org, ConnectWrite::session(session))
        .await
        .unwrap();
    let landing = Landing::of(&owner.navigate(&back).await);
    assert_eq!(landing.get("error"), "state_expired");
    assert_eq!(owner.accounts().await.len(), 0);
}

#[tokio::test]
async fn a_wrong_app_secret_names_the_setting() {
    let world = World::with(
        Sqlite,
        &[("META_APP_SECRET", "another-0f9a8b7c6d5e4f3a2b1c")],
    )
    .await;
    let owner = world.anybody().await;
    let landing = owner.connect(&world.meta, json!({})).await;
    let (_, said) = refused(&owner, &landing, "app_misconfigured").await;
    assert!(said.contains("META_APP_SECRET"), "{said}");
}

#[tokio::test]
async fn a_declined_right_that_is_not_needed_does_not_hinder() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let outcome = json!({"declineScopes": ["business_management"]});
    owner.connect(&world.meta, outcome).await.connected();
}
