use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

async fn subscribed(meta: &Meta, token: &str) -> bool {
    let list = meta
        .get(token, &format!("{JUNIPER_WABA}/subscribed_apps"))
        .await
        .ok();
    !list["data"].as_array().unwrap().is_empty()
}

fn subscribe(meta: &Meta, token: &str) -> reqwest::RequestBuilder {
    let path = format!("/v25.0/{JUNIPER_WABA}/subscribed_apps");
    meta.request(Method::POST, &path)
        .bearer_auth(token)
        .json(&json!({}))
}

async fn fault(meta: &Meta, when: Value, then: Value) -> String {
    let matcher = json!({ "method": "POST", "path": "*/subscribed_apps" });
    let order = json!({ "match": matcher, "when": when, "then": then });
    text(&meta.order("faults", order).await["id"])
}

#[tokio::test]
async fn the_next_two_calls_fail_and_the_third_works() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let then = json!({ "status": 503, "code": 2, "message": "down", "retryAfter": 7 });
    fault(&meta, json!({ "next": 2 }), then).await;
    for _ in 0..2 {
        let answer = send(subscribe(&meta, &token)).await;
        assert_eq!(answer.refusal(), (503, 2, None));
        assert_eq!(
            (answer.message(), answer.headers["retry-after"].as_str()),
            ("down", "7")
        );
        assert!(!subscribed(&meta, &token).await, "it was not processed");
    }
    send(subscribe(&meta, &token)).await.ok();
    let counts = meta.look("faults").await["data"][0].clone();
    assert_eq!((&counts["seen"], &counts["hits"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn a_fault_meets_only_what_it_matches_until_it_is_lifted() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let id = fault(
        &meta,
        json!("always"),
        json!({ "code": 190, "subcode": 460 }),
    )
    .await;
    assert!(!subscribed(&meta, &token).await);
    assert_eq!(
        send(subscribe(&meta, &token)).await.refusal(),
        (401, 190, Some(460))
    );
    let lifted = meta
        .control(Method::DELETE, &format!("faults/{id}"), Value::Null)
        .await;
    assert_eq!(lifted["hits"], 1);
    send(subscribe(&meta, &token)).await.ok();
    let again = meta
        .control_raw(Method::DELETE, &format!("faults/{id}"), Value::Null)
        .await;
    assert_eq!(again.status.as_u16(), 404);
}

#[tokio::test]
async fn an_error_after_processing_leaves_the_effect() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    fault(
        &meta,
        json!({ "next": 1 }),
        json!({ "status": 500, "processed": true }),
    )
    .await;
    assert_eq!(send(subscribe(&meta, &token)).await.status.as_u16(), 500);
    assert!(subscribed(&meta, &token).await);
}

#[tokio::test]
async fn a_reset_before_has_no_effect_and_a_reset_after_has() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for (when, effect) in [("before", false), ("after", true)] {
        fault(&meta, json!({ "next": 1 }), json!({ "reset": when })).await;
        let error = subscribe(&meta, &token)
            .send()
            .await
            .expect_err("no answer at all");
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        assert_eq!(subscribed(&meta, &token).await, effect, "{when}");
    }
    let ledger = meta.look("ledger?path=subscribed_apps&method=POST").await;
    let entries = ledger["data"].as_array().unwrap();
    assert_eq!(
        entries.iter().map(|it| &it["status"]).collect::<Vec<_>>(),
        [0, 0]
    );
    assert_eq!(
        entries
            .iter()
            .map(|it| &it["processed"])
            .collect::<Vec<_>>(),
        [false, true]
    );
}

#[tokio::test]
async fn a_hanging_call_times_out_at_the_client_and_does_not_stop_the_sandbox_from_stopping() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    fault(
        &meta,
        json!("always"),
        json!({ "hang": true, "processed": true }),
    )
    .await;
    let request = subscribe(&meta, &token).timeout(Duration::from_millis(300));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert!(subscribed(&meta, &token).await, "processed before it hung");
    tokio::time::timeout(Duration::from_secs(10), meta.stop())
        .await
        .expect("it stops");
}

#[tokio::test]
async fn a_delay_alone_only_slows_the_call() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    fault(&meta, json!("always"), json!({ "delayMs": 400 })).await;
    let quick = subscribe(&meta, &token).timeout(Duration::from_millis(100));
    assert!(quick.send().await.unwrap_err().is_timeout());
    send(subscribe(&meta, &token)).await.ok();
}

#[tokio::test]
async fn a_proxys_page_can_stand_in_for_the_answer() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let then = json!({ "status": 502, "body": "<html>Bad gateway</html>" });
    fault(&meta, json!("always"), then).await;
    let answer = subscribe(&meta, &token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 502);
    assert_eq!(answer.text().await.unwrap(), "<html>Bad gateway</html>");
    let ledger = meta.look("ledger?method=POST").await;
    let entry = &ledger["data"][0];
    assert_eq!(
        (&entry["status"], &entry["processed"]),
        (&json!(502), &json!(false))
    );
}

#[tokio::test]
async fn a_lost_answer_to_the_exchange_leaves_the_code_used() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    let order = json!({
        "match": { "path": "/v25.0/oauth/access_token" },
        "when": { "next": 1 },
        "then": { "reset": "after" },
    });
    meta.order("faults", order).await;
    let lost = meta
        .request(Method::GET, "/v25.0/oauth/access_token")
        .query(&[
            ("client_id", APP),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT),
            ("code", &code),
        ]);
    assert!(lost.send().await.is_err());
    assert_eq!(meta.exchange(&code).await.refusal().2, Some(36_009));
}

#[tokio::test]
async fn the_dialog_can_be_struck_too() {
    let meta = Meta::start();
    let order = json!({ "match": { "path": "dialog/oauth" }, "then": { "status": 500 } });
    meta.order("faults", order).await;
    let url = meta.dialog_url(&[("client_id", APP), ("redirect_uri", REDIRECT)]);
    assert_eq!(
        client().get(url).send().await.unwrap().status().as_u16(),
        500
    );
}

#[tokio::test]
async fn an_order_that_does_nothing_is_refused() {
    let meta = Meta::start();
    for order in [
        json!({ "then": {} }),
        json!({ "then": { "status": 99 } }),
        json!({ "then": { "delayMs": 120_001 } }),
        json!({ "when": { "next": 0 }, "then": { "status": 500 } }),
        json!({ "then": { "explode": true } }),
    ] {
        let answer = meta
            .control_raw(Method::POST, "faults", order.clone())
            .await;
        assert_eq!(answer.status.as_u16(), 400, "{order}");
        assert!(answer.body["error"].is_string());
    }
}
