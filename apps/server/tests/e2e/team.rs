//! Invitations, roles, reset links, and the platform's operator.

use rstest::rstest;
use serde_json::json;
use wabakit_domain::identity::Role;

use crate::world::{self, Engine, PASSWORD, Postgres, Sqlite, World, text};

/// The token in a link's fragment, which browsers do not send.
fn token(link: &str, page: &str) -> String {
    let (before, token) = link.split_once('#').unwrap();
    assert!(before.ends_with(page), "{link}");
    token.to_owned()
}

#[rstest]
#[tokio::test]
async fn an_invitation_makes_a_member_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let invite = json!({"email": "ada@acme.example", "role": "agent"});
    let made = owner.post("/api/team/invitations", invite.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.ok();
    let token = token(&text(&made, "link"), "/invite");
    let listed = owner.get("/api/team/invitations").await.ok();
    assert_eq!(listed["data"][0]["email"], "ada@acme.example");
    assert!(listed["data"][0]["link"].is_null(), "told once");

    let ada = world.browser();
    let preview = ada
        .post("/auth/invitations/inspect", json!({"token": token}))
        .await
        .ok();
    assert_eq!(
        (&preview["orgName"], &preview["role"]),
        (&json!("Juniper"), &json!("agent"))
    );
    let accept = json!({"token": token, "name": "Ada", "password": "a password of Ada's", "session": "cookie"});
    let answer = ada
        .post("/auth/invitations/accept", accept.clone())
        .await
        .ok();
    assert_eq!(answer["org"]["role"], "agent");
    assert_eq!(ada.get("/auth/me").await.ok()["user"]["name"], "Ada");
    let _ = ada
        .post("/auth/invitations/accept", accept)
        .await
        .refused(410, "link_gone");
    let _ = ada
        .post("/api/team/invitations", invite)
        .await
        .refused(403, "forbidden");
    let team = owner.get("/api/team").await.ok();
    assert_eq!(team["data"].as_array().unwrap().len(), 2);

    let second = json!({"email": "bob@acme.example", "role": "viewer"});
    let made = owner.post("/api/team/invitations", second).await.ok();
    let path = format!("/api/team/invitations/{}", text(&made, "id"));
    assert_eq!(owner.delete(&path).await.status, 204);
    let token = self::token(&text(&made, "link"), "/invite");
    let _ = ada
        .post("/auth/invitations/inspect", json!({"token": token}))
        .await
        .refused(410, "link_gone");
}

#[rstest]
#[tokio::test]
async fn a_reset_link_works_once_and_ends_all_sign_ins(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let agent = world.member(&person, Role::Agent).await;
    let (owner, browser) = (
        world.signed_in(&person).await,
        world.signed_in(&agent).await,
    );
    let path = format!("/api/team/{}/password-reset", agent.user);
    let made = owner.post(&path, json!({})).await.ok();
    let token = token(&text(&made, "link"), "/reset");
    let body = json!({"token": token, "newPassword": "quite another password"});
    let short = json!({"token": token, "newPassword": "short"});
    assert_eq!(
        world
            .browser()
            .post("/auth/password-reset", short)
            .await
            .status,
        422
    );
    assert_eq!(
        world
            .browser()
            .post("/auth/password-reset", body.clone())
            .await
            .status,
        204
    );
    let _ = browser
        .get("/auth/me")
        .await
        .refused(401, "unauthenticated");
    let _ = world
        .browser()
        .post("/auth/password-reset", body)
        .await
        .refused(410, "link_gone");
    world
        .browser()
        .sign_in(&agent.email, "quite another password")
        .await;
    let old = json!({"email": agent.email, "password": PASSWORD});
    let _ = world
        .browser()
        .post("/auth/login", old)
        .await
        .refused(401, "invalid_credentials");
}

#[rstest]
#[tokio::test]
async fn an_org_keeps_an_owner_and_others_stay_out(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let person = world.owner("Juniper").await;
    let admin = world.member(&person, Role::Admin).await;
    let other = world.owner("Bistro").await;
    let owner = world.signed_in(&person).await;
    let path = format!("/api/team/{}", person.user);
    assert_eq!(
        owner.patch(&path, json!({"role": "viewer"})).await.status,
        409
    );
    assert_eq!(owner.delete(&path).await.status, 409);
    let admin = world.signed_in(&admin).await;
    let _ = admin
        .patch(&path, json!({"role": "viewer"}))
        .await
        .refused(403, "forbidden");
    let other = world.signed_in(&other).await;
    let _ = other
        .patch(&path, json!({"role": "viewer"}))
        .await
        .refused(404, "not_found");
    let _ = other.delete(&path).await.refused(404, "not_found");
    let reset = format!("{path}/password-reset");
    let _ = other
        .post(&reset, json!({}))
        .await
        .refused(404, "not_found");
}

#[rstest]
#[tokio::test]
async fn the_operator_sees_organisations_and_no_one_else_does(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let operator = world::owner(&world.server().assembly, "Platform", true).await;
    let operator = world.signed_in(&operator).await;
    let _ = owner
        .get("/api/operator/orgs")
        .await
        .refused(403, "forbidden");
    let made = json!({"name": "New org"});
    let _ = owner
        .post("/api/operator/orgs", made.clone())
        .await
        .refused(403, "forbidden");
    assert_eq!(operator.post("/api/operator/orgs", made).await.status, 201);
    let orgs = operator.get("/api/operator/orgs").await.ok();
    let names: Vec<_> = orgs["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| text(o, "name"))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"New org".to_owned()));
}
