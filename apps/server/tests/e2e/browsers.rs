//! A login link that is sent to a stranger does not bring their account into the sender's organisation.

use rstest::rstest;
use serde_json::json;
use wabakit_domain::identity::Role;
use wabakit_prove::Landing;

use crate::world::{Engine, JUNIPER_WABA, Postgres, Sqlite, World, text};

#[rstest]
#[tokio::test]
async fn another_browser_is_refused_a_login_that_a_browser_began(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let begun = owner.begin("returnTo=/connections?secret=1").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let stranger = world.browser();
    let landing = Landing::of(&stranger.navigate(&back).await);
    assert_eq!(landing.get("error"), "browser_mismatch");
    assert_eq!(
        landing.get("sessionId"),
        "",
        "a stranger is told of no session"
    );
    assert_eq!(landing.get("secret"), "", "nor where it would go");
    let session = owner.session(&text(&begun, "sessionId")).await;
    assert_eq!(
        session["status"], "awaiting_login",
        "the stranger has used nothing up"
    );
    assert_eq!(owner.status().await["connected"], false);
    assert_eq!(world.meta.effective("GET", "oauth/access_token").await, 0);
    Landing::of(&owner.navigate(&back).await).connected();
}

#[rstest]
#[tokio::test]
async fn a_browser_where_somebody_else_is_signed_in_is_refused(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let other = world.owner("Bistro").await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    // The same holds in the browser that began, once another person has signed in there.
    owner.forget_cookie("wabakit_session");
    owner.sign_in(&other.email, crate::world::PASSWORD).await;
    let landing = Landing::of(&owner.navigate(&back).await);
    assert_eq!(landing.get("error"), "browser_mismatch");
    assert_eq!(owner.accounts().await.len(), 0);
    assert_eq!(world.meta.effective("GET", "oauth/access_token").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_login_that_a_program_began_waits_for_its_person(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let colleague = world.member(&person, Role::Admin).await;
    let outsider = world.owner("Bistro").await;
    let program = world.program(&person).await;
    let begun = program.begin("").await;
    let id = text(&begun, "sessionId");
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let stranger = world.browser();
    let landing = Landing::of(&stranger.navigate(&back).await);
    assert_eq!(landing.get("pending"), id);

    assert_eq!(
        program.session(&id).await["status"],
        "awaiting_confirmation"
    );
    assert_eq!(program.status().await["connected"], false);
    assert_eq!(world.meta.effective("POST", "/subscribed_apps").await, 0);
    let outsider = world.signed_in(&outsider).await;
    let _ = outsider
        .act(&id, "confirm", json!({}))
        .await
        .refused(404, "not_found");
    let colleague = world.signed_in(&colleague).await;
    let _ = colleague
        .act(&id, "confirm", json!({}))
        .await
        .refused(403, "forbidden");
    let _ = colleague
        .act(&id, "resume", json!({}))
        .await
        .refused(403, "forbidden");
    assert_eq!(program.accounts().await.len(), 0);

    let session = program.act(&id, "confirm", json!({})).await.ok();
    assert_eq!(session["status"], "completed", "{session}");
    assert_eq!(program.accounts().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_login_that_is_not_confirmed_leaves_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let program = world.program(&person).await;
    let begun = program.begin("").await;
    let id = text(&begun, "sessionId");
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let _ = world.browser().navigate(&back).await;
    assert_eq!(
        program.act(&id, "cancel", json!({})).await.ok()["status"],
        "cancelled"
    );
    assert_eq!(program.accounts().await.len(), 0);
    assert!(!world.meta.is_subscribed(JUNIPER_WABA).await);
    let kept = "SELECT count(*) AS value FROM grants WHERE token IS NOT NULL";
    assert_eq!(
        world.database.number(kept).await,
        0,
        "the stranger's token is destroyed"
    );
}

#[tokio::test]
async fn a_session_of_another_org_is_not_there() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let id = text(&owner.begin("").await, "sessionId");
    let other = world.owner("Bistro").await;
    let other = world.signed_in(&other).await;
    let path = format!("/api/connect-sessions/{id}");
    let _ = other.get(&path).await.refused(404, "not_found");
    for act in ["choose", "resume", "confirm", "cancel"] {
        let body = if act == "choose" {
            json!({"phoneNumberIds": ["1"]})
        } else {
            json!({})
        };
        let _ = other.act(&id, act, body).await.refused(404, "not_found");
    }
}
