//! Who a webhook is about, and how it spells the ids of messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
    for waba in [DENTAL_WABA, JUNIPER_WABA] {
        let path = format!("{waba}/subscribed_apps");
        meta.post(&token, &path, json!({})).await.ok();
    }
    (meta, token)
}

/// Gives an order about Ava, and returns the value of its webhook.
async fn told(meta: &Meta, callback: &Callback, path: &str, order: Value) -> Value {
    let before = callback.received().len();
    meta.order(&format!("phones/{AVA}/{path}"), order).await;
    callback.wait_for(before + 1).await[before].value()
}

async fn said(meta: &Meta, callback: &Callback, order: Value) -> Value {
    let mut order = order;
    order["to"] = json!(CONNECTED);
    told(meta, callback, "messages", order).await
}

/// Splits an id into the person, the author's side and the token.
fn parts(id: &Value) -> (String, u8, String) {
    let id = text(id);
    let (_, encoded) = id.split_once('.').unwrap();
    let bytes = STANDARD.decode(encoded).unwrap();
    let len = usize::from(bytes[2]);
    let (who, rest) = bytes[3..].split_at(len);
    assert_eq!(
        (&bytes[..2], rest[0], rest[2]),
        (&[0x1c, 0x18][..], 0x15, 0)
    );
    let token = &rest[6..6 + usize::from(rest[5])];
    let read = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (read(who), rest[3], read(token))
}

fn identity(identity: &str) -> Value {
    json!({ "identity": identity, "hasParentId": identity != "phone" })
}

/// Asserts that an object has the fields of an identity and no others of a person.
fn assert_person(object: &Value, phone: &str, user: &str, parent: &str, identity: &str) {
    assert_eq!(object.get(phone).is_some(), identity != "bsuid", "{object}");
    assert_eq!(object.get(user).is_some(), identity != "phone", "{object}");
    assert_eq!(
        object.get(parent).is_some(),
        identity != "phone",
        "{object}"
    );
}

#[tokio::test]
async fn every_form_tells_the_person_as_the_identity_says() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    for tells in ["phone", "both", "bsuid"] {
        meta.order(&format!("phones/{AVA}"), identity(tells)).await;
        let value = said(&meta, &callback, json!({})).await;
        let of_message = ("from", "from_user_id", "from_parent_user_id");
        let (phone, user, parent) = of_message;
        assert_person(&value["messages"][0], phone, user, parent, tells);
        let of_contact = |contact: &Value| {
            assert_person(contact, "wa_id", "user_id", "parent_user_id", tells);
        };
        of_contact(&value["contacts"][0]);

        let order = json!({ "from": CONNECTED, "id": "wamid.x", "status": "delivered" });
        let value = told(&meta, &callback, "statuses", order).await;
        let of_status = |status: &Value| {
            let (user, parent) = ("recipient_user_id", "recipient_parent_user_id");
            assert_person(status, "recipient_id", user, parent, tells);
        };
        of_status(&value["statuses"][0]);
        of_contact(&value["contacts"][0]);

        for event in ["call_created", "connect", "terminate"] {
            let order = json!({ "to": CONNECTED, "event": event });
            let value = told(&meta, &callback, "calls", order).await;
            assert_person(&value["calls"][0], phone, user, parent, tells);
            of_contact(&value["contacts"][0]);
        }
        let order = json!({ "to": CONNECTED, "callStatus": "RINGING" });
        let value = told(&meta, &callback, "calls", order).await;
        of_status(&value["statuses"][0]);
        let order = json!({ "from": CONNECTED, "id": "wamid.x" });
        let value = told(&meta, &callback, "payments", order).await;
        of_status(&value["statuses"][0]);

        let order = json!({ "from": COEXISTENCE, "type": "text" });
        let value = told(&meta, &callback, "echoes", order).await;
        let (user, parent) = ("to_user_id", "to_parent_user_id");
        assert_person(&value["message_echoes"][0], "to", user, parent, tells);
        of_contact(&value["contacts"][0]);

        let before = callback.received().len();
        let order = json!({ "phoneNumberId": COEXISTENCE, "customers": [AVA], "messages": 3 });
        meta.order("coexistence/history", order).await;
        let history = callback.wait_for(before + 3).await[before].value();
        let thread = &history["history"][0]["threads"][0];
        assert_eq!(thread.get("id").is_some(), tells != "bsuid");
        of_contact(&thread["context"]);
        let (phone, user, parent) = of_message;
        assert_person(&thread["messages"][0], phone, user, parent, tells);

        let before = callback.received().len();
        let order = json!({ "phoneNumberId": COEXISTENCE, "customers": [AVA] });
        meta.order("coexistence/state_sync", order).await;
        let sync = callback.wait_for(before + 1).await[before].value();
        let contact = &sync["state_sync"][0]["contact"];
        assert_eq!(contact.get("phone_number").is_some(), tells != "bsuid");
        assert_eq!(contact.get("user_id").is_some(), tells != "phone");
    }
}

#[tokio::test]
async fn an_id_has_the_person_and_the_author_inside() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    meta.order(
        "sending/knobs",
        json!({ "window": "open", "statuses": ["sent"] }),
    )
    .await;
    let shown = meta.look(&format!("phones/{AVA}")).await;
    let user_id = text(&shown["userIds"][HARBORVIEW]);
    let value = said(&meta, &callback, json!({})).await;
    let (who, side, _) = parts(&value["messages"][0]["id"]);
    assert_eq!((who.as_str(), side), (AVA, 0x12));
    let value = said(&meta, &callback, json!({ "identity": "bsuid" })).await;
    assert_eq!(parts(&value["messages"][0]["id"]).0, user_id);

    let order = json!({ "to": CONNECTED, "event": "connect" });
    let call = told(&meta, &callback, "calls", order).await["calls"][0].clone();
    assert!(text(&call["id"]).starts_with("wacid."));
    assert_eq!(parts(&call["id"]).0, AVA);

    let path = format!("{CONNECTED}/messages");
    for (name, to) in [("to", AVA), ("recipient", user_id.as_str())] {
        let mut message = json!({ "messaging_product": "whatsapp", "text": { "body": "Hello" } });
        message[name] = json!(to);
        let id = meta.post(&token, &path, message).await.ok()["messages"][0]["id"].clone();
        let (who, side, token) = parts(&id);
        assert_eq!((who.as_str(), side, token.len()), (to, 0x11, 18));
        meta.order("webhooks/settle", json!({})).await;
        let last = callback.received().last().unwrap().value();
        assert_eq!(last["statuses"][0]["id"], id);
        let ledger = meta.look("ledger/messages").await;
        let items = ledger["data"].as_array().unwrap();
        assert_eq!(items.last().unwrap()["wamids"], json!([id]));
    }
}

#[tokio::test]
async fn one_message_has_the_same_token_under_every_spelling_and_meta_knows_them_all() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let shown = meta.look(&format!("phones/{AVA}")).await;
    let user_id = text(&shown["userIds"][HARBORVIEW]);
    let written = said(&meta, &callback, json!({})).await["messages"][0]["id"].clone();
    // The person tells no number any more, and changes and takes back what was written before.
    meta.order(&format!("phones/{AVA}"), json!({ "identity": "bsuid" }))
        .await;
    for kind in ["edit", "revoke", "reaction"] {
        let value = said(&meta, &callback, json!({ "type": kind })).await;
        let content = &value["messages"][0][kind];
        let about = content.get("original_message_id");
        let about = about.unwrap_or(&content["message_id"]);
        assert_eq!(parts(about).0, user_id, "{kind}");
        if kind == "edit" {
            assert_eq!(parts(about).2, parts(&written).2);
            assert_ne!(about, &written);
            // A reading mark by the other spelling finds the message.
            let path = format!("{CONNECTED}/messages");
            let read =
                json!({ "messaging_product": "whatsapp", "status": "read", "message_id": about });
            meta.post(&token, &path, read).await.ok();
            let other = text(about).replace("wamid.", "wamid.A");
            let read =
                json!({ "messaging_product": "whatsapp", "status": "read", "message_id": other });
            let refused = meta.post(&token, &path, read).await;
            assert_eq!(refused.refusal(), (400, 131_009, None));
        }
    }
    // The quirk spells them otherwise, whoever is told; an order does so for one message.
    meta.order(&format!("phones/{AVA}"), json!({})).await;
    let value = said(&meta, &callback, json!({ "messageIds": "user_id" })).await;
    assert_eq!(parts(&value["messages"][0]["id"]).0, user_id);
    meta.order("quirks", json!({ "messageIds": "user_id" }))
        .await;
    let value = said(&meta, &callback, json!({})).await;
    assert_eq!(parts(&value["messages"][0]["id"]).0, user_id);
    meta.order(
        "sending/knobs",
        json!({ "window": "open", "statuses": ["sent"] }),
    )
    .await;
    let message =
        json!({ "messaging_product": "whatsapp", "to": AVA, "text": { "body": "Hello" } });
    let path = format!("{CONNECTED}/messages");
    let sent = meta.post(&token, &path, message).await.ok()["messages"][0]["id"].clone();
    meta.order("webhooks/settle", json!({})).await;
    let status = callback.received().last().unwrap().value()["statuses"][0].clone();
    assert_eq!(parts(&status["id"]).0, user_id);
    assert_eq!(parts(&status["id"]).2, parts(&sent).2);
    assert_eq!(parts(&sent).0, AVA);
    let order = json!({ "from": CONNECTED, "status": "read", "messageIds": "phone" });
    let value = told(&meta, &callback, "statuses", order).await;
    assert_eq!(value["statuses"][0]["id"], sent, "the newest of the thread");
}

#[tokio::test]
async fn a_number_that_is_passed_on_belongs_to_another_person_without_a_word() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let first = said(&meta, &callback, json!({})).await;
    let former = text(&first["messages"][0]["from_user_id"]);
    let order = json!({ "name": "Second Owner" });
    let passed = meta.order(&format!("phones/{AVA}/pass_on"), order).await;
    let second = said(&meta, &callback, json!({})).await;
    assert_eq!(second["messages"][0]["from"], AVA);
    assert_ne!(second["messages"][0]["from_user_id"], former);
    assert_eq!(second["contacts"][0]["profile"]["name"], "Second Owner");

    let other = text(&passed["formerOwner"]["number"]);
    let order = json!({ "to": CONNECTED, "text": "send me my results" });
    let before = callback.received().len();
    meta.order(&format!("phones/{other}/messages"), order).await;
    let third = callback.wait_for(before + 1).await[before].value();
    assert_eq!(third["messages"][0]["from_user_id"], former);
    assert!(third["messages"][0].get("from").is_none());
    let name = &first["contacts"][0]["profile"]["name"];
    assert_eq!(&third["contacts"][0]["profile"]["name"], name);

    // The answer to the id reaches the former owner, the answer to the number the new one.
    let path = format!("{CONNECTED}/messages");
    let to = |name: &str, id: &str| {
        let mut message = json!({ "messaging_product": "whatsapp", "text": { "body": id } });
        message[name] = json!(id);
        message
    };
    meta.post(&token, &path, to("recipient", &former))
        .await
        .ok();
    meta.post(&token, &path, to("to", AVA)).await.ok();
    for (number, body) in [(other.as_str(), former.as_str()), (AVA, AVA)] {
        let thread = meta
            .look(&format!("phones/{number}/thread?with={CONNECTED}"))
            .await;
        let events = thread["data"].as_array().unwrap();
        let sent: Vec<_> = events.iter().filter(|it| it["event"] == "sent").collect();
        assert_eq!(sent.len(), 1, "{thread}");
        assert_eq!(sent[0]["message"]["text"]["body"], body);
    }
    let order = json!({ "to": AVA });
    let path = format!("phones/{AVA}/pass_on");
    let refused = meta.control_raw(reqwest::Method::POST, &path, order).await;
    assert_eq!(refused.status.as_u16(), 400);
}

#[tokio::test]
async fn a_number_that_is_passed_on_again_and_again_has_had_as_many_owners() {
    let meta = Meta::start();
    let (mut numbers, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let passed = meta
            .order(&format!("phones/{AVA}/pass_on"), json!({}))
            .await;
        numbers.push(text(&passed["formerOwner"]["number"]));
        ids.push(text(&passed["formerOwner"]["userIds"][HARBORVIEW]));
    }
    ids.push(text(
        &meta.look(&format!("phones/{AVA}")).await["userIds"][HARBORVIEW],
    ));
    for list in [&mut numbers, &mut ids] {
        let count = list.len();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), count, "{list:?}");
    }
}

#[tokio::test]
async fn the_window_goes_with_the_person_and_not_with_the_number() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    meta.order("sending/knobs", json!({ "refuseAtOnce": [131_047] }))
        .await;
    said(&meta, &callback, json!({})).await;
    let passed = meta
        .order(&format!("phones/{AVA}/pass_on"), json!({}))
        .await;
    assert_ne!(passed["owner"]["name"], passed["formerOwner"]["name"]);
    let path = format!("{CONNECTED}/messages");
    let code = async |to: &str, name: &str| {
        let mut message = json!({ "messaging_product": "whatsapp", "text": { "body": "Hello" } });
        message[name] = json!(to);
        let answer = meta.post(&token, &path, message).await;
        answer.body["error"]["code"].as_i64().unwrap_or_default()
    };
    assert_eq!(code(AVA, "to").await, 131_047);
    let former = text(&passed["formerOwner"]["userIds"][HARBORVIEW]);
    assert_eq!(code(&former, "recipient").await, 0);
}

#[tokio::test]
async fn a_change_of_number_or_ids_tells_the_old_and_the_new_ones() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let settings = json!({ "hasParentId": true });
    meta.order(&format!("phones/{AVA}"), settings).await;
    let before = said(&meta, &callback, json!({})).await["messages"][0].clone();
    let order = json!({ "type": "system", "system": { "type": "user_changed_user_id" } });
    let value = said(&meta, &callback, order).await;
    assert!(value.get("contacts").is_none());
    let (message, system) = (&value["messages"][0], &value["messages"][0]["system"]);
    assert!(message.get("from").is_none() && system.get("wa_id").is_none());
    assert_eq!(
        Some(parts(&message["id"]).0.as_str()),
        before["from_user_id"].as_str()
    );
    assert_eq!(system["previous_user_id"], before["from_user_id"]);
    assert_eq!(
        system["previous_parent_user_id"],
        before["from_parent_user_id"]
    );
    assert_eq!(message["from_user_id"], system["user_id"]);
    let after = said(&meta, &callback, json!({})).await["messages"][0].clone();
    assert_eq!(after["from"], AVA);
    assert_eq!(after["from_user_id"], system["user_id"]);
    assert_eq!(after["from_parent_user_id"], system["parent_user_id"]);

    let order = json!({ "type": "system", "system": { "wa_id": "4915199999999" } });
    let value = said(&meta, &callback, order).await;
    let (message, system) = (&value["messages"][0], &value["messages"][0]["system"]);
    assert_eq!(
        (&message["from"], &system["wa_id"]),
        (&json!(AVA), &json!("4915199999999"))
    );
    assert_eq!(system["previous_user_id"], after["from_user_id"]);
    assert!(message.get("from_user_id").is_none(), "the number alone");
    let moved = meta.look("phones/4915199999999").await;
    assert_eq!(moved["userIds"][HARBORVIEW], system["user_id"]);

    // A person who is told by the number alone has no ids to tell, and a null takes one away.
    let order = json!({ "type": "system", "identity": "phone" });
    let system = said(&meta, &callback, order).await["messages"][0]["system"].clone();
    assert!(system.get("user_id").is_none() && system.get("previous_user_id").is_none());
    let order = json!({ "type": "system", "system": { "previous_user_id": null } });
    let system = said(&meta, &callback, order).await["messages"][0]["system"].clone();
    assert!(system.get("user_id").is_some() && system.get("previous_user_id").is_none());
}

#[tokio::test]
async fn contacts_stand_where_metas_pages_have_them_and_quirks_say_otherwise() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let settings = json!({ "username": "ava.b" });
    meta.order(&format!("phones/{AVA}"), settings).await;
    meta.order(
        "sending/knobs",
        json!({ "window": "open", "recipients": { "4915100000001": { "fail": 131_026 } } }),
    )
    .await;
    let status = |status: &str| json!({ "from": CONNECTED, "id": "wamid.x", "status": status });
    let system = json!({ "type": "system", "system": { "type": "user_identity_changed" } });
    let echo = json!({ "from": COEXISTENCE });
    let path = format!("{CONNECTED}/messages");
    let failing = json!({ "messaging_product": "whatsapp", "to": "4915100000001", "text": { "body": "Hello" } });
    let last = async || {
        meta.order("webhooks/settle", json!({})).await;
        callback.received().last().unwrap().value()
    };
    for quirks in [
        json!({}),
        json!({ "failedContacts": true, "systemContacts": true, "noEchoContacts": true }),
    ] {
        meta.order("quirks", quirks.clone()).await;
        let is_odd = quirks["failedContacts"] == true;
        let value = told(&meta, &callback, "statuses", status("failed")).await;
        assert_eq!(value.get("contacts").is_some(), is_odd, "failed");
        meta.post(&token, &path, failing.clone()).await.ok();
        assert_eq!(last().await.get("contacts").is_some(), is_odd, "by itself");
        let value = said(&meta, &callback, system.clone()).await;
        assert_eq!(value.get("contacts").is_some(), is_odd, "system");
        let value = told(&meta, &callback, "echoes", echo.clone()).await;
        assert_eq!(value.get("contacts").is_none(), is_odd, "echo");
        if !is_odd {
            let profile = &value["contacts"][0]["profile"];
            assert_eq!(profile, &json!({ "username": "ava.b" }));
        }
        for (name, has_username) in [("sent", false), ("delivered", true), ("read", true)] {
            let value = told(&meta, &callback, "statuses", status(name)).await;
            let profile = &value["contacts"][0]["profile"];
            assert!(profile["name"].is_string());
            assert_eq!(profile.get("username").is_some(), has_username, "{name}");
        }
    }
}

#[tokio::test]
async fn a_message_to_number_and_id_goes_to_the_number_and_tells_both() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    meta.order("sending/knobs", json!({ "window": "open" }))
        .await;
    let message = json!({
        "messaging_product": "whatsapp", "to": AVA, "recipient": "DE.5", "text": { "body": "Hello" },
    });
    let path = format!("{CONNECTED}/messages");
    let answer = meta.post(&token, &path, message).await.ok();
    let contact = json!({ "input": AVA, "wa_id": AVA, "user_id": "DE.5" });
    assert_eq!(answer["contacts"], json!([contact]));
    assert_eq!(parts(&answer["messages"][0]["id"]).0, AVA);
}
