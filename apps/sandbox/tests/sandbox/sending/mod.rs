//! Messages of businesses.

mod direct;
mod faults;
mod fit;
mod ledger;
mod limits;
mod marketing;
mod media;
mod recipients;
mod statuses;
mod types;

use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const AVA: &str = "4915112345678";

/// Starts a sandbox whose app subscribes to the number's WABA, and returns a token.
async fn hearing(callback: &Callback) -> (Meta, String) {
    let meta = Meta::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    (meta, token)
}

async fn send(meta: &Meta, token: &str, message: Value) -> Answer {
    let mut message = message;
    message["messaging_product"] = json!("whatsapp");
    if message.get("to").is_none() && message.get("recipient").is_none() {
        message["to"] = json!(AVA);
    }
    meta.post(token, &format!("{CONNECTED}/messages"), message)
        .await
}

fn hello(opaque: &str) -> Value {
    json!({ "type": "text", "text": { "body": "Hello" }, "biz_opaque_callback_data": opaque })
}

async fn knobs(meta: &Meta, knobs: Value) {
    meta.order("sending/knobs", knobs).await;
}

/// Returns all statuses that the callback received, in order.
fn statuses(callback: &Callback) -> Vec<Value> {
    let mut found = Vec::new();
    for received in callback.received() {
        for entry in received.json()["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                let list = change["value"]["statuses"].as_array();
                found.extend(list.into_iter().flatten().cloned());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_message_is_accepted_sent_and_delivered_and_shown_on_the_phone() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    knobs(&meta, json!({ "window": "open" })).await;
    let sent = send(&meta, &token, hello("m-1")).await.ok();
    assert_eq!(sent["contacts"], json!([{ "input": AVA, "wa_id": AVA }]));
    let wamid = text(&sent["messages"][0]["id"]);
    assert!(wamid.starts_with("wamid."));
    meta.order("webhooks/settle", json!({})).await;
    let statuses = statuses(&callback);
    let names: Vec<&Value> = statuses.iter().map(|it| &it["status"]).collect();
    assert_eq!(names, ["sent", "delivered"]);
    for status in &statuses {
        assert_eq!(status["id"], wamid);
        assert_eq!(status["biz_opaque_callback_data"], "m-1");
        assert_eq!(status["recipient_id"], AVA);
        assert_eq!(status["pricing"]["category"], "service");
        assert!(status.get("conversation").is_none());
    }
    let value = callback.received()[0].json()["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(value["contacts"][0]["wa_id"], AVA);
    assert_eq!(value["metadata"]["phone_number_id"], CONNECTED);

    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    assert_eq!(thread["data"][0]["event"], "sent");
    assert_eq!(thread["data"][0]["message"]["text"]["body"], "Hello");
    assert_eq!(meta.look("phones").await["data"], json!([AVA]));

    let ledger = meta.look("ledger/messages").await;
    let item = &ledger["data"][0];
    assert_eq!(item["bizOpaqueCallbackData"], "m-1");
    assert_eq!(
        (&item["accepted"], &item["wamids"]),
        (&json!(1), &json!([wamid]))
    );
    assert_eq!(
        (&item["to"], &item["phoneNumberId"]),
        (&json!(AVA), &json!(CONNECTED))
    );
}

/// Starts a sandbox that accepts free text at any time, and returns a token.
async fn open() -> (Meta, String) {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    knobs(&meta, json!({ "window": "open" })).await;
    (meta, token)
}

/// Sends a message, and returns the code of the refusal. 0 when it was accepted.
async fn code(meta: &Meta, token: &str, message: Value) -> i64 {
    let answer = send(meta, token, message).await;
    answer.body["error"]["code"].as_i64().unwrap_or_default()
}

/// Sends a message that is accepted, and returns the code with which it fails by status, if it does.
async fn fate(meta: &Meta, token: &str, callback: &Callback, message: Value) -> Option<i64> {
    let answer = send(meta, token, message).await.ok();
    let wamid = text(&answer["messages"][0]["id"]);
    let settled = meta.order("webhooks/settle", json!({})).await;
    assert_eq!(settled["settled"], true);
    let statuses = statuses(callback);
    let mut own = statuses.iter().filter(|status| status["id"] == wamid);
    let failed = own.find(|status| status["status"] == "failed")?;
    failed["errors"][0]["code"].as_i64()
}

fn template(name: &str) -> Value {
    json!({ "type": "template", "template": { "name": name, "language": { "code": "en_US" } } })
}
