//! Invitations, roles, reset links, and the platform's operator.

use rstest::rstest;
use serde_json::json;
use wabakit_domain::identity::Role;

use crate::world::{self, Engine, PASSWORD, Postgres, Sqlite, World, text};

/// Returns the token in a link's fragment, which browsers do not send.
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

/// A reset link of a person's only organisation must not open another organisation's data.
#[rstest]
#[tokio::test]
async fn a_reset_link_does_not_outlive_what_it_was_made_for(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (juniper, bistro) = (world.owner("Juniper").await, world.owner("Bistro").await);
    let (attacker, inviter) = (
        world.signed_in(&juniper).await,
        world.signed_in(&bistro).await,
    );
    let person = world.member(&juniper, Role::Agent).await;
    let path = format!("/api/team/{}/password-reset", person.user);
    let reset = async || {
        let made = attacker.post(&path, json!({})).await.ok();
        token(&text(&made, "link"), "/reset")
    };
    let used = async |token: &str| {
        let body = json!({"token": token, "newPassword": "a password of the attacker"});
        let answer = world.browser().post("/auth/password-reset", body).await;
        answer.status.as_u16()
    };
    let held = reset().await;
    let invite = json!({"email": person.email, "role": "admin"});
    let made = inviter.post("/api/team/invitations", invite).await.ok();
    let invitation = token(&text(&made, "link"), "/invite");
    let accept = json!({"token": invitation, "name": "", "password": PASSWORD});
    let joined = world
        .browser()
        .post("/auth/invitations/accept", accept)
        .await;
    assert_eq!(joined.ok()["org"]["role"], "admin");
    let _ = attacker
        .post(&path, json!({}))
        .await
        .refused(403, "forbidden");
    assert_eq!(used(&held).await, 410, "a link of before they joined");
    let stolen = json!({"email": person.email, "password": "a password of the attacker", "orgId": bistro.org});
    let _ = world
        .browser()
        .post("/auth/login", stolen)
        .await
        .refused(401, "invalid_credentials");

    let person = world.member(&juniper, Role::Viewer).await;
    let path = format!("/api/team/{}/password-reset", person.user);
    let reset = async || {
        let made = attacker.post(&path, json!({})).await.ok();
        token(&text(&made, "link"), "/reset")
    };
    let (older, newer) = (reset().await, reset().await);
    assert_eq!(used(&newer).await, 204);
    assert_eq!(used(&older).await, 410, "a link of before another was used");
    let older = reset().await;
    let browser = world.browser();
    browser
        .sign_in(&person.email, "a password of the attacker")
        .await;
    let change =
        json!({"currentPassword": "a password of the attacker", "newPassword": "their own again"});
    assert_eq!(browser.post("/auth/password", change).await.status, 204);
    assert_eq!(
        used(&older).await,
        410,
        "a link of before they chose another"
    );
    let older = reset().await;
    let place = format!("/api/team/{}", person.user);
    assert_eq!(attacker.delete(&place).await.status, 204);
    assert_eq!(
        used(&older).await,
        410,
        "a link of before they were removed"
    );
}

#[rstest]
#[tokio::test]
async fn an_invitation_ends_with_the_right_of_who_made_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.owner("Juniper").await;
    let admin = world.member(&owner, Role::Admin).await;
    let (owner, inviter) = (world.signed_in(&owner).await, world.signed_in(&admin).await);
    let invite = json!({"email": "friend@acme.example", "role": "admin"});
    let made = inviter.post("/api/team/invitations", invite).await.ok();
    let invitation = token(&text(&made, "link"), "/invite");
    let place = format!("/api/team/{}", admin.user);
    assert_eq!(owner.delete(&place).await.status, 204);
    let accept =
        json!({"token": invitation, "name": "Friend", "password": "a password of a friend"});
    let _ = world
        .browser()
        .post("/auth/invitations/accept", accept)
        .await
        .refused(410, "link_gone");
    let listed = owner.get("/api/team/invitations").await.ok();
    assert_eq!(listed["data"], json!([]));
}

/// Two people hold invitations of one new address. The first to accept is that person.
#[rstest]
#[tokio::test]
async fn two_first_invitations_of_one_address_at_once_make_two_people(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (mut links, mut orgs) = (Vec::new(), Vec::new());
    for org in ["Juniper", "Bistro"] {
        let person = world.owner(org).await;
        let owner = world.signed_in(&person).await;
        let invite = json!({"email": "new@acme.example", "role": "agent"});
        let made = owner.post("/api/team/invitations", invite).await.ok();
        links.push(token(&text(&made, "link"), "/invite"));
        orgs.push(person.org.to_string());
    }
    let password = |turn: usize| format!("a password of person {turn}");
    let accept = async |turn: usize| {
        let body = json!({"token": links[turn], "name": "New", "password": password(turn)});
        world.browser().post("/auth/invitations/accept", body).await
    };
    let (one, two) = tokio::join!(accept(0), accept(1));
    assert_eq!([one.status.as_u16(), two.status.as_u16()], [200, 200]);
    // Nobody proved the address, so neither password opens the other's organisation.
    for (turn, org) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
        let body = json!({
            "email": "new@acme.example",
            "password": password(turn),
            "orgId": orgs[org],
        });
        let answer = world.browser().post("/auth/login", body).await;
        let right = if turn == org { 200 } else { 403 };
        assert_eq!(
            answer.status.as_u16(),
            right,
            "{turn} {org}: {}",
            answer.text
        );
    }
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
