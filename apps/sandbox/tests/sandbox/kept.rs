use serde_json::{Value, json};

use super::support::*;

#[tokio::test]
async fn a_restart_keeps_tokens_codes_clock_faults_and_ledger() {
    let mut meta = Meta::start();
    let token = meta.token(json!({})).await;
    let code = meta.code(json!({})).await;
    meta.post(
        &token,
        &format!("{JUNIPER_WABA}/subscribed_apps"),
        json!({}),
    )
    .await
    .ok();
    meta.order(
        "faults",
        json!({ "match": { "path": "nowhere" }, "then": { "status": 500 } }),
    )
    .await;
    meta.travel(10).await;
    let before = meta.look("ledger").await;

    meta.restart().await;

    meta.get(&token, "me").await.ok();
    let apps = meta
        .get(&token, &format!("{JUNIPER_WABA}/subscribed_apps"))
        .await
        .ok();
    assert_eq!(apps["data"].as_array().unwrap().len(), 1);
    assert_eq!(meta.look("clock").await["offsetSeconds"], 10);
    assert_eq!(
        meta.look("faults").await["data"].as_array().unwrap().len(),
        1
    );
    let after = meta.look("ledger").await["data"]
        .as_array()
        .unwrap()
        .clone();
    let kept = before["data"].as_array().unwrap();
    assert_eq!(&after[..kept.len()], &kept[..]);
    assert!(after[kept.len()]["sequence"].as_u64() > kept.last().unwrap()["sequence"].as_u64());
    meta.exchange(&code).await.ok();
    meta.restart().await;
    assert_eq!(
        meta.exchange(&code).await.refusal().2,
        Some(36_009),
        "used stays used"
    );
}

#[tokio::test]
async fn what_was_answered_is_in_the_file_already() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    // Reads the file while the sandbox runs: a kill at this moment would leave exactly this.
    let state = std::fs::read_to_string(meta.folder().join("state.json")).unwrap();
    assert!(state.contains(&token));
}

#[tokio::test]
async fn the_ledger_holds_no_secret() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    let token = text(&meta.exchange(&code).await.ok()["access_token"]);
    meta.get(&token, &format!("me?access_token={token}"))
        .await
        .ok();
    let shown = meta.look("ledger").await.to_string();
    let file = std::fs::read_to_string(meta.folder().join("ledger.jsonl")).unwrap();
    for secret in [code.as_str(), token.as_str(), SECRET] {
        assert!(!shown.contains(secret) && !file.contains(secret));
    }
    let entry = meta.look("ledger?path=access_token").await["data"][0].clone();
    assert_eq!(
        (&entry["app"], &entry["status"]),
        (&json!(APP), &json!(200))
    );
    assert_eq!(
        entry["params"],
        json!(["client_id", "client_secret", "code", "redirect_uri"])
    );
}

#[tokio::test]
async fn reset_brings_the_seed_back_and_old_tokens_open_nothing() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    meta.post(
        &token,
        &format!("{JUNIPER_WABA}/subscribed_apps"),
        json!({}),
    )
    .await
    .ok();
    meta.travel(1_000).await;
    meta.order("reset", Value::Null).await;
    assert_eq!(meta.look("ledger").await["data"], json!([]));
    assert_eq!(meta.look("clock").await["offsetSeconds"], 0);
    assert_eq!(
        meta.get(&token, "me").await.refusal(),
        (401, 190, Some(463))
    );
    let fresh = meta.token(json!({})).await;
    assert_ne!(fresh, token);
    let apps = meta
        .get(&fresh, &format!("{JUNIPER_WABA}/subscribed_apps"))
        .await
        .ok();
    assert_eq!(apps["data"], json!([]));
}

#[tokio::test]
async fn a_damaged_state_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    std::fs::write(&file, "{ not json").unwrap();
    let config = wabakit_sandbox::SandboxConfig::new(folder.path());
    let error = wabakit_sandbox::Sandbox::start(config).unwrap_err();
    assert!(error.to_string().contains("state.json"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{ not json");
}
