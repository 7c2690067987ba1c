use reqwest::Method;
use serde_json::{Value, json};

use super::*;

const JSON: &str = r#"{"version":"7.0","screens":[]}"#;

async fn create(meta: &Meta, token: &str, body: Value) -> Answer {
    meta.post(token, &format!("{DENTAL_WABA}/flows"), body)
        .await
}

async fn flow(meta: &Meta, token: &str, name: &str) -> String {
    let body = json!({ "name": name, "categories": ["SURVEY"], "flow_json": JSON });
    text(&create(meta, token, body).await.ok()["id"])
}

#[tokio::test]
async fn a_flow_goes_from_draft_to_published_to_deprecated_and_each_step_is_told() {
    let (meta, callback, token) = heard().await;
    let id = flow(&meta, &token, "visit").await;
    let status = async || meta.get(&token, &id).await.ok()["status"].clone();
    assert_eq!(status().await, "DRAFT");
    let act = async |edge: &str| meta.post(&token, &format!("{id}/{edge}"), json!({})).await;
    assert_eq!(act("deprecate").await.refusal().1, 139_003);
    act("publish").await.ok();
    assert_eq!(act("publish").await.refusal().1, 139_002);
    assert_eq!(meta.delete(&token, &id).await.refusal().1, 139_004);
    let renamed = meta.post(&token, &id, json!({ "name": "other" })).await;
    assert_eq!(renamed.refusal().1, 139_001);
    act("deprecate").await.ok();
    assert_eq!(status().await, "DEPRECATED");
    let told = told(&callback, 2).await;
    for ((field, value), (old, new)) in told
        .iter()
        .zip([("DRAFT", "PUBLISHED"), ("PUBLISHED", "DEPRECATED")])
    {
        assert_eq!(field, "flows");
        assert_eq!(value["event"], "FLOW_STATUS_CHANGE");
        assert_eq!(
            (&value["old_status"], &value["new_status"]),
            (&json!(old), &json!(new))
        );
        assert_eq!(value["flow_id"], id.as_str());
    }
}

#[tokio::test]
async fn a_flow_is_published_only_with_a_valid_flow_json() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    let body = json!({ "name": "empty", "categories": ["OTHER"] });
    let created = create(&meta, &token, body).await.ok();
    assert_eq!(
        created["validation_errors"][0]["error"],
        "MISSING_FLOW_JSON"
    );
    let id = text(&created["id"]);
    let upload = async |meta: &Meta, content: &str| {
        let part = reqwest::multipart::Part::text(content.to_owned()).file_name("flow.json");
        let form = reqwest::multipart::Form::new()
            .text("name", "flow.json")
            .text("asset_type", "FLOW_JSON")
            .part("file", part.mime_str("application/json").unwrap());
        let request = meta.request(Method::POST, &format!("/v25.0/{id}/assets"));
        send(request.bearer_auth(&token).multipart(form)).await.ok()
    };
    for (content, error) in [
        ("{", "INVALID_JSON"),
        (r#"{"screens":[]}"#, "REQUIRED_PROPERTY_MISSING"),
        (r#"{"version":"7.0"}"#, "REQUIRED_PROPERTY_MISSING"),
    ] {
        assert_eq!(
            upload(&meta, content).await["validation_errors"][0]["error"],
            error
        );
        let refused = meta.post(&token, &format!("{id}/publish"), json!({})).await;
        assert_eq!(refused.refusal().1, 139_002, "{content}");
    }
    assert_eq!(upload(&meta, JSON).await["validation_errors"], json!([]));
    meta.restart().await;
    let assets = meta.get(&token, &format!("{id}/assets")).await.ok();
    let asset = &assets["data"][0];
    assert_eq!(
        (&asset["name"], &asset["asset_type"]),
        (&json!("flow.json"), &json!("FLOW_JSON"))
    );
    let content = client()
        .get(text(&asset["download_url"]))
        .send()
        .await
        .unwrap();
    assert_eq!(content.text().await.unwrap(), JSON);
    meta.post(&token, &format!("{id}/publish"), json!({}))
        .await
        .ok();
}

#[tokio::test]
async fn flows_are_listed_with_fields_and_a_draft_can_be_changed_and_deleted() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let (one, two) = (
        flow(&meta, &token, "one").await,
        flow(&meta, &token, "two").await,
    );
    let path = format!("{DENTAL_WABA}/flows");
    assert_eq!(
        ids(&meta.get(&token, &path).await.ok()),
        [one.as_str(), two.as_str()]
    );
    meta.post(
        &token,
        &one,
        json!({ "name": "first", "categories": "[\"SIGN_UP\"]" }),
    )
    .await
    .ok();
    let node = meta
        .get(
            &token,
            &format!("{one}?fields=name,categories,json_version,preview"),
        )
        .await
        .ok();
    assert_eq!(node["name"], "first");
    assert_eq!(
        (&node["categories"], &node["json_version"]),
        (&json!(["SIGN_UP"]), &json!("7.0"))
    );
    meta.delete(&token, &two).await.ok();
    assert_eq!(meta.get(&token, &two).await.refusal().2, Some(33));
    let waba = meta
        .get(&token, &format!("{DENTAL_WABA}?fields=flows{{name}}"))
        .await
        .ok();
    assert_eq!(waba["flows"]["data"][0]["name"], "first");
    for bad in [
        json!({ "name": "first", "categories": ["OTHER"] }),
        json!({ "name": "x", "categories": [] }),
        json!({ "name": "x", "categories": ["FUN"] }),
        json!({ "name": "x" }),
        json!({ "categories": ["OTHER"] }),
    ] {
        assert_eq!(
            create(&meta, &token, bad.clone()).await.refusal().1,
            100,
            "{bad}"
        );
    }
    let targets = json!({ "targets": { "wabas": [JUNIPER_WABA] } });
    let foreign = text(&meta.order("tokens", targets).await["accessToken"]);
    assert_eq!(meta.get(&foreign, &one).await.refusal().2, Some(33));
}

#[tokio::test]
async fn meta_can_block_a_flow() {
    let (meta, callback, token) = heard().await;
    let id = flow(&meta, &token, "visit").await;
    meta.order(&format!("flows/{id}"), json!({ "status": "BLOCKED" }))
        .await;
    assert_eq!(meta.get(&token, &id).await.ok()["status"], "BLOCKED");
    assert_eq!(told(&callback, 1).await[0].1["new_status"], "BLOCKED");
}

#[tokio::test]
async fn a_template_with_a_blocked_or_throttled_flow_is_refused() {
    let (meta, _callback, token) = heard().await;
    let id = flow(&meta, &token, "visit").await;
    let of = |name: &str, flow: Value| {
        let button = json!({ "type": "FLOW", "text": "Book", "flow_id": flow });
        json!({
            "wabaId": DENTAL_WABA, "name": name, "language": "en_US",
            "components": [{ "type": "BODY", "text": "Hi" }, { "type": "BUTTONS", "buttons": [button] }],
        })
    };
    let number: u64 = id.parse().unwrap();
    let templates = json!([
        of("by_text", json!(id)),
        of("by_number", json!(number)),
        of("other", json!("7"))
    ]);
    meta.order("templates", templates).await;
    let code = async |name: &str| {
        let message = json!({
            "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
            "template": { "name": name, "language": { "code": "en_US" } },
        });
        let answer = meta
            .post(&token, &format!("{CONNECTED}/messages"), message)
            .await;
        answer.body["error"]["code"].as_i64().unwrap_or_default()
    };
    for (status, expected) in [
        ("BLOCKED", 132_068),
        ("THROTTLED", 132_069),
        ("PUBLISHED", 0),
    ] {
        meta.order(&format!("flows/{id}"), json!({ "status": status }))
            .await;
        assert_eq!(code("by_text").await, expected, "{status}");
        assert_eq!(code("by_number").await, expected, "{status}");
        assert_eq!(code("other").await, 0, "{status}");
    }
}
