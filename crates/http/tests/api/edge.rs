//! The frame of every answer.

use actix_web::{
    App,
    http::{Method, StatusCode},
    test::{TestRequest, call_service, init_service},
    web,
};
use rstest::rstest;
use serde_json::json;

use crate::support::{Who, World, ask};

#[rstest]
#[case::success("/api/accounts", Some(Who::Owner))]
#[case::refusal("/api/accounts", None)]
#[case::nothing("/api/nothing", None)]
#[case::sign_in("/auth/me", Some(Who::Owner))]
#[actix_web::test]
async fn api_answers_are_never_stored_and_carry_the_security_headers(
    #[case] path: &str,
    #[case] who: Option<Who>,
) {
    let world = World::new().await;
    let answer = world.send(ask(Method::GET, path, who, None)).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(
        answer.header("cross-origin-opener-policy"),
        "same-origin-allow-popups"
    );
    assert!(
        answer
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
    assert!(answer.header("permissions-policy").contains("camera=()"));
}

#[actix_web::test]
async fn a_valid_request_id_is_kept_and_any_other_is_replaced() {
    let world = World::new().await;
    let id = "0190b2c4-0000-7000-8000-00000000abcd";
    let request = ask(Method::GET, "/api/accounts", None, None).insert_header(("x-request-id", id));
    let answer = world.send(request).await;
    assert_eq!(answer.header("x-request-id"), id);
    assert_eq!(answer.json()["requestId"], id);
    let request = ask(Method::GET, "/api/accounts", None, None)
        .insert_header(("x-request-id", "<script>alert(1)</script>"));
    let answer = world.send(request).await;
    let made = answer.header("x-request-id");
    assert_eq!(uuid::Uuid::parse_str(made).unwrap().get_version_num(), 7);
    assert_eq!(answer.json()["requestId"], made);
}

#[actix_web::test]
async fn an_act_is_recorded_with_its_request() {
    let world = World::new().await;
    let renamed = ask(
        Method::PATCH,
        "/api/orgs/current",
        Some(Who::Owner),
        Some(&json!({"name": "New"})),
    );
    let answer = world.send(renamed).await;
    let log = world.get(Who::Admin, "/api/audit?action=org").await.json();
    assert_eq!(log["data"][0]["action"], "org.renamed");
    assert_eq!(log["data"][0]["requestId"], answer.header("x-request-id"));
    assert_eq!(log["data"][0]["actor"]["name"], "Owner");
    let verdict = world.get(Who::Admin, "/api/audit/verify").await.json();
    assert_eq!(verdict, json!({"intact": true, "checked": 1}));
}

#[actix_web::test]
async fn unknown_routes_and_methods_are_problems() {
    let world = World::new().await;
    for path in ["/api/nothing", "/auth/nothing", "/api", "/auth/"] {
        let answer = world.get(Who::Owner, path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::NOT_FOUND, "unknown_route")
        );
    }
    let answer = world
        .send(ask(Method::PUT, "/api/accounts/x", Some(Who::Owner), None))
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let mut allowed: Vec<_> = answer.header("allow").split(", ").collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["DELETE", "GET", "PATCH"]);
}

#[actix_web::test]
async fn paths_outside_the_api_are_left_to_the_host_and_get_the_security_headers() {
    let world = World::new().await;
    let host = App::new()
        .configure(wabakit_http::configure(world.api.clone()))
        .configure(|config| {
            config.default_service(web::to(async || "a page"));
        });
    let host = init_service(host).await;
    let page = call_service(&host, TestRequest::with_uri("/connections").to_request()).await;
    let header = |name| {
        page.headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(header("cache-control"), None);
    assert_eq!(header("referrer-policy"), Some("same-origin"));
    assert!(
        header("content-security-policy")
            .unwrap()
            .contains("default-src 'self'")
    );
    assert!(header("x-request-id").is_some());
}

#[actix_web::test]
async fn readiness_follows_what_the_server_needs() {
    let world = World::new().await;
    let ready = world.get(Who::Owner, "/readyz").await;
    assert_eq!(
        ready.json(),
        json!({"status": "ok", "checks": {"database": "ok"}})
    );
    world
        .ready
        .store(false, std::sync::atomic::Ordering::SeqCst);
    let failed = world.get(Who::Owner, "/readyz").await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(failed.json()["checks"]["database"], "failed");
    assert_eq!(
        world.get(Who::Owner, "/healthz").await.json(),
        json!({"status": "ok"})
    );
    assert_eq!(world.get(Who::Owner, "/metrics").await.text, "up 1\n");
}
