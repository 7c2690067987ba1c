//! Signing in, staying signed in, and being signed out at once.

use rstest::rstest;
use serde_json::json;
use wabakit_domain::identity::Role;

use crate::world::{Engine, PASSWORD, Postgres, Sqlite, World, text};

#[rstest]
#[tokio::test]
async fn a_browser_lives_by_its_cookie_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let browser = world.browser();
    let body = json!({"email": person.email, "password": PASSWORD, "session": "cookie"});
    let answer = browser.post("/auth/login", body).await;
    let cookie = answer.header("set-cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure"),
        "on loopback a Secure cookie would be lost"
    );
    let answer = answer.ok();
    assert!(answer["accessToken"].is_null() && answer["refreshToken"].is_null());
    let me = browser.get("/auth/me").await.ok();
    assert_eq!(me["user"]["email"], person.email);
    assert_eq!(me["org"]["role"], "owner");
}

#[tokio::test]
async fn cookies_are_secure_everywhere_but_on_loopback() {
    let world = World::with(Sqlite, &[("PUBLIC_URL", "https://waba.example")]).await;
    let person = world.owner("Juniper").await;
    let body = json!({"email": person.email, "password": PASSWORD});
    let answer = world.browser().post("/auth/login", body).await;
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(
        answer
            .header("strict-transport-security")
            .contains("max-age")
    );
}

#[rstest]
#[tokio::test]
async fn guessing_is_slowed_down(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let other = world.owner("Bistro").await;
    let browser = world.browser();
    let wrong = |email: &str| json!({"email": email, "password": "not the password"});
    let unknown = browser
        .post("/auth/login", wrong("nobody@acme.example"))
        .await;
    let unknown = unknown.refused(401, "invalid_credentials");
    for _ in 0..10 {
        let answer = browser.post("/auth/login", wrong(&person.email)).await;
        let known = answer.refused(401, "invalid_credentials");
        assert_eq!(
            known["detail"], unknown["detail"],
            "whether the address exists is not told"
        );
    }
    let right = json!({"email": person.email, "password": PASSWORD});
    let answer = browser.post("/auth/login", right).await;
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds));
    let _ = answer.refused(429, "too_many_attempts");
    browser.sign_in(&other.email, PASSWORD).await;
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_works_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let program = wabakit_prove::Client::program(&world.base());
    let (first, _) = program.take_tokens(&person.email, PASSWORD).await;
    let refresh = async |token: &str| {
        program
            .post("/auth/refresh", json!({"refreshToken": token}))
            .await
    };
    let first = text(&first, "refreshToken");
    let second = refresh(&first).await.ok();
    assert_ne!(text(&second, "refreshToken"), first);
    // Two tabs may race within the grace.
    assert_eq!(refresh(&first).await.status, 200);
    // After ten seconds the second use counts as theft.
    let past = match engine {
        Sqlite => "1",
        Postgres => "now() - interval '11 seconds'",
    };
    let aged = format!("UPDATE refresh_tokens SET used_at = {past} WHERE used_at IS NOT NULL");
    assert!(world.database.execute(&aged).await >= 1);
    let _ = refresh(&first).await.refused(401, "refresh_token_reused");
    let latest = refresh(&text(&second, "refreshToken")).await;
    assert_eq!(
        latest.status, 401,
        "the whole sign-in is over: {}",
        latest.text
    );
    let bearer = program.with_bearer(&text(&second, "accessToken"));
    let _ = bearer.get("/auth/me").await.refused(401, "unauthenticated");
    let _ = refresh("never-was").await.refused(401, "session_expired");
}

#[rstest]
#[tokio::test]
async fn signing_out_acts_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let browser = world.signed_in(&person).await;
    let cookie = browser.cookie("wabakit_session").unwrap();
    assert_eq!(browser.get("/auth/me").await.status, 200);
    assert_eq!(browser.post("/auth/logout", json!({})).await.status, 204);
    let kept = world.browser();
    let request = kept.request(reqwest::Method::GET, "/auth/me");
    let request = request.header("cookie", format!("wabakit_session={cookie}"));
    let _ = kept.send(request).await.refused(401, "unauthenticated");

    let program = world.program(&person).await;
    assert_eq!(program.get("/auth/me").await.status, 200);
    assert_eq!(program.post("/auth/logout", json!({})).await.status, 204);
    let _ = program
        .get("/auth/me")
        .await
        .refused(401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_changed_role_acts_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let admin = world.member(&person, Role::Admin).await;
    let (owner, browser) = (
        world.signed_in(&person).await,
        world.signed_in(&admin).await,
    );
    let _ = browser.begin("").await;
    let path = format!("/api/team/{}", admin.user);
    let _ = owner.patch(&path, json!({"role": "viewer"})).await.ok();
    let _ = browser
        .get("/auth/meta-oauth/init")
        .await
        .refused(403, "forbidden");
    assert_eq!(
        browser.status().await["connected"],
        false,
        "a viewer may look"
    );
    assert_eq!(owner.delete(&path).await.status, 204);
    let _ = browser
        .get("/auth/me")
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sign_ins() {
    let world = World::start(Sqlite).await;
    let person = world.owner("Juniper").await;
    let (here, there) = (
        world.signed_in(&person).await,
        world.signed_in(&person).await,
    );
    let body =
        |current: &str| json!({"currentPassword": current, "newPassword": "another long password"});
    assert_ne!(here.post("/auth/password", body("wrong")).await.status, 204);
    assert_eq!(
        here.post("/auth/password", body(PASSWORD)).await.status,
        204
    );
    assert_eq!(here.get("/auth/me").await.status, 200);
    let _ = there.get("/auth/me").await.refused(401, "unauthenticated");
    world
        .browser()
        .sign_in(&person.email, "another long password")
        .await;
}
