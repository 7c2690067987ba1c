//! The audit log: who did what, in a chain that shows any change.

use rstest::rstest;
use serde_json::json;

use crate::world::{Engine, Postgres, Sqlite, World, text};

#[rstest]
#[tokio::test]
async fn every_step_is_an_entry_and_the_chain_is_whole(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let owner = world.signed_in(&person).await;
    owner.connect(&world.meta, json!({})).await.connected();
    let _ = owner
        .post("/auth/meta-oauth/disconnect", json!({}))
        .await
        .ok();
    let log = owner.get("/api/audit?limit=200").await.ok();
    let entries = log["data"].as_array().unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| text(entry, "action")).collect();
    for action in [
        "connect.started",
        "connect.login_returned",
        "connect.exchange_code",
        "connect.inspect_token",
        "connect.find_assets",
        "connect.choose",
        "connect.subscribe",
        "connect.register",
        "connect.read_health",
        "connect.completed",
        "account.connected",
        "account.disconnected",
        "teardown.unsubscribe_done",
        "auth.signed_in",
    ] {
        assert!(
            actions.iter().any(|known| known == action),
            "no {action} in {actions:?}"
        );
    }
    let sequences: Vec<_> = entries
        .iter()
        .map(|e| e["sequence"].as_i64().unwrap())
        .collect();
    assert!(sequences.is_sorted_by(|a, b| a > b), "newest first");
    let started = entries
        .iter()
        .find(|e| e["action"] == "connect.started")
        .unwrap();
    assert_eq!(started["actor"]["id"], person.user.to_string());
    let verdict = owner.get("/api/audit/verify").await.ok();
    assert_eq!(
        (&verdict["intact"], &verdict["checked"]),
        (&json!(true), &json!(entries.len()))
    );
}

#[rstest]
#[case::changed(
    "UPDATE audit_events SET action = 'connect.nothing' WHERE action = 'connect.started'"
)]
#[case::removed("DELETE FROM audit_events WHERE action = 'connect.started'")]
#[case::later(
    "UPDATE audit_events SET actor_kind = 'system', actor_id = NULL WHERE action = 'connect.started'"
)]
#[tokio::test]
async fn a_tampered_row_is_found(#[values(Sqlite, Postgres)] engine: Engine, #[case] tamper: &str) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let _ = owner.begin("").await;
    let _ = owner.begin("").await;
    let find = "SELECT sequence AS value FROM audit_events WHERE action = 'connect.started' ORDER BY sequence LIMIT 1";
    let first = world.database.number(find).await;
    assert!(world.database.execute(tamper).await >= 1);
    let verdict = owner.get("/api/audit/verify").await.ok();
    assert_eq!(verdict["intact"], false, "{verdict}");
    assert_eq!(verdict["firstBroken"], first);
}

#[tokio::test]
async fn a_missing_tail_is_found() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let _ = owner.begin("").await;
    let tail = "DELETE FROM audit_events WHERE action = 'connect.started'";
    assert_eq!(world.database.execute(tail).await, 1);
    let verdict = owner.get("/api/audit/verify").await.ok();
    assert_eq!(verdict["intact"], false, "{verdict}");
}
