//! Forms of Meta's that only a sandbox which spells them can show: ids, identities, members, calls and payments.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::{ADA, connected, list, rows},
    world::{Engine, JUNIPER, Postgres, Sqlite, World, text},
};

const BOB: &str = "4915187654321";

/// Returns the messages of the only conversation, once there are so many.
async fn thread(client: &Client, count: usize) -> Vec<Value> {
    let conversations = rows(client, "/api/conversations", 1).await;
    let path = format!(
        "/api/conversations/{}/messages",
        text(&conversations[0], "id")
    );
    rows(client, &path, count).await
}

async fn settle(world: &World) {
    let order = json!({"timeoutMs": 20_000});
    let settled = world.meta.order("webhooks/settle", order).await;
    assert_eq!(settled["settled"], true);
}

/// Sends a text that Meta accepts, and returns it as it is then.
async fn accepted(client: &Client, body: Value) -> Value {
    let mut body = body;
    body["type"] = json!("text");
    body["text"] = json!({"body": "Hello"});
    let answer = client.post("/api/messages", body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.json());
    let path = format!("/api/messages/{}", text(&answer.json(), "id"));
    until(&format!("an id of Meta's for {path}"), async || {
        let seen = client.get(&path).await.ok();
        seen["metaMessageId"].is_string().then_some(seen)
    })
    .await
}

#[rstest]
#[tokio::test]
async fn a_message_is_changed_and_taken_back_under_another_spelling_of_its_id(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let secret = json!({"type": "text", "text": "my card is 1111"});
    let ids = world.customer_writes(ADA, JUNIPER, secret).await;
    let written = thread(&owner, 1).await.remove(0);
    assert_eq!(written["metaMessageId"], ids[0].as_str());
    let path = format!("/api/messages/{}", text(&written, "id"));
    // From now on Meta tells no number of Ada's, in ids neither.
    let settings = json!({"identity": "bsuid"});
    world.meta.order(&format!("phones/{ADA}"), settings).await;
    let edit = json!({"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "never mind"}}}});
    world.customer_writes(ADA, JUNIPER, edit).await;
    let changed = until("the change", async || {
        let message = owner.get(&path).await.ok();
        message["editedAt"].is_string().then_some(message)
    })
    .await;
    assert_eq!(changed["content"]["body"], "never mind");
    let shown = world
        .meta
        .look(&format!("phones/{ADA}/thread?with={JUNIPER}"))
        .await;
    let spelled = &shown["data"][1]["message"]["edit"]["original_message_id"];
    assert_ne!(spelled, &written["metaMessageId"]);
    world
        .customer_writes(ADA, JUNIPER, json!({"type": "revoke"}))
        .await;
    until("the taking back", async || {
        let message = owner.get(&path).await.ok();
        message["revokedAt"].is_string().then_some(())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_person_whose_id_changes_goes_on_in_one_conversation(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let settings = json!({"identity": "bsuid"});
    world.meta.order(&format!("phones/{ADA}"), settings).await;
    let hello = json!({"type": "text", "text": "Hello"});
    world.customer_writes(ADA, JUNIPER, hello.clone()).await;
    let before = rows(&owner, "/api/conversations", 1).await.remove(0);
    let change = json!({"type": "system", "system": {"type": "user_changed_user_id"}});
    world.customer_writes(ADA, JUNIPER, change).await;
    world.customer_writes(ADA, JUNIPER, hello).await;
    settle(&world).await;
    let after = until("another user id", async || {
        let conversations = rows(&owner, "/api/conversations", 1).await;
        let after = conversations[0].clone();
        (after["contact"]["userId"] != before["contact"]["userId"]).then_some(after)
    })
    .await;
    assert_eq!(after["id"], before["id"]);
}

#[rstest]
#[tokio::test]
async fn a_number_that_was_passed_on_belongs_to_two_people(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let hello = json!({"type": "text", "text": "Hello"});
    world.customer_writes(ADA, JUNIPER, hello.clone()).await;
    let first = rows(&owner, "/api/conversations", 1).await.remove(0);
    let name = json!({"name": "Second Owner"});
    let passed = world
        .meta
        .order(&format!("phones/{ADA}/pass_on"), name)
        .await;
    world.customer_writes(ADA, JUNIPER, hello.clone()).await;
    rows(&owner, "/api/conversations", 2).await;
    // The former owner asks, and the answer goes to the former owner.
    let former = text(&passed["formerOwner"], "number");
    world.customer_writes(&former, JUNIPER, hello).await;
    settle(&world).await;
    let path = format!("/api/conversations/{}/messages", text(&first, "id"));
    rows(&owner, &path, 2).await;
    assert_eq!(list(&owner, "/api/conversations").await.len(), 2);
    let answer = accepted(&owner, json!({"recipient": first["contact"]["userId"]})).await;
    let sent = world
        .meta
        .look(&format!("phones/{former}/thread?with={JUNIPER}"))
        .await;
    let sent = sent["data"].as_array().unwrap().iter();
    let mut sent = sent.filter(|event| event["event"] == "sent");
    let id = &sent.next().unwrap()["message"]["id"];
    assert_eq!(id, &answer["metaMessageId"]);
}

#[rstest]
#[tokio::test]
async fn a_payment_that_fails_leaves_the_message_as_it_is(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let hello = json!({"type": "text", "text": "Hello"});
    world.customer_writes(ADA, JUNIPER, hello).await;
    thread(&owner, 1).await;
    let sent = accepted(&owner, json!({"to": ADA})).await;
    let order = json!({"from": JUNIPER, "id": sent["metaMessageId"], "status": "failed"});
    world
        .meta
        .order(&format!("phones/{ADA}/payments"), order)
        .await;
    settle(&world).await;
    let path = format!("/api/messages/{}", text(&sent, "id"));
    until("the delivery", async || {
        let seen = owner.get(&path).await.ok();
        (seen["status"] == "delivered").then_some(())
    })
    .await;
    let told = until("the payment", async || {
        let events = list(&owner, "/api/events?limit=200").await;
        events
            .into_iter()
            .find(|event| event.to_string().contains("pay_4711"))
    })
    .await;
    assert!(told["type"].is_string());
}

#[rstest]
#[tokio::test]
async fn a_missed_call_keeps_its_voicemail_and_a_call_its_recording(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let call = async |more: Value| {
        let mut order = more;
        order["to"] = json!(JUNIPER);
        world
            .meta
            .order(&format!("phones/{ADA}/calls"), order)
            .await;
    };
    call(json!({"event": "connect"})).await;
    call(json!({"event": "terminate", "status": "FAILED", "valueErrors": true})).await;
    call(json!({"event": "call_recording_available"})).await;
    world
        .customer_writes(ADA, JUNIPER, json!({"type": "voicemail"}))
        .await;
    settle(&world).await;
    let messages = thread(&owner, 2).await;
    let of = |kind: &str| {
        messages
            .iter()
            .find(|message| message["type"] == kind)
            .unwrap()
    };
    assert!(of("audio")["mediaId"].is_string());
    let call = of("call").to_string();
    assert!(call.contains("138001"), "{call}");
}

#[rstest]
#[tokio::test]
async fn each_member_of_a_group_has_statuses_of_their_own(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values("aggregated", "single")] form: &str,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let group = json!({"phoneNumberId": JUNIPER, "participants": [ADA, BOB]});
    let group = text(&world.meta.order("groups", group).await, "id");
    world
        .meta
        .order("quirks", json!({"groupStatuses": form}))
        .await;
    let knobs = json!({"statuses": ["sent", "delivered", "read"]});
    world.meta.order("sending/knobs", knobs).await;
    let sent = accepted(
        &owner,
        json!({"to": group, "recipient_type": "group", "ignoreWindow": true}),
    )
    .await;
    let path = format!("/api/messages/{}", text(&sent, "id"));
    let seen = until("the statuses of both", async || {
        let seen = owner.get(&path).await.ok();
        (seen["timeline"].as_array().unwrap().len() == 5).then_some(seen)
    })
    .await;
    let timeline = seen["timeline"].as_array().unwrap().iter();
    let read = timeline.filter(|entry| entry["status"] == "read");
    let mut members: Vec<_> = read.map(|entry| text(entry, "participant")).collect();
    members.sort_unstable();
    assert_eq!(members, [ADA, BOB]);
}

#[rstest]
#[tokio::test]
async fn a_window_that_closed_at_meta_is_told_by_the_messages_failure(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let hello = json!({"type": "text", "text": "Hello"});
    world.customer_writes(ADA, JUNIPER, hello).await;
    thread(&owner, 1).await;
    // Meta's clock is a day ahead, so only Meta knows that the window is shut.
    let day = json!({"advanceSeconds": 90_000});
    world.meta.order("clock", day).await;
    let sent = accepted(&owner, json!({"to": ADA})).await;
    let path = format!("/api/messages/{}", text(&sent, "id"));
    let failed = until("the failure", async || {
        let seen = owner.get(&path).await.ok();
        (seen["status"] == "failed").then_some(seen)
    })
    .await;
    assert_eq!(failed["errors"][0]["code"], 131_047);
    assert!(!text(&failed["errors"][0]["explanation"], "action").is_empty());
}
