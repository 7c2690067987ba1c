//! Files of messages, and the erasure of a person.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    listening::Listener,
    receive::{ADA, connected, list},
    world::{Engine, JUNIPER, Postgres, Sqlite, World, text},
};

/// The file that a customer sends: "a file of ten thousand bytes" in base64.
const BYTES: &str = "YSBmaWxlIG9mIHRlbiB0aG91c2FuZCBieXRlcw==";

/// Waits until the only message's file is in this state.
async fn file(owner: &Client, state: &str) -> Value {
    until(&format!("a file that is {state}"), async || {
        let conversations = list(owner, "/api/conversations").await;
        let id = text(conversations.first()?, "id");
        let thread = list(owner, &format!("/api/conversations/{id}/messages")).await;
        let file = thread.first()?["media"].clone();
        (file["state"] == state).then_some(file)
    })
    .await
}

#[rstest]
#[case::by_id(json!(false))]
#[case::by_the_webhooks_link(json!(true))]
#[tokio::test]
async fn a_customers_file_is_fetched_kept_and_served_to_the_organisation(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[case] with_link: Value,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    world
        .meta
        .order("webhooks/knobs", json!({"mediaUrl": with_link}))
        .await;
    let mut listener = Listener::start(&owner, None).await;
    let message = json!({"type": "document", "document": {"bytes": BYTES, "mime_type": "text/plain", "filename": "notes.txt", "caption": "as promised"}});
    world.customer_writes(ADA, JUNIPER, message).await;
    let event = listener.event("media.updated").await;
    assert_eq!(event["data"]["state"], "stored");
    let file = file(&owner, "stored").await;
    assert_eq!(event["data"]["mediaId"], file["id"]);
    let url = text(&file, "url");
    let whole = owner.get(&url).await;
    assert_eq!(whole.text, "a file of ten thousand bytes");
    assert_eq!(whole.header("content-type"), "application/octet-stream");
    assert!(
        whole
            .header("content-disposition")
            .starts_with("attachment")
    );
    let range = owner
        .request(reqwest::Method::GET, &url)
        .header("range", "bytes=-5");
    let part = owner.send(range).await;
    assert_eq!((part.status.as_u16(), part.text.as_str()), (206, "bytes"));
    let stranger = world.owner("Bravo Bikes").await;
    let stranger = world.signed_in(&stranger).await;
    let _ = stranger.get(&url).await.refused(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn a_file_that_could_not_be_fetched_is_fetched_on_request(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    world
        .meta
        .order("webhooks/knobs", json!({"hold": true}))
        .await;
    let message =
        json!({"type": "document", "document": {"bytes": BYTES, "mime_type": "text/plain"}});
    world.customer_writes(ADA, JUNIPER, message).await;
    let gone = json!({"status": 400, "code": 100, "subcode": 33, "message": "It is gone"});
    world.meta.fault("GET *", json!("always"), gone).await;
    world.meta.order("webhooks/flush", json!({})).await;
    let failed = file(&owner, "failed").await;
    assert_eq!(failed["error"], "expired");
    assert_eq!(failed["url"], Value::Null);
    world.meta.lift_faults().await;
    let refetch = format!("/api/media/{}/refetch", text(&failed, "id"));
    assert_eq!(
        owner.post(&refetch, json!({})).await.ok()["state"],
        "pending"
    );
    let stored = file(&owner, "stored").await;
    assert_eq!(stored["id"], failed["id"]);
}

#[rstest]
#[tokio::test]
async fn a_contact_is_exported_whole_and_erased_whole(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let message = json!({"type": "document", "document": {"bytes": BYTES, "mime_type": "text/plain", "filename": "canary-file.txt"}});
    world.customer_writes(ADA, JUNIPER, message).await;
    let file = file(&owner, "stored").await;
    let text_message = json!({"type": "text", "text": "canary-words"});
    world.customer_writes(ADA, JUNIPER, text_message).await;
    let contact = until("both messages", async || {
        let conversations = list(&owner, "/api/conversations").await;
        (conversations[0]["unread"] == 2).then(|| text(&conversations[0]["contact"], "id"))
    })
    .await;
    let path = format!("/api/contacts/{contact}");
    let export = owner.get(&format!("{path}/export")).await.text;
    assert!(export.contains("canary-words") && export.contains("canary-file"));
    let erased = owner.delete(&path).await.ok();
    assert_eq!(erased, json!({"success": true, "messages": 2}));
    let _ = owner
        .get(&text(&file, "url"))
        .await
        .refused(404, "not_found");
    for list in [
        "/api/contacts",
        "/api/conversations",
        "/api/events?limit=200",
    ] {
        let answer = owner.get(list).await.text;
        assert!(
            !answer.contains("canary") && !answer.contains(ADA),
            "{list}: {answer}"
        );
    }
    let folder = world.vars["WABAKIT_DATA_DIR"].clone() + "/media";
    assert_eq!(files_below(folder.as_ref()), 0, "the bytes are gone too");
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}
