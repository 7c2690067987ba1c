//! Limits for clients that are not signed in.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use wabakit_prove::Client;

use crate::world::{PASSWORD, Sqlite, World, text};

const WEBHOOKS: &str = "/api/webhooks/whatsapp";
/// Longer than this server lets a connection stand still, but bounded.
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection for requests that no HTTP client would send.
struct Line(TcpStream);

impl Line {
    async fn open(world: &World) -> Self {
        Self(TcpStream::connect(world.server().address).await.unwrap())
    }

    /// Returns false if the server has closed its side.
    async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Begins a request that announces more of its body than is sent.
    async fn begin(&mut self, path: &str, length: usize, headers: &str) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: waba.example\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n{headers}\r\n"
        );
        self.send(head).await;
    }

    /// Returns the answer, once the server closes the connection.
    async fn end(mut self) -> String {
        let mut answered = Vec::new();
        let ended = timeout(PATIENCE, self.0.read_to_end(&mut answered)).await;
        assert!(ended.is_ok(), "the server keeps the connection open");
        String::from_utf8_lossy(&answered).into_owned()
    }

    /// Reads until the answer contains this text.
    async fn until(&mut self, wanted: &str) {
        let (mut answered, mut piece) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&answered).contains(wanted) {
            let read = timeout(PATIENCE, self.0.read(&mut piece)).await;
            let read = read.unwrap().unwrap();
            assert!(read > 0, "closed before {wanted}");
            answered.extend_from_slice(&piece[..read]);
        }
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Makes a well-formed signature, as a stranger can.
fn forged() -> String {
    format!("X-Hub-Signature-256: sha256={}\r\n", "0".repeat(64))
}

/// Makes a server with short timeouts.
async fn quick() -> World {
    let limits = [
        ("REQUEST_TIMEOUT_SECONDS", "2"),
        ("MAX_BODY_MEMORY_MB", "4"),
    ];
    World::with(Sqlite, &limits).await
}

#[tokio::test]
async fn made_up_methods_do_not_grow_the_metrics() {
    let world = World::start(Sqlite).await;
    let program = Client::program(&world.base());
    let _ = program.get("/healthz").await.ok();
    world.metrics().await;
    let before = world.metrics().await.len();
    for batch in 0..20 {
        let mut line = Line::open(&world).await;
        for n in 0..100 {
            let close = if n == 99 { "Connection: close\r\n" } else { "" };
            let head = format!("M{batch}X{n} /healthz HTTP/1.1\r\nHost: a\r\n{close}\r\n");
            line.send(head).await;
        }
        assert_eq!(line.end().await.matches("HTTP/1.1 ").count(), 100);
    }
    for letter in ["A", "B", "C"] {
        let mut line = Line::open(&world).await;
        let method = letter.repeat(60_000);
        line.send(format!(
            "{method} /auth/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        ))
        .await;
        line.end().await;
    }
    let metrics = world.metrics().await;
    assert!(metrics.contains("method=\"other\""), "they are counted");
    assert!(!metrics.contains("method=\"M0X0\""));
    assert!(
        metrics.len() < before + 50_000,
        "{before} became {} bytes",
        metrics.len()
    );
}

#[tokio::test]
async fn an_encoded_body_is_refused_before_it_is_read() {
    let world = World::start(Sqlite).await;
    let secret = world.vars["META_APP_SECRET"].clone().into();
    let signed = wabakit_webhooks::sign(&secret, b"");
    for encoding in ["gzip", "deflate", "br", "identity", "x"] {
        for path in [WEBHOOKS, "/auth/login", "/auth/password-reset"] {
            let mut line = Line::open(&world).await;
            let headers =
                format!("Content-Encoding: {encoding}\r\nX-Hub-Signature-256: {signed}\r\n");
            line.begin(path, 3_000_000, &headers).await;
            let answer = line.end().await;
            assert_eq!(status(&answer), "415", "{encoding} at {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_delivery_without_a_signature_is_refused_before_it_is_read() {
    let world = World::start(Sqlite).await;
    let malformed = "X-Hub-Signature-256: sha256=zz\r\n";
    for headers in ["", malformed] {
        let mut line = Line::open(&world).await;
        line.begin(WEBHOOKS, 3_000_000, headers).await;
        assert_eq!(status(&line.end().await), "401");
    }
    let mut line = Line::open(&world).await;
    line.begin(WEBHOOKS, 3 * 1024 * 1024 + 1, &forged()).await;
    assert_eq!(status(&line.end().await), "413");
}

/// Stalled bodies stay within their memory, end at the deadline, and do not block others.
#[tokio::test]
async fn bodies_that_are_held_open_are_cut_off_and_others_are_served() {
    let world = quick().await;
    let owner = world.owner("Juniper").await;
    let megabyte = vec![b' '; 1024 * 1024];
    let mut held = Vec::new();
    for _ in 0..40 {
        let mut line = Line::open(&world).await;
        line.begin(WEBHOOKS, 3 * 1024 * 1024 - 1, &forged()).await;
        line.send(&megabyte).await;
        held.push(line);
    }
    for path in ["/auth/login", "/auth/invitations/accept"] {
        for _ in 0..40 {
            let mut line = Line::open(&world).await;
            line.begin(path, 64 * 1024, "").await;
            line.send("{").await;
            held.push(line);
        }
    }
    let program = Client::program(&world.base());
    let _ = program.get("/healthz").await.ok();
    program.take_tokens(&owner.email, PASSWORD).await;
    let secret = world.vars["META_APP_SECRET"].clone().into();
    let body = json!({"object": "whatsapp_business_account", "entry": []}).to_string();
    let delivery = program
        .request(Method::POST, WEBHOOKS)
        .header(
            "x-hub-signature-256",
            wabakit_webhooks::sign(&secret, body.as_bytes()),
        )
        .body(body);
    assert_eq!(program.send(delivery).await.status, 200);

    let answers = join_all(held.into_iter().map(Line::end)).await;
    let count = |wanted| answers.iter().filter(|a| status(a) == wanted).count();
    let (slow, full) = (count("408"), count("503"));
    assert_eq!(slow + full, 120, "{answers:?}");
    assert!(
        full >= 36,
        "four megabytes hold four: {full} were turned away"
    );
    assert!(slow >= 80, "{slow} were cut off");
    for answer in answers.iter().filter(|answer| status(answer) == "503") {
        assert!(answer.to_lowercase().contains("retry-after: 1"), "{answer}");
    }
}

#[tokio::test]
async fn a_file_that_stalls_is_cut_off() {
    let world = quick().await;
    let owner = world.owner("Juniper").await;
    let program = Client::program(&world.base());
    let (tokens, _) = program.take_tokens(&owner.email, PASSWORD).await;
    let mut line = Line::open(&world).await;
    let token = text(&tokens, "accessToken");
    let head = format!("Authorization: Bearer {token}\r\n");
    line.begin("/api/media?filename=a.json", 100_000, &head)
        .await;
    line.send("{").await;
    assert_eq!(status(&line.end().await), "408");
}

/// Neither case is a body, and the HTTP library has no deadline for it.
#[tokio::test]
async fn connections_on_which_nothing_moves_are_closed() {
    let world = quick().await;
    let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut later_head = Line::open(&world).await;
    later_head.send(health).await;
    later_head.until("\"ok\"").await;
    later_head.send("GET /healthz HTTP/1.1\r\nHo").await;

    let mut unread_rest = Line::open(&world).await;
    let head = format!("POST {WEBHOOKS} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    unread_rest.send(&head).await;
    unread_rest.until("401").await;
    unread_rest.send("1\r\n \r\n").await;

    let mut dripping = Line::open(&world).await;
    dripping.send(&head).await;
    dripping.until("401").await;
    let drip = timeout(PATIENCE, async {
        let mut every = tokio::time::interval(Duration::from_millis(100));
        while dripping.send("1\r\n \r\n").await {
            every.tick().await;
        }
    });
    let (_, _, dripped) = tokio::join!(later_head.end(), unread_rest.end(), drip);
    assert!(dripped.is_ok(), "the dripping one is still open");
    let _ = Client::program(&world.base()).get("/healthz").await.ok();
}
