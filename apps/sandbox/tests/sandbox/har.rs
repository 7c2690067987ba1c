//! The recording of what clients did.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::support::*;

async fn recording() -> (Meta, String) {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.order("har", json!({ "recording": true })).await;
    (meta, token)
}

async fn entries(meta: &Meta) -> Vec<Value> {
    let har = meta.look("har").await;
    assert_eq!(har["log"]["version"], "1.2");
    har["log"]["entries"].as_array().unwrap().clone()
}

/// Returns the text of a body as JSON.
fn inner(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_call_is_recorded_with_what_was_sent_and_answered() {
    let (meta, token) = recording().await;
    let message = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
        "template": { "name": "t", "language": { "code": "en_US" } },
    });
    let path = format!("{CONNECTED}/messages");
    let answer = meta.post(&token, &path, message.clone()).await.ok();
    let entries = entries(&meta).await;
    assert_eq!(entries.len(), 1, "control calls are not recorded");
    let (request, response) = (&entries[0]["request"], &entries[0]["response"]);
    assert_eq!(request["method"], "POST");
    assert_eq!(request["url"], format!("{}/v25.0/{path}", meta.base()));
    assert_eq!(inner(&request["postData"]["text"]), message);
    assert_eq!(request["postData"]["mimeType"], "application/json");
    assert_eq!(response["status"], 200);
    assert_eq!(inner(&response["content"]["text"]), answer);
    let length = response["content"]["size"].as_u64().unwrap();
    assert_eq!(length, response["bodySize"].as_u64().unwrap());
    assert!(entries[0]["time"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn no_secret_is_in_the_recording() {
    let (meta, token) = recording().await;
    let code = meta.code(json!({})).await;
    let issued = text(&meta.exchange(&code).await.ok()["access_token"]);
    meta.debug(&token).await;
    meta.get("a-token-of-nobody", "me").await;
    meta.get(&token, "me/businesses?limit=1").await.ok();
    let register = json!({ "messaging_product": "whatsapp", "pin": "604182" });
    meta.post(&token, &format!("{CONNECTED}/register"), register)
        .await;
    let form = [
        ("access_token", token.as_str()),
        ("override_callback_uri", "http://127.0.0.1:9/"),
        ("verify_token", "hush-hush"),
    ];
    let call = meta.request(
        Method::POST,
        &format!("/v25.0/{DENTAL_WABA}/subscribed_apps"),
    );
    send(call.form(&form)).await;
    let part = Part::bytes(vec![1, 2, 3]).file_name("a.png");
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("access_token", token.clone())
        .part("file", part);
    let call = meta.request(Method::POST, &format!("/v25.0/{CONNECTED}/media"));
    send(call.multipart(form)).await;

    let part = json!([{ "method": "POST", "relative_url": format!("{CONNECTED}/register?access_token={token}"), "body": "pin=771204" }]);
    let batch = [("access_token", token.clone()), ("batch", part.to_string())];
    let call = meta.request(Method::POST, "/");
    call.form(&batch).send().await.unwrap();

    let har = meta.look("har").await.to_string();
    assert_eq!(entries(&meta).await.len(), 9);
    for secret in [
        &token,
        &issued,
        &code,
        SECRET,
        "a-token-of-nobody",
        "604182",
        "771204",
        "hush-hush",
    ] {
        assert!(!har.contains(secret), "{secret}");
    }
    assert!(har.contains("[hidden]") && har.contains("override_callback_uri"));
    assert!(har.contains("limit=1"));
}

#[tokio::test]
async fn nothing_is_recorded_until_it_is_asked_for_nor_after_it_is_ended() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.get(&token, "me").await.ok();
    assert_eq!(entries(&meta).await.len(), 0);
    meta.order("har", json!({ "recording": true })).await;
    meta.get(&token, "me").await.ok();
    meta.order("har", json!({ "recording": false })).await;
    meta.get(&token, "me").await.ok();
    assert_eq!(entries(&meta).await.len(), 1);
    meta.control(Method::DELETE, "har", Value::Null).await;
    assert_eq!(entries(&meta).await.len(), 0);
}

#[tokio::test]
async fn a_broken_connection_is_an_entry_without_a_status() {
    let (meta, token) = recording().await;
    let fault = json!({ "when": { "next": 1 }, "then": { "reset": "before" } });
    meta.order("faults", fault).await;
    let call = meta.request(Method::GET, "/v25.0/me").bearer_auth(&token);
    assert!(call.send().await.is_err());
    let entries = entries(&meta).await;
    assert_eq!(entries[0]["response"]["status"], 0);
    assert!(text(&entries[0]["comment"]).contains("broken"));
}

#[tokio::test]
async fn a_body_that_is_long_or_no_text_is_told_by_its_length() {
    let (meta, token) = recording().await;
    let long = json!({ "text": "x".repeat(100_000) });
    meta.post(&token, "me", long.clone()).await;
    let page = json!({ "when": { "next": 1 }, "then": { "body": "<h1>Bad gateway</h1>" } });
    meta.order("faults", page).await;
    meta.request(Method::GET, "/v25.0/me").send().await.unwrap();
    let entries = entries(&meta).await;
    let sent = &entries[0]["request"]["postData"];
    assert_eq!(sent["text"], "");
    assert_eq!(entries[0]["request"]["bodySize"], long.to_string().len());
    let content = &entries[1]["response"]["content"];
    assert_eq!(
        (&content["text"], &content["size"]),
        (&json!(""), &json!(20))
    );
}
