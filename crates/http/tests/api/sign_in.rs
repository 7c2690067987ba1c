//! Signing in and out, links, cookies.

use actix_web::http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, SESSION, Who, World, ask};

async fn login(world: &World, more: Value) -> Answer {
    let mut body = json!({"email": Who::Owner.email(), "password": PASSWORD});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    world
        .send(ask(Method::POST, "/auth/login", None, Some(&body)))
        .await
}

fn with_cookie(method: Method, path: &str, cookie: &str) -> actix_web::test::TestRequest {
    ask(method, path, None, None).insert_header((header::COOKIE, format!("{SESSION}={cookie}")))
}

#[actix_web::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let world = World::new().await.with_password().await;
    let answer = login(&world, json!({})).await;
    let cookie = answer.set_cookie(SESSION).unwrap();
    for flag in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let me = with_cookie(Method::GET, "/auth/me", &answer.cookie(SESSION).unwrap());
    assert_eq!(
        world.send(me).await.json()["user"]["email"],
        Who::Owner.email()
    );
}

#[actix_web::test]
async fn a_browser_gets_no_tokens_and_a_client_gets_both() {
    let world = World::new().await.with_password().await;
    let browser = login(&world, json!({"session": "cookie"})).await.json();
    assert_eq!(browser.get("accessToken"), None);
    assert_eq!(browser.get("refreshToken"), None);
    assert_eq!(browser["org"]["role"], "owner");
    let client = login(&world, json!({})).await.json();
    assert_eq!(client["expiresIn"], 900);
    let refresh = json!({"refreshToken": client["refreshToken"]});
    let next = world
        .send(ask(Method::POST, "/auth/refresh", None, Some(&refresh)))
        .await;
    assert_eq!(next.status, StatusCode::OK);
    assert_ne!(next.json()["refreshToken"], client["refreshToken"]);
    let bearer = format!("Bearer {}", next.json()["accessToken"].as_str().unwrap());
    let me = ask(Method::GET, "/auth/me", None, None).insert_header(("authorization", bearer));
    assert_eq!(world.send(me).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_refresh_token_that_is_not_known_means_that_the_session_is_over() {
    let world = World::new().await;
    let body = json!({"refreshToken": "unknown"});
    let answer = world
        .send(ask(Method::POST, "/auth/refresh", None, Some(&body)))
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "session_expired")
    );
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let world = World::new().await;
    let answer = world.post(Who::Owner, "/auth/logout", json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.set_cookie(SESSION).unwrap().contains("Max-Age=0"));
    assert_eq!(
        world.get(Who::Owner, "/auth/me").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[actix_web::test]
async fn a_sign_in_is_listed_with_its_client_and_ends_by_its_id() {
    let world = World::new().await.with_password().await;
    let body = json!({"email": Who::Owner.email(), "password": PASSWORD});
    let phone = "Mozilla/5.0 (Linux; Android 15) Chrome/139.0 Mobile Safari/537.36";
    let request = ask(Method::POST, "/auth/login", None, Some(&body))
        .peer_addr("203.0.113.7:4711".parse().unwrap())
        .insert_header((header::USER_AGENT, phone));
    let cookie = world.send(request).await.cookie(SESSION).unwrap();
    let listed = world.get(Who::Owner, "/auth/sign-ins").await.json();
    let listed = listed["data"].as_array().unwrap();
    let other = listed.iter().find(|each| each["current"] == false).unwrap();
    assert_eq!(
        (listed.len(), &other["client"]),
        (2, &json!("Chrome on Android"))
    );
    assert_eq!(
        (&other["address"], &other["orgName"]),
        (&json!("203.0.113.7"), &json!("Acme Coffee"))
    );
    let path = format!("/auth/sign-ins/{}", other["id"].as_str().unwrap());
    let end = |who| world.send(ask(Method::DELETE, &path, Some(who), None));
    for who in [Who::Admin, Who::Stranger, Who::Operator] {
        assert_eq!(end(who).await.status, StatusCode::NOT_FOUND, "{who:?}");
    }
    let me = || world.send(with_cookie(Method::GET, "/auth/me", &cookie));
    assert_eq!(me().await.status, StatusCode::OK);
    assert_eq!(end(Who::Owner).await.status, StatusCode::NO_CONTENT);
    assert_eq!(me().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(end(Who::Owner).await.status, StatusCode::NOT_FOUND);
}

/// Slips of a client that means one of them.
#[actix_web::test]
async fn a_slip_does_not_end_every_other_sign_in() {
    let world = World::new().await.with_password().await;
    let body = json!({"email": Who::Owner.email(), "password": PASSWORD});
    let request = ask(Method::POST, "/auth/login", None, Some(&body));
    let cookie = world.send(request).await.cookie(SESSION).unwrap();
    let me = || world.send(with_cookie(Method::GET, "/auth/me", &cookie));
    let listed = world.get(Who::Owner, "/auth/sign-ins").await.json();
    let id = listed["data"][0]["id"].as_str().unwrap();
    let end = |query: &str| {
        let path = format!("/auth/sign-ins{query}");
        ask(Method::DELETE, &path, Some(Who::Owner), None)
    };
    for slip in [
        end(&format!("?id={id}")),
        end("").set_json(json!({"id": id})),
        end("").set_json(json!([id])),
        end("").set_json(json!(null)),
        end("").set_payload(id.to_owned()),
    ] {
        let answer = world.send(slip).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.text
        );
        assert_eq!(me().await.status, StatusCode::OK, "it goes on");
    }
    assert_eq!(
        world.send(end("").set_json(json!({}))).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(me().await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_second_factor_is_asked_for_by_a_word_of_its_own_and_nothing_else_is_told() {
    let world = World::new().await.with_password().await;
    let off = world.get(Who::Owner, "/auth/two-factor").await.json();
    assert_eq!(off, json!({"isOn": false, "recoveryCodesLeft": 0}));
    let (secret, codes) = world.turn_two_factor_on(Who::Owner).await;
    let on = world.get(Who::Owner, "/auth/two-factor").await;
    assert_eq!(
        (&on.json()["isOn"], &on.json()["recoveryCodesLeft"]),
        (&json!(true), &json!(10))
    );
    assert!(!on.text.contains(&secret) && !codes.iter().any(|code| on.text.contains(code)));

    let used = world.code(&secret, 0);
    let refused = [
        (json!({}), "second_factor_required"),
        (json!({"code": null}), "second_factor_required"),
        (json!({"code": ""}), "second_factor_required"),
        (json!({"code": "000000"}), "wrong_code"),
        (json!({"code": used}), "wrong_code"),
        (json!({"code": "x".repeat(5000)}), "wrong_code"),
        (
            json!({"code": codes[0], "password": "wrong"}),
            "invalid_credentials",
        ),
    ];
    for (more, code) in refused {
        let answer = login(&world, more).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, code)
        );
        assert_eq!(answer.set_cookie(SESSION), None);
        for told in [Who::Owner.email().as_str(), "Acme", "owner", "accessToken"] {
            assert!(!answer.text.contains(told), "{told} in {}", answer.text);
        }
    }
    let code = world.code(&secret, 1);
    let signed_in = login(&world, json!({"code": code})).await;
    assert_eq!(signed_in.status, StatusCode::OK);
    assert!(signed_in.cookie(SESSION).is_some());
    assert_eq!(
        login(&world, json!({"code": codes[0]})).await.status,
        StatusCode::OK
    );
}

#[actix_web::test]
async fn a_wrong_password_is_told_apart_from_nothing_and_then_throttled() {
    let world = World::new().await.with_password().await;
    let wrong = login(&world, json!({"password": "wrong"})).await;
    let unknown = login(&world, json!({"email": "nobody@acme.example"})).await;
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.code(), "invalid_credentials");
        assert_eq!(answer.set_cookie(SESSION), None);
    }
    for _ in 0..9 {
        login(&world, json!({"password": "wrong"})).await;
    }
    let throttled = login(&world, json!({})).await;
    assert_eq!(throttled.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(throttled.code(), "too_many_attempts");
    assert!(throttled.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[actix_web::test]
async fn an_invitation_is_a_link_whose_token_no_server_logs() {
    let world = World::new().await;
    let invite = json!({"email": "new@acme.example", "role": "agent"});
    let made = world
        .post(Who::Admin, "/api/team/invitations", invite)
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    let token = made["link"]
        .as_str()
        .unwrap()
        .strip_prefix("https://waba.example/invite#")
        .unwrap();
    let listed = world.get(Who::Admin, "/api/team/invitations").await;
    assert!(!listed.text.contains(token), "the link is told once");
    let inspect = ask(
        Method::POST,
        "/auth/invitations/inspect",
        None,
        Some(&json!({"token": token})),
    );
    let seen = world.send(inspect).await.json();
    assert_eq!(
        (seen["orgName"].as_str(), seen["role"].as_str()),
        (Some("Acme Coffee"), Some("agent"))
    );
    let accept = json!({"token": token, "name": "New", "password": PASSWORD, "session": "cookie"});
    let accepted = world
        .send(ask(
            Method::POST,
            "/auth/invitations/accept",
            None,
            Some(&accept),
        ))
        .await;
    assert_eq!(accepted.status, StatusCode::OK);
    assert!(accepted.cookie(SESSION).is_some());
    let again = world
        .send(ask(
            Method::POST,
            "/auth/invitations/accept",
            None,
            Some(&accept),
        ))
        .await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (StatusCode::GONE, "link_gone")
    );
}

#[actix_web::test]
async fn an_invitation_accepted_for_a_known_and_an_unknown_address_answers_alike() {
    let world = World::new().await;
    for password in ["x", "elevenchars", "passwordpassword", PASSWORD] {
        let mut answers = Vec::new();
        let known = Who::Stranger.email();
        for email in [known.as_str(), " nobody@Elsewhere.example"] {
            let invite = json!({"email": email, "role": "agent"});
            let made = world.post(Who::Admin, "/api/team/invitations", invite);
            let link = made.await.json()["link"].as_str().unwrap().to_owned();
            let token = link.split_once('#').unwrap().1;
            let accept = json!({"token": token, "name": "Nia", "password": password,
                                "session": "cookie"});
            let path = "/auth/invitations/accept";
            let answer = world
                .send(ask(Method::POST, path, None, Some(&accept)))
                .await;
            let mut body = answer.json();
            // What differs in every answer, and what was sent.
            body.as_object_mut().unwrap().remove("requestId");
            if let Some(user) = body["user"].as_object_mut() {
                let id = user.remove("id").unwrap();
                user.remove("email");
                let path = format!("/api/team/{}", id.as_str().unwrap());
                world
                    .send(ask(Method::DELETE, &path, Some(Who::Admin), None))
                    .await;
            }
            answers.push((answer.status, body));
        }
        assert_eq!(answers[0], answers[1], "{password}");
        let joined = answers[0].0 == StatusCode::OK;
        assert_eq!(joined, password == PASSWORD);
    }
}

#[actix_web::test]
async fn a_reset_link_lets_the_member_choose_a_password() {
    let world = World::new().await;
    let path = format!("/api/team/{}/password-reset", Who::Viewer.id());
    let link = world.post(Who::Admin, &path, json!({})).await.json()["link"].clone();
    let token = link
        .as_str()
        .unwrap()
        .strip_prefix("https://waba.example/reset#")
        .unwrap();
    let body = json!({"token": token, "newPassword": PASSWORD});
    let reset = world
        .send(ask(Method::POST, "/auth/password-reset", None, Some(&body)))
        .await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT);
    let old = world.get(Who::Viewer, "/auth/me").await;
    assert_eq!(
        old.status,
        StatusCode::UNAUTHORIZED,
        "every sign-in of theirs has ended"
    );
    let signed_in = login(&world, json!({"email": Who::Viewer.email()})).await;
    assert_eq!(signed_in.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_changed_role_acts_at_once() {
    let world = World::new().await;
    let path = format!("/api/team/{}", Who::Viewer.id());
    assert_eq!(
        world.get(Who::Viewer, "/api/audit").await.status,
        StatusCode::FORBIDDEN
    );
    let body = json!({"role": "admin"});
    let changed = world
        .send(ask(Method::PATCH, &path, Some(Who::Owner), Some(&body)))
        .await;
    assert_eq!(changed.json()["role"], "admin");
    assert_eq!(
        world.get(Who::Viewer, "/api/audit").await.status,
        StatusCode::OK
    );
    let me = world.get(Who::Viewer, "/auth/me").await.json();
    assert!(
        me["permissions"]
            .as_array()
            .unwrap()
            .contains(&json!("accounts.manage"))
    );
}

#[rstest]
#[case::a_proxy_that_is_trusted(true, "203.0.113.7")]
#[case::a_client_that_pretends(false, "198.51.100.1")]
#[actix_web::test]
async fn the_client_is_the_peer_unless_a_trusted_proxy_names_it(
    #[case] trust_proxy: bool,
    #[case] client: &str,
) {
    let mut world = World::new().await.with_password().await;
    world.api.settings.trust_proxy = trust_proxy;
    let body = json!({"email": Who::Owner.email(), "password": PASSWORD});
    let request = ask(Method::POST, "/auth/login", None, Some(&body))
        .peer_addr("198.51.100.1:4711".parse().unwrap())
        .insert_header(("x-forwarded-for", "192.0.2.9, 203.0.113.7"));
    world.send(request).await;
    let log = world
        .get(Who::Owner, "/api/audit?action=auth.signed_in")
        .await
        .json();
    assert_eq!(log["data"][0]["data"]["address"], client);
}
