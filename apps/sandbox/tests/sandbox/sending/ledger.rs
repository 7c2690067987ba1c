use reqwest::Method;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn the_ledger_counts_each_acceptance_and_outlives_a_restart() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    knobs(&meta, json!({ "window": "open" })).await;
    for opaque in ["a", "b", "a"] {
        send(&meta, &token, hello(opaque)).await.ok();
    }
    let bare = json!({ "type": "text", "text": { "body": "x" } });
    send(&meta, &token, bare).await.ok();
    send(&meta, &token, json!({ "type": "nonsense" })).await;
    let summary = meta.look("ledger/summary").await;
    assert_eq!(
        (&summary["accepted"], &summary["distinct"]),
        (&json!(4), &json!(2))
    );
    assert_eq!(summary["acceptedMoreThanOnce"], 1);
    assert_eq!(summary["withoutOpaque"], 1);
    assert_eq!(summary["refused"], json!({ "131051": 1 }));
    let number = &summary["numbers"][0];
    assert_eq!(
        (&number["phoneNumberId"], &number["accepted"]),
        (&json!(CONNECTED), &json!(4))
    );
    let spans: u64 = number["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_u64().unwrap())
        .sum();
    assert_eq!(spans, 4);
    let messages = meta.look("ledger/messages").await;
    meta.restart().await;
    assert_eq!(meta.look("ledger/messages").await, messages);
    assert_eq!(meta.look("ledger/summary").await, summary);
    let repeated = meta.look("ledger/messages?atLeast=2").await;
    assert_eq!(repeated["data"][0]["bizOpaqueCallbackData"], "a");
    assert_eq!(repeated["data"][0]["wamids"].as_array().unwrap().len(), 2);
    let first = meta.look("ledger/messages?limit=1").await;
    let rest = meta
        .look(&format!("ledger/messages?after={}", first["next"]))
        .await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 2);
    meta.control(Method::DELETE, "ledger/messages", Value::Null)
        .await;
    assert_eq!(meta.look("ledger/summary").await["accepted"], 0);
}

#[tokio::test]
async fn messages_cost_no_management_calls_and_leave_the_state_file_alone() {
    let (meta, token) = open().await;
    knobs(
        &meta,
        json!({ "window": "open", "metering": "off", "pairs": "off" }),
    )
    .await;
    let state = meta.folder().join("state.json");
    let before = std::fs::metadata(&state).unwrap().modified().unwrap();
    let mut usage = Vec::new();
    for n in 0..300 {
        let answer = send(&meta, &token, hello(&n.to_string())).await;
        usage.push(answer.headers["x-business-use-case-usage"].clone());
        answer.ok();
    }
    usage.dedup();
    assert_eq!(usage.len(), 1, "{usage:?}");
    let after = std::fs::metadata(&state).unwrap().modified().unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_reset_forgets_messages_and_gives_no_id_twice() {
    let (meta, token) = open().await;
    let first = send(&meta, &token, hello("a")).await.ok();
    meta.order("reset", Value::Null).await;
    assert_eq!(meta.look("ledger/summary").await["accepted"], 0);
    assert_eq!(meta.look("ledger/messages").await["data"], json!([]));
    let token = meta.token_for_all().await;
    let window = meta.look("sending/knobs").await["window"].clone();
    assert_eq!(window, "enforced", "knobs too");
    knobs(&meta, json!({ "window": "open" })).await;
    let second = send(&meta, &token, hello("a")).await.ok();
    assert_ne!(first["messages"][0]["id"], second["messages"][0]["id"]);
}
