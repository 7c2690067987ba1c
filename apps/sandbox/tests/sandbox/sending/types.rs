use serde_json::{Map, Value, json};

use super::*;

const WAMID: &str = "wamid.HBgLNDkxNTExMjM0NTY3OA==";

fn long(count: usize) -> String {
    "ä".repeat(count)
}

/// Makes a message of this type with this content.
fn of(kind: &str, content: &Value) -> Value {
    let mut message = Map::new();
    message.insert("type".to_owned(), json!(kind));
    message.insert(kind.to_owned(), content.clone());
    Value::Object(message)
}

fn interactive(kind: &str, action: Value) -> Value {
    let content = json!({ "type": kind, "body": { "text": "Choose" }, "action": action });
    of("interactive", &content)
}

/// Makes a template message with one component.
fn part(component: &Value) -> Value {
    let content = json!({ "name": "a", "language": { "code": "en" }, "components": [component] });
    of("template", &content)
}

fn values(kind: &str, texts: &[&str]) -> Value {
    let values = texts
        .iter()
        .map(|text| json!({ "type": "text", "text": text }));
    part(&json!({ "type": kind, "parameters": values.collect::<Vec<_>>() }))
}

fn button(id: &str, title: &str) -> Value {
    json!({ "type": "reply", "reply": { "id": id, "title": title } })
}

fn rows(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| json!({ "id": n.to_string(), "title": format!("Row {n}") }))
        .collect()
}

fn card() -> Value {
    json!({ "name": { "formatted_name": "Ava Gupta", "first_name": "Ava" }, "phones": [{ "phone": "+49151" }] })
}

#[tokio::test]
async fn every_type_is_accepted_and_shown_as_it_was_sent() {
    let (meta, token) = open().await;
    let link = "https://example.com/file";
    let messages = [
        of("text", &json!({ "body": long(4_096), "preview_url": true })),
        of("image", &json!({ "link": link, "caption": long(1_024) })),
        of("video", &json!({ "link": link })),
        of("audio", &json!({ "link": link, "voice": true })),
        of(
            "document",
            &json!({ "link": link, "filename": "a.pdf", "caption": "A" }),
        ),
        of("sticker", &json!({ "link": link })),
        of(
            "location",
            &json!({ "latitude": "52.5", "longitude": 13.4, "name": "Here" }),
        ),
        of("contacts", &json!(vec![card(); 257])),
        of("reaction", &json!({ "message_id": WAMID, "emoji": "👍" })),
        of("reaction", &json!({ "message_id": WAMID, "emoji": "" })),
        template("order_confirmation"),
        interactive(
            "button",
            json!({ "buttons": [button("1", "Yes"), button("2", "No")] }),
        ),
        interactive(
            "list",
            json!({ "button": "Open", "sections": [{ "rows": rows(10) }] }),
        ),
        interactive(
            "cta_url",
            json!({ "name": "cta_url", "parameters": { "display_text": "Go", "url": link } }),
        ),
        interactive(
            "flow",
            json!({ "name": "flow", "parameters": { "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book" } }),
        ),
        interactive("catalog_message", json!({ "name": "catalog_message" })),
        interactive(
            "location_request_message",
            json!({ "name": "send_location" }),
        ),
        interactive(
            "address_message",
            json!({ "name": "address_message", "parameters": { "country": "IN" } }),
        ),
        interactive(
            "product",
            json!({ "catalog_id": "1", "product_retailer_id": "2" }),
        ),
        interactive(
            "product",
            json!({ "catalog_id": 1, "product_retailer_id": 2 }),
        ),
        of(
            "interactive",
            &json!({ "type": "product_list", "header": { "type": "text", "text": "A" }, "body": { "text": "B" }, "action": { "catalog_id": 1, "sections": [{ "product_items": [{ "product_retailer_id": 2 }] }] } }),
        ),
        interactive(
            "flow",
            json!({ "name": "flow", "parameters": { "flow_message_version": "3", "flow_id": 1, "flow_cta": "Book", "mode": null } }),
        ),
        part(
            &json!({ "type": "tap_target_configuration", "parameters": [{ "type": "tap_target_configuration", "tap_target_configuration": [{ "url": link, "title": "A" }] }] }),
        ),
        part(&json!({ "type": "BUTTON", "sub_type": "QUICK_REPLY", "index": 0 })),
        part(&json!({ "type": "later", "parameters": [{ "type": "hologram" }] })),
        of("text", &json!({ "body": " ", "colour": null })),
        interactive(
            "carousel",
            json!({ "cards": [{ "card_index": 0, "body": { "text": "A" } }, { "card_index": 1 }] }),
        ),
    ];
    for message in &messages {
        let mut message = message.clone();
        message["context"] = json!({ "message_id": WAMID });
        let answer = send(&meta, &token, message).await.ok();
        assert!(text(&answer["messages"][0]["id"]).starts_with("wamid."));
    }
    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    let shown = thread["data"].as_array().unwrap();
    assert_eq!(shown.len(), messages.len());
    for (event, message) in shown.iter().zip(&messages) {
        let kind = text(&message["type"]);
        assert_eq!(event["message"]["type"], message["type"]);
        assert_eq!(event["message"][kind.as_str()], message[kind.as_str()]);
        assert_eq!(event["message"]["context"]["id"], WAMID);
    }
}

#[tokio::test]
async fn only_a_template_tells_a_message_status() {
    let (meta, token) = open().await;
    let answer = send(&meta, &token, template("hello")).await.ok();
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    let answer = send(&meta, &token, hello("a")).await.ok();
    assert!(answer["messages"][0].get("message_status").is_none());
}

#[tokio::test]
async fn what_is_not_as_meta_wants_it_is_refused_with_metas_code() {
    let (meta, token) = open().await;
    let link = "https://example.com/file";
    let three = || vec![button("1", "A"), button("2", "B"), button("3", "C")];
    let mut four = three();
    four.push(button("4", "D"));
    let list =
        |sections: Value| interactive("list", json!({ "button": "Open", "sections": sections }));
    let cases = [
        (100, of("text", &json!({ "body": long(4_097) }))),
        (100, of("text", &json!({ "body": "" }))),
        (100, of("text", &json!({ "body": 5 }))),
        (100, of("text", &json!("Hello"))),
        (100, of("text", &json!({ "body": "a", "colour": "red" }))),
        (131_008, of("text", &json!({}))),
        (131_008, json!({ "type": "text" })),
        (131_051, json!({ "type": "poll", "poll": {} })),
        (
            100,
            json!({ "type": "text", "text": { "body": "a" }, "biz_opaque_callback_data": long(513) }),
        ),
        (
            100,
            json!({ "type": "text", "text": { "body": "a" }, "context": { "message_id": 7 } }),
        ),
        (131_008, of("image", &json!({ "caption": "a" }))),
        (100, of("image", &json!({ "id": "1", "link": link }))),
        (100, of("image", &json!({ "link": "ftp://example.com/a" }))),
        (
            100,
            of("image", &json!({ "link": link, "caption": long(1_025) })),
        ),
        (100, of("audio", &json!({ "link": link, "caption": "a" }))),
        (100, of("sticker", &json!({ "link": link, "caption": "a" }))),
        (
            131_009,
            of("location", &json!({ "latitude": 91, "longitude": 0 })),
        ),
        (131_008, of("location", &json!({ "latitude": 1 }))),
        (131_009, of("contacts", &json!([]))),
        (131_009, of("contacts", &json!(vec![card(); 258]))),
        (
            131_008,
            of(
                "contacts",
                &json!([{ "name": { "formatted_name": "Ava" } }]),
            ),
        ),
        (131_008, of("reaction", &json!({ "emoji": "👍" }))),
        (
            100,
            of("reaction", &json!({ "message_id": "", "emoji": "👍" })),
        ),
        (131_008, of("template", &json!({ "name": "a" }))),
        (
            131_008,
            of("template", &json!({ "language": { "code": "en" } })),
        ),
        (
            131_009,
            of(
                "template",
                &json!({ "name": "a", "language": { "code": "en" }, "components": [{ "type": "button", "sub_type": "url" }] }),
            ),
        ),
        (
            131_009,
            of(
                "template",
                &json!({ "name": "a", "language": { "code": "en" }, "components": [{ "type": "button", "sub_type": "url", "index": "10" }] }),
            ),
        ),
        (131_009, interactive("dance", json!({}))),
        (131_009, interactive("button", json!({ "buttons": [] }))),
        (131_009, interactive("button", json!({ "buttons": four }))),
        (
            100,
            interactive("button", json!({ "buttons": [button("1", &long(21))] })),
        ),
        (
            100,
            interactive("button", json!({ "buttons": [button(&long(257), "A")] })),
        ),
        (
            131_009,
            interactive(
                "button",
                json!({ "buttons": [button("1", "A"), button("1", "B")] }),
            ),
        ),
        (
            131_009,
            interactive(
                "button",
                json!({ "buttons": [button("1", "A"), button("2", "A")] }),
            ),
        ),
        (
            131_008,
            of(
                "interactive",
                &json!({ "type": "button", "action": { "buttons": three() } }),
            ),
        ),
        (
            100,
            of(
                "interactive",
                &json!({ "type": "button", "body": { "text": long(1_025) }, "action": { "buttons": three() } }),
            ),
        ),
        (
            100,
            of(
                "interactive",
                &json!({ "type": "button", "body": { "text": "a" }, "footer": { "text": long(61) }, "action": { "buttons": three() } }),
            ),
        ),
        (
            131_009,
            of(
                "interactive",
                &json!({ "type": "list", "header": { "type": "image", "image": { "link": link } }, "body": { "text": "a" }, "action": {} }),
            ),
        ),
        (131_009, list(json!([]))),
        (
            131_009,
            list(json!([{ "title": "A", "rows": rows(6) }, { "title": "B", "rows": rows(6) }])),
        ),
        (
            131_008,
            list(json!([{ "rows": rows(1) }, { "rows": rows(1) }])),
        ),
        (
            131_009,
            list(json!([{ "title": "A", "rows": rows(2) }, { "title": "B", "rows": rows(2) }])),
        ),
        (
            100,
            list(json!([{ "rows": [{ "id": "1", "title": long(25) }] }])),
        ),
        (
            131_009,
            interactive(
                "flow",
                json!({ "name": "flow", "parameters": { "flow_message_version": "3", "flow_cta": "Book" } }),
            ),
        ),
        (
            131_008,
            of(
                "interactive",
                &json!({ "type": "product_list", "body": { "text": "a" }, "action": {} }),
            ),
        ),
        (100, of("image", &json!({ "id": 1.5 }))),
        (100, of("image", &json!({ "id": -1 }))),
        (100, of("image", &json!({ "id": "1", "filename": "a.png" }))),
        (100, of("image", &json!({ "link": "https://" }))),
        (
            131_009,
            interactive(
                "catalog_message",
                json!({ "name": "catalog_message", "parameters": {} }),
            ),
        ),
        (
            131_009,
            interactive(
                "catalog_message",
                json!({ "name": "catalog_message", "parameters": { "thumbnail_product_retailer_id": null } }),
            ),
        ),
        (
            131_009,
            interactive("voice_call", json!({ "name": "call" })),
        ),
        (
            131_009,
            interactive("button", json!({ "buttons": [button(" 1", "A")] })),
        ),
        (
            131_009,
            interactive(
                "button",
                json!({ "buttons": [button("1", "A"), button("2", "A ")] }),
            ),
        ),
        (
            131_009,
            of(
                "interactive",
                &json!({ "type": "product", "header": { "type": "text", "text": "A" }, "action": { "catalog_id": "1", "product_retailer_id": "2" } }),
            ),
        ),
        (132_018, values("body", &["line one\nline two"])),
        (132_018, values("body", &["a\tb"])),
        (132_018, values("footer", &["a     b"])),
        (100, values("body", &["  "])),
        (100, values("header", &[&long(61)])),
        (132_000, values("header", &["a", "b"])),
        (
            131_009,
            of(
                "template",
                &json!({ "name": "Order", "language": { "code": "en" } }),
            ),
        ),
        (
            131_009,
            part(&json!({ "type": "carousel", "cards": [{ "card_index": 0, "components": [] }] })),
        ),
        (100, part(&json!({ "type": "body", "cards": [] }))),
        (100, json!({ "type": "text", "text": { "body": "a\u{0}" } })),
        (131_009, interactive("carousel", json!({ "cards": [{}] }))),
        (
            131_009,
            of(
                "pin",
                &json!({ "type": "pin", "message_id": WAMID, "expiration_days": 7 }),
            ),
        ),
    ];
    for (expected, message) in cases {
        let answer = send(&meta, &token, message.clone()).await;
        assert_eq!(
            answer.refusal(),
            (400, expected, None),
            "{message}: {}",
            answer.body
        );
    }
    assert_eq!(meta.look("ledger/summary").await["accepted"], 0);
}

#[tokio::test]
async fn a_refusal_has_metas_words() {
    let (meta, token) = open().await;
    let answer = send(&meta, &token, of("text", &json!({}))).await;
    assert_eq!(answer.message(), "(#131008) Required parameter is missing");
    assert_eq!(
        answer.body["error"]["error_data"],
        json!({ "messaging_product": "whatsapp", "details": "The parameter text['body'] is required." })
    );
    for (kind, content, words) in [
        (
            "contacts",
            json!([{ "shade": 1 }]),
            "(#100) Unexpected key \"shade\" on param \"contacts[0]\".",
        ),
        (
            "audio",
            json!({ "id": "1", "caption": "a" }),
            "(#100) Unexpected key \"caption\" on param \"audio\".",
        ),
        (
            "template",
            json!({ "name": "a", "language": { "code": "en", "policystring": "x" } }),
            "(#100) Unexpected key \"policystring\" on param \"template['language']\".",
        ),
    ] {
        let answer = send(&meta, &token, of(kind, &content)).await;
        assert_eq!(answer.message(), words);
    }
}

#[tokio::test]
async fn templates_of_the_waba_are_held_to_what_they_are() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let known = |name: &str, more: Value| {
        let mut known = json!({ "wabaId": DENTAL_WABA, "name": name, "language": "en_US" });
        for (name, value) in more.as_object().unwrap() {
            known[name] = value.clone();
        }
        known
    };
    let templates = json!([
        known(
            "offer",
            json!({ "category": "MARKETING", "bodyParameters": 1 })
        ),
        known("code", json!({ "category": "AUTHENTICATION" })),
        known("paused", json!({ "status": "PAUSED" })),
        known("off", json!({ "status": "DISABLED" })),
        known("new", json!({ "status": "PENDING" })),
        known("german", json!({ "language": "de" })),
    ]);
    meta.order("templates", templates).await;
    let with = |name: &str, parameters: usize| {
        let mut message = template(name);
        let parameter = json!({ "type": "text", "text": "x" });
        message["template"]["components"] =
            json!([{ "type": "body", "parameters": vec![parameter; parameters] }]);
        message
    };
    for (expected, message) in [
        (132_015, template("paused")),
        (132_016, template("off")),
        (132_000, with("offer", 2)),
        (132_000, template("offer")),
        (0, with("offer", 1)),
        (0, template("unknown")),
    ] {
        assert_eq!(
            code(&meta, &token, message.clone()).await,
            expected,
            "{message}"
        );
    }
    for absent in ["new", "german"] {
        let answer = send(&meta, &token, template(absent)).await;
        assert_eq!(answer.refusal(), (404, 132_001, None));
    }
    let person = meta.look(&format!("phones/{AVA}")).await;
    let mut by_id = template("code");
    by_id["recipient"] = person["userIds"][HARBORVIEW].clone();
    meta.order(&format!("phones/{AVA}"), json!({ "name": "Ava" }))
        .await;
    assert_eq!(code(&meta, &token, by_id).await, 131_062);
    meta.order("webhooks/settle", json!({})).await;
    let categories: Vec<Value> = statuses(&callback)
        .iter()
        .filter(|it| it["status"] == "sent")
        .map(|it| it["pricing"]["category"].clone())
        .collect();
    assert_eq!(categories, ["marketing", "utility"]);
}
