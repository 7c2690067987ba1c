//! Sending, from a caller to a customer's phone.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::{ADA, connected, list},
    world::{Engine, JUNIPER, Postgres, Sqlite, World, text},
};

/// Waits until the message has this status.
async fn status(client: &Client, message: &Value, wanted: &str) -> Value {
    let path = format!("/api/messages/{}", text(message, "id"));
    until(&format!("{wanted} of {path}"), async || {
        let seen = client.get(&path).await.ok();
        (seen["status"] == wanted).then_some(seen)
    })
    .await
}

#[rstest]
#[tokio::test]
async fn an_answer_to_a_customer_is_taken_by_meta_and_delivered(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let question = json!({"type": "text", "text": "Are you open?"});
    world.customer_writes(ADA, JUNIPER, question).await;
    until("the question", async || {
        let there = list(&owner, "/api/conversations").await.len() == 1;
        there.then_some(())
    })
    .await;

    let body = json!({"to": ADA, "type": "text", "text": {"body": "Until six."}});
    let answer = owner.post("/api/messages", body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.json());
    let sent = answer.json();
    assert_eq!(sent["status"], "queued");
    let seen = status(&owner, &sent, "delivered").await;
    assert!(text(&seen, "metaMessageId").starts_with("wamid."));
    assert_eq!(seen["attempt"], 1);
    assert_eq!(seen["errors"], json!([]));
    let timeline = seen["timeline"].as_array().unwrap().iter();
    let timeline: Vec<_> = timeline.map(|entry| entry["status"].clone()).collect();
    assert_eq!(timeline, ["sent", "delivered"]);
}
