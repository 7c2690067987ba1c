//! Requests that are wrong in themselves.

use actix_web::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::{Answer, Who, World, ask};

async fn patch_org(world: &World, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = ask(Method::PATCH, "/api/orgs/current", Some(Who::Owner), None)
        .insert_header((header::CONTENT_TYPE, content_type))
        .set_payload(body.into());
    world.send(request).await
}

fn is_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["code"], code);
    assert_eq!(problem["type"], format!("urn:wabakit:problem:{code}"));
    assert_eq!(problem["requestId"], answer.header("x-request-id"));
    for field in ["title", "detail"] {
        assert!(!problem[field].as_str().unwrap().is_empty(), "{field}");
    }
}

#[actix_web::test]
async fn a_body_must_be_json_say_so_and_be_small() {
    let world = World::new().await;
    let json = "application/json";
    is_problem(&patch_org(&world, json, "{").await, 400, "malformed_json");
    is_problem(&patch_org(&world, json, "").await, 400, "malformed_json");
    is_problem(
        &patch_org(&world, json, "{\"name\":\"a\"} x").await,
        400,
        "malformed_json",
    );
    is_problem(
        &patch_org(&world, "text/plain", "{\"name\":\"a\"}").await,
        415,
        "unsupported_media_type",
    );
    let large = json!({"name": "a".repeat(64 * 1024)}).to_string();
    is_problem(&patch_org(&world, json, large).await, 413, "too_large");
    let parameters = patch_org(
        &world,
        "application/json; charset=utf-8",
        "{\"name\":\"a\"}",
    )
    .await;
    assert_eq!(parameters.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_wrong_field_is_named_and_not_repeated() {
    let world = World::new().await;
    let missing = world
        .post(Who::Owner, "/api/team/invitations", json!({"email": "a@b"}))
        .await;
    is_problem(&missing, 422, "invalid");
    assert_eq!(missing.json()["errors"][0]["pointer"], "/role");
    let secret = json!({"appId": {"canary": 1}, "appSecret": 7});
    let wrong = world.post(Who::Owner, "/api/meta-apps", secret).await;
    is_problem(&wrong, 422, "invalid");
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/appId");
    assert!(!wrong.text.contains("canary"));
    let path = "/api/connect-sessions/018f0000-0000-7000-8000-000000000000/choose";
    let nested = world
        .post(Who::Owner, path, json!({"phoneNumberIds": ["1", 2]}))
        .await;
    assert_eq!(nested.json()["errors"][0]["pointer"], "/phoneNumberIds/1");
    let rule = world
        .post(
            Who::Owner,
            "/api/team/invitations",
            json!({"email": "x", "role": "agent"}),
        )
        .await;
    is_problem(&rule, 422, "invalid");
    assert_eq!(rule.json()["errors"][0]["pointer"], "/email");
}

#[actix_web::test]
async fn a_query_that_cannot_be_read_is_refused() {
    let world = World::new().await;
    for path in [
        "/api/accounts?cursor=x",
        "/api/accounts?limit=many",
        "/api/connect-sessions?status=closed",
        "/auth/meta-oauth/init?mode=carrier-pigeon",
        "/auth/meta-oauth/init?returnTo=https://evil.example/",
    ] {
        is_problem(&world.get(Who::Owner, path).await, 422, "invalid");
    }
}

#[actix_web::test]
async fn a_path_that_holds_no_id_names_nothing() {
    let world = World::new().await;
    is_problem(
        &world.get(Who::Owner, "/api/accounts/1").await,
        404,
        "not_found",
    );
    is_problem(
        &world.get(Who::Owner, "/api/accounts/..%2f..").await,
        404,
        "not_found",
    );
}

#[actix_web::test]
async fn the_default_is_not_taken_away_and_a_stale_version_is_refused() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let account = world.get(Who::Owner, "/api/accounts").await.json()["data"][0].clone();
    let path = format!("/api/accounts/{}", account["id"].as_str().unwrap());
    let change = async |body: Value| {
        world
            .send(ask(Method::PATCH, &path, Some(Who::Owner), Some(&body)))
            .await
    };
    is_problem(&change(json!({"isDefault": false})).await, 422, "invalid");
    let version = account["version"].clone();
    let renamed = change(json!({"displayName": "Support", "version": version})).await;
    assert_eq!(renamed.json()["displayName"], "Support");
    is_problem(
        &change(json!({"displayName": "X", "version": version})).await,
        409,
        "changed_meanwhile",
    );
}
