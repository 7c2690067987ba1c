//! Operating the server: health, readiness, metrics, the OpenAPI document, headers, and draining.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wabakit_prove::{Client, Landing, until};

use crate::{
    receive::{WEBHOOKS, post, texts},
    world::{Engine, JUNIPER, JUNIPER_WABA, Postgres, Sqlite, World, text},
};

#[tokio::test]
async fn the_document_is_the_committed_one() {
    let world = World::start(Sqlite).await;
    let served = world.browser().get("/api/openapi.json").await.ok();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(text(&served, "openapi").starts_with("3.1"));
    assert_eq!(served, committed, "run cargo xtask openapi");
}

/// Walks all operations of the OpenAPI document.
#[tokio::test]
async fn no_operation_lets_a_stranger_in() {
    let world = World::start(Sqlite).await;
    let document = world.browser().get("/api/openapi.json").await.ok();
    let stranger = Client::program(&world.base());
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            let path = path.replace("{id}", "019a0000-0000-7000-8000-000000000001");
            let path = path.replace("{userId}", "019a0000-0000-7000-8000-000000000001");
            let method = method.to_uppercase().parse().unwrap();
            let answer = stranger.send(stranger.request(method, &path)).await;
            assert_eq!(answer.status, 401, "{path}: {}", answer.text);
            let _ = answer.refused(401, "unauthenticated");
            asked += 1;
        }
    }
    assert!(asked > 30, "only {asked} operations were asked");
}

#[rstest]
#[tokio::test]
async fn it_says_how_it_is(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let program = Client::program(&world.base());
    assert_eq!(program.get("/healthz").await.ok(), json!({"status": "ok"}));
    let ready = program.get("/readyz").await.ok();
    assert_eq!(ready["checks"]["database"], "ok");
    let metrics = world.metrics().await;
    assert!(metrics.contains("http_requests_total"), "{metrics}");
    let public = program.get("/metrics").await;
    assert_eq!(public.status, 404, "not on the public address");
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let world = World::start(Sqlite).await;
    let browser = world.browser();
    for path in [
        "/",
        "/connections",
        "/auth/me",
        "/api/nothing",
        "/assets/nothing.js",
        "/healthz",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin-allow-popups",
            "{path}"
        );
        assert_ne!(answer.header("x-request-id"), "", "{path}");
    }
    let page = browser.get("/connections").await;
    assert!(page.header("content-type").starts_with("text/html"));
    let missing = browser
        .get("/api/nothing")
        .await
        .refused(404, "unknown_route");
    assert!(missing["requestId"].is_string());
    let wrong = browser.delete("/auth/login").await;
    assert!(wrong.header("allow").contains("POST"));
    let _ = wrong.refused(405, "method_not_allowed");
    let page = browser.request(reqwest::Method::POST, "/connections");
    assert_eq!(browser.send(page).await.status, 405);
    let id = "019a0000-0000-7000-8000-0000000000aa";
    let request = browser
        .request(reqwest::Method::GET, "/auth/me")
        .header("x-request-id", id);
    let answer = browser.send(request).await;
    assert_eq!(answer.header("x-request-id"), id);
    assert_eq!(answer.json()["requestId"], id);
}

#[rstest]
#[tokio::test]
async fn a_running_request_is_finished_and_no_new_one_is_wanted(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut world = World::start(engine).await;
    let owner = world.anybody().await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    world
        .meta
        .fault(
            "GET debug_token",
            json!({"next": 1}),
            json!({"delayMs": 1_000}),
        )
        .await;
    let browser = owner.clone();
    let slow = tokio::spawn(async move { browser.navigate(&back).await });
    until("the slow call", async || {
        let faults = world.meta.look("faults").await;
        (faults["data"][0]["hits"] == 1).then_some(())
    })
    .await;
    // A connection that stays open, as a load balancer's does.
    let balancer = Client::program(&world.base());
    assert_eq!(balancer.get("/readyz").await.status, 200);
    let base = world.base();
    let stopping = tokio::spawn(world.take_server().stop());
    let refusing = until("the server to refuse", async || {
        let request = balancer.request(reqwest::Method::GET, "/readyz");
        match balancer.try_send(request).await {
            Ok(answer) => {
                (answer.status == 503).then(|| answer.json()["checks"]["accepting"].clone())
            }
            Err(_) => Some(json!("closed")),
        }
    })
    .await;
    assert!(["failed", "closed"].contains(&refusing.as_str().unwrap()));
    Landing::of(&slow.await.unwrap()).connected();
    drop(balancer);
    stopping.await.unwrap();
    let after = Client::program(&base);
    assert!(
        after
            .try_send(after.request(reqwest::Method::GET, "/healthz"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn it_is_not_ready_while_its_database_is_gone() {
    let world = World::start(Postgres).await;
    let program = Client::program(&world.base());
    assert_eq!(program.get("/readyz").await.status, 200);
    world.database.take_away().await;
    let answer = until("the loss to be noticed", async || {
        let asked = std::time::Instant::now();
        let answer = program.get("/readyz").await;
        // Load balancers give up after two to five seconds.
        let took = asked.elapsed();
        assert!(took < std::time::Duration::from_secs(3), "{took:?}");
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert_eq!(answer.json()["checks"]["database"], "failed");
    assert_eq!(
        program.get("/healthz").await.status,
        200,
        "the process is well"
    );
    let body = json!({"email": "a@b.example", "password": "some password or other"});
    let _ = program
        .post("/auth/login", body)
        .await
        .refused(503, "unavailable");
    world.database.give_back().await;
    until("the database to be found again", async || {
        (program.get("/readyz").await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_and_takes_nothing_over() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let begun = owner.begin("").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    world
        .meta
        .fault(
            "GET debug_token",
            json!({"next": 1}),
            json!({"delayMs": 1_500}),
        )
        .await;
    let browser = owner.clone();
    let slow = tokio::spawn(async move { browser.navigate(&back).await });
    until("the slow call", async || {
        let faults = world.meta.look("faults").await;
        (faults["data"][0]["hits"] == 1).then_some(())
    })
    .await;
    let second = wabakit_server::start(
        crate::world::config(&world.vars),
        wabakit_server::Safety::Production,
    );
    let error = second.await.map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("another server uses the SQLite file"),
        "{error}"
    );
    assert_eq!(error.matches(". ").count(), 0, "one sentence: {error}");
    // The first server's login continues, and commands still work beside it.
    Landing::of(&slow.await.unwrap()).connected();
    crate::cli::run(&world.vars, &["org", "create", "--name", "Beside"], "")
        .await
        .unwrap();
}

#[tokio::test]
async fn neither_ready_nor_taking_deliveries_without_its_database_file() {
    let world = World::start(Sqlite).await;
    let program = Client::program(&world.base());
    assert_eq!(program.get("/readyz").await.status, 200);
    let file = world.database.url().strip_prefix("sqlite:").unwrap();
    fs::rename(file, format!("{file}.moved")).unwrap();
    let answer = program.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["checks"]["database"], "failed");
    // An answer of 200 would lose this delivery, so Meta must send it again.
    let body = texts(JUNIPER, JUNIPER_WABA, &[("lost".into(), "Hello".into())]);
    let secret = &world.vars["META_APP_SECRET"];
    let answered = post(&world.base(), WEBHOOKS, secret, &body).await;
    assert_eq!(answered, Some(503));
    fs::rename(format!("{file}.moved"), file).unwrap();
    assert_eq!(program.get("/readyz").await.status, 200, "it is back");
}

#[tokio::test]
async fn a_head_is_answered_as_a_get_without_its_body() {
    let world = World::start(Sqlite).await;
    let program = Client::program(&world.base());
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/api/openapi.json", 200),
        ("/auth/me", 401),
        ("/api/accounts", 401),
        ("/api/nothing", 404),
        ("/auth/meta-oauth/callback", 405),
        ("/auth/meta-oauth/init", 405),
        ("/connections", 200),
    ] {
        let answer = program
            .send(program.request(reqwest::Method::HEAD, path))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (status, ""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_route_by_another_spelling_is_not_a_page() {
    let world = World::start(Sqlite).await;
    let program = Client::program(&world.base());
    for path in [
        "/readyz/",
        "//readyz",
        "/readyz//",
        "/Readyz",
        "/healthz/x",
        "/metrics/",
        "//api/accounts",
        "/API/accounts",
        "/auth//me",
        "/readyz%20",
        "/readyz%2F",
        "/readyz;jsessionid=1",
        "/healthz.",
    ] {
        let answer = program.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("<html"), "{path}");
    }
    assert_eq!(program.get("/connections").await.status, 200);
    // What asks for no page gets none.
    for line in [
        "CONNECT x",
        "CONNECT waba.example:443",
        "OPTIONS *",
        "TRACE /connections",
        "POST /connections",
        "PURGE /",
    ] {
        let mut stream = tokio::net::TcpStream::connect(world.server().address)
            .await
            .unwrap();
        let head = format!("{line} HTTP/1.1\r\nHost: waba.example\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answered = Vec::new();
        let reading = stream.read_to_end(&mut answered);
        let read = tokio::time::timeout(std::time::Duration::from_secs(15), reading).await;
        assert!(read.is_ok(), "{line} keeps the connection open");
        let answered = String::from_utf8_lossy(&answered);
        assert!(!answered.starts_with("HTTP/1.1 2"), "{line}: {answered}");
        assert!(!answered.contains("<html"), "{line}");
    }
}
