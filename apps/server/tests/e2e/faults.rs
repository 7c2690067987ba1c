//! Failures at Meta hold a session up, but do not end it.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::Client;

use crate::world::{Engine, JUNIPER_WABA, Postgres, Sqlite, World, step, text};

/// Connects while a fault is in force. The browser lands with a pending session. Then the fault is lifted.
async fn held_up(world: &World, owner: &Client, call: &str, then: Value) -> Value {
    world.meta.fault(call, json!("always"), then).await;
    let landing = owner.connect(&world.meta, json!({})).await;
    world.meta.lift_faults().await;
    assert_ne!(landing.get("pending"), "", "{}", landing.url);
    assert_eq!(owner.status().await["connected"], false);
    assert_eq!(owner.accounts().await.len(), 0);
    owner.session(landing.get("pending")).await
}

/// Resumes a session. The connection is stored without a new login, and no act is repeated.
async fn resumed(world: &World, owner: &Client, session: &Value) {
    assert_eq!(session["status"], "failed");
    assert_eq!(session["canResume"], true);
    let resumed = owner
        .act(&text(session, "id"), "resume", json!({}))
        .await
        .ok();
    assert_eq!(resumed["status"], "completed", "{resumed}");
    assert_eq!(owner.status().await["connected"], true);
    assert_eq!(owner.accounts().await.len(), 1);
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
    assert_eq!(
        world.meta.effective("POST", "/register").await,
        1,
        "registered once"
    );
}

#[rstest]
#[case::exchange("GET oauth/access_token", json!({"status": 503, "code": 2}), "exchange_code")]
#[case::exchange_page("GET oauth/access_token", json!({"status": 502, "body": "<h1>Bad gateway</h1>"}), "exchange_code")]
#[case::debug("GET debug_token", json!({"reset": "before"}), "exchange_long_lived")]
#[case::find("GET */phone_numbers", json!({"status": 500, "code": 1}), "find_assets")]
#[case::subscribe("POST */subscribed_apps", json!({"status": 503, "code": 2}), "subscribe")]
#[case::register("POST */register", json!({"status": 503, "code": 2}), "register")]
#[case::health("GET 530000000000001", json!({"reset": "after"}), "read_health")]
#[tokio::test]
async fn a_failed_step_waits_and_resuming_connects(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[case] call: &str,
    #[case] then: Value,
    #[case] failed: &str,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let session = held_up(&world, &owner, call, then).await;
    let record = step(&session, failed);
    assert_eq!(record["state"], "failed", "{session}");
    assert_eq!(record["problem"]["code"], session["problem"]["code"]);
    assert!(
        text(&record["problem"], "remedy").contains("esume"),
        "{record}"
    );
    resumed(&world, &owner, &session).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_act_is_not_acted_on_twice() {
    for call in ["POST */subscribed_apps", "POST */register"] {
        let world = World::start(Sqlite).await;
        let owner = world.anybody().await;
        let session = held_up(&world, &owner, call, json!({"reset": "after"})).await;
        resumed(&world, &owner, &session).await;
    }
}

#[tokio::test]
async fn a_request_to_slow_down_is_told_as_such() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let then = json!({"status": 429, "code": 4, "retryAfter": 60});
    let session = held_up(&world, &owner, "GET */phone_numbers", then).await;
    assert_eq!(session["problem"]["code"], "meta_rate_limited");
    assert_eq!(session["problem"]["meta"]["code"], 4);
    resumed(&world, &owner, &session).await;
}

#[tokio::test]
async fn one_hiccup_is_not_even_noticed() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    for call in ["GET debug_token", "GET */phone_numbers"] {
        world
            .meta
            .fault(call, json!({"next": 1}), json!({"status": 503, "code": 2}))
            .await;
    }
    owner.connect(&world.meta, json!({})).await.connected();
}

#[tokio::test]
async fn a_meta_that_never_answers_is_not_waited_for_for_ever() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let begun = Instant::now();
    let session = held_up(&world, &owner, "POST */register", json!({"hang": true})).await;
    assert!(
        begun.elapsed() < Duration::from_secs(40),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(session["problem"]["code"], "meta_unavailable");
    resumed(&world, &owner, &session).await;
}
