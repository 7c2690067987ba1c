//! From the click to the stored connection, as a browser sees it.

use actix_web::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{ACME, Answer, EXPIRED_CODE, LISTED, NONCE, PUBLIC, SESSION, Who, World, ask};

/// Meta's redirect in a browser that holds these cookies.
async fn come_back(world: &World, query: &str, cookies: &str) -> Answer {
    let path = format!("/auth/meta-oauth/callback?{query}");
    let request = ask(Method::GET, &path, None, None);
    world
        .send(request.insert_header((header::COOKIE, cookies.to_owned())))
        .await
}

async fn accounts(world: &World) -> Vec<Value> {
    let list = world
        .get(Who::Viewer, "/api/accounts?active=true")
        .await
        .json();
    list["data"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn one_number_connects_and_the_browser_is_sent_back_with_it() {
    let world = World::new().await;
    let landed = world.connect(Who::Owner).await;
    assert_eq!(landed.status, StatusCode::FOUND);
    let place = format!(
        "{PUBLIC}/connections?success=true&channel=whatsapp&phoneNumber=%2B1+555+0101&wabaId=waba-{ACME}"
    );
    assert_eq!(landed.header("location"), place);
    assert_eq!(landed.header("cache-control"), "no-store");
    let [account] = accounts(&world).await.try_into().unwrap();
    assert_eq!(
        (&account["state"], &account["isDefault"]),
        (&json!("connected"), &json!(true))
    );
    assert_eq!(account["grant"]["metaAppId"], "1001");
    assert_eq!(account["grant"]["renewal"], "not_needed");
}

#[actix_web::test]
async fn the_three_status_routes_answer_alike_before_and_after() {
    let world = World::new().await;
    let routes = [
        "/auth/meta-oauth/status",
        "/api/integrations/whatsapp/status",
        "/api/integrations/whatsapp/oauth/status",
    ];
    for path in routes {
        let status = world.get(Who::Viewer, path).await.json();
        assert_eq!(
            (&status["success"], &status["connected"]),
            (&json!(true), &json!(false))
        );
        for field in [
            "phoneNumber",
            "wabaId",
            "businessName",
            "createdAt",
            "lastConnected",
        ] {
            assert_eq!(status.get(field), Some(&Value::Null), "{field}");
        }
    }
    world.connect(Who::Owner).await;
    for path in routes {
        let status = world.get(Who::Viewer, path).await.json();
        assert_eq!(status["connected"], true);
        assert_eq!(status["phoneNumber"], "+1 555 0101");
        assert_eq!(status["phoneNumbers"][0]["id"], "0101");
        assert_eq!(status["needsReconnect"], false);
    }
}

#[actix_web::test]
async fn the_nonce_cookie_is_set_once_and_used_again() {
    let world = World::new().await;
    let (_, nonce) = world.begin(Who::Owner, "mode=popup").await;
    let request = ask(
        Method::GET,
        "/api/integrations/whatsapp/connect",
        Some(Who::Owner),
        None,
    )
    .append_header((header::COOKIE, format!("{NONCE}={nonce}")));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert!(
        answer
            .header("location")
            .starts_with("https://meta.example/dialog")
    );
    let cookie = answer.set_cookie(NONCE).unwrap();
    assert_eq!(answer.cookie(NONCE).unwrap(), nonce);
    for flag in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=3600",
    ] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
}

#[actix_web::test]
async fn another_browser_that_opens_the_link_is_not_connected() {
    let world = World::new().await;
    let (state, _) = world
        .begin(Who::Owner, "mode=redirect&returnTo=/connections?tab=mine")
        .await;
    for cookies in [String::new(), format!("{NONCE}={}", "x".repeat(43))] {
        let landed = come_back(&world, &format!("code=canary-code&state={state}"), &cookies).await;
        let place = landed.header("location");
        assert!(
            place.starts_with(&format!(
                "{PUBLIC}/connections?error=browser_mismatch&message="
            )) && !place.contains("sessionId"),
            "it learns neither the session nor where the owner wanted to go"
        );
    }
    assert!(accounts(&world).await.is_empty());
}

#[actix_web::test]
async fn somebody_else_who_is_signed_in_is_refused_with_the_right_nonce_too() {
    let world = World::new().await;
    let (state, nonce) = world.begin(Who::Owner, "mode=redirect").await;
    let cookies = format!("{NONCE}={nonce}; {SESSION}=cookie-of-Stranger");
    let landed = come_back(&world, &format!("code=canary-code&state={state}"), &cookies).await;
    assert!(
        landed
            .header("location")
            .contains("?error=browser_mismatch&message=")
    );
    assert!(accounts(&world).await.is_empty());
}

#[actix_web::test]
async fn a_login_begun_by_a_program_waits_until_its_user_confirms() {
    let world = World::new().await;
    let begun = world.get(Who::Owner, "/auth/meta-oauth/init").await.json();
    let state = begun["authUrl"]
        .as_str()
        .unwrap()
        .split("state=")
        .nth(1)
        .unwrap();
    let landed = come_back(&world, &format!("code=canary-code&state={state}"), "").await;
    let id = begun["sessionId"].as_str().unwrap();
    assert_eq!(
        landed.header("location"),
        format!("{PUBLIC}/connections?pending={id}")
    );
    let path = format!("/api/connect-sessions/{id}");
    assert_eq!(
        world.get(Who::Admin, &path).await.json()["status"],
        "awaiting_confirmation"
    );
    assert!(accounts(&world).await.is_empty());
    let confirm = format!("{path}/confirm");
    assert_eq!(
        world.post(Who::Admin, &confirm, json!({})).await.status,
        StatusCode::FORBIDDEN
    );
    let confirmed = world.post(Who::Owner, &confirm, json!({})).await.json();
    assert_eq!(confirmed["status"], "completed");
    assert_eq!(confirmed["accounts"][0]["phoneNumberId"], "0101");
    let again = world.post(Who::Owner, &confirm, json!({})).await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (StatusCode::CONFLICT, "wrong_state")
    );
}

#[actix_web::test]
async fn several_numbers_wait_for_a_choice() {
    let world = World::new().await;
    world.meta.give(ACME, &["0101", "0102", "0103"]);
    let landed = world.connect(Who::Owner).await;
    let id = landed
        .header("location")
        .split("pending=")
        .nth(1)
        .unwrap()
        .to_owned();
    let open = world
        .get(Who::Admin, "/api/connect-sessions?status=open")
        .await
        .json();
    assert_eq!(open["data"][0]["id"], id);
    assert_eq!(open["data"][0]["candidates"].as_array().unwrap().len(), 3);
    let path = format!("/api/connect-sessions/{id}/choose");
    let chosen = world
        .post(
            Who::Admin,
            &path,
            json!({"phoneNumberIds": ["0101", "0103"]}),
        )
        .await
        .json();
    assert_eq!(chosen["status"], "completed");
    assert_eq!(chosen["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(chosen["canCancel"], false);
    assert_eq!(accounts(&world).await.len(), 2);
}

#[actix_web::test]
async fn a_refused_login_comes_back_with_its_code_and_session() {
    let world = World::new().await;
    let (state, nonce) = world.begin(Who::Owner, "mode=redirect").await;
    let query = format!("error=access_denied&error_reason=user_denied&state={state}");
    let landed = come_back(&world, &query, &format!("{NONCE}={nonce}")).await;
    let place = landed.header("location");
    assert!(place.starts_with(&format!(
        "{PUBLIC}/connections?error=access_denied&sessionId="
    )));
    let forged = come_back(&world, "code=canary-code&state=forged", "").await;
    let place = forged.header("location");
    assert!(
        place.starts_with(&format!(
            "{PUBLIC}/connections?error=state_invalid&message="
        )),
        "{place}"
    );
    let empty = come_back(&world, "state=a&state=b", "").await;
    let place = empty.header("location");
    assert!(
        place.starts_with(&format!(
            "{PUBLIC}/connections?error=state_invalid&message="
        )),
        "{place}"
    );
}

#[actix_web::test]
async fn the_place_to_return_to_keeps_its_own_query_and_loses_an_older_result() {
    let world = World::new().await;
    let place = "https%3A%2F%2Fshop.example%2Fapp%2Fdone%3Fcustomer%3D7%26error%3Dcode_expired";
    let (state, nonce) = world
        .begin(Who::Owner, &format!("mode=redirect&returnTo={place}"))
        .await;
    let query = format!("code=canary-code&state={state}");
    let landed = come_back(&world, &query, &format!("{NONCE}={nonce}")).await;
    let place = format!("{LISTED}/app/done?customer=7&success=true&channel=whatsapp&");
    assert!(
        landed.header("location").starts_with(&place),
        "{}",
        landed.header("location")
    );
}

#[actix_web::test]
async fn a_popup_tells_its_opener_and_nobody_else() {
    let world = World::new().await;
    let place = "https%3A%2F%2Fshop.example%2Fapp%2Fdone";
    let (state, nonce) = world
        .begin(Who::Owner, &format!("mode=popup&returnTo={place}"))
        .await;
    let query = format!("code=canary-code&state={state}");
    let page = come_back(&world, &query, &format!("{NONCE}={nonce}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains("data-origin=\"https://shop.example\""));
    assert!(
        page.text
            .contains("&quot;type&quot;:&quot;wabakit.connect&quot;")
    );
    assert!(page.text.contains("&quot;success&quot;:true"));
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        "same-origin-allow-popups"
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"));
    for secret in ["canary-code", state.as_str(), nonce.as_str()] {
        assert!(!page.text.contains(secret));
    }
}

#[actix_web::test]
async fn the_sdk_gets_what_it_is_called_with_and_hands_the_code_in() {
    let world = World::new().await;
    let begun = world
        .get(Who::Owner, "/auth/meta-oauth/init?mode=sdk")
        .await
        .json();
    assert_eq!(begun.get("authUrl"), None);
    assert_eq!(
        (&begun["appId"], &begun["configId"]),
        (&json!("1001"), &json!("config"))
    );
    assert_eq!(begun["sdkUrl"], "https://meta.example/sdk.js");
    let body = json!({"code": "canary-code", "state": begun["state"], "phoneNumberId": "0101"});
    let path = "/api/integrations/whatsapp/oauth";
    let stranger = world.post(Who::Stranger, path, body.clone()).await;
    assert_eq!(stranger.code(), "state_invalid");
    let answer = world.post(Who::Owner, path, body.clone()).await.json();
    assert_eq!(
        (&answer["success"], &answer["phoneNumbers"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(answer["sessionId"], begun["sessionId"]);
    assert_eq!(answer["accounts"][0]["displayPhone"], "+1 555 0101");
    let again = world.post(Who::Owner, path, body).await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "state_used")
    );
}

#[actix_web::test]
async fn a_submitted_login_that_fails_is_a_problem_that_names_its_session() {
    let world = World::new().await;
    let (state, _) = world.begin(Who::Owner, "mode=sdk").await;
    let body = json!({"code": EXPIRED_CODE, "state": state});
    let answer = world
        .post(Who::Owner, "/api/integrations/whatsapp/oauth", body)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = answer.json();
    assert_eq!(problem["code"], "code_expired");
    assert!(!problem["remedy"].as_str().unwrap().is_empty());
    let session = format!(
        "/api/connect-sessions/{}",
        problem["sessionId"].as_str().unwrap()
    );
    let session = world.get(Who::Owner, &session).await.json();
    assert_eq!(
        (&session["status"], &session["canResume"]),
        (&json!("failed"), &json!(false))
    );
    assert_eq!(session["problem"]["code"], "code_expired");
    assert_eq!(session["steps"][0]["state"], "failed");
}

#[actix_web::test]
async fn each_way_to_disconnect_leaves_the_history() {
    let ways = [
        (Method::POST, "/auth/meta-oauth/disconnect"),
        (Method::POST, "/api/integrations/whatsapp/disconnect"),
        (Method::DELETE, "/api/integrations/whatsapp/disconnect"),
    ];
    for (method, path) in ways {
        let world = World::new().await;
        world.connect(Who::Owner).await;
        let answer = world
            .send(ask(method, path, Some(Who::Admin), None))
            .await
            .json();
        assert_eq!(answer["success"], true);
        assert_eq!(answer["accounts"][0]["unsubscribed"], "done", "{answer}");
        let all = world.get(Who::Viewer, "/api/accounts").await.json();
        assert_eq!(all["data"][0]["state"], "disconnected");
        assert!(accounts(&world).await.is_empty());
    }
}

/// Slips of a client that means one number.
#[actix_web::test]
async fn a_slip_does_not_disconnect_every_number() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let id = accounts(&world).await[0]["id"].clone();
    let path = "/api/integrations/whatsapp/disconnect";
    let slips = [
        json!({"accountId": null}),
        json!({"accountID": id}),
        json!({"account_id": id}),
        json!({"id": id}),
        json!({"accountId": "1"}),
        json!({"accountId": ""}),
        json!({"accountId": [id]}),
        json!({"all": false}),
        json!({"all": null}),
        json!({"all": "true"}),
        json!({"all": true, "accountId": id}),
        json!([]),
        json!([null]),
        json!(null),
    ];
    for method in [Method::POST, Method::DELETE] {
        for slip in &slips {
            let request = ask(method.clone(), path, Some(Who::Admin), Some(slip));
            let answer = world.send(request).await;
            let refused = StatusCode::UNPROCESSABLE_ENTITY;
            assert_eq!(answer.status, refused, "{slip}: {}", answer.text);
        }
        let path = format!("{path}?accountId={}", id.as_str().unwrap());
        let answer = world.send(ask(method, &path, Some(Who::Admin), None)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // A body that is there says something, whatever it is called and however little it holds.
    let named = format!(r#"{{"accountId": {id}}}"#);
    for (declared, body, refused) in [
        (Some("application/json"), " \n", StatusCode::BAD_REQUEST),
        (
            Some("application/json"),
            "\u{feff}{}",
            StatusCode::BAD_REQUEST,
        ),
        (Some("application/json"), "{} {}", StatusCode::BAD_REQUEST),
        (None, named.as_str(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            Some("text/plain"),
            &named,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            Some("application/x-www-form-urlencoded"),
            "accountId=1",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            Some("application/json"),
            r#"{"all": true, "all": false}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let mut request = ask(Method::POST, path, Some(Who::Admin), None);
        if let Some(declared) = declared {
            request = request.insert_header((header::CONTENT_TYPE, declared));
        }
        let answer = world.send(request.set_payload(body.to_owned())).await;
        assert_eq!(answer.status, refused, "{body}: {}", answer.text);
    }
    assert_eq!(accounts(&world).await.len(), 1, "it is connected still");
    let all = json!({"all": true});
    let answer = world.post(Who::Admin, path, all).await.json();
    assert_eq!(answer["accounts"][0]["accountId"], id);
    assert!(accounts(&world).await.is_empty());
}

#[actix_web::test]
async fn a_deleted_account_is_disconnected_and_verifying_it_is_refused() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let id = accounts(&world).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/accounts/{id}");
    let verified = world
        .post(Who::Admin, &format!("{path}/verify"), json!({}))
        .await;
    assert_eq!(verified.json()["state"], "connected");
    let gone = world
        .send(ask(Method::DELETE, &path, Some(Who::Admin), None))
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let refused = world
        .post(Who::Admin, &format!("{path}/verify"), json!({}))
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::CONFLICT, "not_connected")
    );
}

/// Whichever way it is disconnected, the answer names the default that replies leave from, and listeners hear of it.
#[actix_web::test]
async fn another_default_is_told_by_the_disconnect_and_to_listeners() {
    for (method, path) in [
        (Method::POST, "/auth/meta-oauth/disconnect"),
        (Method::POST, "/api/integrations/whatsapp/disconnect"),
        (Method::DELETE, "/api/integrations/whatsapp/disconnect"),
    ] {
        let world = World::new().await;
        world.meta.give(ACME, &["0101", "0102"]);
        let landed = world.connect(Who::Owner).await;
        let id = landed.header("location").split("pending=").nth(1).unwrap();
        let choose = format!("/api/connect-sessions/{id}/choose");
        let both = json!({"phoneNumberIds": ["0101", "0102"]});
        let chosen = world.post(Who::Owner, &choose, both).await;
        assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text);
        let accounts = world.get(Who::Owner, "/api/accounts").await.json();
        let accounts = accounts["data"].as_array().unwrap().clone();
        let (default, other): (Vec<_>, Vec<_>) = accounts
            .iter()
            .partition(|account| account["isDefault"] == true);
        let body = json!({"accountId": default[0]["id"]});
        let left = world
            .send(ask(method.clone(), path, Some(Who::Owner), Some(&body)))
            .await;
        assert_eq!(left.json()["defaultAccountId"], other[0]["id"], "{path}");
        let events = world.get(Who::Owner, "/api/events?limit=200").await.json();
        let events = events["data"].as_array().unwrap().clone();
        let told = events.iter().any(|event| {
            event["type"] == "account.updated"
                && event["data"]
                    .to_string()
                    .contains(other[0]["id"].as_str().unwrap())
        });
        assert!(told, "{events:#?}");
        // With the last number there is no default any more.
        let body = json!({"accountId": other[0]["id"]});
        let left = world
            .send(ask(method.clone(), path, Some(Who::Owner), Some(&body)))
            .await;
        assert_eq!(left.status, StatusCode::OK, "{}", left.text);
        assert_eq!(left.json()["defaultAccountId"], Value::Null, "{path}");
    }
}

/// Cookies belong to the name under which the browser was: Meta sends it back under the public one.
#[actix_web::test]
async fn the_connect_link_under_another_name_of_this_machine_leads_to_the_public_one_first() {
    let link = "/api/integrations/whatsapp/connect?mode=popup";
    for (public, asked, is_sent_on) in [
        ("http://127.0.0.1:8080", "localhost:8080", true),
        ("http://127.0.0.1:8080", "dashboard.localhost:8080", true),
        ("http://localhost:8080", "127.0.0.1:8080", true),
        ("http://localhost:8080", "[::1]:8080", true),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", false),
        // Only this machine's own names are one.
        ("https://waba.example", "localhost:8080", false),
        ("http://127.0.0.1:8080", "evil.example", false),
    ] {
        let mut world = World::new().await;
        world.api.settings.public_url = public.parse().unwrap();
        for who in [Some(Who::Owner), None] {
            let request = ask(Method::GET, link, who, None).insert_header((header::HOST, asked));
            let answer = world.send(request).await;
            let place = answer.header("location");
            assert_eq!(
                place == format!("{public}{link}"),
                is_sent_on,
                "{asked} with {public}: {} {place}",
                answer.status
            );
            if is_sent_on {
                assert_eq!(answer.status, StatusCode::FOUND);
                assert_eq!(
                    answer.set_cookie(NONCE),
                    None,
                    "no cookie under a name that is left"
                );
            }
        }
    }
}
