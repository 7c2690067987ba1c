//! The library of templates, against the sandbox: list, sync, webhooks, and what a message needs.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::{connected, list},
    world::{Engine, JUNIPER_WABA, Postgres, Sqlite, World, text},
};

fn template(name: &str, status: &str) -> Value {
    json!({"wabaId": JUNIPER_WABA, "name": name, "language": "en_US", "status": status, "category": "UTILITY",
    "components": [
        {"type": "BODY", "text": "Order {{1}} is on its way, {{2}}.", "example": {"body_text": [["7", "Ada"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}",
            "example": ["https://shop.example/t/7"]}]},
    ]})
}

/// Starts a sync, and waits until it is over.
async fn sync(owner: &Client) -> Value {
    let started = owner.post("/api/templates/sync", json!({})).await;
    assert_eq!(started.status.as_u16(), 202, "{}", started.text);
    let run = text(&started.json(), "syncId");
    until("the end of the sync", async || {
        let seen = owner.get("/api/templates/sync").await.ok();
        (seen["syncId"] == run.as_str() && seen["state"] != "running").then_some(seen)
    })
    .await
}

fn counts(seen: &Value) -> Vec<i64> {
    let counts = ["done", "total", "created", "updated", "removed"].into_iter();
    counts.map(|count| seen[count].as_i64().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn the_library_follows_meta(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (first, second) = (
        template("order_sent", "APPROVED"),
        template("order_late", "PENDING"),
    );
    let orders = json!([first, second]);
    let at_meta = world.meta.order("templates", orders).await;
    // Connecting is enough: the first sync needs no call.
    let (_, owner) = connected(&world).await;
    until("the templates of the number", async || {
        (list(&owner, "/api/templates").await.len() == 2).then_some(())
    })
    .await;
    let pending = list(&owner, "/api/templates?status=PENDING").await;
    assert_eq!(pending.len(), 1);
    let keys: Vec<_> = pending[0]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["key"].clone())
        .collect();
    assert_eq!(keys, ["body.1", "body.2", "button.0.1"]);
    let path = format!("/api/templates/{}", text(&pending[0], "id"));

    // Meta approves it, and the webhook changes it without a sync.
    let ids = at_meta["data"].as_array().unwrap().iter();
    let late = ids
        .filter(|it| it["name"] == "order_late")
        .map(|it| text(it, "id"))
        .next()
        .unwrap();
    assert_eq!(pending[0]["metaTemplateId"], late.as_str());
    world
        .meta
        .order(&format!("templates/{late}"), json!({"status": "APPROVED"}))
        .await;
    let approved = until("the approval", async || {
        let seen = owner.get(&path).await.ok();
        (seen["status"] == "APPROVED").then_some(seen)
    })
    .await;
    assert_eq!(approved["history"][0]["by"]["kind"], "meta");
    assert_eq!(approved["isSendable"], true);
    world
        .meta
        .order(
            &format!("templates/{late}"),
            json!({"category": "MARKETING", "qualityScore": "RED"}),
        )
        .await;
    until("the category and the quality", async || {
        let seen = owner.get(&path).await.ok();
        (seen["category"] == "MARKETING" && seen["quality"] == "RED").then_some(())
    })
    .await;

    // A sync without news changes nothing; one of them is gone after the next.
    assert_eq!(counts(&sync(&owner).await), [2, 2, 0, 0, 0]);
    world
        .meta
        .order("templates", json!([at_meta["data"][0]]))
        .await;
    assert_eq!(counts(&sync(&owner).await), [1, 1, 0, 0, 1]);
    assert_eq!(owner.get(&path).await.status.as_u16(), 404);
    let events = list(&owner, "/api/events?limit=200").await;
    let kinds = events.iter().map(|event| text(event, "type"));
    let kinds: Vec<_> = kinds.filter(|kind| kind.starts_with("template.")).collect();
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| *kind == "template.created")
            .count(),
        2
    );
    assert_eq!(kinds.last().unwrap(), "template.removed");
    assert!(
        kinds
            .iter()
            .filter(|kind| *kind == "template.updated")
            .count()
            >= 3
    );
}
