use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_qr_code_is_made_changed_listed_and_deleted() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{CONNECTED}/message_qrdls");
    let made = async |body: Value| meta.post(&token, &path, body).await;
    let first = made(json!({ "prefilled_message": "Hi", "generate_qr_image": "svg" }))
        .await
        .ok();
    let code = text(&first["code"]);
    assert_eq!(code.len(), 14);
    assert_eq!(
        first["deep_link_url"],
        format!("https://wa.me/message/{code}")
    );
    assert!(first["qr_image_url"].is_string());
    let second = made(json!({ "prefilled_message": "Hey" })).await.ok();
    assert!(second.get("qr_image_url").is_none());
    made(json!({ "prefilled_message": "Hello", "code": code }))
        .await
        .ok();

    let list = meta.get(&token, &path).await.ok();
    assert_eq!(
        list["data"][1]["prefilled_message"], "Hello",
        "the newest is first"
    );
    let one = meta
        .get(
            &token,
            &format!("{path}/{code}?fields=code,qr_image_url.format(PNG)"),
        )
        .await
        .ok();
    assert!(one["data"][0]["qr_image_url"].is_string());
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    meta.delete(&token, &format!("{path}/{code}")).await.ok();
    let gone = meta.get(&token, &format!("{path}/{code}")).await;
    assert_eq!(gone.refusal(), (404, 803, None));
    assert_eq!(gone.body["error"]["type"], "GraphMethodException");
    for bad in [
        json!({}),
        json!({ "prefilled_message": "x".repeat(141) }),
        json!({ "prefilled_message": "x", "generate_qr_image": "GIF" }),
        json!({ "prefilled_message": "x", "code": code }),
    ] {
        assert!(
            matches!(made(bad.clone()).await.refusal().1, 100 | 803),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_new_number_is_verified_and_registered_like_any_other() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{EMPTY_WABA}/phone_numbers");
    let body = json!({ "cc": "1", "phone_number": "5550134299", "verified_name": "Orthodontics" });
    let id = text(&meta.post(&token, &path, body.clone()).await.ok()["id"]);
    assert_eq!(ids(&meta.get(&token, &path).await.ok()), [id.as_str()]);
    let node = meta.get(&token, &id).await.ok();
    assert_eq!(node["code_verification_status"], "NOT_VERIFIED");
    assert_eq!(
        meta.post(&token, &path, body).await.refusal().1,
        100,
        "it is taken"
    );
    let code = json!({ "code_method": "SMS", "language": "en" });
    meta.post(&token, &format!("{id}/request_code"), code)
        .await
        .ok();
    let state = meta.look("state").await.to_string();
    assert!(state.contains("Orthodontics"));
    for bad in [
        json!({ "phone_number": "5550134298", "verified_name": "Ortho" }),
        json!({ "cc": "1", "phone_number": "12", "verified_name": "Ortho" }),
        json!({ "cc": "1", "phone_number": "5550134298" }),
    ] {
        assert_eq!(
            meta.post(&token, &path, bad.clone()).await.refusal().1,
            100,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn an_approved_name_is_shown_after_the_next_registration() {
    let (meta, callback, token) = heard().await;
    let look = async || {
        let fields = "verified_name,new_display_name,new_name_status";
        meta.get(&token, &format!("{CONNECTED}?fields={fields}"))
            .await
            .ok()
    };
    let wish = json!({ "new_display_name": "Harborview Night" });
    meta.post(&token, CONNECTED, wish.clone()).await.ok();
    assert_eq!(look().await["new_name_status"], "PENDING_REVIEW");
    meta.order(
        &format!("numbers/{CONNECTED}"),
        json!({ "nameDecision": "DECLINED" }),
    )
    .await;
    assert_eq!(look().await["new_name_status"], "DECLINED");
    meta.post(&token, CONNECTED, wish).await.ok();
    meta.order(
        &format!("numbers/{CONNECTED}"),
        json!({ "nameDecision": "APPROVED" }),
    )
    .await;
    let told = told(&callback, 2).await;
    assert_eq!(told[0].0, "phone_number_name_update");
    let decisions: Vec<&Value> = told.iter().map(|(_, value)| &value["decision"]).collect();
    assert_eq!(decisions, ["REJECTED", "APPROVED"]);
    assert_eq!(told[1].1["requested_verified_name"], "Harborview Night");
    assert_eq!(look().await["verified_name"], "Harborview Emergencies");
    let body = json!({ "messaging_product": "whatsapp", "pin": "604182" });
    meta.post(&token, &format!("{CONNECTED}/register"), body)
        .await
        .ok();
    let after = look().await;
    assert_eq!(after["verified_name"], "Harborview Night");
    assert_eq!(after["new_name_status"], "NONE");
    let short = meta
        .post(&token, CONNECTED, json!({ "new_display_name": "ab" }))
        .await;
    assert_eq!(short.refusal().1, 100);
}

#[tokio::test]
async fn the_data_of_the_business_app_is_told_once_for_each_kind() {
    let (meta, callback, token) = heard().await;
    let path = format!("{COEXISTENCE}/smb_app_data");
    let sync = async |kind: &str| {
        let body = json!({ "messaging_product": "whatsapp", "sync_type": kind });
        meta.post(&token, &path, body).await
    };
    let answer = sync("smb_app_state_sync").await.ok();
    assert!(answer["request_id"].is_string());
    assert_eq!(told(&callback, 1).await[0].0, "smb_app_state_sync");
    assert_eq!(sync("smb_app_state_sync").await.refusal().1, 2_593_107);
    sync("history").await.ok();
    assert_eq!(told(&callback, 2).await[1].0, "history");
    assert_eq!(sync("everything").await.refusal().1, 100);
    let body = json!({ "messaging_product": "whatsapp", "sync_type": "history" });
    let other = meta
        .post(&token, &format!("{CONNECTED}/smb_app_data"), body)
        .await;
    assert_eq!(other.refusal().1, 100, "it is not in the app");
}

#[tokio::test]
async fn a_call_needs_calling_to_be_on_and_a_session() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{CONNECTED}/calls");
    let call = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "action": "connect",
        "session": { "sdp_type": "offer", "sdp": "v=0" },
    });
    assert_eq!(
        meta.post(&token, &path, call.clone()).await.refusal().1,
        138_000
    );
    let on = json!({ "calling": { "status": "ENABLED" } });
    meta.post(&token, &format!("{CONNECTED}/settings"), on)
        .await
        .ok();
    let made = meta.post(&token, &path, call.clone()).await.ok();
    assert!(text(&made["calls"][0]["id"]).starts_with("wacid."));
    let end = json!({
        "messaging_product": "whatsapp", "action": "terminate", "call_id": made["calls"][0]["id"],
    });
    assert_eq!(meta.post(&token, &path, end).await.ok()["success"], true);
    for (name, value) in [
        ("session", Value::Null),
        ("to", json!("nobody")),
        ("action", json!("sing")),
    ] {
        let mut bad = call.clone();
        bad[name] = value;
        assert_eq!(
            meta.post(&token, &path, bad).await.refusal().1,
            100,
            "{name}"
        );
    }
    let asked = meta
        .get(
            &token,
            &format!("{CONNECTED}/call_permissions?user_wa_id=1"),
        )
        .await
        .ok();
    assert_eq!(asked["permission"]["status"], "no_permission");
    let nobody = meta
        .get(&token, &format!("{CONNECTED}/call_permissions"))
        .await;
    assert_eq!(nobody.refusal().1, 100);
}
