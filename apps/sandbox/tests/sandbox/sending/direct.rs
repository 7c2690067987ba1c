use serde_json::{Value, json};

use super::*;

/// Starts a sandbox whose portfolio may use Direct Send. The window of everybody is closed.
async fn eligible(callback: &Callback) -> (Meta, String) {
    let (meta, token) = hearing(callback).await;
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "directSend": true }),
    )
    .await;
    (meta, token)
}

fn of(category: &str, kind: &str, content: Value) -> Value {
    json!({ "category": category, "type": kind, kind: content })
}

fn words(category: &str) -> Value {
    of(category, "text", json!({ "body": "Your parcel is here." }))
}

fn interactive(kind: &str, action: Value) -> Value {
    json!({ "type": kind, "body": { "text": "Your parcel" }, "action": action })
}

async fn field(meta: &Meta, token: &str, id: &str, name: &str) -> Value {
    meta.get(token, &format!("{id}?fields={name}")).await.ok()[name].clone()
}

#[tokio::test]
async fn a_message_with_a_category_needs_no_window_and_makes_a_template() {
    let callback = Callback::start();
    let (meta, token) = eligible(&callback).await;
    assert_eq!(
        fate(&meta, &token, &callback, words("service")).await,
        Some(131_047)
    );
    assert_eq!(fate(&meta, &token, &callback, words("utility")).await, None);
    assert_eq!(
        fate(&meta, &token, &callback, words("authentication")).await,
        None
    );
    let told = statuses(&callback);
    let sent: Vec<&Value> = told.iter().filter(|it| it["status"] == "sent").collect();
    let prices: Vec<&Value> = sent.iter().map(|it| &it["pricing"]["category"]).collect();
    assert_eq!(prices, ["utility", "authentication"]);
    let id = text(&sent[0]["template_id"]);
    assert_ne!(id, text(&sent[1]["template_id"]));
    assert_eq!(field(&meta, &token, &id, "source").await, "AUTO_GENERATED");
    assert_eq!(field(&meta, &token, &id, "category").await, "UTILITY");
    let edit = json!({ "components": [{ "type": "BODY", "text": "Another text" }] });
    assert_eq!(
        meta.post(&token, &id, edit).await.refusal(),
        (400, 100, Some(2_388_318))
    );
    let path = format!("{DENTAL_WABA}/message_templates?hsm_ids=[\"{id}\"]");
    assert_eq!(
        meta.delete(&token, &path).await.refusal(),
        (400, 100, Some(2_388_330))
    );
}

#[tokio::test]
async fn direct_send_takes_the_forms_that_metas_page_names() {
    let (meta, token) = open().await;
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "directSend": true }),
    )
    .await;
    let link = json!({ "link": "https://example.com/a" });
    let reply = json!({ "type": "reply", "reply": { "id": "1", "title": "Yes" } });
    let replies = interactive("button", json!({ "buttons": [reply] }));
    let url =
        json!({ "name": "cta_url", "parameters": { "display_text": "Go", "url": "https://a.b" } });
    let call = json!({ "name": "voice_call", "parameters": { "display_text": "Call" } });
    let mut call_with_footer = interactive("voice_call", call.clone());
    call_with_footer["footer"] = json!({ "text": "Any time" });
    let place = json!({ "latitude": 1, "longitude": 2 });
    for (expected, message) in [
        (0, words("utility")),
        (0, words("UTILITY")),
        (0, of("utility", "image", link.clone())),
        (0, of("utility", "video", link.clone())),
        (0, of("utility", "document", link.clone())),
        (0, of("utility", "interactive", replies.clone())),
        (0, of("utility", "interactive", interactive("cta_url", url))),
        (
            0,
            of("utility", "interactive", interactive("voice_call", call)),
        ),
        (100, of("utility", "interactive", call_with_footer)),
        (100, of("utility", "audio", link.clone())),
        (100, of("utility", "sticker", link.clone())),
        (100, of("utility", "location", place)),
        (100, of("authentication", "image", link)),
        (100, of("authentication", "interactive", replies)),
        (100, words("marketing")),
        (100, words("anything")),
    ] {
        let given = message.clone();
        assert_eq!(code(&meta, &token, message).await, expected, "{given}");
    }
    let with = |field: &str, value: Value| {
        let mut message = words("utility");
        message[field] = value;
        message
    };
    let named = |name: &str| with("direct_send_config", json!({ "template_name": name }));
    for (expected, message) in [
        (0, with("message_send_ttl_seconds", json!(30))),
        (0, with("message_send_ttl_seconds", json!(43_200))),
        (100, with("message_send_ttl_seconds", json!(29))),
        (100, with("message_send_ttl_seconds", json!(43_201))),
        (0, named("parcel_1")),
        (0, named("parcel_1")),
        (100, named("Parcel")),
        (100, named("par-cel")),
        (100, with("category", json!(7))),
    ] {
        let given = message.clone();
        assert_eq!(code(&meta, &token, message).await, expected, "{given}");
    }
    let known = json!([{ "wabaId": DENTAL_WABA, "name": "taken", "language": "en_US" }]);
    meta.order("templates", known).await;
    assert_eq!(code(&meta, &token, named("taken")).await, 100);
}

#[tokio::test]
async fn who_may_not_use_direct_send_is_told_so() {
    let (meta, token) = open().await;
    let refused = send(&meta, &token, words("utility")).await;
    assert_eq!(refused.refusal(), (400, 100, None));
    let details = text(&refused.body["error"]["error_data"]["details"]);
    assert!(details.contains("category value utility"), "{details}");
    meta.order(
        &format!("numbers/{CONNECTED}"),
        json!({ "messagingLimitTier": "TIER_100K" }),
    )
    .await;
    assert_eq!(
        code(&meta, &token, words("utility")).await,
        0,
        "by its limit"
    );
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "directSend": false }),
    )
    .await;
    assert_eq!(code(&meta, &token, words("utility")).await, 100);
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "directSend": null, "misclassified": true }),
    )
    .await;
    assert_eq!(code(&meta, &token, words("utility")).await, 131_064);
    assert_eq!(code(&meta, &token, words("authentication")).await, 0);
    assert_eq!(code(&meta, &token, words("service")).await, 0);
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "misclassified": false }),
    )
    .await;
    knobs(
        &meta,
        json!({ "window": "open", "blockedWords": ["PARCEL"] }),
    )
    .await;
    assert_eq!(code(&meta, &token, words("utility")).await, 139_200);
    assert_eq!(code(&meta, &token, words("service")).await, 0);
    let mut by_id = words("authentication");
    by_id["recipient"] = json!("DE.1000");
    assert_eq!(code(&meta, &token, by_id).await, 131_062);
}
