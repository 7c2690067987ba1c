use reqwest::StatusCode;
use serde_json::{Value, json};

use super::support::*;

async fn popup(meta: &Meta, outcome: Value) -> (Value, Value, String) {
    let mut outcome = outcome;
    outcome["auto"] = true.into();
    meta.order("dialog", outcome).await;
    let url = meta.dialog_url(&[
        ("client_id", APP),
        ("config_id", "42"),
        ("display", "popup"),
        ("response_type", "code"),
        ("extras", "{\"setup\":{}}"),
        ("origin", "http://localhost:3000"),
        ("cb", "f1"),
    ]);
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let html = answer.text().await.unwrap();
    let messages = html.split("const message of ").nth(1).unwrap();
    let messages = messages.split(") window.opener").next().unwrap();
    let messages: Value = serde_json::from_str(messages).unwrap();
    let is_session = |message: &&Value| message.is_string();
    let all = messages.as_array().unwrap();
    let session = all.iter().find(is_session).unwrap().as_str().unwrap();
    let login = all.iter().find(|message| message.is_object()).unwrap();
    (serde_json::from_str(session).unwrap(), login.clone(), html)
}

#[tokio::test]
async fn the_popup_posts_session_and_code_and_the_code_needs_no_redirect_uri() {
    let meta = Meta::start();
    let (session, login, html) = popup(&meta, json!({})).await;
    assert_eq!(
        session,
        json!({
            "type": "WA_EMBEDDED_SIGNUP",
            "event": "FINISH",
            "data": {
                "phone_number_id": JUNIPER_PHONE,
                "waba_id": JUNIPER_WABA,
                "business_id": JUNIPER,
            },
        })
    );
    assert!(html.contains("const target = \"http://localhost:3000\""));
    assert_eq!(
        (&login["type"], &login["cb"]),
        (&json!("SANDBOX_LOGIN"), &json!("f1"))
    );

    let code = text(&login["response"]["authResponse"]["code"]);
    let answer = meta
        .token_call(&[("code", &code), ("redirect_uri", "")])
        .await
        .ok();
    assert!(
        answer["expires_in"].is_null(),
        "a business token does not expire"
    );
    let token = text(&answer["access_token"]);
    let debug = meta.debug(&token).await;
    assert_eq!(
        (&debug["type"], &debug["expires_at"]),
        (&json!("SYSTEM_USER"), &json!(0))
    );
    let me = meta.get(&token, "me?fields=client_business_id").await.ok();
    assert_eq!(me["client_business_id"], JUNIPER);
    meta.travel(400 * 86_400).await;
    meta.get(&token, JUNIPER_WABA).await.ok();
}

#[tokio::test]
async fn business_tokens_can_be_made_to_expire() {
    let meta = Meta::start();
    meta.order("quirks", json!({ "businessTokenDays": 60 }))
        .await;
    let (_, login, _) = popup(&meta, json!({})).await;
    let code = text(&login["response"]["authResponse"]["code"]);
    let token = text(&meta.token_call(&[("code", &code)]).await.ok()["access_token"]);
    meta.travel(61 * 86_400).await;
    assert_eq!(
        meta.get(&token, "me").await.refusal(),
        (401, 190, Some(463))
    );
}

#[tokio::test]
async fn the_event_fits_what_was_picked() {
    let meta = Meta::start();
    let event = async |outcome: Value| text(&popup(&meta, outcome).await.0["event"]);
    assert_eq!(
        event(json!({ "outcome": "no_number" })).await,
        "FINISH_ONLY_WABA"
    );
    assert_eq!(
        event(json!({ "phoneNumbers": [COEXISTENCE] })).await,
        "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"
    );
    let ordered = json!({ "event": "FINISH_OBO_MIGRATION" });
    assert_eq!(event(ordered).await, "FINISH_OBO_MIGRATION");
}

#[tokio::test]
async fn code_and_session_come_in_either_order() {
    let meta = Meta::start();
    let place = |html: &str| {
        (
            html.find("WA_EMBEDDED_SIGNUP").unwrap(),
            html.find("SANDBOX_LOGIN").unwrap(),
        )
    };
    let (_, _, html) = popup(&meta, json!({})).await;
    assert!(place(&html).0 < place(&html).1);
    let (_, _, html) = popup(&meta, json!({ "codeFirst": true })).await;
    assert!(place(&html).0 > place(&html).1);
}

#[tokio::test]
async fn cancelling_and_reporting_an_error_are_told_apart() {
    let meta = Meta::start();
    let (session, login, _) = popup(&meta, json!({ "outcome": "cancel" })).await;
    assert_eq!(session["event"], "CANCEL");
    assert_eq!(
        session["data"],
        json!({ "current_step": "PHONE_NUMBER_SETUP" })
    );
    assert!(login["response"]["authResponse"].is_null());
    let (session, _, _) = popup(&meta, json!({ "outcome": "error" })).await;
    assert_eq!(session["event"], "CANCEL");
    assert!(session["data"]["error_code"].is_string());
}

#[tokio::test]
async fn a_configuration_with_a_redirect_gives_a_business_token_by_redirect() {
    let meta = Meta::start();
    meta.order("dialog", json!({ "auto": true })).await;
    let url = meta.dialog_url(&[
        ("client_id", APP),
        ("config_id", "42"),
        ("redirect_uri", REDIRECT),
    ]);
    let answer = client().get(url).send().await.unwrap();
    let code = redirect_params(&answer).remove("code").unwrap();
    let token = text(&meta.exchange(&code).await.ok()["access_token"]);
    assert_eq!(meta.debug(&token).await["type"], "SYSTEM_USER");
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("fb_exchange_token", token.as_str()),
    ];
    assert_eq!(meta.token_call(&query).await.refusal().1, 100);
}

#[tokio::test]
async fn a_foreign_opener_is_refused() {
    let meta = Meta::start();
    let url = meta.dialog_url(&[
        ("client_id", APP),
        ("config_id", "42"),
        ("origin", "https://evil.example"),
    ]);
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_sdk_is_served_in_any_locale() {
    let meta = Meta::start();
    for path in ["/sdk.js", "/en_US/sdk.js"] {
        let answer = client()
            .get(format!("{}{path}", meta.base()))
            .send()
            .await
            .unwrap();
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/javascript")
        );
        assert!(answer.text().await.unwrap().contains("window.FB"));
    }
}
