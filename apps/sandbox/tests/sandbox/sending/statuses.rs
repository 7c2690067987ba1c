use std::collections::HashMap;

use serde_json::json;

use super::*;

fn names(callback: &Callback, opaque: &str) -> Vec<String> {
    statuses(callback)
        .iter()
        .filter(|it| it["biz_opaque_callback_data"] == opaque)
        .map(|it| text(&it["status"]))
        .collect()
}

async fn settle(meta: &Meta) {
    let settled = meta.order("webhooks/settle", json!({})).await;
    assert_eq!(settled["settled"], true);
}

#[tokio::test]
async fn a_message_can_be_read_and_played_and_a_reaction_is_only_sent() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let all = json!(["sent", "delivered", "read", "played"]);
    let ordered =
        json!({ "window": "open", "statuses": all, "delayMs": { "read": 60, "played": 120 } });
    knobs(&meta, ordered).await;
    send(&meta, &token, hello("text")).await.ok();
    let audio = json!({ "type": "audio", "audio": { "link": "https://example.com/a" }, "biz_opaque_callback_data": "audio" });
    send(&meta, &token, audio).await.ok();
    let reaction = json!({ "type": "reaction", "reaction": { "message_id": "wamid.x", "emoji": "👍" }, "biz_opaque_callback_data": "reaction" });
    send(&meta, &token, reaction).await.ok();
    settle(&meta).await;
    assert_eq!(names(&callback, "text"), ["sent", "delivered", "read"]);
    assert_eq!(
        names(&callback, "audio"),
        ["sent", "delivered", "read", "played"]
    );
    assert_eq!(names(&callback, "reaction"), ["sent"]);
    let list = statuses(&callback);
    let read = list.iter().find(|it| it["status"] == "read").unwrap();
    assert!(read.get("pricing").is_none());
}

#[tokio::test]
async fn a_failure_tells_its_error_and_no_contact_and_does_not_reach_the_phone() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let recipients = json!({ AVA: { "fail": 131_049 } });
    knobs(&meta, json!({ "window": "open", "recipients": recipients })).await;
    send(&meta, &token, hello("a")).await.ok();
    settle(&meta).await;
    let value = callback.received()[0].json()["entry"][0]["changes"][0]["value"].clone();
    assert!(value.get("contacts").is_none());
    let status = &value["statuses"][0];
    assert_eq!(status["status"], "failed");
    assert_eq!(status["errors"][0]["code"], 131_049);
    assert!(status["errors"][0]["title"].is_string());
    assert!(status["errors"][0]["error_data"]["details"].is_string());
    assert!(status.get("pricing").is_none());
    let thread = meta
        .look(&format!("phones/{AVA}/thread?with={CONNECTED}"))
        .await;
    assert_eq!(thread["data"], json!([]));
}

#[tokio::test]
async fn so_many_of_a_hundred_fail_and_the_seed_decides_which() {
    let failures = async |seed: u64| {
        let callback = Callback::start();
        let (meta, token) = hearing(&callback).await;
        let ordered = json!({
            "window": "open", "metering": "off", "pairs": "off",
            "failPercent": 30, "failCode": 131_026, "seed": seed,
        });
        knobs(&meta, ordered).await;
        for n in 0..60 {
            send(&meta, &token, hello(&n.to_string())).await.ok();
        }
        settle(&meta).await;
        let list = statuses(&callback);
        let failed = list.iter().filter(|it| it["status"] == "failed");
        failed
            .map(|it| text(&it["biz_opaque_callback_data"]))
            .collect::<Vec<String>>()
    };
    let first = failures(1).await;
    assert!((8..=30).contains(&first.len()), "{first:?}");
    assert_eq!(failures(1).await, first);
    assert_ne!(failures(2).await, first);
}

#[tokio::test]
async fn statuses_come_out_of_order_and_twice_where_knobs_say_so() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let ordered = json!({ "window": "open", "outOfOrderPercent": 100 });
    knobs(&meta, ordered).await;
    send(&meta, &token, hello("swapped")).await.ok();
    settle(&meta).await;
    assert_eq!(names(&callback, "swapped"), ["delivered", "sent"]);
    knobs(&meta, json!({ "window": "open", "doublePercent": 100 })).await;
    send(&meta, &token, hello("twice")).await.ok();
    settle(&meta).await;
    let mut twice = names(&callback, "twice");
    twice.sort_unstable();
    assert_eq!(twice, ["delivered", "delivered", "sent", "sent"]);
    knobs(&meta, json!({ "window": "open", "statuses": [] })).await;
    send(&meta, &token, hello("silent")).await.ok();
    settle(&meta).await;
    assert!(names(&callback, "silent").is_empty());
}

#[tokio::test]
async fn statuses_of_many_messages_come_in_few_posts() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let ordered = json!({
        "window": "open", "metering": "off", "pairs": "off", "batch": 100, "gatherMs": 2_000,
    });
    knobs(&meta, ordered).await;
    for n in 0..250 {
        send(&meta, &token, hello(&n.to_string())).await.ok();
    }
    settle(&meta).await;
    let mut counts = HashMap::new();
    for status in statuses(&callback) {
        *counts
            .entry(text(&status["biz_opaque_callback_data"]))
            .or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 250);
    assert!(counts.values().all(|count| *count == 2));
    let received = callback.received();
    let updates = |json: &Value| json["entry"][0]["changes"].as_array().unwrap().len();
    assert!(received.iter().all(|it| updates(&it.json()) <= 100));
    assert!(received.len() <= 12, "{}", received.len());
}

#[tokio::test]
async fn statuses_that_nobody_took_yet_outlive_a_restart() {
    let callback = Callback::start();
    let (mut meta, token) = hearing(&callback).await;
    let ordered = json!({ "window": "open", "gatherMs": 10_000 });
    knobs(&meta, ordered).await;
    send(&meta, &token, hello("a")).await.ok();
    meta.restart().await;
    callback.wait_for(1).await;
    assert_eq!(names(&callback, "a"), ["sent", "delivered"]);
}

#[tokio::test]
async fn statuses_are_held_and_flushed_like_other_webhooks() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    knobs(&meta, json!({ "window": "open" })).await;
    meta.order("webhooks/knobs", json!({ "hold": true, "batchSize": 10 }))
        .await;
    send(&meta, &token, hello("a")).await.ok();
    settle(&meta).await;
    assert!(callback.received().is_empty());
    meta.order("webhooks/flush", json!({})).await;
    callback.wait_for(1).await;
    assert_eq!(names(&callback, "a"), ["sent", "delivered"]);
}

#[tokio::test]
async fn knobs_that_make_no_sense_are_refused() {
    let meta = Meta::start();
    for order in [
        json!({ "failPercent": 101 }),
        json!({ "batch": 0 }),
        json!({ "batch": 1_001 }),
        json!({ "statuses": ["failed"] }),
        json!({ "statuses": ["lost"] }),
        json!({ "recipients": { "+49": {} } }),
        json!({ "window": "ajar" }),
        json!({ "delayMs": { "read": 600_001 } }),
    ] {
        let answer = meta.control_raw(reqwest::Method::POST, "sending/knobs", order.clone());
        assert_eq!(answer.await.status.as_u16(), 400, "{order}");
    }
}
