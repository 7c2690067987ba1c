//! `kill -9` at each step of connecting, before and after Meta has acted.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, Process, until};
use wabakit_server::{Assembly, Safety};

use crate::world::{
    Engine, JUNIPER, JUNIPER_WABA, PASSWORD, Postgres, Sqlite, World, config, owner, step, text,
};

/// Tells whether Meta had acted when the server died.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Meta {
    HadNot,
    Had,
}

/// `call` is the call at which the server is killed, and `step` is the step that makes it.
#[rstest]
#[case::exchange_code("GET oauth/access_token", json!({"next": 1}), "exchange_code")]
#[case::ask_kind("GET debug_token", json!({"next": 1}), "exchange_long_lived")]
#[case::exchange_long_lived("GET oauth/access_token", json!({"every": 2}), "exchange_long_lived")]
#[case::inspect_token("GET debug_token", json!({"every": 2}), "inspect_token")]
#[case::find_assets("GET */phone_numbers", json!({"next": 1}), "find_assets")]
#[case::is_subscribed("GET */subscribed_apps", json!({"next": 1}), "subscribe")]
#[case::subscribe("POST */subscribed_apps", json!({"next": 1}), "subscribe")]
#[case::read_back("GET */subscribed_apps", json!({"every": 2}), "subscribe")]
#[case::register("POST */register", json!({"next": 1}), "register")]
#[case::read_health("GET 530000000000001", json!({"next": 1}), "read_health")]
#[tokio::test]
async fn a_killed_server_leaves_nothing_half_connected(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values(Meta::HadNot, Meta::Had)] meta: Meta,
    #[case] call: &str,
    #[case] when: Value,
    #[case] killed_in: &str,
) {
    let world = World::without_server(engine).await;
    let assembly = Assembly::new(&config(&world.vars), Safety::Production)
        .await
        .unwrap();
    let person = owner(&assembly, "Juniper", false).await;
    drop(assembly);
    let serve = || Process::start(Path::new(crate::cli::WABAKIT), &["serve"], &world.vars);

    let mut server = serve();
    let browser = Client::browser(&server.base().await);
    browser.sign_in(&person.email, PASSWORD).await;
    let hang = json!({"hang": true, "processed": meta == Meta::Had});
    world.meta.fault(call, when, hang).await;
    let begun = browser.begin("").await;
    let id = text(&begun, "sessionId");
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let request = browser.navigation(&back);
    let waiting = browser.clone();
    let cut_off = tokio::spawn(async move { waiting.try_send(request).await });
    until("the call at Meta", async || {
        let calls = world.meta.look("ledger").await;
        let struck = |call: &Value| call["fault"].is_string();
        calls["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(struck)
            .then_some(())
    })
    .await;
    assert_eq!(
        step(&browser.session(&id).await, killed_in)["state"],
        "running"
    );
    nothing_shows(&browser).await;
    server.kill().await;
    assert!(cut_off.await.unwrap().is_err());
    assert_eq!(world.database.active_accounts().await, 0);
    world.meta.lift_faults().await;
    no_plain_token(&world).await;

    // After a minute, other replicas on PostgreSQL take over the dead one's work.
    world.database.lapse_leases().await;
    let mut server = serve();
    let browser = browser.moved_to(&server.base().await);
    let session = until("the session to come to rest", async || {
        let session = browser.session(&id).await;
        (session["status"] != "running").then_some(session)
    })
    .await;
    if killed_in == "exchange_code" && meta == Meta::Had {
        // The token that Meta gave for the code is lost, and a code works once.
        assert_eq!(session["status"], "failed");
        assert_eq!(session["problem"]["code"], "code_used", "{session}");
        assert_eq!(session["canResume"], false);
        nothing_shows(&browser).await;
        browser.connect(&world.meta, json!({})).await.connected();
    } else {
        assert_eq!(session["status"], "completed", "{session}");
    }
    assert_eq!(browser.status().await["connected"], true);
    assert_eq!(browser.accounts().await.len(), 1);
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
    assert_eq!(world.meta.phone(JUNIPER).await["status"], "CONNECTED");
    let registered = world.meta.effective("POST", "/register").await;
    assert_eq!(registered, 1, "registered {registered} times");
    no_plain_token(&world).await;
    let verdict = browser.get("/api/audit/verify").await.ok();
    assert_eq!(verdict["intact"], true);
    let (ended_well, output) = server.end().await;
    assert!(ended_well, "{output}");
}

async fn nothing_shows(browser: &Client) {
    assert_eq!(browser.status().await["connected"], false);
    assert_eq!(browser.accounts().await.len(), 0);
}

async fn no_plain_token(world: &World) {
    let plain = world.database.plain_among(&world.meta.tokens().await).await;
    assert!(plain.is_empty(), "in plain text: {plain:?}");
}

#[rstest]
#[tokio::test]
async fn a_person_can_resume_a_session_of_a_killed_server(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::without_server(engine).await;
    let assembly = Assembly::new(&config(&world.vars), Safety::Production)
        .await
        .unwrap();
    let person = owner(&assembly, "Juniper", false).await;
    drop(assembly);
    let serve = || Process::start(Path::new(crate::cli::WABAKIT), &["serve"], &world.vars);
    let mut server = serve();
    let browser = Client::browser(&server.base().await);
    browser.sign_in(&person.email, PASSWORD).await;
    let trouble = json!({"status": 503, "code": 2});
    world
        .meta
        .fault("POST */subscribed_apps", json!("always"), trouble)
        .await;
    let landing = browser.connect(&world.meta, json!({})).await;
    let id = landing.get("pending").to_owned();
    server.kill().await;
    world.meta.lift_faults().await;
    let mut server = serve();
    let browser = browser.moved_to(&server.base().await);
    nothing_shows(&browser).await;
    assert_eq!(
        browser.session(&id).await["status"],
        "failed",
        "a failure waits for a person"
    );
    assert_eq!(
        browser.act(&id, "resume", json!({})).await.ok()["status"],
        "completed"
    );
    server.end().await;
}
