//! Calls and payments.

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
    (meta, token)
}

async fn told(meta: &Meta, callback: &Callback, path: &str, order: Value) -> Value {
    let before = callback.received().len();
    meta.order(&format!("phones/{AVA}/{path}"), order).await;
    callback.wait_for(before + 1).await[before].value()
}

async fn event(meta: &Meta, callback: &Callback, order: Value) -> Value {
    let mut order = order;
    order["to"] = json!(CONNECTED);
    told(meta, callback, "calls", order).await
}

#[tokio::test]
async fn the_events_of_one_call_have_one_id_and_another_call_has_another() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let first = event(&meta, &callback, json!({ "event": "connect" })).await;
    let id = first["calls"][0]["id"].clone();
    assert_eq!(first["calls"][0]["session"]["sdp_type"], "offer");
    for order in [
        json!({ "callStatus": "ACCEPTED" }),
        json!({ "event": "terminate" }),
        json!({ "event": "call_recording_available" }),
        json!({ "event": "call_transcription_available" }),
    ] {
        let value = event(&meta, &callback, order.clone()).await;
        let list = if order.get("callStatus").is_some() {
            "statuses"
        } else {
            "calls"
        };
        assert_eq!(value[list][0]["id"], id, "{order}");
    }
    let order = json!({ "to": CONNECTED, "type": "voicemail" });
    let voicemail = told(&meta, &callback, "messages", order).await;
    assert_eq!(voicemail["messages"][0]["id"], id, "the call's own id");
    assert_eq!(voicemail["messages"][0]["type"], "audio");
    assert_eq!(voicemail["messages"][0]["audio"]["voice"], true);
    for name in ["call_created", "connect"] {
        let value = event(&meta, &callback, json!({ "event": name })).await;
        assert_ne!(value["calls"][0]["id"], id, "{name}");
    }
    let over = event(&meta, &callback, json!({ "event": "terminate" })).await;
    let next = event(&meta, &callback, json!({ "event": "terminate" })).await;
    assert_ne!(over["calls"][0]["id"], next["calls"][0]["id"]);
}

#[tokio::test]
async fn files_of_a_call_can_be_fetched() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    for (name, path, mime_type) in [
        (
            "call_recording_available",
            "/calls/0/call_recording/audio",
            "audio/ogg; codecs=opus",
        ),
        (
            "call_transcription_available",
            "/calls/0/call_transcript/document",
            "application/json",
        ),
    ] {
        let value = event(&meta, &callback, json!({ "event": name })).await;
        let file = value.pointer(path).unwrap();
        assert_eq!(file["mime_type"], mime_type);
        let found = meta.get(&token, &text(&file["id"])).await.ok();
        assert_eq!(found["mime_type"], mime_type);
        // Meta's forms of these have no contacts, no callee and no direction.
        let call = &value["calls"][0];
        assert!(value.get("contacts").is_none(), "{value}");
        assert!(call.get("to").is_none() && call.get("direction").is_none());
        assert_eq!(call["from"], AVA);
    }
    let own = json!({ "type": "audio", "audio": { "id": "77" } });
    let order = json!({ "event": "call_recording_available", "call_recording": own });
    let value = event(&meta, &callback, order).await;
    assert_eq!(value["calls"][0]["call_recording"], own);
}

#[tokio::test]
async fn errors_stand_beside_the_call_and_only_a_call_that_was_picked_up_has_times() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    for status in ["FAILED", "Failed"] {
        let order = json!({ "event": "terminate", "status": status, "valueErrors": true });
        let value = event(&meta, &callback, order).await;
        assert_eq!(value["errors"][0]["code"], 138_001);
        let call = &value["calls"][0];
        assert_eq!(call["status"], status);
        for time in ["start_time", "end_time", "duration", "errors"] {
            assert!(call.get(time).is_none(), "{time}");
        }
    }
    let errors = json!([{ "code": 138_012 }]);
    let order = json!({ "event": "terminate", "valueErrors": errors });
    let value = event(&meta, &callback, order).await;
    assert_eq!(value["errors"], errors);
    assert_eq!(value["calls"][0]["duration"], 42);
    let order = json!({ "event": "terminate", "duration": 7, "start_time": null });
    let value = event(&meta, &callback, order).await;
    assert!(value.get("errors").is_none());
    assert_eq!(value["calls"][0]["duration"], 7);
    assert!(value["calls"][0].get("start_time").is_none());
    let order =
        json!({ "event": "connect", "direction": "BUSINESS_INITIATED", "withoutContacts": true });
    let value = event(&meta, &callback, order).await;
    assert_eq!(value["calls"][0]["direction"], "BUSINESS_INITIATED");
    assert!(value.get("contacts").is_none());
}

#[tokio::test]
async fn a_payment_is_told_among_the_statuses_and_changes_no_message() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    meta.order("sending/knobs", json!({ "window": "open", "statuses": [] }))
        .await;
    let template = json!({
        "messaging_product": "whatsapp", "to": AVA, "type": "template",
        "template": { "name": "order", "language": { "code": "en" } },
    });
    let path = format!("{CONNECTED}/messages");
    let order_id = meta.post(&token, &path, template).await.ok()["messages"][0]["id"].clone();
    let text_of_ours =
        json!({ "messaging_product": "whatsapp", "to": AVA, "text": { "body": "Thanks" } });
    meta.post(&token, &path, text_of_ours).await.ok();
    for (status, of_transaction) in [
        ("pending", "pending"),
        ("captured", "success"),
        ("failed", "failed"),
    ] {
        let order = json!({ "from": CONNECTED, "status": status });
        let value = told(&meta, &callback, "payments", order).await;
        let told = &value["statuses"][0];
        assert_eq!(
            (&told["type"], &told["status"]),
            (&json!("payment"), &json!(status))
        );
        assert_eq!(told["id"], order_id, "the newest that can hold an order");
        assert_eq!(told["payment"]["transaction"]["status"], of_transaction);
        assert_eq!(told["recipient_id"], AVA);
        assert!(value.get("contacts").is_none());
    }
    let order = json!({
        "from": CONNECTED, "id": "wamid.o",
        "payment": { "reference_id": "order-77", "transaction": null },
    });
    let value = told(&meta, &callback, "payments", order).await;
    let payment = &value["statuses"][0]["payment"];
    assert_eq!(payment["reference_id"], "order-77");
    assert!(payment.get("transaction").is_none());
    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    let events = thread["data"].as_array().unwrap();
    assert!(events.iter().all(|event| event["event"] == "sent"));
}

#[tokio::test]
async fn a_call_of_the_business_tells_what_the_customer_does() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let path = format!("{CONNECTED}/settings");
    let enabled = json!({ "calling": { "status": "ENABLED" } });
    meta.post(&token, &path, enabled).await.ok();
    meta.order("webhooks/settle", json!({})).await;
    let path = format!("{CONNECTED}/calls");
    let session = json!({ "sdp_type": "offer", "sdp": "v=0" });
    let start = json!({ "messaging_product": "whatsapp", "to": AVA, "action": "connect", "session": session });
    for (does, expected) in [
        ("accept", vec!["RINGING", "connect", "ACCEPTED"]),
        ("reject", vec!["RINGING", "REJECTED"]),
        ("ring", vec!["RINGING"]),
    ] {
        meta.order("sending/knobs", json!({ "calls": does })).await;
        let before = callback.received().len();
        let made = meta.post(&token, &path, start.clone()).await.ok();
        let id = made["calls"][0]["id"].clone();
        let received = callback.wait_for(before + expected.len()).await;
        let mut told = Vec::new();
        for each in &received[before..] {
            let value = each.value();
            let item = [&value["statuses"][0], &value["calls"][0]];
            let item = item.into_iter().find(|it| it.is_object()).unwrap();
            assert_eq!(item["id"], id);
            assert!(item["timestamp"].is_string());
            told.push(text(item.get("event").unwrap_or(&item["status"])));
        }
        assert_eq!(told, expected, "{does}");
    }
    // The business hangs up.
    let before = callback.received().len();
    let end =
        json!({ "messaging_product": "whatsapp", "action": "terminate", "call_id": "wacid.a" });
    meta.post(&token, &path, end).await.ok();
    let value = callback.wait_for(before + 1).await[before].value();
    assert_eq!(value["calls"][0]["event"], "terminate");
    assert_eq!(value["calls"][0]["id"], "wacid.a");
}
