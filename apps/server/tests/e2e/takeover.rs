//! A number moves to another organisation only if Meta says that the old login is dead.

use rstest::rstest;
use serde_json::json;
use wabakit_prove::APP_ID;

use crate::world::{Engine, Postgres, Sqlite, World, text};

#[rstest]
#[tokio::test]
async fn a_dead_login_loses_its_number(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let first = world.anybody().await;
    first.connect(&world.meta, json!({})).await.connected();
    let other = world.owner("Bistro").await;
    let second = world.signed_in(&other).await;
    let landing = second.connect(&world.meta, json!({})).await;
    assert_eq!(
        landing.get("error"),
        "number_in_use",
        "while the login lives"
    );

    let revoked = json!({"appId": APP_ID, "reason": "app_removed"});
    world.meta.order("tokens/revoke", revoked).await;
    second.connect(&world.meta, json!({})).await.connected();
    assert_eq!(second.status().await["connected"], true);
    assert_eq!(first.status().await["connected"], false);
    assert_eq!(first.accounts().await.len(), 0);

    let log = first.get("/api/audit?action=account.taken_over").await.ok();
    let event = &log["data"][0];
    assert_eq!(event["action"], "account.taken_over", "{log}");
    assert!(
        !event.to_string().contains("Bistro"),
        "it is not told to whom"
    );
    assert!(!event.to_string().contains(&other.org.to_string()));
    let log = second.get("/api/audit?action=account.connected").await.ok();
    assert_eq!(log["data"][0]["data"]["takenOver"], true);
}

#[rstest]
#[tokio::test]
async fn a_login_that_cannot_be_asked_about_is_not_dead(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let first = world.anybody().await;
    first.connect(&world.meta, json!({})).await.connected();
    let other = world.owner("Bistro").await;
    let second = world.signed_in(&other).await;
    let begun = second.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    // The third inspection is that of the other organisation's login.
    world
        .meta
        .fault(
            "GET debug_token",
            json!({"every": 3}),
            json!({"status": 503, "code": 2}),
        )
        .await;
    let landing = wabakit_prove::Landing::of(&second.navigate(&back).await);
    assert_eq!(landing.get("success"), "", "{}", landing.url);
    assert_eq!(first.status().await["connected"], true);
}
