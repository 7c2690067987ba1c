use std::time::{Duration, Instant};

use futures::future::join_all;
use futures::{StreamExt as _, stream};
use serde_json::json;

use super::*;

/// Sends this many messages at once, each to another person, and returns the codes.
async fn flood(meta: &Meta, token: &str, count: usize) -> Vec<i64> {
    let one = |n: usize| {
        let mut message = hello(&n.to_string());
        message["to"] = json!(format!("49151{n:08}"));
        code(meta, token, message)
    };
    stream::iter((0..count).map(one))
        .buffered(40)
        .collect()
        .await
}

fn accepted(codes: &[i64]) -> usize {
    codes.iter().filter(|code| **code == 0).count()
}

/// Returns how many messages a number may accept: one second's allowance, and the allowance of the elapsed time.
fn allowed(rate: f64, began: Instant) -> usize {
    (rate * (1.0 + began.elapsed().as_secs_f64())).ceil() as usize
}

async fn number(meta: &Meta, order: Value) {
    meta.order(&format!("numbers/{CONNECTED}"), order).await;
}

#[tokio::test]
async fn a_number_sends_80_at_once_and_then_80_a_second() {
    let (meta, token) = open().await;
    let began = Instant::now();
    let codes = flood(&meta, &token, 300).await;
    let most = allowed(80.0, began);
    assert!(
        (80..=most).contains(&accepted(&codes)),
        "{}",
        accepted(&codes)
    );
    assert!(codes.iter().all(|code| matches!(code, 0 | 130_429)));
    let summary = meta.look("ledger/summary").await;
    assert_eq!(summary["throttled"], codes.len() - accepted(&codes));
    let answer = send(&meta, &token, hello("x")).await;
    if answer.status != 200 {
        assert_eq!(answer.refusal(), (400, 130_429, None));
        assert_eq!(answer.message(), "(#130429) Rate limit hit");
    }
    tokio::time::timeout(Duration::from_secs(5), async {
        while code(&meta, &token, hello("y")).await != 0 {}
    })
    .await
    .expect("it fills again");
}

#[tokio::test]
async fn what_customers_write_is_taken_from_the_allowance() {
    let (meta, token) = open().await;
    let began = Instant::now();
    let write = json!({ "to": CONNECTED, "count": 100 });
    meta.order(&format!("phones/{AVA}/messages"), write).await;
    let codes = flood(&meta, &token, 150).await;
    let most = allowed(80.0, began).saturating_sub(100);
    assert!(accepted(&codes) <= most, "{} of {most}", accepted(&codes));
}

#[tokio::test]
async fn a_number_in_the_whatsapp_business_app_sends_20_a_second_and_a_high_one_1000() {
    let (meta, token) = open().await;
    let message = json!({ "messaging_product": "whatsapp", "to": AVA, "text": { "body": "x" } });
    let path = format!("{COEXISTENCE}/messages");
    let began = Instant::now();
    let one = || meta.post(&token, &path, message.clone());
    let answers = join_all((0..40).map(|_| one())).await;
    let taken = answers.iter().filter(|it| it.status == 200).count();
    assert!((20..=allowed(20.0, began)).contains(&taken), "{taken}");

    number(&meta, json!({ "throughput": "HIGH" })).await;
    let node = meta
        .get(&token, &format!("{CONNECTED}?fields=throughput"))
        .await;
    assert_eq!(node.ok()["throughput"]["level"], "HIGH");
    assert_eq!(accepted(&flood(&meta, &token, 400).await), 400);
}

#[tokio::test]
async fn a_recipient_gets_45_at_once_and_others_are_not_touched_by_it() {
    let (meta, token) = open().await;
    let began = Instant::now();
    let codes = join_all((0..60).map(|_| code(&meta, &token, hello("a")))).await;
    let most = 45 + began.elapsed().as_secs() as usize / 6;
    assert!((45..=most).contains(&accepted(&codes)), "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, 0 | 131_056)));
    let mut other = hello("b");
    other["to"] = json!("4915100000001");
    assert_eq!(code(&meta, &token, other).await, 0);
}

#[tokio::test]
async fn meters_can_be_switched_off() {
    let (meta, token) = open().await;
    let off = json!({ "window": "open", "metering": "off", "pairs": "off" });
    knobs(&meta, off).await;
    let codes = join_all((0..150).map(|_| code(&meta, &token, hello("a")))).await;
    assert_eq!(accepted(&codes), 150);
}

#[tokio::test]
async fn a_portfolio_reaches_so_many_users_outside_a_window_in_24_hours() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let off = json!({ "metering": "off", "pairs": "off" });
    knobs(&meta, off.clone()).await;
    let to = |n: usize| {
        let mut message = template("hello");
        message["to"] = json!(format!("49151{n:08}"));
        message["biz_opaque_callback_data"] = json!(n.to_string());
        message
    };
    for n in 0..252 {
        assert_eq!(code(&meta, &token, to(n)).await, 0, "accepted all the same");
    }
    code(&meta, &token, to(7)).await;
    meta.order("webhooks/settle", json!({})).await;
    let failed: Vec<Value> = statuses(&callback)
        .into_iter()
        .filter(|it| it["status"] == "failed")
        .collect();
    let which: Vec<&Value> = failed
        .iter()
        .map(|it| &it["biz_opaque_callback_data"])
        .collect();
    assert_eq!(which, ["250", "251"]);
    assert_eq!(failed[0]["errors"][0]["code"], 131_048);
    let numbers = meta.look("numbers").await;
    let used = |numbers: &Value| {
        let list = numbers["data"].as_array().unwrap().clone();
        let mut found = list.into_iter().filter(|it| it["id"] == CONNECTED);
        found.next().unwrap()["messagingLimitUsed"].clone()
    };
    assert_eq!(used(&numbers), 250);

    number(&meta, json!({ "messagingLimitTier": "TIER_2K" })).await;
    let node = meta
        .get(
            &token,
            &format!("{CONNECTED}?fields=whatsapp_business_manager_messaging_limit"),
        )
        .await;
    assert_eq!(
        node.ok()["whatsapp_business_manager_messaging_limit"],
        "TIER_2K"
    );
    code(&meta, &token, to(251)).await;
    assert_eq!(used(&meta.look("numbers").await), 251);
    meta.travel(86_400).await;
    assert_eq!(used(&meta.look("numbers").await), 0);
}

#[tokio::test]
async fn an_upgrade_is_maintenance_and_then_1000_a_second_with_a_webhook() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    knobs(&meta, json!({ "window": "open", "statuses": [] })).await;
    let path = format!("numbers/{CONNECTED}/upgrade");
    meta.order(&path, json!({ "maintenanceMs": 2_000 })).await;
    let answer = send(&meta, &token, hello("a")).await;
    assert_eq!(answer.refusal(), (500, 131_057, None));
    let update = callback.wait_for(1).await[0].json()["entry"][0].clone();
    assert!(update["time"].is_i64());
    let change = &update["changes"][0];
    assert_eq!(change["field"], "phone_number_quality_update");
    assert_eq!(change["value"]["event"], "THROUGHPUT_UPGRADE");
    assert_eq!(change["value"]["display_phone_number"], "15550178812");
    assert_eq!(accepted(&flood(&meta, &token, 200).await), 200);
    let node = meta
        .get(&token, &format!("{CONNECTED}?fields=throughput"))
        .await;
    assert_eq!(node.ok()["throughput"]["level"], "HIGH");
}

#[tokio::test]
async fn usage_headers_say_what_a_quirk_tells_them() {
    let (meta, token) = open().await;
    let usage = json!({ "percent": 97, "regainMinutes": 12 });
    meta.order("quirks", json!({ "usage": usage })).await;
    let answer = send(&meta, &token, hello("a")).await;
    let read = |name: &str| serde_json::from_str::<Value>(&answer.headers[name]).unwrap();
    assert_eq!(read("x-app-usage")["call_count"], 97);
    let business = read("x-business-use-case-usage")[HARBORVIEW][0].clone();
    assert_eq!(
        (
            &business["call_count"],
            &business["estimated_time_to_regain_access"]
        ),
        (&json!(97), &json!(12))
    );
}
