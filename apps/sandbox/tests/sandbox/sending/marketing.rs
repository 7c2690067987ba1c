use serde_json::{Value, json};

use super::*;

/// Sets templates of each category, of which the message takes no values.
async fn templates(meta: &Meta, more: Value) {
    let known = |name: &str, category: &str| {
        json!({
            "wabaId": DENTAL_WABA, "name": name, "language": "en_US", "category": category,
        })
    };
    let mut all = vec![
        known("offer", "MARKETING"),
        known("visit", "UTILITY"),
        known("code", "AUTHENTICATION"),
    ];
    all.extend(more.as_array().cloned().unwrap_or_default());
    meta.order("templates", json!(all)).await;
}

/// Sends a message by the route for marketing.
async fn market(meta: &Meta, token: &str, message: Value) -> Answer {
    let mut message = message;
    message["messaging_product"] = json!("whatsapp");
    if message.get("to").is_none() && message.get("recipient").is_none() {
        message["to"] = json!(AVA);
    }
    let path = format!("{CONNECTED}/marketing_messages");
    meta.post(token, &path, message).await
}

async fn market_code(meta: &Meta, token: &str, message: Value) -> i64 {
    let answer = market(meta, token, message).await;
    answer.body["error"]["code"].as_i64().unwrap_or_default()
}

async fn onboard(meta: &Meta) {
    let order = json!({ "marketingMessages": "ONBOARDED" });
    meta.order(&format!("wabas/{DENTAL_WABA}"), order).await;
}

fn with(name: &str, field: &str, value: Value) -> Value {
    let mut message = template(name);
    message[field] = value;
    message
}

#[tokio::test]
async fn only_marketing_templates_go_by_the_route_for_marketing() {
    let (meta, token) = open().await;
    templates(&meta, json!([])).await;
    let answer = market(&meta, &token, template("offer")).await.ok();
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    for message in [
        template("visit"),
        template("code"),
        template("unknown"),
        hello("a"),
        json!({ "type": "image", "image": { "link": "https://example.com/a" } }),
    ] {
        let answer = market(&meta, &token, message.clone()).await;
        assert_eq!(answer.refusal(), (400, 134_100, None), "{message}");
    }
    let read = json!({ "status": "read", "message_id": "wamid.a" });
    assert_ne!(market_code(&meta, &token, read).await, 0);
    // Both routes share the number's limits and the ledger.
    let summary = meta.look("ledger/summary").await;
    assert_eq!(summary["accepted"], 1);
    assert_eq!(summary["refused"]["134100"], 5);
}

#[tokio::test]
async fn the_fields_of_the_route_are_checked() {
    let (meta, token) = open().await;
    templates(&meta, json!([])).await;
    let multiplier = |value: Value| json!({ "per_message_bid_multiplier": value });
    for (code, field, value) in [
        (0, "product_policy", json!("CLOUD_API_FALLBACK")),
        (0, "product_policy", Value::Null),
        (134_102, "product_policy", json!("STRICT")),
        (100, "product_policy", json!("strict")),
        (100, "product_policy", json!(1)),
        (0, "message_activity_sharing", json!(true)),
        (100, "message_activity_sharing", json!("true")),
        (0, "bid_spec", multiplier(json!(1.5))),
        (100, "bid_spec", multiplier(json!(0))),
        (100, "bid_spec", multiplier(json!("1"))),
        (100, "bid_spec", json!(2)),
        (0, "recipient_type", json!("individual")),
        (100, "recipient_type", json!("group")),
        (100, "recipient", json!("DE.1000")),
    ] {
        let mut message = with("offer", field, value);
        message["to"] = json!(AVA);
        let given = message.clone();
        assert_eq!(market_code(&meta, &token, message).await, code, "{given}");
    }
    onboard(&meta).await;
    let strict = with("offer", "product_policy", json!("STRICT"));
    assert_eq!(market_code(&meta, &token, strict).await, 0);
    let spec = json!({ "bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 5 });
    let priced = json!([{
        "wabaId": DENTAL_WABA, "name": "priced", "language": "en_US", "category": "MARKETING",
        "fields": { "optimization_spec": spec },
    }]);
    templates(&meta, priced).await;
    assert_eq!(market_code(&meta, &token, template("priced")).await, 0);
    assert_eq!(code(&meta, &token, template("priced")).await, 131_061);
    let person = meta.look(&format!("phones/{AVA}")).await;
    let id = person["userIds"][HARBORVIEW].clone();
    meta.order(&format!("phones/{AVA}"), json!({ "name": "Ava" }))
        .await;
    let by_id = with("priced", "recipient", id.clone());
    assert_eq!(market_code(&meta, &token, by_id).await, 131_062);
    assert_eq!(
        market_code(&meta, &token, with("offer", "recipient", id)).await,
        0
    );
}

#[tokio::test]
async fn the_price_tells_by_which_route_a_marketing_message_went() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    templates(&meta, json!([])).await;
    let status = async |fields: &str| {
        let path = format!("{DENTAL_WABA}?fields={fields}");
        meta.get(&token, &path).await.ok()[fields].clone()
    };
    let onboarding = "marketing_messages_onboarding_status";
    assert_eq!(status(onboarding).await, "ELIGIBLE");
    let path = format!("{HARBORVIEW}?fields={onboarding}");
    assert!(meta.get(&token, &path).await.ok().get(onboarding).is_none());
    market(&meta, &token, template("offer")).await.ok();
    onboard(&meta).await;
    assert_eq!(status(onboarding).await, "ONBOARDED");
    let of_business = meta.get(&token, &path).await.ok()[onboarding].clone();
    assert_eq!(of_business["status"], "TERM_OF_SERVICE_SIGNED");
    market(&meta, &token, template("offer")).await.ok();
    send(&meta, &token, template("offer")).await.ok();
    meta.order("webhooks/settle", json!({})).await;
    let told = statuses(&callback);
    let sent = told.iter().filter(|it| it["status"] == "sent");
    let prices: Vec<&Value> = sent.map(|it| &it["pricing"]["category"]).collect();
    assert_eq!(prices, ["marketing", "marketing_lite", "marketing"]);
    assert!(told.iter().all(|it| it["pricing"]["type"] == "regular"));
    let mut signed = None;
    for each in callback.received() {
        let body = each.json();
        if body["entry"][0]["changes"][0]["value"]["event"] == "MM_LITE_TERMS_SIGNED" {
            signed = Some(body["entry"][0]["id"].clone());
        }
    }
    assert_eq!(signed, Some(json!(HARBORVIEW)));
}

#[tokio::test]
async fn an_account_can_leave_marketing_to_its_own_route() {
    let (meta, token) = open().await;
    templates(&meta, json!([])).await;
    let switch = "disable_marketing_messages_on_cloud_api";
    let turn = async |value: Value| {
        meta.post(&token, DENTAL_WABA, json!({ switch: value }))
            .await
    };
    assert_eq!(turn(json!("perhaps")).await.refusal().1, 100);
    turn(json!(true)).await.ok();
    let path = format!("{DENTAL_WABA}?fields={switch}");
    assert_eq!(meta.get(&token, &path).await.ok()[switch], true);
    assert_eq!(code(&meta, &token, template("offer")).await, 131_063);
    assert_eq!(code(&meta, &token, template("visit")).await, 0);
    assert_eq!(market_code(&meta, &token, template("offer")).await, 0);
    turn(json!(false)).await.ok();
    assert_eq!(code(&meta, &token, template("offer")).await, 0);
    // A category that changes while a message waits makes the other route the right one.
    let order = json!({ "category": "UTILITY" });
    let list = meta.look("templates").await;
    let id = text(&list["data"][0]["id"]);
    meta.order(&format!("templates/{id}"), order).await;
    assert_eq!(market_code(&meta, &token, template("offer")).await, 134_100);
}

#[tokio::test]
async fn a_template_that_is_not_synced_yet_waits() {
    let (meta, token) = open().await;
    templates(&meta, json!([])).await;
    for names in [json!(["offer"]), json!(["*"])] {
        knobs(&meta, json!({ "unsyncedTemplates": names })).await;
        assert_eq!(market_code(&meta, &token, template("offer")).await, 134_101);
        assert_eq!(code(&meta, &token, template("offer")).await, 0);
    }
    knobs(&meta, json!({ "unsyncedTemplates": ["visit"] })).await;
    assert_eq!(market_code(&meta, &token, template("offer")).await, 0);
}

#[tokio::test]
async fn what_a_recipient_refuses_of_marketing_leaves_the_rest_alone() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    templates(&meta, json!([])).await;
    for refused in [131_049, 131_050, 130_472] {
        let recipients = json!({ AVA: { "marketing": { "refuse": refused } } });
        knobs(&meta, json!({ "recipients": recipients })).await;
        assert_eq!(market_code(&meta, &token, template("offer")).await, refused);
        assert_eq!(code(&meta, &token, template("offer")).await, refused);
        assert_eq!(code(&meta, &token, template("visit")).await, 0);
        let recipients = json!({ AVA: { "marketing": { "fail": refused } } });
        knobs(&meta, json!({ "recipients": recipients })).await;
        let failed = fate(&meta, &token, &callback, template("offer")).await;
        assert_eq!(failed, Some(refused));
        assert_eq!(
            fate(&meta, &token, &callback, template("visit")).await,
            None
        );
    }
}

#[tokio::test]
async fn misused_categories_stop_utility_alone() {
    let (meta, token) = open().await;
    templates(&meta, json!([])).await;
    meta.order(
        &format!("wabas/{DENTAL_WABA}"),
        json!({ "misclassified": true }),
    )
    .await;
    assert_eq!(code(&meta, &token, template("visit")).await, 131_064);
    assert_eq!(code(&meta, &token, template("offer")).await, 0);
    assert_eq!(code(&meta, &token, template("code")).await, 0);
}
