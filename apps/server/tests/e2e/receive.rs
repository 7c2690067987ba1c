//! Receiving, from a customer's phone to the inbox.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    listening::Listener,
    world::{Engine, JUNIPER, Person, Postgres, Sqlite, World, sharing, text},
};

pub(crate) const ADA: &str = "4915112345678";
const BOB: &str = "4915187654321";

/// Makes an organisation with one connected number.
pub(crate) async fn connected(world: &World) -> (Person, Client) {
    let person = world.owner("Juniper").await;
    let owner = world.signed_in(&person).await;
    owner
        .connect(&world.meta, sharing(&[JUNIPER]))
        .await
        .connected();
    (person, owner)
}

pub(crate) async fn list(client: &Client, path: &str) -> Vec<Value> {
    let page = client.get(path).await.ok();
    page["data"].as_array().unwrap().clone()
}

/// Makes a delivery of texts to a number, from one customer.
pub(crate) fn texts(number: &str, waba: &str, messages: &[(String, String)]) -> String {
    let messages = messages.iter().map(|(id, body)| {
        json!({"id": format!("wamid.{id}"), "from": ADA, "timestamp": "1790000000", "type": "text",
            "text": {"body": body}})
    });
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550134201", "phone_number_id": number},
        "contacts": [{"wa_id": ADA, "profile": {"name": "Ada"}}], "messages": messages.collect::<Vec<_>>()});
    let change = json!({"field": "messages", "value": value});
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "time": 1, "changes": [change]}]})
        .to_string()
}

/// Posts a body that this secret signs. Returns the status, or `None` without an answer.
pub(crate) async fn post(base: &str, path: &str, secret: &str, body: &str) -> Option<u16> {
    let signature = wabakit_webhooks::sign(&secret.into(), body.as_bytes());
    let client = Client::program(base);
    let request = client
        .request(reqwest::Method::POST, path)
        .header("x-hub-signature-256", signature)
        .body(body.to_owned());
    let answer = client.try_send(request).await.ok()?;
    Some(answer.status.as_u16())
}

pub(crate) const WEBHOOKS: &str = "/api/webhooks/whatsapp";

/// Waits until the list has so many rows.
pub(crate) async fn rows(client: &Client, path: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} rows of {path}"), async || {
        let rows = list(client, path).await;
        (rows.len() == count).then_some(rows)
    })
    .await
}

#[rstest]
#[tokio::test]
async fn what_a_customer_writes_is_heard_and_stands_in_the_inbox(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let mut listener = Listener::start(&owner, None).await;
    let message = json!({"type": "text", "text": "Are you open? \u{1F642} \u{2014} \"yes\""});
    let ids = world.customer_writes(ADA, JUNIPER, message).await;

    let event = listener.event("message.received").await;
    let told = &event["data"]["message"];
    assert_eq!(told["metaMessageId"], ids[0].as_str());
    assert_eq!(
        told["content"]["body"],
        "Are you open? \u{1F642} \u{2014} \"yes\""
    );
    assert_eq!(event["data"]["from"]["phone"], ADA);

    let conversations = list(&owner, "/api/conversations?unread=true&assignee=none").await;
    let [conversation] = conversations.as_slice() else {
        panic!("{conversations:?}");
    };
    assert_eq!(conversation["id"], told["conversationId"]);
    assert_eq!(conversation["unread"], 1);
    assert_eq!(conversation["state"], "open");
    assert_eq!(conversation["window"]["open"], true);
    assert_eq!(conversation["window"]["kind"], "service");
    assert_eq!(conversation["contact"]["phone"], ADA);
    assert_eq!(conversation["lastMessage"]["type"], "text");

    let id = text(conversation, "id");
    let thread = list(&owner, &format!("/api/conversations/{id}/messages")).await;
    let [message] = thread.as_slice() else {
        panic!("{thread:?}");
    };
    assert_eq!(message["id"], told["id"]);
    assert_eq!(message["direction"], "inbound");
    assert_eq!(message["status"], "received");
    assert_eq!(message["media"], Value::Null);

    let read = owner
        .patch(
            &format!("/api/conversations/{id}"),
            json!({"unread": false, "state": "closed"}),
        )
        .await
        .ok();
    assert_eq!(
        (&read["unread"], &read["state"]),
        (&json!(0), &json!("closed"))
    );
    let event = listener.event("conversation.updated").await;
    assert_eq!(event["data"]["conversation"]["id"], id.as_str());
}

#[rstest]
#[tokio::test]
async fn every_change_of_a_batch_is_applied_and_repeats_change_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let knobs = json!({"batchSize": 1_000, "hold": true, "repeats": 3, "shuffle": 7});
    world.meta.order("webhooks/knobs", knobs).await;
    for phone in [ADA, BOB] {
        let message = json!({"type": "text", "text": "number {n}", "count": 60});
        world.customer_writes(phone, JUNIPER, message).await;
    }
    let mut listener = Listener::start(&owner, None).await;
    world.meta.order("webhooks/flush", json!({})).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..120 {
        let event = listener.event("message.received").await;
        assert!(seen.insert(text(&event["data"]["message"], "metaMessageId")));
    }
    world
        .meta
        .order("webhooks/settle", json!({"timeoutMs": 20_000}))
        .await;
    let conversations = rows(&owner, "/api/conversations", 2).await;
    for conversation in &conversations {
        assert_eq!(conversation["unread"], 60);
        let path = format!(
            "/api/conversations/{}/messages?limit=200",
            text(conversation, "id")
        );
        assert_eq!(list(&owner, &path).await.len(), 60);
    }
    let head = owner.get("/api/events?limit=1").await.ok()["head"].as_i64();
    assert_eq!(head, Some(listener.last.max(head.unwrap())));
    let events = all_events(&owner).await;
    let received = events
        .iter()
        .filter(|event| event["type"] == "message.received");
    assert_eq!(received.count(), 120, "a repeat is told once");
}

/// Returns the whole event log, and asserts that it has no gap.
pub(crate) async fn all_events(client: &Client) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let path = format!("/api/events?limit=200&after={}", events.len());
        let page = list(client, &path).await;
        if page.is_empty() {
            let sequences = events
                .iter()
                .map(|event| event["sequence"].as_i64().unwrap());
            assert!(sequences.eq(1..=i64::try_from(events.len()).unwrap()));
            return events;
        }
        events.extend(page);
    }
}

#[rstest]
#[tokio::test]
async fn statuses_in_any_order_make_one_timeline(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let echo = json!({"from": JUNIPER, "type": "text", "text": "Your order is ready"});
    let status = async |id: &str, status: &str, more: Value| {
        let mut body = json!({"from": JUNIPER, "id": id, "status": status});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world
            .meta
            .order(&format!("phones/{ADA}/statuses"), body)
            .await;
    };
    world
        .meta
        .order("webhooks/knobs", json!({"hold": true, "batchSize": 1}))
        .await;
    let sent = world
        .meta
        .order(&format!("phones/{ADA}/echoes"), echo)
        .await;
    let wamid = text(&json!({"id": sent["ids"][0]}), "id");
    world
        .meta
        .order("webhooks/knobs", json!({"batchSize": 1}))
        .await;
    let mut listener = Listener::start(&owner, None).await;
    // The statuses arrive before their message.
    status(&wamid, "read", json!({})).await;
    status(&wamid, "delivered", json!({})).await;
    world.meta.order("webhooks/flush", json!({})).await;
    let echoed = listener.event("message.echoed").await;
    let id = text(&echoed["data"]["message"], "id");
    let path = format!("/api/messages/{id}");
    let message = until("both statuses", async || {
        let message = owner.get(&path).await.ok();
        (message["timeline"].as_array().unwrap().len() == 2).then_some(message)
    })
    .await;
    assert_eq!(message["status"], "read");
    let fault = json!({"errors": [{"code": 131_047, "title": "Re-engagement message"}]});
    status(&wamid, "failed", fault).await;
    let message = until("the failure", async || {
        let message = owner.get(&path).await.ok();
        (message["timeline"].as_array().unwrap().len() == 3).then_some(message)
    })
    .await;
    assert_eq!(message["status"], "read", "what was read has arrived");
    let failed = message["timeline"].as_array().unwrap();
    let failed = failed
        .iter()
        .find(|entry| entry["status"] == "failed")
        .unwrap();
    let explanation = &failed["errors"][0]["explanation"];
    assert!(!text(explanation, "cause").is_empty());
    assert!(!text(explanation, "action").is_empty());
}
