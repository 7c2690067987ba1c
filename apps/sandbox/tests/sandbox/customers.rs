use reqwest::Method;
use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const AVA: &str = "4915112345678";

/// Starts a sandbox whose app subscribes to all WABAs.
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

async fn write(meta: &Meta, order: Value) -> Value {
    let mut order = order;
    order["to"] = json!(CONNECTED);
    meta.order(&format!("phones/{AVA}/messages"), order).await
}

/// Writes a message, and returns the value of its webhook.
async fn said(meta: &Meta, callback: &Callback, order: Value) -> Value {
    let before = callback.received().len();
    write(meta, order).await;
    callback.wait_for(before + 1).await[before].value()
}

#[tokio::test]
async fn every_message_type_can_be_sent_without_saying_more() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let types = meta.look("phones").await["types"].clone();
    for name in types.as_array().unwrap() {
        let value = said(&meta, &callback, json!({ "type": name })).await;
        let message = &value["messages"][0];
        let kind = text(&message["type"]);
        let content = &message[kind.as_str()];
        match text(name).as_str() {
            "text" => assert!(content["body"].is_string()),
            "image" | "video" | "document" | "audio" | "voice" | "voicemail" | "sticker" => {
                assert!(
                    content["id"].is_string() && content["sha256"].is_string(),
                    "{content}"
                );
                assert!(content["mime_type"].is_string() && content.get("url").is_none());
            }
            "location" => assert!(content["latitude"].is_f64()),
            "contacts" => assert!(content[0]["name"]["formatted_name"].is_string()),
            "reaction" => assert!(content["message_id"].is_string() && content["emoji"] == "👍"),
            "button" => assert_eq!(content["payload"], "CONFIRM"),
            "button_reply" | "list_reply" | "nfm_reply" | "call_permission_reply" => {
                assert_eq!((kind.as_str(), &content["type"]), ("interactive", name));
                assert!(content[text(name)].is_object());
            }
            "interactive" => assert_eq!(content["type"], "button_reply"),
            "order" => assert_eq!(content["product_items"][0]["quantity"], 2),
            "system" => assert_eq!(content["type"], "user_changed_number"),
            "request_welcome" | "media_placeholder" => assert!(content.is_null()),
            "edit" | "revoke" => assert!(content["original_message_id"].is_string()),
            "unsupported" => assert_eq!(message["errors"][0]["code"], 131_051),
            other => panic!("{other} has no test"),
        }
        assert!(message["timestamp"].is_string());
        assert_eq!(message["from"], AVA);
        match kind.as_str() {
            "system" => assert!(value.get("contacts").is_none(), "{value}"),
            _ => assert_eq!(value["contacts"][0]["wa_id"], AVA),
        }
    }
    let voice = said(&meta, &callback, json!({ "type": "voice" })).await;
    assert_eq!(voice["messages"][0]["audio"]["voice"], true);
}

#[tokio::test]
async fn what_is_given_goes_over_the_sample() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let order = json!({
        "type": "location",
        "location": { "latitude": "1.5", "name": null },
        "id": "wamid.mine",
        "timestamp": 1_700_000_000,
        "replyTo": "wamid.theirs",
        "groupId": "group-1",
        "referral": true,
        "errors": [{ "code": 1 }],
    });
    let value = said(&meta, &callback, order).await;
    let message = &value["messages"][0];
    assert_eq!(message["location"]["latitude"], "1.5");
    assert!(message["location"].get("name").is_none());
    assert!(message["location"]["address"].is_string());
    assert_eq!(message["id"], "wamid.mine");
    assert_eq!(message["timestamp"], "1700000000");
    assert_eq!(
        message["context"],
        json!({ "from": "15550178812", "id": "wamid.theirs" })
    );
    assert_eq!(message["group_id"], "group-1");
    assert_eq!(message["referral"]["source_type"], "ad");
    assert_eq!(message["errors"][0]["code"], 1);

    let bare = json!({ "withoutContacts": true, "context": { "forwarded": true } });
    let value = said(&meta, &callback, bare).await;
    assert!(value.get("contacts").is_none());
    assert_eq!(
        value["messages"][0]["context"],
        json!({ "forwarded": true })
    );
}

#[tokio::test]
async fn a_customer_is_told_by_number_by_business_scoped_id_or_by_both() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let both = said(&meta, &callback, json!({})).await;
    let user_id = text(&both["messages"][0]["from_user_id"]);
    assert!(user_id.starts_with("DE."), "{user_id}");
    assert_eq!(both["contacts"][0]["user_id"], user_id);

    let phone = said(&meta, &callback, json!({ "identity": "phone" })).await;
    assert!(phone["messages"][0].get("from_user_id").is_none());
    assert!(phone["contacts"][0].get("user_id").is_none());

    let settings =
        json!({ "identity": "bsuid", "name": "Ava", "username": "ava.b", "hasParentId": true });
    let shown = meta.order(&format!("phones/{AVA}"), settings).await;
    assert_eq!(shown["userIds"][HARBORVIEW], user_id);
    assert_ne!(
        shown["userIds"][JUNIPER], user_id,
        "another business sees another id"
    );
    let bsuid = said(&meta, &callback, json!({})).await;
    assert!(bsuid["messages"][0].get("from").is_none());
    assert!(bsuid["contacts"][0].get("wa_id").is_none());
    assert_eq!(bsuid["messages"][0]["from_user_id"], user_id);
    assert_eq!(
        bsuid["contacts"][0]["profile"],
        json!({ "name": "Ava", "username": "ava.b" })
    );
    assert!(text(&bsuid["contacts"][0]["parent_user_id"]).starts_with("DE.ENT."));
}

#[tokio::test]
async fn a_changed_number_keeps_the_name_and_changes_the_business_scoped_id() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let before = meta.look(&format!("phones/{AVA}")).await;
    let order = json!({ "type": "system", "system": { "wa_id": "4915199999999" } });
    let value = said(&meta, &callback, order).await;
    assert_eq!(value["messages"][0]["system"]["wa_id"], "4915199999999");
    assert!(text(&value["messages"][0]["system"]["body"]).ends_with("to 4915199999999"));
    let after = meta.look("phones/4915199999999").await;
    assert_eq!(before["name"], after["name"]);
    assert_ne!(before["userIds"], after["userIds"]);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let meta = Meta::start();
    let refused = async |path: &str, order: Value| {
        meta.control_raw(Method::POST, path, order)
            .await
            .status
            .as_u16()
    };
    let path = format!("phones/{AVA}/messages");
    assert_eq!(refused(&path, json!({ "to": "1" })).await, 404);
    assert_eq!(
        refused(&path, json!({ "to": JUNIPER_PHONE })).await,
        400,
        "not registered"
    );
    for order in [
        json!({ "to": CONNECTED, "type": "nonsense" }),
        json!({ "to": CONNECTED, "type": "text", "image": {} }),
        json!({ "to": CONNECTED, "type": "reaction" }),
        json!({ "to": CONNECTED, "count": 0 }),
        json!({ "to": CONNECTED, "type": "image", "image": { "bytes": "%" } }),
        json!({ "to": CONNECTED, "type": "image", "image": { "media_id": "1" } }),
    ] {
        assert_eq!(refused(&path, order.clone()).await, 400, "{order}");
    }
    assert_eq!(
        refused("phones/abc/messages", json!({ "to": CONNECTED })).await,
        400
    );
}

#[tokio::test]
async fn the_business_reads_what_was_written_and_the_thread_outlives_a_restart() {
    let callback = Callback::start();
    let (mut meta, token) = hearing(&callback).await;
    let written = write(&meta, json!({ "text": "Hello?" })).await;
    let read = |id: &Value| json!({ "messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": { "type": "text" } });
    let path = format!("{CONNECTED}/messages");
    let unknown = meta.post(&token, &path, read(&json!("wamid.none"))).await;
    assert_eq!(unknown.refusal(), (400, 131_009, None));
    let elsewhere = format!("{COEXISTENCE}/messages");
    let foreign = meta.post(&token, &elsewhere, read(&written["id"])).await;
    assert_eq!(foreign.refusal(), (400, 131_009, None));
    meta.post(&token, &path, read(&written["id"])).await.ok();

    let thread = format!("phones/{AVA}/thread?with={CONNECTED}");
    let before = meta.look(&thread).await;
    let events: Vec<&Value> = before["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["event"])
        .collect();
    assert_eq!(json!(events), json!(["received", "read", "typing"]));
    assert_eq!(before["data"][0]["message"]["text"]["body"], "Hello?");
    meta.restart().await;
    assert_eq!(meta.look(&thread).await, before);
    let after = meta
        .look(&format!("{thread}&after={}", before["data"][1]["sequence"]))
        .await;
    assert_eq!(after["data"].as_array().unwrap().len(), 1);
    assert_eq!(meta.look("phones").await["data"], json!([AVA]));
}

#[tokio::test]
async fn statuses_calls_and_echoes_come_as_metas_do() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let order = json!({ "from": CONNECTED, "id": "wamid.x", "status": "failed", "errors": [{ "code": 131_026 }] });
    meta.order(&format!("phones/{AVA}/statuses"), order).await;
    let value = callback.wait_for(1).await[0].value();
    let status = &value["statuses"][0];
    assert_eq!(
        (&status["recipient_id"], &status["errors"][0]["code"]),
        (&json!(AVA), &json!(131_026))
    );
    assert!(value.get("contacts").is_none(), "not with failed");

    let order = json!({ "to": CONNECTED, "event": "terminate", "duration": 7 });
    meta.order(&format!("phones/{AVA}/calls"), order).await;
    let call = callback.wait_for(2).await[1].value()["calls"][0].clone();
    assert!(text(&call["id"]).starts_with("wacid."));
    assert_eq!(
        (&call["event"], &call["duration"]),
        (&json!("terminate"), &json!(7))
    );
    let order = json!({ "to": CONNECTED, "callStatus": "RINGING" });
    meta.order(&format!("phones/{AVA}/calls"), order).await;
    let ringing = callback.wait_for(3).await[2].value()["statuses"][0].clone();
    assert_eq!(
        (&ringing["type"], &ringing["status"]),
        (&json!("call"), &json!("RINGING"))
    );

    let order = json!({ "from": COEXISTENCE, "type": "text", "text": "From the shop" });
    meta.order(&format!("phones/{AVA}/echoes"), order).await;
    let echo = callback.wait_for(4).await[3].clone();
    assert_eq!(
        echo.json()["entry"][0]["changes"][0]["field"],
        "smb_message_echoes"
    );
    let message = echo.value()["message_echoes"][0].clone();
    assert_eq!(
        (&message["from"], &message["to"]),
        (&json!("15550178813"), &json!(AVA))
    );
    assert!(message["to_user_id"].is_string() && message.get("from_user_id").is_none());
}

#[tokio::test]
async fn history_comes_in_three_phases_and_the_contact_book_in_one() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let order = json!({ "phoneNumberId": COEXISTENCE, "messages": 10, "chunk": 2 });
    meta.order("coexistence/history", order).await;
    let received = callback.wait_for(6).await;
    let (mut phases, mut count, mut progress) = (Vec::new(), 0, Vec::new());
    for each in &received {
        let history = each.value()["history"][0].clone();
        phases.push(history["metadata"]["phase"].as_i64().unwrap());
        progress.push(history["metadata"]["progress"].as_i64().unwrap());
        for thread in history["threads"].as_array().unwrap() {
            assert!(thread["context"]["user_id"].is_string());
            let messages = thread["messages"].as_array().unwrap();
            assert!(
                messages
                    .iter()
                    .all(|message| message["history_context"]["status"].is_string())
            );
            count += messages.len();
        }
    }
    phases.sort_unstable();
    progress.sort_unstable();
    assert_eq!((phases, count), (vec![0, 0, 1, 1, 2, 2], 30));
    assert_eq!(progress.last(), Some(&100));

    let order = json!({ "phoneNumberId": COEXISTENCE, "declined": true });
    meta.order("coexistence/history", order).await;
    let declined = callback.wait_for(7).await[6].value();
    assert_eq!(declined["history"][0]["errors"][0]["code"], 2_593_109);

    let order = json!({ "phoneNumberId": COEXISTENCE, "customers": [AVA], "action": "remove" });
    meta.order("coexistence/state_sync", order).await;
    let sync = callback.wait_for(8).await[7].value()["state_sync"][0].clone();
    assert_eq!(
        (&sync["action"], &sync["contact"]["phone_number"]),
        (&json!("remove"), &json!(AVA))
    );
    assert!(sync["contact"].get("full_name").is_none());
}

#[tokio::test]
async fn thousands_of_messages_leave_the_state_file_alone() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let state = meta.folder().join("state.json");
    let before = std::fs::metadata(&state).unwrap().modified().unwrap();
    let knobs = std::fs::read_to_string(&state).unwrap();
    write(&meta, json!({ "count": 3_000 })).await;
    callback.wait_for(3_000).await;
    assert_eq!(
        std::fs::metadata(&state).unwrap().modified().unwrap(),
        before
    );
    assert_eq!(std::fs::read_to_string(&state).unwrap(), knobs);
}
