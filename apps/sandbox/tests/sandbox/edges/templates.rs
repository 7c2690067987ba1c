use reqwest::Method;
use serde_json::{Value, json};

use super::*;

fn edge() -> String {
    format!("{DENTAL_WABA}/message_templates")
}

/// A utility template with one variable.
fn visit(name: &str) -> Value {
    json!({
        "name": name, "language": "en_US", "category": "utility",
        "components": [
            { "type": "body", "text": "Your visit is on {{1}}, see you.", "example": { "body_text": [["Monday"]] } },
        ],
    })
}

async fn create(meta: &Meta, token: &str, body: Value) -> Answer {
    meta.post(token, &edge(), body).await
}

/// Makes a template, and approves it.
async fn approved(meta: &Meta, token: &str, body: Value) -> String {
    let id = text(&create(meta, token, body).await.ok()["id"]);
    shift(meta, &id, json!({ "status": "APPROVED" })).await;
    id
}

async fn shift(meta: &Meta, id: &str, order: Value) {
    meta.order(&format!("templates/{id}"), order).await;
}

async fn field(meta: &Meta, token: &str, id: &str, name: &str) -> Value {
    meta.get(token, &format!("{id}?fields={name}")).await.ok()[name].clone()
}

async fn send_template(meta: &Meta, token: &str, name: &str, parameters: &[&str]) -> i64 {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|text| json!({ "type": "text", "text": text }))
        .collect();
    let body = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
        "template": {
            "name": name, "language": { "code": "en_US" },
            "components": [{ "type": "body", "parameters": parameters }],
        },
    });
    let answer = meta
        .post(token, &format!("{CONNECTED}/messages"), body)
        .await;
    answer.body["error"]["code"].as_i64().unwrap_or_default()
}

#[tokio::test]
async fn a_created_template_is_in_review_until_it_is_moved_and_the_move_is_told() {
    let (meta, callback, token) = heard().await;
    let only = json!({
        "appId": APP, "callbackUrl": callback.url, "verifyToken": TOKEN,
        "fields": ["message_template_status_update"],
    });
    meta.order("webhooks/subscription", only).await;
    let made = create(&meta, &token, visit("visit")).await.ok();
    assert_eq!(
        (&made["status"], &made["category"]),
        (&json!("PENDING"), &json!("UTILITY"))
    );
    let id = text(&made["id"]);
    assert_eq!(
        send_template(&meta, &token, "visit", &["Monday"]).await,
        132_001
    );
    shift(&meta, &id, json!({ "status": "APPROVED" })).await;
    assert_eq!(send_template(&meta, &token, "visit", &["Monday"]).await, 0);
    assert_eq!(send_template(&meta, &token, "visit", &[]).await, 132_000);
    shift(
        &meta,
        &id,
        json!({ "status": "PAUSED", "webhook": { "other_info": { "title": "FIRST_PAUSE" } } }),
    )
    .await;
    assert_eq!(
        send_template(&meta, &token, "visit", &["Monday"]).await,
        132_015
    );
    meta.post(&token, &format!("{id}/unpause"), json!({}))
        .await
        .ok();
    assert_eq!(field(&meta, &token, &id, "status").await, "APPROVED");
    shift(
        &meta,
        &id,
        json!({ "status": "REJECTED", "reason": "INVALID_FORMAT" }),
    )
    .await;
    assert_eq!(
        field(&meta, &token, &id, "rejected_reason").await,
        "INVALID_FORMAT"
    );

    let received = told(&callback, 4).await;
    let told: Vec<&Value> = received.iter().map(|(_, value)| value).collect();
    let events: Vec<&Value> = told.iter().map(|value| &value["event"]).collect();
    assert_eq!(events, ["APPROVED", "PAUSED", "APPROVED", "REJECTED"]);
    assert_eq!(
        told[0]["message_template_id"].to_string(),
        id,
        "a number in webhooks"
    );
    assert_eq!(told[0]["message_template_language"], "en_US");
    assert_eq!(told[1]["other_info"]["title"], "FIRST_PAUSE");
    assert!(told[3]["rejection_info"]["reason"].is_string());
}

#[tokio::test]
async fn a_quirk_reviews_at_once() {
    let (meta, callback, token) = heard().await;
    meta.order("quirks", json!({ "templateReview": "APPROVED" }))
        .await;
    let made = create(&meta, &token, visit("visit")).await.ok();
    assert_eq!(
        made["status"], "PENDING",
        "the answer comes before the review"
    );
    assert_eq!(
        field(&meta, &token, &text(&made["id"]), "status").await,
        "APPROVED"
    );
    assert_eq!(told(&callback, 1).await[0].1["event"], "APPROVED");
}

#[tokio::test]
async fn templates_are_listed_in_pages_with_fields_and_filters() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.order("templates/review", json!({ "default": "pend" }))
        .await;
    let mut all = Vec::new();
    for n in 0..30 {
        let mut body = visit(&format!("visit_{n}"));
        if n % 3 == 0 {
            body["category"] = json!("MARKETING");
            body["language"] = json!("de");
        }
        all.push(text(&create(&meta, &token, body).await.ok()["id"]));
    }
    shift(
        &meta,
        &all[1],
        json!({ "status": "APPROVED", "qualityScore": "RED" }),
    )
    .await;
    meta.restart().await;
    let list = async |query: &str| meta.get(&token, &format!("{}?{query}", edge())).await.ok();
    let first = list("").await;
    assert_eq!(ids(&first), all[..25], "25 without a limit");
    let after = text(&first["paging"]["cursors"]["after"]);
    let second = list(&format!("after={after}")).await;
    assert_eq!(ids(&second), all[25..]);
    let one = list("limit=1&fields=name,status").await;
    assert_eq!(
        one["data"][0],
        json!({ "name": "visit_0", "status": "PENDING", "id": all[0] })
    );
    for (query, count) in [
        ("name=visit_2", 1),
        ("name=visit", 0),
        ("status=APPROVED", 1),
        ("status=approved,rejected", 1),
        (r#"status=["PENDING"]"#, 29),
        ("category=MARKETING", 10),
        ("language=en_US&category=UTILITY", 20),
        ("quality_score=RED", 1),
        ("content=your%20VISIT", 30),
        ("name_or_content=visit_29", 1),
        ("content=nothing", 0),
    ] {
        let found = list(&format!("limit=100&fields=id&{query}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{query}");
    }
    let summary = list("limit=1&summary=total_count").await["summary"].clone();
    assert_eq!(
        (&summary["total_count"], &summary["message_template_limit"]),
        (&json!(30), &json!(6_000))
    );
    let other = format!("{JUNIPER_WABA}/message_templates");
    assert!(ids(&meta.get(&token, &other).await.ok()).is_empty());
}

#[tokio::test]
async fn contents_that_break_a_documented_rule_are_refused() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = visit("visit");
        change(&mut body);
        body
    };
    let text_of = |words: &str, example: Value| {
        let words = words.to_owned();
        with(&move |body| {
            body["components"][0]["text"] = json!(words);
            body["components"][0]["example"] = json!({ "body_text": example });
        })
    };
    let plus = |part: Value| {
        with(&move |body| {
            body["components"]
                .as_array_mut()
                .unwrap()
                .push(part.clone());
        })
    };
    let buttons = |kinds: &[&str]| {
        let buttons: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({ "type": kind, "text": "x", "url": "https://a.b", "phone_number": "1555" }))
            .collect();
        plus(json!({ "type": "BUTTONS", "buttons": buttons }))
    };
    let cases = [
        (with(&|body| body["name"] = json!("Visit")), None),
        (with(&|body| body["name"] = json!("a-b")), None),
        (with(&|body| body["language"] = json!("english")), None),
        (with(&|body| body["category"] = json!("FUN")), None),
        (
            with(&|body| body["components"] = json!([])),
            Some(2_388_043),
        ),
        (
            plus(json!({ "type": "BODY", "text": "x" })),
            Some(2_388_043),
        ),
        (plus(json!({ "type": "SONG" })), None),
        (
            plus(json!({ "type": "FOOTER", "text": "x".repeat(61) })),
            Some(2_388_040),
        ),
        (
            plus(json!({ "type": "FOOTER", "text": "a {{1}} b" })),
            Some(2_388_073),
        ),
        (
            plus(json!({ "type": "HEADER", "format": "TEXT", "text": "x".repeat(61) })),
            Some(2_388_040),
        ),
        (
            plus(json!({ "type": "HEADER", "format": "TEXT", "text": "a {{1}} b {{2}} c" })),
            Some(2_388_047),
        ),
        (text_of("{{1}} is the day", json!([["a"]])), Some(2_388_299)),
        (text_of("the day is {{1}}", json!([["a"]])), Some(2_388_299)),
        (
            text_of("a {{1}}{{2}} b", json!([["a", "b"]])),
            Some(2_388_293),
        ),
        (text_of("a {{2}} b", json!([["a"]])), Some(2_388_072)),
        (text_of("a {{name}} b", json!([["a"]])), Some(2_388_072)),
        (text_of("a {{1}} b", json!([])), Some(2_388_072)),
        (text_of(&"x".repeat(1_025), json!([])), Some(2_388_040)),
        (buttons(&[]), Some(2_388_043)),
        (buttons(&["URL", "URL", "URL"]), Some(2_388_043)),
        (
            buttons(&["QUICK_REPLY", "URL", "QUICK_REPLY"]),
            Some(2_388_043),
        ),
        (buttons(&["URL", "QUICK_REPLY", "URL"]), Some(2_388_043)),
        (buttons(&["PHONE_NUMBER", "PHONE_NUMBER"]), Some(2_388_043)),
        (buttons(&["QUICK_REPLY"; 11]), Some(2_388_043)),
    ];
    for (body, subcode) in cases {
        let refused = create(&meta, &token, body.clone()).await;
        assert_eq!(refused.refusal(), (400, 100, subcode), "{body}");
        if subcode.is_some() {
            assert!(refused.body["error"]["error_user_msg"].is_string());
        }
    }
    for (name, good) in [
        (
            "a",
            buttons(&["QUICK_REPLY", "QUICK_REPLY", "URL", "PHONE_NUMBER"]),
        ),
        ("b", text_of("a {{1}} b {{2}} c {{1}}.", json!(["x", "y"]))),
        ("c", plus(json!({ "type": "header", "format": "location" }))),
        ("d", {
            let mut named = text_of("a {{first_name}} b", Value::Null);
            named["parameter_format"] = json!("named");
            let example = json!([{ "param_name": "first_name", "example": "Ava" }]);
            named["components"][0]["example"] = json!({ "body_text_named_params": example });
            named
        }),
    ] {
        let mut good = good;
        good["name"] = json!(name);
        create(&meta, &token, good).await.ok();
    }
}

#[tokio::test]
async fn an_edit_replaces_the_components_and_has_its_limits() {
    let (meta, callback, token) = heard().await;
    let id = approved(&meta, &token, visit("visit")).await;
    let edit = async |text: &str| {
        let body = json!({ "components": [
            { "type": "BODY", "text": text },
            { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Go", "url": "https://a.b" }] },
        ]});
        meta.post(&token, &id, body).await
    };
    edit("Changed.").await.ok();
    assert_eq!(field(&meta, &token, &id, "status").await, "PENDING");
    let components = field(&meta, &token, &id, "components").await;
    assert_eq!(components[0]["text"], "Changed.");
    assert_eq!(edit("In review.").await.refusal().2, Some(2_388_039));
    shift(&meta, &id, json!({ "status": "APPROVED" })).await;
    assert_eq!(
        edit("Too soon.").await.refusal().2,
        Some(2_388_039),
        "once in 24 hours"
    );
    let category = meta
        .post(&token, &id, json!({ "category": "MARKETING" }))
        .await;
    assert_eq!(
        category.refusal().2,
        Some(2_388_039),
        "fixed while approved"
    );
    meta.travel(86_401).await;
    edit("A day later.").await.ok();
    for _ in 0..3 {
        shift(&meta, &id, json!({ "status": "REJECTED" })).await;
        edit("Rejected ones have no limit.").await.ok();
    }
    let nothing = meta.post(&token, &id, json!({})).await;
    assert_eq!(nothing.refusal().1, 100);
    let told = told(&callback, 3).await;
    let (name, value) = &told[1];
    assert_eq!(name, "message_template_components_update");
    assert_eq!(value["message_template_element"], "Changed.");
    assert_eq!(
        value["message_template_buttons"][0]["message_template_button_url"],
        "https://a.b"
    );
}

#[tokio::test]
async fn a_name_deletes_every_language_an_id_beside_it_one() {
    let (meta, callback, token) = heard().await;
    let mut made = Vec::new();
    for (name, language) in [
        ("a", "en_US"),
        ("a", "de"),
        ("a", "fr"),
        ("b", "de"),
        ("c", "de"),
    ] {
        let mut body = visit(name);
        body["language"] = json!(language);
        made.push(approved(&meta, &token, body).await);
    }
    let delete = async |query: &str| meta.delete(&token, &format!("{}?{query}", edge())).await;
    let left = async || ids(&meta.get(&token, &edge()).await.ok());
    delete(&format!("name=a&hsm_id={}", made[1])).await.ok();
    assert_eq!(left().await.len(), 4);
    assert_eq!(
        delete(&format!("name=b&hsm_id={}", made[4]))
            .await
            .refusal()
            .2,
        Some(2_593_002)
    );
    delete("name=a").await.ok();
    assert_eq!(left().await, [made[3].as_str(), made[4].as_str()]);
    for bad in [
        String::new(),
        "name=nothing".to_owned(),
        format!("name=b&hsm_ids=[\"{}\"]", made[3]),
        "hsm_ids=[\"1\"]".to_owned(),
        "hsm_ids=[]".to_owned(),
    ] {
        assert_eq!(delete(&bad).await.refusal().1, 100, "{bad}");
    }
    delete(&format!("hsm_ids=[\"{}\",\"{}\"]", made[3], made[4]))
        .await
        .ok();
    assert!(left().await.is_empty());
    assert_eq!(meta.get(&token, &made[0]).await.refusal().2, Some(33));

    let again = create(&meta, &token, visit("a")).await;
    assert_eq!(
        again.refusal().2,
        Some(2_388_023),
        "the name is taken for 30 days"
    );
    meta.travel(30 * 86_400 + 1).await;
    create(&meta, &token, visit("a")).await.ok();
    let twice = create(&meta, &token, visit("a")).await;
    assert_eq!(twice.refusal().2, Some(2_388_024));
    let told = told(&callback, 10).await;
    let gone = told.iter().filter(|(_, value)| value["event"] == "DELETED");
    assert!(gone.clone().all(|(_, value)| value["reason"].is_null()));
    assert_eq!(gone.count(), 5);
}

#[tokio::test]
async fn a_category_is_changed_with_and_without_notice() {
    let (meta, callback, token) = heard().await;
    let mut body = visit("visit");
    body["message_send_ttl_seconds"] = json!(600);
    let id = approved(&meta, &token, body).await;
    shift(&meta, &id, json!({ "correctCategory": "MARKETING" })).await;
    assert_eq!(
        field(&meta, &token, &id, "correct_category").await,
        "MARKETING"
    );
    assert_eq!(field(&meta, &token, &id, "category").await, "UTILITY");
    shift(&meta, &id, json!({ "category": "MARKETING" })).await;
    let fields = "category,previous_category,correct_category,message_send_ttl_seconds";
    let node = meta
        .get(&token, &format!("{id}?fields={fields}"))
        .await
        .ok();
    assert_eq!(
        node,
        json!({ "category": "MARKETING", "previous_category": "UTILITY", "id": id })
    );
    shift(&meta, &id, json!({ "qualityScore": "YELLOW" })).await;
    let told = told(&callback, 4).await;
    assert_eq!(told[1].1["correct_category"], "MARKETING");
    assert_eq!(told[1].1["new_category"], "UTILITY", "the present one");
    assert_eq!(told[2].1["new_category"], "MARKETING");
    assert_eq!(told[3].0, "message_template_quality_update");
    assert_eq!(told[3].1["previous_quality_score"], "UNKNOWN");
}

#[tokio::test]
async fn templates_of_the_control_api_and_of_old_states_have_ids_and_bodies() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    let order = json!([{
        "wabaId": DENTAL_WABA, "name": "old", "language": "en_US", "bodyParameters": 2,
    }]);
    meta.order("templates", order).await;
    let list = meta.get(&token, &edge()).await.ok();
    assert_eq!(list["data"][0]["status"], "APPROVED");
    assert!(text(&list["data"][0]["components"][0]["text"]).contains("{{2}}"));
    // A state of an earlier version has templates without ids, and numbers without extras.
    meta.stop().await;
    let file = meta.folder().join("state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let root = state.as_object_mut().unwrap();
    for added in ["flows", "groups", "uploads", "deletedTemplates"] {
        root.remove(added).unwrap();
    }
    for phone in state["phones"].as_array_mut().unwrap() {
        phone.as_object_mut().unwrap().remove("extras").unwrap();
    }
    let template = state["templates"][0].as_object_mut().unwrap();
    template.retain(|name, _| {
        [
            "wabaId",
            "name",
            "language",
            "status",
            "category",
            "bodyParameters",
        ]
        .contains(&name.as_str())
    });
    std::fs::write(&file, state.to_string()).unwrap();
    meta.start_again();
    let list = meta.get(&token, &edge()).await.ok();
    assert_eq!(list["data"][0]["name"], "old");
    assert!(!text(&list["data"][0]["id"]).is_empty());
}

#[tokio::test]
async fn a_one_time_code_button_comes_back_as_a_url_button() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let body = json!({
        "name": "code", "language": "en", "category": "AUTHENTICATION",
        "components": [
            { "type": "BODY", "add_security_recommendation": true },
            { "type": "FOOTER", "code_expiration_minutes": 5 },
            { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
        ],
    });
    let request = meta
        .request(Method::POST, &format!("/v25.0/{}", edge()))
        .bearer_auth(&token);
    let id = text(&send(request.json(&body)).await.ok()["id"]);
    let components = field(&meta, &token, &id, "components").await;
    assert_eq!(components[2]["buttons"][0]["type"], "URL");
}
