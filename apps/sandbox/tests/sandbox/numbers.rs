use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

fn registration(pin: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "pin": pin })
}

#[tokio::test]
async fn the_first_pin_is_set_and_another_is_refused_later() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{FRONT_DESK}/register");
    meta.post(&token, &path, registration("482913")).await.ok();
    assert_eq!(
        meta.post(&token, &path, registration("111111"))
            .await
            .refusal(),
        (400, 133_005, None)
    );
    meta.post(&token, &path, registration("482913")).await.ok();
}

#[tokio::test]
async fn a_number_with_a_foreign_pin_can_be_registered_with_that_pin_only() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{FOREIGN_PIN}/register");
    let answer = meta.post(&token, &path, registration("000000")).await;
    assert_eq!(answer.refusal(), (400, 133_005, None));
    assert_eq!(
        answer.body["error"]["error_data"]["messaging_product"],
        "whatsapp"
    );
    meta.post(&token, &path, registration("830174")).await.ok();
}

#[tokio::test]
async fn a_new_pin_replaces_a_forgotten_one() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.post(&token, FOREIGN_PIN, json!({ "pin": "121212" }))
        .await
        .ok();
    meta.post(
        &token,
        &format!("{FOREIGN_PIN}/register"),
        registration("121212"),
    )
    .await
    .ok();
}

#[tokio::test]
async fn malformed_registrations_are_refused() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{FRONT_DESK}/register");
    for body in [
        json!({ "pin": "123456" }),
        registration("12345"),
        registration("abcdef"),
    ] {
        assert_eq!(
            meta.post(&token, &path, body).await.refusal(),
            (400, 100, None)
        );
    }
    let state = meta.look("state").await;
    assert!(state.to_string().contains("Harborview Front Desk"));
    assert_eq!(phone(&state, FRONT_DESK)["registrations"], json!([]));
}

#[tokio::test]
async fn ten_registrations_in_72_hours_are_the_most() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{FOREIGN_PIN}/register");
    for _ in 0..10 {
        assert_eq!(
            meta.post(&token, &path, registration("000000"))
                .await
                .refusal()
                .1,
            133_005
        );
    }
    let right = || registration("830174");
    assert_eq!(
        meta.post(&token, &path, right()).await.refusal(),
        (400, 133_016, None)
    );
    meta.order("clock", json!({ "advanceSeconds": 73 * 3_600 }))
        .await;
    let token = meta.token_for_all().await;
    meta.post(&token, &path, right()).await.ok();
}

#[tokio::test]
async fn a_coexistence_number_is_not_registered() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{COEXISTENCE}/register");
    assert_eq!(
        meta.post(&token, &path, registration("123456"))
            .await
            .refusal(),
        (400, 100, None)
    );
    let path = format!("{COEXISTENCE}/deregister");
    assert_eq!(
        meta.post(&token, &path, json!({})).await.refusal(),
        (400, 100, None)
    );
}

#[tokio::test]
async fn an_unverified_number_is_verified_and_then_registered() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let register = format!("{UNVERIFIED}/register");
    let answer = meta.post(&token, &register, registration("123456")).await;
    assert_eq!(answer.refusal(), (400, 133_006, None));

    let request = format!("{UNVERIFIED}/request_code");
    let bad = json!({ "code_method": "PIGEON", "language": "en" });
    assert_eq!(
        meta.post(&token, &request, bad).await.refusal(),
        (400, 100, None)
    );
    let good = json!({ "code_method": "SMS", "language": "en" });
    meta.post(&token, &request, good).await.ok();
    let code = text(&phone(&meta.look("state").await, UNVERIFIED)["verificationCode"]);
    assert_eq!(code.len(), 6);

    let verify = format!("{UNVERIFIED}/verify_code");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(
        meta.post(&token, &verify, json!({ "code": wrong }))
            .await
            .refusal()
            .1,
        100
    );
    meta.post(&token, &verify, json!({ "code": code }))
        .await
        .ok();
    assert_eq!(
        meta.post(&token, &verify, json!({ "code": code }))
            .await
            .refusal()
            .1,
        136_024
    );
    meta.post(&token, &register, registration("123456"))
        .await
        .ok();
}

#[tokio::test]
async fn a_deregistered_number_keeps_its_pin() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let register = format!("{FRONT_DESK}/register");
    let deregister = format!("{FRONT_DESK}/deregister");
    assert_eq!(
        meta.post(&token, &deregister, json!({})).await.refusal(),
        (400, 133_010, None)
    );
    meta.post(&token, &register, registration("482913"))
        .await
        .ok();
    meta.post(&token, &deregister, json!({})).await.ok();
    let shown = meta
        .get(&token, &format!("{FRONT_DESK}?fields=status"))
        .await
        .ok();
    assert_eq!(shown["status"], "DISCONNECTED");
    assert_eq!(
        meta.post(&token, &register, registration("111111"))
            .await
            .refusal()
            .1,
        133_005
    );
    meta.post(&token, &register, registration("482913"))
        .await
        .ok();
}

#[tokio::test]
async fn an_override_needs_a_subscription_and_a_plain_post_takes_it_away() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{JUNIPER_WABA}/subscribed_apps");
    let callback = Callback::start();
    let with_override = json!({ "override_callback_uri": callback.url, "verify_token": TOKEN });
    let answer = meta.post(&token, &path, with_override.clone()).await;
    assert_eq!(answer.refusal(), (400, 100, None));
    assert!(
        answer
            .message()
            .contains("Before override the current callback uri, your app must be subscribed")
    );

    meta.post(&token, &path, json!({})).await.ok();
    meta.post(&token, &path, with_override).await.ok();
    let listed = async || meta.get(&token, &path).await.ok()["data"].clone();
    assert_eq!(listed().await[0]["override_callback_uri"], callback.url);
    meta.post(&token, &path, json!({})).await.ok();
    assert!(listed().await[0]["override_callback_uri"].is_null());
    meta.delete(&token, &path).await.ok();
    assert_eq!(listed().await, json!([]));
}

#[tokio::test]
async fn unsubscribing_leaves_other_apps_subscribed() {
    let other = wabakit_sandbox::App::new("770000000000008", "x");
    let meta = Meta::with(vec![app(), other], wabakit_sandbox::Seed::built_in());
    let ours = meta.token_for_all().await;
    let theirs = text(
        &meta
            .order("tokens", json!({ "appId": "770000000000008" }))
            .await["accessToken"],
    );
    let path = format!("{JUNIPER_WABA}/subscribed_apps");
    meta.post(&ours, &path, json!({})).await.ok();
    meta.post(&theirs, &path, json!({})).await.ok();
    meta.delete(&ours, &path).await.ok();
    let left = meta.get(&ours, &path).await.ok();
    assert_eq!(left["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        left["data"][0]["whatsapp_business_api_data"]["id"],
        "770000000000008"
    );
}

fn phone(state: &Value, id: &str) -> Value {
    let every = |list: &Value| list.as_array().unwrap().clone();
    every(&state["businesses"])
        .iter()
        .flat_map(|business| every(&business["wabas"]))
        .flat_map(|waba| every(&waba["phoneNumbers"]))
        .find(|phone| phone["id"] == id)
        .unwrap()
}
