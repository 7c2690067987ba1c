//! A client of a system like this one, which knows nothing of what is new here, makes its calls.

use actix_web::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{ACME, LISTED, NONCE, PUBLIC, Who, World, ask};

fn assert_told(answer: &crate::support::Answer, status: StatusCode) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["success"], false, "{}", answer.text);
    assert_eq!(body["message"], body["detail"]);
    body
}

#[actix_web::test]
async fn an_older_clients_calls_work_from_the_click_to_the_disconnect() {
    let mut world = World::new().await;
    world.meta.give(ACME, &["0101", "0102"]);
    world.api.settings.frontend_url = "https://front.example/app/whatsapp".parse().unwrap();

    // It is not connected, and its status says so with all fields that it reads.
    for path in [
        "/auth/meta-oauth/status",
        "/api/integrations/whatsapp/status",
        "/api/integrations/whatsapp/oauth/status",
    ] {
        let status = world.get(Who::Viewer, path).await.json();
        assert_eq!(status["connected"], false);
        assert_eq!(status["scopes"], json!([]));
    }

    // The page of the front end may call, from its own origin, without being listed.
    for (origin, allowed) in [
        ("https://front.example", true),
        (LISTED, true),
        ("https://other.example", false),
    ] {
        let preflight = ask(
            Method::OPTIONS,
            "/api/integrations/whatsapp/oauth",
            None,
            None,
        )
        .insert_header((header::ORIGIN, origin))
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "POST"));
        let answer = world.send(preflight).await;
        let told = answer.header("access-control-allow-origin");
        assert_eq!(told == origin, allowed, "{origin}");
    }

    // Two numbers: the choice is pending, and nothing is said to be connected.
    let (state, _) = world.begin(Who::Owner, "mode=sdk").await;
    let body = json!({"code": "canary-code", "state": state});
    let oauth = "/api/integrations/whatsapp/oauth";
    let pending = world.post(Who::Owner, oauth, body.clone()).await;
    assert_eq!(pending.status, StatusCode::ACCEPTED, "{}", pending.text);
    let pending = pending.json();
    assert_eq!(
        (&pending["success"], &pending["phoneNumbers"]),
        (&json!(false), &json!(0))
    );
    assert!(pending["sessionId"].is_string() && pending["message"].is_string());
    // The state is used: a problem that it can read.
    let used = world.post(Who::Owner, oauth, body).await;
    let used = assert_told(&used, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(used["code"], "state_used");

    // All numbers, in one call.
    let (state, _) = world.begin(Who::Owner, "mode=sdk").await;
    let body = json!({"code": "canary-code", "state": state, "numbers": "some"});
    let wrong = world.post(Who::Owner, oauth, body).await;
    assert_told(&wrong, StatusCode::UNPROCESSABLE_ENTITY);
    let body = json!({"code": "canary-code", "state": state, "numbers": "all"});
    let all = world.post(Who::Owner, oauth, body).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    let all = all.json();
    assert_eq!(
        (&all["success"], &all["phoneNumbers"]),
        (&json!(true), &json!(2))
    );

    let status = world
        .get(Who::Viewer, "/auth/meta-oauth/status")
        .await
        .json();
    let scopes = status["scopes"].as_array().unwrap();
    assert!(
        scopes.contains(&json!("whatsapp_business_messaging")),
        "{status}"
    );
    assert_eq!(status["phoneNumbers"].as_array().unwrap().len(), 2);

    // By hand, in its own words for the fields.
    let by_hand = json!({
        "phoneNumberId": "530000000000101", "businessAccountId": "420000000000101",
        "accessToken": "canary-pasted-token", "displayPhoneNumber": "+1 555 0101",
    });
    let added = world
        .post(Who::Owner, "/api/settings/phone-numbers", by_hand)
        .await;
    assert!(
        added.status == StatusCode::CREATED || added.json()["success"] == false,
        "the fields are taken: {}",
        added.text
    );
    assert!(
        !added.text.contains("\"/"),
        "no field is refused: {}",
        added.text
    );
    let path = "/api/settings/phone-numbers";
    let nothing = world.post(Who::Owner, path, json!({})).await;
    assert_told(&nothing, StatusCode::UNPROCESSABLE_ENTITY);
    // A client on its way from the older names sends both.
    let both = |older: Value, newer: Value| {
        json!({
            "phoneNumberId": "530000000000101", "accessToken": "canary-pasted-token",
            "displayPhone": "+1 555 0101", "displayPhoneNumber": "+1 555 0101",
            "businessAccountId": older, "wabaId": newer,
        })
    };
    for (older, newer, named) in [
        ("420000000000101", json!("420000000000101"), None),
        (" 420000000000101\n", json!("420000000000101"), None),
        (
            "420000000000102",
            json!("420000000000101"),
            Some("/businessAccountId"),
        ),
        ("420000000000101", json!(null), Some("/wabaId")),
        ("420000000000101", json!(7), Some("/wabaId")),
    ] {
        let told = world
            .post(Who::Owner, path, both(json!(older), newer.clone()))
            .await;
        let pointer = told.json()["errors"][0]["pointer"].clone();
        assert_eq!(pointer.as_str(), named, "{older} {newer}: {}", told.text);
    }
    let mut missing = both(json!(null), json!(null));
    missing.as_object_mut().unwrap().remove("wabaId");
    let missing = world.post(Who::Owner, path, missing).await;
    assert_eq!(missing.json()["errors"][0]["pointer"], "/wabaId");

    let gone = world
        .post(
            Who::Owner,
            "/api/integrations/whatsapp/disconnect",
            json!({}),
        )
        .await;
    assert_eq!(gone.json()["success"], true);
    let stranger = ask(Method::GET, "/auth/meta-oauth/status", None, None);
    assert_told(&world.send(stranger).await, StatusCode::UNAUTHORIZED);
    // Elsewhere problems are as they were.
    let elsewhere = world
        .send(ask(Method::GET, "/api/accounts", None, None))
        .await;
    assert_eq!(elsewhere.json().get("success"), None);
}

#[actix_web::test]
async fn a_landing_tells_the_code_and_the_words() {
    let world = World::new().await;
    for (said, code, words) in [
        ("error=access_denied", "access_denied", "cancelled"),
        (
            "error_code=901&error_message=App%20not%20active",
            "meta_refused",
            "901%3A+App+not+active",
        ),
        (
            "error=server_error&error_description=Try%20later",
            "meta_refused",
            "Try+later",
        ),
        // Fields that are there and empty say nothing.
        ("code=&error=access_denied", "access_denied", "cancelled"),
        (
            "code=%20&error_code=901&error_description=&error_message=Not%20active",
            "meta_refused",
            "901%3A+Not+active",
        ),
        (
            "code=%23_%3D_&error_reason=user_denied",
            "access_denied",
            "cancelled",
        ),
    ] {
        let (state, nonce) = world.begin(Who::Owner, "mode=redirect").await;
        let path = format!("/auth/meta-oauth/callback?state={state}&{said}");
        let request = ask(Method::GET, &path, None, None)
            .append_header((header::COOKIE, format!("{NONCE}={nonce}")));
        let landed = world.send(request).await;
        let place = landed.header("location");
        assert!(
            place.starts_with(&format!("{PUBLIC}/connections?error={code}&"))
                && place.contains("&message="),
            "{place}"
        );
        assert!(place.contains(words), "{place}");
    }
}

#[actix_web::test]
async fn beginning_coming_back_and_handing_in_are_limited_by_organisation() {
    let world = World::new().await;
    let tries: [(&str, Method, Option<Value>, StatusCode); 2] = [
        ("/auth/meta-oauth/init", Method::GET, None, StatusCode::OK),
        (
            "/api/integrations/whatsapp/oauth",
            Method::POST,
            Some(json!({"code": "c", "state": "s"})),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ];
    for (path, method, body, usual) in tries {
        let asked = async |who| {
            let request = ask(method.clone(), path, Some(who), body.as_ref())
                .insert_header(("sec-fetch-site", "same-origin"));
            world.send(request).await
        };
        for _ in 0..60 {
            let answer = asked(Who::Owner).await;
            assert_eq!(answer.status, usual, "{}", answer.text);
        }
        let answer = asked(Who::Owner).await;
        assert_told(&answer, StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=61).contains(&wait));
        assert_eq!(
            asked(Who::Stranger).await.status,
            usual,
            "another organisation"
        );
    }
}

/// Behind a proxy that is trusted, the client is whom the proxy saw.
#[actix_web::test]
async fn coming_back_is_limited_by_client() {
    for trusted in [false, true] {
        let mut world = World::new().await;
        world.api.settings.trust_proxy = trusted;
        let come = async |peer: &str, forwarded: &str| {
            let path = "/auth/meta-oauth/callback?code=c&state=s";
            let request = ask(Method::GET, path, None, None)
                .peer_addr(format!("{peer}:4711").parse().unwrap())
                .insert_header(("x-forwarded-for", forwarded));
            world.send(request).await
        };
        let (peer, client) = ("203.0.113.5", "198.51.100.7");
        for _ in 0..60 {
            assert_eq!(come(peer, client).await.status, StatusCode::FOUND);
        }
        let answer = come(peer, client).await;
        assert_told(&answer, StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
        let same_peer = come(peer, "198.51.100.8").await.status;
        let same_client = come("203.0.113.6", client).await.status;
        let (blocked, free) = (StatusCode::TOO_MANY_REQUESTS, StatusCode::FOUND);
        let expected = if trusted {
            (free, blocked)
        } else {
            (blocked, free)
        };
        assert_eq!((same_peer, same_client), expected, "trusted: {trusted}");
    }
}

/// Whatever is wrong, an older client finds the two fields that it reads.
#[actix_web::test]
async fn each_problem_of_these_routes_is_told_in_both_forms() {
    let world = World::new().await;
    let oauth = "/api/integrations/whatsapp/oauth";
    let json = |body: &str| {
        let request = ask(Method::POST, oauth, Some(Who::Owner), None);
        request
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .set_payload(body.to_owned())
    };
    let as_who = |method, path: &str, who| ask(method, path, who, None);
    let status = "/auth/meta-oauth/status";
    for (request, code) in [
        (json("{"), StatusCode::BAD_REQUEST),
        (json(r#"{"code": 1}"#), StatusCode::UNPROCESSABLE_ENTITY),
        (json(&" ".repeat(70_000)), StatusCode::PAYLOAD_TOO_LARGE),
        (
            as_who(Method::POST, oauth, Some(Who::Owner)).set_payload("code=c&state=s"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            json("{}").insert_header((header::CONTENT_ENCODING, "gzip")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            as_who(Method::PUT, status, Some(Who::Owner)),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            as_who(Method::GET, "/auth/meta-oauth/nothing", Some(Who::Owner)),
            StatusCode::NOT_FOUND,
        ),
        (as_who(Method::GET, status, None), StatusCode::UNAUTHORIZED),
        (
            as_who(Method::GET, "/auth/meta-oauth/init", Some(Who::Agent)),
            StatusCode::FORBIDDEN,
        ),
        (
            as_who(
                Method::POST,
                "/auth/meta-oauth/disconnect",
                Some(Who::Owner),
            )
            .insert_header((header::ORIGIN, "https://evil.example"))
            .insert_header(("sec-fetch-site", "cross-site")),
            StatusCode::FORBIDDEN,
        ),
        (
            as_who(
                Method::POST,
                "/api/settings/phone-numbers",
                Some(Who::Viewer),
            )
            .set_json(json!({"phoneNumberId": "1", "wabaId": "2", "accessToken": "t"})),
            StatusCode::FORBIDDEN,
        ),
    ] {
        assert_told(&world.send(request).await, code);
    }
}

#[actix_web::test]
async fn a_media_type_is_read_in_any_case() {
    let world = World::new().await;
    for (declared, taken) in [
        ("APPLICATION/JSON", true),
        ("Application/Json; charset=utf-8", true),
        ("application/json", true),
        ("text/plain", false),
        ("application/x-www-form-urlencoded", false),
    ] {
        let body = json!({"email": "nobody@acme.example", "password": "a password that is wrong"});
        let request = ask(Method::POST, "/auth/login", None, Some(&body))
            .insert_header((header::CONTENT_TYPE, declared));
        let answer = world.send(request).await;
        let refused = answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        assert_eq!(!refused, taken, "{declared}: {}", answer.text);
    }
}
