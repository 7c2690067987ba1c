//! Attacks: what strangers, former members and other organisations must not reach.

use std::time::{Duration, Instant};

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::identity::Role;
use wabakit_prove::{Client, until};

use crate::{
    listening::{Heard, Listener},
    receive::{ADA, connected, list},
    world::{Engine, JUNIPER, PASSWORD, Postgres, Sqlite, World, text},
};

/// Signs in from a client address, as a proxy reports it.
async fn sign_in_from(client: &Client, address: &str, email: &str, password: &str) -> u16 {
    let request = client.request(Method::POST, "/auth/login");
    let request = request
        .header("x-forwarded-for", address)
        .json(&json!({"email": email, "password": password, "session": "cookie"}));
    client.send(request).await.status.as_u16()
}

#[rstest]
#[tokio::test]
async fn an_open_websocket_ends_with_the_right_at_once(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values(
        "removed",
        "signed out",
        "ended by its id",
        "ended with all others",
        "password changed",
        "password reset"
    )]
    how: &str,
) {
    let world = World::start(engine).await;
    let (person, owner) = connected(&world).await;
    let agent = world.member(&person, Role::Agent).await;
    let (here, there) = (world.signed_in(&agent).await, world.signed_in(&agent).await);
    let mut listener = Listener::start(&here, None).await;
    let mut of_owner = Listener::start(&owner, None).await;
    let begun = Instant::now();
    let member = format!("/api/team/{}", agent.user);
    match how {
        "removed" => assert_eq!(owner.delete(&member).await.status, 204),
        "signed out" => assert_eq!(here.post("/auth/logout", json!({})).await.status, 204),
        "ended by its id" => {
            let listed = there.get("/auth/sign-ins").await.ok();
            for sign_in in listed["data"].as_array().unwrap() {
                if sign_in["current"] == false {
                    let path = format!("/auth/sign-ins/{}", text(sign_in, "id"));
                    assert_eq!(there.delete(&path).await.status, 204);
                }
            }
        }
        "ended with all others" => {
            assert_eq!(there.delete("/auth/sign-ins").await.status, 204);
        }
        "password changed" => {
            let body = json!({"currentPassword": PASSWORD, "newPassword": "another long password"});
            assert_eq!(there.post("/auth/password", body).await.status, 204);
        }
        _ => {
            let made = owner
                .post(&format!("{member}/password-reset"), json!({}))
                .await
                .ok();
            let link = text(&made, "link");
            let token = link.split_once('#').unwrap().1;
            let body = json!({"token": token, "newPassword": "another long password"});
            assert_eq!(there.post("/auth/password-reset", body).await.status, 204);
        }
    }
    let hello = json!({"type": "text", "text": "For members only"});
    world.customer_writes(ADA, JUNIPER, hello).await;
    loop {
        match listener.hear().await {
            Heard::Frame(frame) => assert!(
                !frame.to_string().contains("For members only"),
                "{how}: it hears on"
            ),
            Heard::Closed(frame) => {
                assert_eq!(
                    frame.map(|frame| u16::from(frame.code)),
                    Some(4401),
                    "{how}"
                );
                break;
            }
        }
    }
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{how}: it is no clock that ends it"
    );
    of_owner.event("message.received").await;
}

#[rstest]
#[tokio::test]
async fn strangers_lock_nobody_out_of_a_client_where_they_signed_in_before(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::with(engine, &[("TRUST_PROXY", "true")]).await;
    let person = world.owner("Juniper").await;
    let browser = world.browser();
    let (home, cafe) = ("203.0.113.1", "203.0.113.77");
    assert_eq!(
        sign_in_from(&browser, home, &person.email, PASSWORD).await,
        200
    );
    let signed_in = world.signed_in(&person).await;
    for n in 0..12 {
        let stranger = format!("198.51.100.{n}");
        let status = sign_in_from(&world.browser(), &stranger, &person.email, "a guess").await;
        assert_eq!(status, if n < 10 { 401 } else { 429 });
    }
    let new = sign_in_from(&world.browser(), cafe, &person.email, PASSWORD).await;
    assert_eq!(new, 429, "a client that nobody knows waits");
    let known = sign_in_from(&browser, cafe, &person.email, PASSWORD).await;
    assert_eq!(known, 200, "the browser is known wherever it is");
    let program = sign_in_from(&world.browser(), home, &person.email, PASSWORD).await;
    assert_eq!(program, 200, "and so is the address");
    let body = json!({"currentPassword": PASSWORD, "newPassword": "another long password"});
    assert_eq!(signed_in.post("/auth/password", body).await.status, 204);
    // A client is known for one person alone.
    let other = world.owner("Bistro").await;
    for _ in 0..10 {
        sign_in_from(&world.browser(), "198.51.100.99", &other.email, "a guess").await;
    }
    let of_another = sign_in_from(&browser, cafe, &other.email, PASSWORD).await;
    assert_eq!(of_another, 429);
}

#[tokio::test]
async fn failures_of_anybody_behind_one_address_keep_no_known_client_out() {
    let world = World::start(Sqlite).await;
    let person = world.owner("Juniper").await;
    let late = world.owner("Bistro").await;
    let browser = world.signed_in(&person).await;
    for n in 0..100 {
        let email = format!("nobody-{n}@acme.example");
        sign_in_from(&world.browser(), "ignored", &email, "a guess").await;
    }
    let body = |email: &str| json!({"email": email, "password": PASSWORD});
    let stranger = world.browser().post("/auth/login", body(&late.email)).await;
    let _ = stranger.refused(429, "too_many_attempts");
    browser.sign_in(&person.email, PASSWORD).await;
}

async fn actions(owner: &Client, prefix: &str) -> Vec<Value> {
    let mut log = list(owner, "/api/audit?limit=200").await;
    log.retain(|entry| text(entry, "action").starts_with(prefix));
    log
}

#[rstest]
#[tokio::test]
async fn failed_sign_ins_of_a_member_are_recorded_with_the_address_and_blocking_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::with(engine, &[("TRUST_PROXY", "true")]).await;
    let person = world.owner("Juniper").await;
    let owner = world.signed_in(&person).await;
    let agent = world.member(&person, Role::Agent).await;
    for n in 0..13 {
        let stranger = format!("198.51.100.{n}");
        sign_in_from(&world.browser(), &stranger, &agent.email, "a guess").await;
    }
    sign_in_from(
        &world.browser(),
        "198.51.100.1",
        "nobody@acme.example",
        "a guess",
    )
    .await;
    let failed = until("ten failures to be recorded", async || {
        let failed = actions(&owner, "auth.sign_in_failed").await;
        (failed.len() >= 10).then_some(failed)
    })
    .await;
    assert_eq!(failed.len(), 10, "tries that were not made are no failures");
    for entry in &failed {
        assert_eq!(entry["subject"]["id"], agent.user.to_string());
        assert!(text(&entry["data"], "address").starts_with("198.51.100."));
        assert_eq!(entry["actor"]["kind"], "system");
    }
    let blocked = until("the block to be recorded", async || {
        let blocked = actions(&owner, "auth.sign_in_blocked").await;
        (!blocked.is_empty()).then_some(blocked)
    })
    .await;
    assert_eq!(blocked.len(), 1);
    let verified = owner.get("/api/audit/verify").await.ok();
    assert_eq!(verified["intact"], true);
}

#[tokio::test]
async fn an_invitation_does_not_tell_who_is_known_here_and_takes_no_common_password() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let known = world.owner("Bistro").await;
    let invite = async |email: &str| {
        let body = json!({"email": email, "role": "agent"});
        let made = owner.post("/api/team/invitations", body).await.ok();
        let link = text(&made, "link");
        link.split_once('#').unwrap().1.to_owned()
    };
    let (of_known, of_unknown) = (
        invite(&known.email).await,
        invite("ceo@othercorp.example").await,
    );
    for (name, password) in [
        ("Ada", "x"),
        ("Ada", ""),
        ("", "a password of the attacker"),
        ("Ada", "passwordpassword"),
        ("Ada", "123456789012"),
        ("Ada", "            "),
        ("Ada", "QWERTYuiop12"),
    ] {
        let mut answers = Vec::new();
        for token in [&of_known, &of_unknown] {
            let body = json!({"token": token, "name": name, "password": password});
            let answer = world.browser().post("/auth/invitations/accept", body).await;
            let mut problem = answer.json();
            problem.as_object_mut().unwrap().remove("requestId");
            answers.push((answer.status.as_u16(), problem));
        }
        assert_eq!(answers[0], answers[1], "{name:?} {password:?}");
        assert_eq!(answers[0].0, 422, "{name:?} {password:?}");
    }
    let body = json!({"currentPassword": PASSWORD, "newPassword": "Password1234!"});
    assert_eq!(owner.post("/auth/password", body).await.status, 422);
}

#[tokio::test]
async fn metrics_have_a_listener_of_their_own_or_none() {
    let world = World::with(Sqlite, &[("METRICS_ADDRESS", "127.0.0.1:0")]).await;
    world.browser().get("/healthz").await;
    assert!(world.metrics().await.contains("http_requests_total"));
    assert_eq!(world.browser().get("/metrics").await.status, 404);
    let world = World::with(Sqlite, &[("METRICS_ADDRESS", "off")]).await;
    assert_eq!(world.server().metrics_address(), None);
    assert_eq!(world.browser().get("/metrics").await.status, 404);
}
