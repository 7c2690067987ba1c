//! Live events: no gap, no repeat, and an end.

use rstest::rstest;
use serde_json::json;
use tokio::net::TcpSocket;
use wabakit_prove::Client;

use crate::{
    listening::{Heard, Listener, ticket},
    receive::{ADA, WEBHOOKS, connected, post, texts},
    world::{Engine, JUNIPER, JUNIPER_WABA, Postgres, Sqlite, World},
};

async fn write(world: &World, ids: std::ops::Range<u32>, body: &str) {
    let messages: Vec<_> = ids.map(|id| (id.to_string(), body.to_owned())).collect();
    let secret = world.vars["META_APP_SECRET"].clone();
    let body = texts(JUNIPER, JUNIPER_WABA, &messages);
    assert_eq!(
        post(&world.base(), WEBHOOKS, &secret, &body).await,
        Some(200)
    );
}

#[rstest]
#[tokio::test]
async fn a_listener_resumes_after_a_restart_without_gap_or_repeat(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let mut listener = Listener::start(&owner, Some(0)).await;
    write(&world, 0..3, "before").await;
    for _ in 0..3 {
        listener.event("message.received").await;
    }
    let last = listener.last;
    let stopped = tokio::spawn(world.take_server().stop());
    assert_eq!(
        listener.closed().await,
        Some(1001),
        "it is told to come again"
    );
    stopped.await.unwrap();
    world.serve_again().await;
    let owner = owner.moved_to(&world.base());
    write(&world, 3..6, "after").await;
    let mut listener = Listener::start(&owner, Some(last)).await;
    for id in 3..6 {
        let event = listener.event("message.received").await;
        assert_eq!(
            event["data"]["message"]["metaMessageId"],
            format!("wamid.{id}")
        );
    }
}

#[rstest]
#[tokio::test]
async fn another_organisation_hears_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let stranger = world.owner("Bravo Bikes").await;
    let stranger = world.signed_in(&stranger).await;
    let mut theirs = Listener::start(&stranger, Some(0)).await;
    let mut ours = Listener::start(&owner, Some(0)).await;
    write(&world, 0..1, "ours").await;
    ours.event("message.received").await;
    let page = stranger.get("/api/events").await.ok();
    assert_eq!(page, json!({"data": [], "head": 0}));
    let stopped = stranger.post("/auth/logout", json!({})).await;
    assert!(stopped.status.is_success());
    assert_eq!(
        theirs.closed().await,
        Some(4401),
        "and only until the sign-out"
    );
}

#[tokio::test]
async fn so_many_may_listen_and_no_more() {
    let world = World::with(Sqlite, &[("EVENT_LISTENERS_PER_ORG", "1")]).await;
    let owner = world.anybody().await;
    let first = Listener::start(&owner, None).await;
    let path = format!("/api/events/ws?ticket={}", ticket(&owner).await);
    assert!(Listener::open(&owner, &path, &[]).await.is_err());
    drop(first);
    wabakit_prove::until("the place to be free", async || {
        let path = format!("/api/events/ws?ticket={}", ticket(&owner).await);
        Listener::open(&owner, &path, &[]).await.ok()
    })
    .await;
}

#[tokio::test]
async fn a_cookie_of_a_page_of_another_site_opens_nothing() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let cookie = format!(
        "wabakit_session={}",
        owner.cookie("wabakit_session").unwrap()
    );
    let (ours, evil) = (owner.base().to_owned(), "https://evil.example");
    for (origin, opens) in [(ours.as_str(), true), (evil, false)] {
        let headers = [("cookie", cookie.as_str()), ("origin", origin)];
        let opened = Listener::open(&owner, "/api/events/ws", &headers).await;
        assert_eq!(opened.is_ok(), opens, "{origin}");
    }
}

/// The client reads nothing until the server gives up, and then continues from its cursor.
#[tokio::test]
async fn a_slow_reader_is_closed_and_resumes_where_it_was() {
    let world = World::start(Sqlite).await;
    let (_, owner) = connected(&world).await;
    let text = "slow ".repeat(3_000);
    let count = 1_000;
    for from in (0..count).step_by(100) {
        write(&world, from..from + 100, &text).await;
    }
    let mut log = Listener::start(&owner, Some(0)).await;
    for _ in 0..count {
        log.event("message.received").await;
    }
    let mut slow = slow_listener(&owner).await;
    let mut open = tokio::time::interval(std::time::Duration::from_secs(1));
    for _ in 0..8 {
        open.tick().await;
    }
    let (mut last, mut closed) = (0, None);
    while closed.is_none() {
        match slow.hear().await {
            Heard::Frame(frame) => {
                for event in frame["events"].as_array().into_iter().flatten() {
                    assert_eq!(event["sequence"], last + 1);
                    last += 1;
                }
            }
            Heard::Closed(frame) => closed = Some(frame.map(|frame| u16::from(frame.code))),
        }
    }
    assert_eq!(closed, Some(Some(4408)));
    assert!(last < log.last, "it did not get all");
    let mut again = Listener::start(&owner, Some(last)).await;
    while again.last < log.last {
        again.event("message.received").await;
    }
}

/// Listens with small buffers, so that the server notices soon.
async fn slow_listener(client: &Client) -> Listener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = client
        .base()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let stream = socket.connect(address).await.unwrap();
    let path = format!("/api/events/ws?ticket={}&after=0", ticket(client).await);
    Listener::over(client, stream, &path).await
}

#[tokio::test]
async fn what_is_no_longer_kept_is_gone() {
    let world = World::start(Sqlite).await;
    let (_, owner) = connected(&world).await;
    world
        .customer_writes(ADA, JUNIPER, json!({"type": "text", "text": "Hello"}))
        .await;
    let mut listener = Listener::start(&owner, Some(0)).await;
    listener.event("message.received").await;
    let path = format!(
        "/api/events/ws?ticket={}&after=100000",
        ticket(&owner).await
    );
    let mut beyond = Listener::open(&owner, &path, &[]).await.unwrap();
    assert_eq!(beyond.closed().await, Some(4410));
    let _ = owner
        .get("/api/events?after=100000")
        .await
        .refused(410, "events_gone");
}
