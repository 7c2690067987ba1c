//! Meta accepts messages to one recipient in the order in which they were submitted.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::connected,
    world::{Engine, Postgres, Sqlite, World, text},
};

/// The smallest PNG file.
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

fn words(to: &str, body: &str) -> Value {
    json!({"to": to, "type": "text", "text": {"body": body}, "ignoreWindow": true})
}

/// Submits texts one after another, and returns their ids.
async fn submit(owner: &Client, to: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..count {
        let answer = owner
            .post("/api/messages", words(to, &format!("q{n}")))
            .await;
        ids.push(text(&answer.ok(), "id"));
    }
    ids
}

/// Waits until Meta has accepted all messages. Asserts that it accepted each once, in this order.
async fn accepted(world: &World, to: &str, ids: &[String]) {
    let items = until(&format!("{} messages to {to}", ids.len()), async || {
        let page = world.meta.look("ledger/messages?limit=1000").await;
        let items = page["data"].as_array().unwrap().clone();
        let items: Vec<_> = items.into_iter().filter(|one| one["to"] == to).collect();
        (items.len() == ids.len()).then_some(items)
    })
    .await;
    let order: Vec<_> = items
        .iter()
        .map(|one| text(one, "bizOpaqueCallbackData"))
        .collect();
    assert_eq!(order, ids);
    assert!(items.iter().all(|one| one["accepted"] == 1), "{items:?}");
}

#[rstest]
#[tokio::test]
async fn a_person_gets_messages_in_the_order_in_which_they_were_given(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let knobs = json!({"window": "open", "tiers": "off"});
    world.meta.order("sending/knobs", knobs).await;
    let accounts = owner.accounts().await;
    let queue = format!("/api/queues/{}", text(&accounts[0], "id"));

    // Twelve messages that waited while the queue was paused, and ten of one call.
    let _ = owner.post(&format!("{queue}/pause"), json!({})).await.ok();
    let paused = submit(&owner, "4915112000001", 12).await;
    let bulk: Vec<_> = (0..10)
        .map(|n| words("4915112000002", &format!("b{n}")))
        .collect();
    let bulk = owner
        .post("/api/messages/bulk", json!({"messages": bulk}))
        .await
        .ok();
    let bulk = bulk["results"].as_array().unwrap().iter();
    let bulk: Vec<_> = bulk.map(|one| text(&one["message"], "id")).collect();
    let _ = owner.post(&format!("{queue}/resume"), json!({})).await.ok();
    accepted(&world, "4915112000001", &paused).await;
    accepted(&world, "4915112000002", &bulk).await;

    // Three messages, of which the first is refused as too fast for the number or the person.
    for (to, code) in [("4915112000003", 130_429), ("4915112000004", 131_056)] {
        let then = json!({"status": 429, "code": code});
        world
            .meta
            .fault("POST */messages", json!({"next": 1}), then)
            .await;
        let ids = submit(&owner, to, 3).await;
        accepted(&world, to, &ids).await;
    }

    // One message behind a picture whose upload takes long.
    let slow = json!({"delayMs": 1_500});
    world
        .meta
        .fault("POST */media", json!("always"), slow)
        .await;
    let file = owner.request(reqwest::Method::POST, "/api/media");
    let file = file
        .header("content-type", "image/png")
        .body(PICTURE.to_vec());
    let file = owner.send(file).await.ok();
    let to = "4915112000005";
    let picture =
        json!({"to": to, "type": "image", "image": {"id": file["id"]}, "ignoreWindow": true});
    let mut ids = vec![text(&owner.post("/api/messages", picture).await.ok(), "id")];
    ids.extend(submit(&owner, to, 2).await);
    accepted(&world, to, &ids).await;
}
