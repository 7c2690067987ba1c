use serde_json::{Value, json};

use super::*;

const DAY: i64 = 86_400;

#[tokio::test]
async fn what_is_written_outside_the_24_hours_is_accepted_and_then_fails() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let fate = async |message: Value| fate(&meta, &token, &callback, message).await;
    let image = json!({ "type": "image", "image": { "link": "https://example.com/a.png" } });
    let buttons = json!({ "type": "interactive", "interactive": {
        "type": "button", "body": { "text": "Sure?" },
        "action": { "buttons": [{ "type": "reply", "reply": { "id": "y", "title": "Yes" } }] },
    } });
    for closed in [hello("a"), image, buttons] {
        assert_eq!(fate(closed).await, Some(131_047));
    }
    assert_eq!(fate(template("hello")).await, None);
    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    let shown = thread["data"].as_array().unwrap();
    assert_eq!(shown.len(), 1, "what failed is not on the phone: {thread}");
    let write = json!({ "to": CONNECTED, "text": "Hello?" });
    meta.order(&format!("phones/{AVA}/messages"), write).await;
    assert_eq!(fate(hello("b")).await, None);
    meta.travel(DAY + 60).await;
    assert_eq!(fate(hello("c")).await, Some(131_047));
    let summary = meta.look("ledger/summary").await;
    assert_eq!(
        (&summary["accepted"], &summary["refusedTotal"]),
        (&json!(6), &json!(0))
    );
}

#[tokio::test]
async fn what_meta_tells_by_status_is_refused_at_once_where_the_knob_says_so() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let mut nobody = hello("a");
    nobody["recipient"] = json!("DE.99999");
    let wrong_kind = {
        let form = reqwest::multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", "audio/mpeg")
            .part(
                "file",
                reqwest::multipart::Part::bytes(vec![1; 10])
                    .file_name("a.mp3")
                    .mime_str("audio/mpeg")
                    .unwrap(),
            );
        let path = format!("/v25.0/{CONNECTED}/media");
        let request = meta.request(reqwest::Method::POST, &path);
        let made = super::super::support::send(request.bearer_auth(&token).multipart(form)).await;
        json!({ "type": "image", "image": { "id": made.ok()["id"] } })
    };
    for (message, later) in [
        (hello("a"), 131_047),
        (nobody, 131_026),
        (wrong_kind, 131_053),
    ] {
        let window = if later == 131_047 { "enforced" } else { "open" };
        knobs(&meta, json!({ "window": window })).await;
        let told = fate(&meta, &token, &callback, message.clone()).await;
        assert_eq!(told, Some(later), "by status");
        knobs(&meta, json!({ "window": window, "refuseAtOnce": [later] })).await;
        assert_eq!(code(&meta, &token, message).await, later, "at once");
    }
    for stray in [json!([131_030]), json!([1]), json!([131_047, 100])] {
        let order = json!({ "refuseAtOnce": stray });
        let answer = meta.control_raw(reqwest::Method::POST, "sending/knobs", order);
        assert_eq!(answer.await.status.as_u16(), 400);
    }
}

#[tokio::test]
async fn free_text_needs_a_message_of_the_customers_in_the_last_24_hours() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    knobs(&meta, json!({ "refuseAtOnce": [131_047] })).await;
    assert_eq!(code(&meta, &token, hello("a")).await, 131_047);
    assert_eq!(code(&meta, &token, template("hello")).await, 0);
    let write = json!({ "to": CONNECTED, "text": "Hello?" });
    meta.order(&format!("phones/{AVA}/messages"), write).await;
    assert_eq!(code(&meta, &token, hello("a")).await, 0);
    meta.restart().await;
    assert_eq!(code(&meta, &token, hello("a")).await, 0, "it is kept");
    let elsewhere = meta
        .post(
            &token,
            &format!("{COEXISTENCE}/messages"),
            json!({ "messaging_product": "whatsapp", "to": AVA, "text": { "body": "x" } }),
        )
        .await;
    assert_eq!(elsewhere.refusal().1, 131_047, "the other number");
    meta.travel(DAY - 60).await;
    assert_eq!(code(&meta, &token, hello("a")).await, 0);
    meta.travel(120).await;
    assert_eq!(code(&meta, &token, hello("a")).await, 131_047);
    let call = json!({ "to": CONNECTED, "event": "connect" });
    meta.order(&format!("phones/{AVA}/calls"), call).await;
    assert_eq!(
        code(&meta, &token, hello("a")).await,
        0,
        "a call opens it too"
    );
}

#[tokio::test]
async fn a_number_may_be_written_with_signs_and_nobody_needs_to_be_made_first() {
    let (meta, token) = open().await;
    let mut message = hello("a");
    message["to"] = json!("+55 (11) 98765-4321");
    let answer = send(&meta, &token, message).await.ok();
    assert_eq!(
        answer["contacts"],
        json!([{ "input": "+55 (11) 98765-4321", "wa_id": "5511987654321" }])
    );
    assert_eq!(meta.look("phones").await["data"], json!(["5511987654321"]));
    for to in [json!("hello"), json!("123")] {
        let mut message = hello("a");
        message["to"] = to;
        assert_eq!(code(&meta, &token, message).await, 131_009);
    }
    let mut nobody = hello("a");
    nobody["to"] = json!("");
    assert_eq!(code(&meta, &token, nobody).await, 100);
}

#[tokio::test]
async fn a_business_scoped_id_reaches_whom_webhooks_told_by_it() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let write = json!({ "to": CONNECTED, "identity": "bsuid" });
    meta.order(&format!("phones/{AVA}"), json!({ "identity": "bsuid" }))
        .await;
    meta.order(&format!("phones/{AVA}/messages"), write).await;
    let inbound = callback.wait_for(1).await[0].value();
    let user_id = text(&inbound["messages"][0]["from_user_id"]);
    let mut message = hello("a");
    message["recipient"] = json!(user_id);
    let answer = send(&meta, &token, message.clone()).await.ok();
    assert_eq!(
        answer["contacts"],
        json!([{ "input": user_id, "user_id": user_id }])
    );
    meta.order("webhooks/settle", json!({})).await;
    let status = statuses(&callback)[0].clone();
    assert_eq!(status["recipient_user_id"], user_id);
    assert!(status.get("recipient_id").is_none());
    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    assert_eq!(thread["data"][1]["event"], "sent");

    message["recipient"] = json!("DE.99999");
    let told = fate(&meta, &token, &callback, message.clone()).await;
    assert_eq!(told, Some(131_026), "an id of nobody");
    message["recipient"] = json!("4915112345678");
    assert_eq!(code(&meta, &token, message).await, 131_009);
}

#[tokio::test]
async fn a_group_takes_few_types_and_no_window() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let mut message = hello("a");
    message["recipient_type"] = json!("group");
    message["to"] = json!("Y2FwaV9ncm91cDox");
    let answer = send(&meta, &token, message.clone()).await.ok();
    assert_eq!(answer["contacts"][0]["group_id"], "Y2FwaV9ncm91cDox");
    meta.order("webhooks/settle", json!({})).await;
    let status = statuses(&callback)[0].clone();
    assert_eq!(status["recipient_type"], "group");
    assert_eq!(status["recipient_id"], "Y2FwaV9ncm91cDox");
    message["type"] = json!("location");
    message["location"] = json!({ "latitude": 1, "longitude": 1 });
    assert_eq!(code(&meta, &token, message.clone()).await, 130_501);
    message["recipient_type"] = json!("crowd");
    assert_eq!(code(&meta, &token, message).await, 100);
}

#[tokio::test]
async fn some_cannot_be_written_to() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let bruno = "4915100000001";
    let recipients = json!({ bruno: { "refuse": 131_026 } });
    let ordered = json!({
        "window": "open",
        "recipients": recipients,
        "allowedRecipients": ["+49 151 12345678", bruno],
    });
    knobs(&meta, ordered).await;
    let to = |to: &str| {
        let mut message = hello("a");
        message["to"] = json!(to);
        message
    };
    assert_eq!(code(&meta, &token, to(AVA)).await, 0);
    assert_eq!(code(&meta, &token, to(bruno)).await, 131_026);
    assert_eq!(code(&meta, &token, to("4915100000002")).await, 131_030);
    assert_eq!(code(&meta, &token, to("15550178812")).await, 131_021);
}

#[tokio::test]
async fn only_a_registered_number_of_the_tokens_sends() {
    let (meta, token) = open().await;
    let body = json!({ "messaging_product": "whatsapp", "to": AVA, "text": { "body": "x" } });
    let sent = async |token: &str, phone: &str| {
        meta.post(token, &format!("{phone}/messages"), body.clone())
            .await
    };
    assert_eq!(
        sent(&token, FRONT_DESK).await.refusal(),
        (400, 133_010, None)
    );
    assert_eq!(
        sent(&token, "530000000000099").await.refusal(),
        (400, 100, Some(33))
    );
    assert_eq!(
        sent("nonsense", CONNECTED).await.refusal(),
        (401, 190, Some(463))
    );
    let targets = json!({ "targets": { "phoneNumbers": [JUNIPER_PHONE] } });
    let foreign = text(&meta.order("tokens", targets).await["accessToken"]);
    assert_eq!(
        sent(&foreign, CONNECTED).await.refusal(),
        (400, 100, Some(33))
    );
    let scopes = json!({ "scopes": ["whatsapp_business_management"] });
    let mute = text(&meta.order("tokens", scopes).await["accessToken"]);
    assert_eq!(sent(&mute, CONNECTED).await.refusal(), (403, 10, None));
    meta.order("tokens/revoke", json!({ "token": token })).await;
    assert_eq!(
        sent(&token, CONNECTED).await.refusal(),
        (401, 190, Some(467))
    );
    let path = format!("{CONNECTED}/messages");
    let token = meta.token_for_all().await;
    let bare = json!({ "to": AVA, "text": { "body": "x" } });
    assert_eq!(meta.post(&token, &path, bare).await.refusal().1, 100);
}

#[tokio::test]
async fn a_read_mark_with_typing_is_of_a_customers_message() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let write = json!({ "to": CONNECTED, "text": "Hello?" });
    let written = meta.order(&format!("phones/{AVA}/messages"), write).await;
    let read = |id: &Value, kind: &str| json!({ "status": "read", "message_id": id, "typing_indicator": { "type": kind } });
    assert_eq!(code(&meta, &token, read(&written["id"], "text")).await, 0);
    assert_eq!(
        code(&meta, &token, read(&written["id"], "audio")).await,
        131_009
    );
    let sent = send(&meta, &token, hello("a")).await.ok();
    let own = &sent["messages"][0]["id"];
    assert_eq!(code(&meta, &token, read(own, "text")).await, 131_009);
    let summary = meta.look("ledger/summary").await;
    assert_eq!(
        (&summary["accepted"], &summary["refused"]),
        (&json!(1), &json!({}))
    );
}

#[tokio::test]
async fn a_hash_of_another_identity_is_refused() {
    let (meta, token) = open().await;
    let with = |hash: Value| {
        let mut message = hello("a");
        message["recipient_identity_key_hash"] = hash;
        message
    };
    assert_eq!(
        code(&meta, &token, with(json!("any"))).await,
        0,
        "none is known"
    );
    meta.order(
        &format!("phones/{AVA}"),
        json!({ "identityHash": "DF2lS5v2W6x=" }),
    )
    .await;
    for (expected, hash) in [
        (0, json!("DF2lS5v2W6x=")),
        (0, Value::Null),
        (137_000, json!("df2ls5v2w6x=")),
        (137_000, json!("")),
        (137_000, json!("any")),
    ] {
        let given = hash.clone();
        assert_eq!(code(&meta, &token, with(hash)).await, expected, "{given}");
    }
    assert_eq!(code(&meta, &token, hello("b")).await, 0);
}
