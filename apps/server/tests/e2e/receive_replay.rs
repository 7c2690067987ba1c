//! Replays, from the dashboard's route and from the command line.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::until;

use crate::{
    cli::run,
    listening::Listener,
    receive::{ADA, all_events, connected, list, rows},
    world::{Engine, JUNIPER, Postgres, Sqlite, World, text},
};

#[rstest]
#[tokio::test]
async fn what_was_applied_and_is_applied_again_changes_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let message = json!({"type": "text", "text": "number {n}", "count": 20});
    world.customer_writes(ADA, JUNIPER, message).await;
    until("all messages", async || {
        let conversations = list(&owner, "/api/conversations").await;
        (conversations.first()?["unread"] == 20).then_some(())
    })
    .await;
    let before = all_events(&owner).await;
    let span = json!({"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"});
    let replayed = owner.post("/api/webhooks/replay", span).await.ok();
    assert_eq!(replayed["replayed"], 20);
    idle(&owner).await;
    assert_eq!(all_events(&owner).await, before);

    let args = [
        "webhooks",
        "replay",
        "--from",
        "2020-01-01T00:00:00Z",
        "--to",
        "2100-01-01T00:00:00Z",
    ];
    let said = run(&world.vars, &args, "").await.unwrap();
    assert!(said.starts_with("20 "), "{said}");
    idle(&owner).await;
    assert_eq!(all_events(&owner).await, before);
}

/// Waits until no change is queued.
async fn idle(owner: &wabakit_prove::Client) {
    until("the queue to be empty", async || {
        let changes = list(owner, "/api/webhooks/changes?limit=200").await;
        let done = |change: &Value| change["state"] != "queued";
        changes.iter().all(done).then_some(())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn parked_items_are_listed_replayed_and_given_up(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let raw = json!({"field": "unheard_of", "phoneNumberId": JUNIPER, "value": {"note": "canary"}});
    world.meta.order("webhooks/raw", raw).await;
    let item = rows(&owner, "/api/webhooks/parked", 1).await[0].clone();
    assert_eq!(item["state"], "unsupported");
    let listed = run(&world.vars, &["webhooks", "parked"], "").await.unwrap();
    assert!(listed.contains(&text(&item, "id")), "{listed}");
    assert!(!listed.contains("canary"));
    let said = run(&world.vars, &["webhooks", "replay", "--parked"], "")
        .await
        .unwrap();
    assert!(said.starts_with("1 "), "{said}");
    // The item is still unsupported, so it is parked again.
    rows(&owner, "/api/webhooks/parked?state=unsupported", 1).await;
    let item = list(&owner, "/api/webhooks/parked").await[0].clone();
    let path = format!("/api/webhooks/parked/{}", text(&item, "id"));
    assert_eq!(owner.delete(&path).await.status, 204);
    rows(&owner, "/api/webhooks/parked", 0).await;
}

#[rstest]
#[tokio::test]
async fn a_test_delivery_is_heard(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let mut listener = Listener::start(&owner, None).await;
    let sent = owner.post("/api/webhooks/test", json!({})).await.ok();
    assert!(sent["deliveryId"].is_string());
    listener.event("webhook.test").await;
    let health = owner.get("/api/webhooks/health").await.ok();
    assert_eq!(health["wabas"].as_array().unwrap().len(), 1);
}
