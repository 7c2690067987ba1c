use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::super::support;
use super::*;

async fn fault(meta: &Meta, when: Value, then: Value) {
    let matcher = json!({ "method": "POST", "path": "*/messages" });
    let order = json!({ "match": matcher, "when": when, "then": then, "seed": 5 });
    meta.order("faults", order).await;
}

fn call(meta: &Meta, token: &str, opaque: &str) -> reqwest::RequestBuilder {
    let mut message = hello(opaque);
    message["messaging_product"] = json!("whatsapp");
    message["to"] = json!(AVA);
    meta.request(Method::POST, &format!("/v25.0/{CONNECTED}/messages"))
        .bearer_auth(token)
        .json(&message)
}

async fn accepted(meta: &Meta, opaque: &str) -> Value {
    let found = meta.look(&format!("ledger/messages?opaque={opaque}")).await;
    found["data"][0]["accepted"].clone()
}

#[tokio::test]
async fn a_lost_answer_leaves_the_message_accepted() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    knobs(&meta, json!({ "window": "open" })).await;
    let next = json!({ "next": 1 });
    fault(
        &meta,
        next.clone(),
        json!({ "hang": true, "processed": true }),
    )
    .await;
    let hanging = call(&meta, &token, "hang").timeout(Duration::from_millis(300));
    assert!(hanging.send().await.unwrap_err().is_timeout());
    fault(&meta, next.clone(), json!({ "reset": "after" })).await;
    assert!(call(&meta, &token, "reset").send().await.is_err());
    fault(&meta, next, json!({ "status": 500, "processed": true })).await;
    let answer = support::send(call(&meta, &token, "500")).await;
    assert_eq!(answer.refusal(), (500, 2, None));
    for opaque in ["hang", "reset", "500"] {
        assert_eq!(accepted(&meta, opaque).await, 1, "{opaque}");
    }
    let summary = meta.look("ledger/summary").await;
    assert_eq!(
        (
            &summary["accepted"],
            &summary["unanswered"],
            &summary["struckBefore"]
        ),
        (&json!(3), &json!(3), &json!(0))
    );
    meta.order("webhooks/settle", json!({})).await;
    assert_eq!(statuses(&callback).len(), 6, "and statuses tell of it");
}

#[tokio::test]
async fn what_fails_before_it_is_processed_is_not_accepted() {
    let (meta, token) = open().await;
    let next = json!({ "next": 1 });
    for then in [
        json!({ "status": 503 }),
        json!({ "code": 130_429 }),
        json!({ "code": 131_056 }),
        json!({ "code": 131_048 }),
        json!({ "code": 131_047 }),
        json!({ "code": 190, "subcode": 463 }),
        json!({ "code": 131_057 }),
    ] {
        fault(&meta, next.clone(), then.clone()).await;
        let answer = support::send(call(&meta, &token, "a")).await;
        let expected = then["code"].as_i64().unwrap_or(2);
        assert_eq!(answer.refusal().1, expected, "{then}");
        if expected > 100_000 {
            assert!(answer.message().starts_with(&format!("(#{expected}) ")));
            assert!(answer.body["error"]["error_data"]["details"].is_string());
        }
    }
    fault(&meta, next, json!({ "reset": "before" })).await;
    assert!(call(&meta, &token, "a").send().await.is_err());
    assert!(accepted(&meta, "a").await.is_null());
    let summary = meta.look("ledger/summary").await;
    assert_eq!(
        (&summary["accepted"], &summary["struckBefore"]),
        (&json!(0), &json!(8))
    );
    assert_eq!(
        (&summary["refusedTotal"], &summary["throttled"]),
        (&json!(7), &json!(1))
    );
}

#[tokio::test]
async fn a_percentage_strikes_the_same_calls_each_time() {
    let struck = async || {
        let (meta, token) = open().await;
        let off = json!({ "window": "open", "metering": "off", "pairs": "off" });
        knobs(&meta, off).await;
        fault(&meta, json!({ "percent": 20 }), json!({ "status": 503 })).await;
        fault(&meta, json!({ "percent": 20 }), json!({ "code": 131_000 })).await;
        let mut codes = Vec::new();
        for n in 0..100 {
            codes.push(code(&meta, &token, hello(&n.to_string())).await);
        }
        codes
    };
    let first = struck().await;
    for code in [2, 131_000] {
        let count = first.iter().filter(|it| **it == code).count();
        assert!((8..=35).contains(&count), "{code}: {count}");
    }
    assert_eq!(struck().await, first);
}

#[tokio::test]
async fn a_percentage_beyond_a_hundred_is_refused() {
    let meta = Meta::start();
    let order = json!({ "when": { "percent": 101 }, "then": { "status": 500 } });
    let answer = meta.control_raw(Method::POST, "faults", order).await;
    assert_eq!(answer.status.as_u16(), 400);
}
