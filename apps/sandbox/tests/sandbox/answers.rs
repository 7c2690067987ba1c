//! Customers' answers to messages of the business.

use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const AVA: &str = "4915112345678";

async fn hearing(callback: &Callback) -> (Meta, String) {
    let meta = Meta::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    meta.order("sending/knobs", json!({ "window": "open", "statuses": [] }))
        .await;
    (meta, token)
}

/// Writes a message of Ava's, and returns it as the webhook tells it.
async fn said(meta: &Meta, callback: &Callback, order: Value) -> Value {
    let mut order = order;
    order["to"] = json!(CONNECTED);
    let before = callback.received().len();
    meta.order(&format!("phones/{AVA}/messages"), order).await;
    callback.wait_for(before + 1).await[before].value()["messages"][0].clone()
}

async fn asks(meta: &Meta, token: &str, message: Value) -> String {
    let mut message = message;
    message["messaging_product"] = json!("whatsapp");
    if message.get("to").is_none() {
        message["to"] = json!(AVA);
    }
    let path = format!("{CONNECTED}/messages");
    text(&meta.post(token, &path, message).await.ok()["messages"][0]["id"])
}

fn interactive(content: Value) -> Value {
    let mut content = content;
    content["body"] = json!({ "text": "Please choose" });
    json!({ "type": "interactive", "interactive": content })
}

fn buttons() -> Value {
    let button =
        |id: &str, title: &str| json!({ "type": "reply", "reply": { "id": id, "title": title } });
    let buttons = [button("morning", "Morning"), button("evening", "Evening")];
    interactive(json!({ "type": "button", "action": { "buttons": buttons } }))
}

fn list() -> Value {
    let rows = [json!({ "id": "r1", "title": "Red", "description": "A warm one" })];
    let action = json!({ "button": "Colours", "sections": [{ "title": "All", "rows": rows }] });
    interactive(json!({ "type": "list", "action": action }))
}

fn flow() -> Value {
    let parameters = json!({ "flow_message_version": "3", "flow_id": "1", "flow_cta": "Open" });
    interactive(json!({ "type": "flow", "action": { "name": "flow", "parameters": parameters } }))
}

fn template() -> Value {
    json!({ "type": "template", "template": { "name": "hello", "language": { "code": "en_US" } } })
}

#[tokio::test]
async fn an_answer_names_the_newest_message_of_the_business_that_asks_for_it() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let permission = interactive(json!({
        "type": "call_permission_request", "action": { "name": "call_permission_request" },
    }));
    let place = interactive(json!({
        "type": "location_request_message", "action": { "name": "send_location" },
    }));
    asks(&meta, &token, buttons()).await;
    for (kind, message) in [
        ("button_reply", buttons()),
        ("list_reply", list()),
        ("nfm_reply", flow()),
        ("button", template()),
        ("call_permission_reply", permission),
        ("location", place),
    ] {
        let asked = asks(&meta, &token, message).await;
        let text_of_ours = json!({ "type": "text", "text": { "body": "Any time." } });
        if kind != "location" {
            asks(&meta, &token, text_of_ours).await;
        }
        let answer = said(&meta, &callback, json!({ "type": kind })).await;
        let context = json!({ "from": "15550178812", "id": asked });
        assert_eq!(answer["context"], context, "{kind}");
    }
    let asked = asks(&meta, &token, list()).await;
    let content = json!({ "type": "list_reply", "list_reply": { "id": "r1", "title": "Red" } });
    let order = json!({ "type": "interactive", "interactive": content });
    let answer = said(&meta, &callback, order).await;
    assert_eq!(answer["context"]["id"], asked);
}

#[tokio::test]
async fn an_answer_picks_the_first_choice_of_the_message() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    asks(&meta, &token, buttons()).await;
    let answer = said(&meta, &callback, json!({ "type": "button_reply" })).await;
    let first = json!({ "id": "morning", "title": "Morning" });
    assert_eq!(answer["interactive"]["button_reply"], first);
    let order =
        json!({ "type": "button_reply", "button_reply": { "id": "evening", "title": "Evening" } });
    let answer = said(&meta, &callback, order).await;
    assert_eq!(answer["interactive"]["button_reply"]["id"], "evening");
    asks(&meta, &token, list()).await;
    let answer = said(&meta, &callback, json!({ "type": "list_reply" })).await;
    let first = json!({ "id": "r1", "title": "Red", "description": "A warm one" });
    assert_eq!(answer["interactive"]["list_reply"], first);
}

#[tokio::test]
async fn what_asks_for_nothing_is_not_answered() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let none = said(&meta, &callback, json!({ "type": "button_reply" })).await;
    assert!(none.get("context").is_none(), "an empty thread");
    asks(&meta, &token, buttons()).await;
    for kind in [
        "text",
        "image",
        "list_reply",
        "location",
        "contacts",
        "order",
    ] {
        let message = said(&meta, &callback, json!({ "type": kind })).await;
        assert!(message.get("context").is_none(), "{kind}");
    }
    let mut to_another = buttons();
    to_another["to"] = json!("4915100000009");
    asks(&meta, &token, to_another).await;
    // What the order says goes before.
    let order = json!({ "type": "button_reply", "context": false });
    assert!(said(&meta, &callback, order).await.get("context").is_none());
    let order = json!({ "type": "button_reply", "replyTo": "wamid.q" });
    assert_eq!(
        said(&meta, &callback, order).await["context"]["id"],
        "wamid.q"
    );
    let own = json!({ "forwarded": true });
    let order = json!({ "type": "button_reply", "context": own });
    assert_eq!(said(&meta, &callback, order).await["context"], own);
}

#[tokio::test]
async fn what_is_about_a_message_is_about_the_newest_that_is_one_by_itself() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let first = said(&meta, &callback, json!({ "text": "first" })).await;
    for kind in ["reaction", "edit", "reaction", "edit", "revoke", "revoke"] {
        let message = said(&meta, &callback, json!({ "type": kind })).await;
        let content = &message[kind];
        let about = content.get("original_message_id");
        let about = about.unwrap_or(&content["message_id"]);
        assert_eq!(about, &first["id"], "{kind}");
    }
    let second = said(&meta, &callback, json!({ "text": "second" })).await;
    let message = said(&meta, &callback, json!({ "type": "revoke" })).await;
    assert_eq!(message["revoke"]["original_message_id"], second["id"]);
}

#[tokio::test]
async fn a_card_that_was_asked_for_says_so() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let request = interactive(json!({
        "type": "request_contact_info", "action": { "name": "request_contact_info" },
    }));
    let asked = asks(&meta, &token, request).await;
    let order = json!({ "type": "contacts", "origin": "contact_request" });
    let message = said(&meta, &callback, order).await;
    assert_eq!(message["origin"], "contact_request");
    assert_eq!(message["context"]["id"], asked);
    let order = json!({ "type": "contacts", "origin": "other" });
    let message = said(&meta, &callback, order).await;
    assert_eq!(message["origin"], "other");
    assert!(message.get("context").is_none());
}

#[tokio::test]
async fn an_answer_spells_the_message_as_the_person_is_told() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let asked = asks(&meta, &token, buttons()).await;
    meta.order(&format!("phones/{AVA}"), json!({ "identity": "bsuid" }))
        .await;
    let answer = said(&meta, &callback, json!({ "type": "button_reply" })).await;
    let id = text(&answer["context"]["id"]);
    assert_ne!(id, asked);
    assert!(id.len() > asked.len(), "with the longer id inside: {id}");
}
