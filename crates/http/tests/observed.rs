//! The log of a request. In a process of its own: a log's interest and the recorder are the process's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "tests fail by panicking, and this one needs only a part of the support"
)]

#[path = "api/support/mod.rs"]
mod support;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use actix_web::http::Method;
use metrics_exporter_prometheus::PrometheusBuilder;
use support::{Who, World, ask};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn logs_and_metrics_name_the_route_and_never_the_query() {
    let lines = Lines::default();
    let writer = lines.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();

    let world = World::new().await;
    let state = world.begin(Who::Owner, "mode=redirect").await.0;
    let path = format!("/auth/meta-oauth/callback?code=canary-code&state={state}");
    let answer = world.send(ask(Method::GET, &path, None, None)).await;
    world.connect(Who::Owner).await;
    let id = world.get(Who::Owner, "/api/accounts").await.json()["data"][0]["id"].clone();
    let id = id.as_str().unwrap();
    world.get(Who::Owner, &format!("/api/accounts/{id}")).await;

    // A proxy that is not trusted is told of, once.
    for forwarded in ["203.0.113.9", "198.51.100.7, 203.0.113.9", ""] {
        let body =
            serde_json::json!({"email": "nobody@acme.example", "password": "a wrong password"});
        let request = ask(Method::POST, "/auth/login", None, Some(&body));
        world
            .send(request.insert_header(("x-forwarded-for", forwarded)))
            .await;
    }

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let metrics = metrics.render();
    let answered: Vec<_> = log
        .lines()
        .filter(|line| line.contains("answered"))
        .collect();
    let callback = answered
        .iter()
        .find(|l| l.contains("\"/auth/meta-oauth/callback\""))
        .unwrap();
    assert!(callback.contains(answer.header("x-request-id")));
    assert!(
        callback.contains("status=302") && callback.contains("latency_ms="),
        "{callback}"
    );
    assert_eq!(log.matches("TRUST_PROXY is off").count(), 1, "{log}");
    assert!(!log.contains("203.0.113.9"), "what it says is not trusted");
    assert!(
        metrics.contains("route=\"/api/accounts/{id}\""),
        "{metrics}"
    );
    assert!(metrics.contains("http_request_duration_seconds"));
    assert!(
        !metrics.contains(id),
        "an id would make a series of every account"
    );
    for secret in ["canary", state.as_str(), "cookie-of-Owner"] {
        assert!(!log.contains(secret), "{secret} in the log");
        assert!(!metrics.contains(secret), "{secret} in the metrics");
    }
}
