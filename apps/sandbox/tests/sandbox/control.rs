use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::*;

#[tokio::test]
async fn health_answers_and_unknown_routes_do_not() {
    let meta = Meta::start();
    assert_eq!(meta.look("health").await, json!({ "status": "ok" }));
    let answer = meta.control_raw(Method::GET, "nonsense", Value::Null).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_json_gives_orders_so_that_no_foreign_page_can() {
    let meta = Meta::start();
    let body = r#"{"advanceSeconds":5}"#;
    let request = meta
        .request(Method::POST, "/_sandbox/clock")
        .header("content-type", "text/plain");
    assert_eq!(
        send(request.body(body)).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(meta.look("clock").await["offsetSeconds"], 0);
}

#[tokio::test]
async fn the_clock_goes_to_a_moment_or_by_a_step() {
    let meta = Meta::start();
    let far = meta
        .order("clock", json!({ "now": "2030-05-01T12:00:00Z" }))
        .await;
    assert!(text(&far["now"]).starts_with("2030-05-01T12:00:0"));
    let later = meta
        .order("clock", json!({ "advanceSeconds": 86_400 }))
        .await;
    assert!(text(&later["now"]).starts_with("2030-05-02T12:00:"));
    for bad in [
        json!({}),
        json!({ "now": "soon" }),
        json!({ "advanceSeconds": i64::MAX }),
    ] {
        let answer = meta.control_raw(Method::POST, "clock", bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn an_app_registered_later_can_sign_people_in() {
    let meta = Meta::start();
    let id = "770000000000009";
    let shown = meta
        .order("apps", json!({ "id": id, "secret": "late-secret", "name": "Late", "redirectUris": [REDIRECT] }))
        .await;
    assert!(!shown.to_string().contains("late-secret"));
    meta.order("dialog", json!({ "auto": true })).await;
    let url = meta.dialog_url(&[("client_id", id), ("redirect_uri", REDIRECT)]);
    let answer = client().get(url).send().await.unwrap();
    let code = redirect_params(&answer).remove("code").unwrap();
    let request = meta
        .request(Method::GET, "/v25.0/oauth/access_token")
        .query(&[
            ("client_id", id),
            ("client_secret", "late-secret"),
            ("redirect_uri", REDIRECT),
            ("code", &code),
        ]);
    send(request).await.ok();
    let answer = meta
        .control_raw(Method::POST, "apps", json!({ "id": "x", "secret": "y" }))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_ledger_is_filtered_by_path_method_and_sequence() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.get(&token, "me").await.ok();
    meta.get(&token, JUNIPER_WABA).await.ok();
    meta.post(
        &token,
        &format!("{JUNIPER_WABA}/subscribed_apps"),
        json!({}),
    )
    .await
    .ok();
    let count = async |filter: &str| {
        meta.look(&format!("ledger?{filter}")).await["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count("").await, 3);
    assert_eq!(count(&format!("path={JUNIPER_WABA}")).await, 2);
    assert_eq!(count("method=post").await, 1);
    assert_eq!(count("after=1").await, 2);
}

#[tokio::test]
async fn two_sandboxes_cannot_share_a_port() {
    let meta = Meta::start();
    let port = url::Url::parse(meta.base()).unwrap().port().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = wabakit_sandbox::SandboxConfig::new(folder.path());
    config.port = port;
    let error = wabakit_sandbox::Sandbox::start(config).unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn two_sandboxes_cannot_share_a_folder() {
    let mut meta = Meta::start();
    let config = || wabakit_sandbox::SandboxConfig::new(meta.folder());
    let error = wabakit_sandbox::Sandbox::start(config()).unwrap_err();
    assert!(error.to_string().contains("another sandbox"), "{error}");
    let config = config();
    meta.stop().await;
    wabakit_sandbox::Sandbox::start(config)
        .unwrap()
        .stop()
        .await;
}

#[tokio::test]
async fn a_dropped_sandbox_answers_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let config = wabakit_sandbox::SandboxConfig::new(folder.path());
    let running = wabakit_sandbox::Sandbox::start(config).unwrap();
    let health = format!("{}/_sandbox/health", running.base_url());
    let client = client();
    let answer = client.get(&health).send().await.unwrap();
    assert!(answer.status().is_success());
    drop(running);
    let ended = tokio::time::timeout(Duration::from_secs(30), async {
        while client.get(&health).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn the_seeds_app_is_there_where_none_is_configured() {
    let names = async |meta: &Meta| -> Vec<String> { ids(&meta.look("apps").await) };
    assert_eq!(names(&Meta::start()).await, [APP]);
    let bare = Meta::with(Vec::new(), wabakit_sandbox::Seed::built_in());
    assert_eq!(names(&bare).await, ["880000000000001"]);
}

#[tokio::test]
async fn the_state_shows_subscriptions_and_no_pin() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.post(
        &token,
        &format!("{JUNIPER_WABA}/subscribed_apps"),
        json!({}),
    )
    .await
    .ok();
    let state = meta.look("state").await;
    let waba = &state["businesses"][0]["wabas"][0];
    assert_eq!(waba["subscribedApps"][0]["appId"], APP);
    assert!(!state.to_string().contains("830174"));
}
