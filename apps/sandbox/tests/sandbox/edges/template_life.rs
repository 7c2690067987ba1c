//! The life of templates at Meta after they are made.

use serde_json::{Value, json};

use super::*;

fn edge() -> String {
    format!("{DENTAL_WABA}/message_templates")
}

fn visit(name: &str) -> Value {
    json!({
        "name": name, "language": "en_US", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Your visit is on {{1}}, see you.", "example": { "body_text": [["Monday"]] } }],
    })
}

async fn made(meta: &Meta, token: &str, body: Value) -> String {
    text(&meta.post(token, &edge(), body).await.ok()["id"])
}

async fn field(meta: &Meta, token: &str, id: &str, name: &str) -> Value {
    meta.get(token, &format!("{id}?fields={name}")).await.ok()[name].clone()
}

/// Waits until a template has a status. The test's own limit of time ends it.
async fn becomes(meta: &Meta, token: &str, id: &str, status: &str) {
    while field(meta, token, id, "status").await != status {
        tokio::task::yield_now().await;
    }
}

/// Sends a template with one value, and returns the answer.
async fn send_one(meta: &Meta, token: &str, name: &str) -> Value {
    let parameters = json!([{ "type": "text", "text": "Monday" }]);
    let message = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
        "template": {
            "name": name, "language": { "code": "en_US" },
            "components": [{ "type": "body", "parameters": parameters }],
        },
    });
    meta.post(token, &format!("{CONNECTED}/messages"), message)
        .await
        .body
}

async fn order(meta: &Meta, id: &str, act: &str, body: Value) {
    meta.order(&format!("templates/{id}/{act}"), body).await;
}

/// Returns the events of the status webhooks, and the title of what else is told.
async fn events(meta: &Meta, callback: &Callback) -> Vec<(String, Value)> {
    meta.order("webhooks/settle", json!({})).await;
    let changes = callback.received().into_iter().map(|each| {
        let change = each.json()["entry"][0]["changes"][0].clone();
        (change["field"].clone(), change["value"].clone())
    });
    changes
        .filter(|(field, _)| field == "message_template_status_update")
        .map(|(_, value)| (text(&value["event"]), value["other_info"]["title"].clone()))
        .collect()
}

#[tokio::test]
async fn without_other_orders_a_template_is_approved_within_a_second() {
    let (meta, callback, token) = heard().await;
    meta.order("templates/review", json!({})).await;
    let answer = meta.post(&token, &edge(), visit("a")).await.ok();
    assert_eq!(answer["status"], "PENDING");
    let id = text(&answer["id"]);
    becomes(&meta, &token, &id, "APPROVED").await;
    assert_eq!(told(&callback, 1).await[0].1["event"], "APPROVED");
    meta.order(
        "templates/review",
        json!({ "default": "reject", "reason": "SCAM" }),
    )
    .await;
    let id = made(&meta, &token, visit("b")).await;
    becomes(&meta, &token, &id, "REJECTED").await;
    assert_eq!(field(&meta, &token, &id, "rejected_reason").await, "SCAM");
    meta.order("templates/review", json!({ "default": "pend" }))
        .await;
    let id = made(&meta, &token, visit("c")).await;
    meta.travel(86_400).await;
    assert_eq!(field(&meta, &token, &id, "status").await, "PENDING");
    meta.order(
        "templates/review",
        json!({ "default": "pend", "utilityBecomes": "MARKETING" }),
    )
    .await;
    let answer = meta.post(&token, &edge(), visit("d")).await.ok();
    assert_eq!(
        answer["category"], "MARKETING",
        "the answer tells the category"
    );
}

#[tokio::test]
async fn a_review_ends_as_it_is_ordered() {
    let (meta, callback, token) = heard().await;
    let id = made(&meta, &token, visit("a")).await;
    order(&meta, &id, "review", json!({ "outcome": "pend" })).await;
    order(
        &meta,
        &id,
        "review",
        json!({ "outcome": "approve", "category": "MARKETING" }),
    )
    .await;
    assert_eq!(field(&meta, &token, &id, "category").await, "MARKETING");
    assert_eq!(
        field(&meta, &token, &id, "previous_category").await,
        "UTILITY"
    );
    let other = made(&meta, &token, visit("b")).await;
    order(
        &meta,
        &other,
        "review",
        json!({ "outcome": "reject", "reason": "PROMOTIONAL" }),
    )
    .await;
    assert_eq!(
        field(&meta, &token, &other, "rejected_reason").await,
        "PROMOTIONAL"
    );
    let names: Vec<String> = events(&meta, &callback)
        .await
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["APPROVED", "REJECTED"]);
    let unknown = json!({ "outcome": "approve" });
    let answer = meta
        .control_raw(reqwest::Method::POST, "templates/1/review", unknown)
        .await;
    assert_eq!(answer.status.as_u16(), 404);
}

#[tokio::test]
async fn a_red_template_is_paused_for_longer_each_time_and_then_disabled() {
    let (meta, callback, token) = heard().await;
    let id = made(&meta, &token, visit("a")).await;
    order(&meta, &id, "review", json!({ "outcome": "approve" })).await;
    for hours in [3, 6] {
        order(&meta, &id, "quality", json!({ "score": "RED" })).await;
        assert_eq!(send_one(&meta, &token, "a").await["error"]["code"], 132_015);
        meta.travel(hours * 3_600 - 60).await;
        assert_eq!(field(&meta, &token, &id, "status").await, "PAUSED");
        meta.travel(60).await;
        becomes(&meta, &token, &id, "APPROVED").await;
    }
    order(&meta, &id, "quality", json!({ "score": "RED" })).await;
    assert_eq!(send_one(&meta, &token, "a").await["error"]["code"], 132_016);
    let told = events(&meta, &callback).await;
    let expected = [
        ("APPROVED", Value::Null),
        ("PAUSED", json!("FIRST_PAUSE")),
        ("APPROVED", json!("UNPAUSE")),
        ("PAUSED", json!("SECOND_PAUSE")),
        ("APPROVED", json!("UNPAUSE")),
        ("DISABLED", Value::Null),
    ];
    assert_eq!(told, expected.map(|(name, title)| (name.to_owned(), title)));
    let delete = format!("{}?name=a", edge());
    assert_eq!(
        meta.delete(&token, &delete).await.refusal().2,
        Some(2_388_039)
    );
    let other = made(&meta, &token, visit("b")).await;
    order(&meta, &other, "review", json!({ "outcome": "approve" })).await;
    order(&meta, &other, "quality", json!({ "score": "YELLOW" })).await;
    assert_eq!(field(&meta, &token, &other, "status").await, "APPROVED");
    order(
        &meta,
        &other,
        "quality",
        json!({ "score": "RED", "pauses": false }),
    )
    .await;
    assert_eq!(field(&meta, &token, &other, "status").await, "APPROVED");
    order(&meta, &other, "disable", Value::Null).await;
    assert_eq!(field(&meta, &token, &other, "status").await, "DISABLED");
}

#[tokio::test]
async fn a_category_changes_a_day_after_its_notice() {
    let (meta, callback, token) = heard().await;
    let id = made(&meta, &token, visit("a")).await;
    order(&meta, &id, "review", json!({ "outcome": "approve" })).await;
    order(
        &meta,
        &id,
        "category",
        json!({ "category": "MARKETING", "notice": true }),
    )
    .await;
    assert_eq!(
        field(&meta, &token, &id, "correct_category").await,
        "MARKETING"
    );
    meta.travel(86_390).await;
    assert_eq!(field(&meta, &token, &id, "category").await, "UTILITY");
    meta.travel(10).await;
    while field(&meta, &token, &id, "category").await != "MARKETING" {
        tokio::task::yield_now().await;
    }
    assert_eq!(field(&meta, &token, &id, "status").await, "APPROVED");
    order(&meta, &id, "category", json!({ "category": "UTILITY" })).await;
    let told = told(&callback, 4).await;
    let changes: Vec<(&Value, &Value, &Value)> = told[1..]
        .iter()
        .map(|(_, value)| {
            (
                &value["previous_category"],
                &value["new_category"],
                &value["correct_category"],
            )
        })
        .collect();
    let (utility, marketing) = (json!("UTILITY"), json!("MARKETING"));
    assert_eq!(
        changes,
        [
            (&Value::Null, &utility, &marketing),
            (&utility, &marketing, &Value::Null),
            (&marketing, &utility, &Value::Null),
        ]
    );
}

/// Returns the statuses of all messages, as `status code`.
async fn fates(meta: &Meta, callback: &Callback) -> Vec<String> {
    meta.order("webhooks/settle", json!({})).await;
    let mut fates = Vec::new();
    for each in callback.received() {
        for change in each.json()["entry"][0]["changes"].as_array().unwrap() {
            for status in change["value"]["statuses"].as_array().into_iter().flatten() {
                let code = &status["errors"][0]["code"];
                fates.push(match code.as_i64() {
                    Some(code) => format!("failed {code}"),
                    None => text(&status["status"]),
                });
            }
        }
    }
    fates
}

#[tokio::test]
async fn messages_of_a_paced_template_are_held_until_the_verdict() {
    let (meta, callback, token) = heard().await;
    let id = made(&meta, &token, visit("a")).await;
    order(&meta, &id, "review", json!({ "outcome": "approve" })).await;
    order(&meta, &id, "pacing", json!({ "further": 1 })).await;
    let mut words = Vec::new();
    for _ in 0..3 {
        words.push(send_one(&meta, &token, "a").await["messages"][0]["message_status"].clone());
    }
    let held = "held_for_quality_assessment";
    assert_eq!(words, ["accepted", held, held]);
    assert_eq!(fates(&meta, &callback).await, ["sent", "delivered"]);
    let thread = format!("phones/4915112345678/thread?with={CONNECTED}");
    let shown = async || meta.look(&thread).await["data"].as_array().unwrap().len();
    assert_eq!(shown().await, 1, "a held message is on no phone");
    assert_eq!(
        meta.look(&format!("templates/{id}/pacing")).await["held"],
        2
    );
    order(&meta, &id, "pacing", json!({ "verdict": "good" })).await;
    assert_eq!(fates(&meta, &callback).await.len(), 6);
    assert_eq!(shown().await, 3);
    // A bad verdict.
    order(&meta, &id, "pacing", json!({ "further": 0 })).await;
    assert_eq!(
        send_one(&meta, &token, "a").await["messages"][0]["message_status"],
        held
    );
    order(&meta, &id, "pacing", json!({ "verdict": "bad" })).await;
    assert_eq!(
        fates(&meta, &callback).await.last().unwrap(),
        "failed 132015"
    );
    assert_eq!(field(&meta, &token, &id, "status").await, "PAUSED");
    meta.travel(30 * 86_400).await;
    assert_eq!(
        field(&meta, &token, &id, "status").await,
        "PAUSED",
        "until it is unpaused by hand"
    );
    meta.post(&token, &format!("{id}/unpause"), json!({}))
        .await
        .ok();
    // Without a verdict the messages go within an hour.
    order(&meta, &id, "pacing", json!({ "further": 0 })).await;
    send_one(&meta, &token, "a").await;
    meta.travel(3_600).await;
    while fates(&meta, &callback).await.last().unwrap() != "delivered" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_archived_template_comes_back_or_is_deleted_after_28_days() {
    let (meta, callback, token) = heard().await;
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let id = made(&meta, &token, visit(name)).await;
        order(&meta, &id, "review", json!({ "outcome": "approve" })).await;
        ids.push(id);
    }
    let act = async |edge: &str, ids: &str| {
        let path = format!("{DENTAL_WABA}/message_templates/{edge}");
        meta.post(&token, &path, json!({ "hsm_ids": ids }))
            .await
            .ok()
    };
    let answer = act("archive", &format!("{},{},7", ids[0], ids[1])).await;
    assert_eq!(answer["archived_templates"], json!(ids));
    assert!(answer["failed_templates"]["7"].is_string());
    assert_eq!(send_one(&meta, &token, "a").await["error"]["code"], 132_001);
    let answer = act("archive", &ids[0]).await;
    assert_eq!(answer["archived_templates"], json!([]));
    let answer = act("unarchive", &ids[0]).await;
    assert_eq!(answer["unarchived_templates"], json!([ids[0]]));
    assert!(send_one(&meta, &token, "a").await["messages"].is_array());
    meta.travel(28 * 86_400).await;
    while meta.get(&token, &ids[1]).await.status == 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(field(&meta, &token, &ids[0], "status").await, "APPROVED");
    let names: Vec<String> = events(&meta, &callback)
        .await
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        [
            "APPROVED",
            "APPROVED",
            "ARCHIVED",
            "ARCHIVED",
            "UNARCHIVED",
            "DELETED"
        ]
    );
}

#[tokio::test]
async fn many_templates_are_seeded_in_one_order_and_listed_in_pages() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let components = json!([{ "type": "BODY", "text": "Number {n} for {{1}}, bye." }]);
    let order = json!({ "wabaId": DENTAL_WABA, "count": 2_000, "name": "bulk_{n}", "languages": ["en_US", "de", "fr"], "components": components });
    assert_eq!(
        meta.order("templates/seed", order).await["templates"],
        6_000
    );
    let mut seen = std::collections::BTreeSet::new();
    let mut path = format!("{}?fields=name,language,components&limit=100", edge());
    let mut calls = 0;
    loop {
        let page = meta.get(&token, &path).await.ok();
        calls += 1;
        seen.extend(ids(&page));
        let Some(next) = page["paging"]["next"].as_str() else {
            break;
        };
        path = next.split_once("/v25.0/").unwrap().1.to_owned();
    }
    assert_eq!((seen.len(), calls), (6_000, 60));
    let one = meta
        .get(&token, &format!("{}?name=bulk_7&language=de", edge()))
        .await
        .ok();
    assert_eq!(
        one["data"][0]["components"][0]["text"],
        "Number 7 for {{1}}, bye."
    );
    let full = meta.post(&token, &edge(), visit("one_more")).await;
    assert_eq!(full.refusal().2, Some(2_388_019));
    let name = json!({ "wabaId": DENTAL_WABA, "count": 2, "name": "same" });
    let answer = meta
        .control_raw(reqwest::Method::POST, "templates/seed", name)
        .await;
    assert_eq!(answer.status.as_u16(), 400);
}

#[tokio::test]
async fn a_hundred_templates_can_be_made_in_an_hour() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for n in 0..100 {
        made(&meta, &token, visit(&format!("visit_{n}"))).await;
    }
    assert_eq!(
        meta.post(&token, &edge(), visit("more")).await.refusal().1,
        80_008
    );
    meta.travel(3_601).await;
    made(&meta, &token, visit("more")).await;
}

#[tokio::test]
async fn lists_have_filters_for_source_change_and_coming_category() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let known = |name: &str, fields: Value| json!({ "wabaId": DENTAL_WABA, "name": name, "language": "en_US", "fields": fields });
    meta.order("templates", json!([
        known("a", json!({ "source": "AUTO_GENERATED", "last_updated_time": "2026-01-01T00:00:00+0000" })),
        known("b", json!({ "correct_category": "MARKETING", "last_updated_time": "2026-06-01T00:00:00+0000" })),
        known("c", json!({})),
    ])).await;
    let names = async |query: &str| {
        let list = meta
            .get(&token, &format!("{}?fields=name&{query}", edge()))
            .await
            .ok();
        let names = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| text(&it["name"]));
        names.collect::<String>()
    };
    for (query, expected) in [
        ("source=AUTO_GENERATED", "a"),
        ("correct_category=MARKETING", "b"),
        ("since=1770000000", "b"),
        ("until=1770000000", "ac"),
        ("name_or_content=c", "c"),
    ] {
        assert_eq!(names(query).await, expected, "{query}");
    }
    let bad = meta
        .get(&token, &format!("{}?since=yesterday", edge()))
        .await;
    assert_eq!(bad.refusal().1, 100);
    let summary = meta
        .get(&token, &format!("{}?summary=total_count", edge()))
        .await
        .ok();
    let counts = &summary["summary"];
    assert_eq!(counts["total_count"], 3);
    assert_eq!(counts["message_template_limit"], 6_000);
}

#[tokio::test]
async fn a_template_of_the_library_is_approved_at_once_and_its_values_have_types() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let list = async |query: &str| {
        meta.get(&token, &format!("message_template_library?{query}"))
            .await
            .ok()
    };
    assert!(list("").await["data"].as_array().unwrap().len() >= 6);
    for (query, count) in [
        ("name=delivery_update_1", 2),
        ("name=delivery_update_1&language=de", 1),
        ("topic=PAYMENTS", 1),
        ("usecase=feedback_survey", 1),
        ("industry=HEALTH", 1),
        ("search=overdue", 1),
        ("search=nothing", 0),
    ] {
        assert_eq!(
            list(query).await["data"].as_array().unwrap().len(),
            count,
            "{query}"
        );
    }
    let order = |name: &str, entry: &str, inputs: Value| {
        json!({
            "name": name, "language": "en_US", "category": "UTILITY", "library_template_name": entry,
            "library_template_button_inputs": inputs,
        })
    };
    let url = json!([{ "type": "URL", "url": { "base_url": "https://shop.example/{{1}}", "url_suffix_example": "https://shop.example/1" } }]);
    let answer = meta
        .post(&token, &edge(), order("parcel", "delivery_update_1", url))
        .await
        .ok();
    assert_eq!(answer["status"], "APPROVED");
    let id = text(&answer["id"]);
    assert_eq!(
        field(&meta, &token, &id, "library_template_name").await,
        "delivery_update_1"
    );
    let refused = meta
        .post(&token, &edge(), order("b", "delivery_update_1", json!([])))
        .await;
    assert_eq!(refused.refusal().2, Some(2_388_043));
    let refused = meta
        .post(&token, &edge(), order("c", "nothing_1", json!([])))
        .await;
    assert_eq!(refused.refusal().1, 100);
    let code = async |date: &str| {
        let parameters: Vec<Value> = ["Ava", "#1", date]
            .iter()
            .map(|text| json!({ "type": "text", "text": text }))
            .collect();
        let message = json!({
            "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
            "template": { "name": "parcel", "language": { "code": "en_US" }, "components": [
                { "type": "body", "parameters": parameters },
                { "type": "button", "sub_type": "url", "index": 0, "parameters": [{ "type": "text", "text": "1" }] },
            ]},
        });
        let answer = meta
            .post(&token, &format!("{CONNECTED}/messages"), message)
            .await;
        answer.body["error"]["code"].as_i64().unwrap_or_default()
    };
    assert_eq!(code("March 5").await, 0);
    assert_eq!(code("soon").await, 132_018);
}

#[tokio::test]
async fn authentication_templates_come_in_several_languages() {
    let (meta, _callback, token) = heard().await;
    let order = |languages: Value, minutes: u64| {
        json!({
            "name": "code", "languages": languages, "category": "AUTHENTICATION",
            "components": [
                { "type": "BODY", "add_security_recommendation": true },
                { "type": "FOOTER", "code_expiration_minutes": minutes },
                { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
            ],
        })
    };
    let path = format!("{DENTAL_WABA}/upsert_message_templates");
    let first = meta
        .post(&token, &path, order(json!(["en_US", "de"]), 5))
        .await
        .ok();
    assert_eq!(first["data"][1]["language"], "de");
    let id = text(&first["data"][1]["id"]);
    let body = field(&meta, &token, &id, "components").await[0]["text"].clone();
    assert!(text(&body).contains("Verifizierungscode"), "{body}");
    let again = meta
        .post(&token, &path, order(json!(["de", "fr"]), 9))
        .await
        .ok();
    assert_eq!(
        again["data"][0]["id"],
        id.as_str(),
        "the known one is replaced"
    );
    let footer = field(&meta, &token, &id, "components").await[1]["text"].clone();
    assert!(text(&footer).contains('9'), "{footer}");
    let mut utility = order(json!(["en"]), 5);
    utility["category"] = json!("UTILITY");
    assert_eq!(meta.post(&token, &path, utility).await.refusal().1, 100);
    let query = "category=AUTHENTICATION&button_types=OTP&languages=en_US,es&add_security_recommendation=true&code_expiration_minutes=10";
    let previews = meta
        .get(
            &token,
            &format!("{DENTAL_WABA}/message_template_previews?{query}"),
        )
        .await
        .ok();
    assert_eq!(
        previews["data"][0],
        json!({
            "body": "*{{1}}* is your verification code. For your security, do not share this code.",
            "footer": "This code expires in 10 minutes.",
            "buttons": [{ "text": "Copy code", "autofill_text": "Autofill" }],
            "language": "en_US",
        })
    );
    let wrong = format!(
        "{DENTAL_WABA}/message_template_previews?category=AUTHENTICATION&code_expiration_minutes=91"
    );
    assert_eq!(meta.get(&token, &wrong).await.refusal().1, 100);
}

#[tokio::test]
async fn a_new_max_price_needs_no_review_and_no_quota() {
    let (meta, _callback, token) = heard().await;
    let mut body = visit("a");
    body["category"] = json!("MARKETING");
    let id = made(&meta, &token, body.clone()).await;
    order(&meta, &id, "review", json!({ "outcome": "approve" })).await;
    for amount in [5, 6, 7] {
        let spec = json!({ "bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": amount });
        meta.post(&token, &id, json!({ "optimization_spec": spec }))
            .await
            .ok();
    }
    assert_eq!(field(&meta, &token, &id, "status").await, "APPROVED");
    assert_eq!(
        field(&meta, &token, &id, "optimization_spec").await["bid_amount"],
        7
    );
    body["name"] = json!("b");
    body["bid_spec"] = json!({ "bid_amount": 1 });
    assert_eq!(meta.post(&token, &edge(), body).await.refusal().1, 100);
}
