//! The event log by the page. What is live is tested against a whole server.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{LISTED, Who, World, ask, changes, text_from};

async fn world() -> World {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let written = [
        text_from("15550001", "1", "One"),
        text_from("15550001", "2", "Two"),
    ];
    let body = changes(Who::Owner, &written);
    let told = |rows: &[Value]| {
        rows.iter()
            .filter(|event| event["type"] == "message.received")
            .count()
            == 2
    };
    world
        .working(async || {
            world.deliver(&body).await;
            world.until(Who::Viewer, "/api/events", told).await;
        })
        .await;
    world
}

#[actix_web::test]
async fn the_log_is_read_from_a_cursor_without_gap_or_repeat() {
    let world = world().await;
    let whole = world.get(Who::Viewer, "/api/events?limit=200").await.json();
    let head = whole["head"].as_i64().unwrap();
    let mut after = 0;
    while after < head {
        let page = world
            .get(Who::Viewer, &format!("/api/events?after={after}&limit=1"))
            .await
            .json();
        assert_eq!(page["head"], head);
        let event = &page["data"][0];
        assert_eq!(event["sequence"], after + 1);
        let place = usize::try_from(after).unwrap();
        assert_eq!(event, &whole["data"][place]);
        after += 1;
    }
    let page = world
        .get(Who::Viewer, &format!("/api/events?after={head}"))
        .await
        .json();
    assert_eq!(page["data"], json!([]));
}

#[actix_web::test]
async fn an_event_tells_what_happened_without_another_question() {
    let world = world().await;
    let events = world.get(Who::Viewer, "/api/events?limit=200").await.json();
    let events = events["data"].as_array().unwrap();
    let received = events
        .iter()
        .find(|event| event["type"] == "message.received")
        .unwrap();
    let message = &received["data"]["message"];
    assert_eq!(message["content"], json!({"type": "text", "body": "One"}));
    assert_eq!(message["type"], "text");
    assert_eq!(message["metaMessageId"], "wamid.1");
    assert_eq!(received["data"]["from"]["phone"], "15550001");
    let changed = events
        .iter()
        .find(|event| event["type"] == "conversation.updated")
        .unwrap();
    assert_eq!(
        changed["data"]["conversation"]["id"],
        message["conversationId"]
    );
    for private in ["org", "conversation", "account", "wamid"] {
        assert!(
            message.get(private).is_none(),
            "the stored form has {private}"
        );
    }
}

#[actix_web::test]
async fn a_cursor_beyond_the_log_is_gone() {
    let world = world().await;
    let answer = world.get(Who::Viewer, "/api/events?after=100000").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::GONE, "events_gone")
    );
    let oldest = answer.json()["oldest"].as_i64().unwrap();
    let answer = world
        .get(Who::Viewer, &format!("/api/events?after={}", oldest - 1))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_websocket_takes_a_ticket_a_token_or_a_cookie_from_a_page_of_ours() {
    let world = world().await;
    let open = |path: &str, who| {
        ask(Method::GET, path, who, None)
            .insert_header(("connection", "upgrade"))
            .insert_header(("upgrade", "websocket"))
            .insert_header(("sec-websocket-version", "13"))
            .insert_header(("sec-websocket-key", "x3JJHMbDL1EzLkh9GBhXDw=="))
    };
    let path = "/api/events/ws";
    let status = async |request| world.send_head(request).await;
    assert_eq!(status(open(path, None)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        status(open(&format!("{path}?ticket=wrong"), None)).await,
        StatusCode::UNAUTHORIZED
    );
    let cookie = || open(path, Some(Who::Viewer));
    assert_eq!(
        status(cookie()).await,
        StatusCode::SWITCHING_PROTOCOLS,
        "a program"
    );
    for (origin, wanted) in [
        ("https://waba.example", StatusCode::SWITCHING_PROTOCOLS),
        (LISTED, StatusCode::SWITCHING_PROTOCOLS),
        ("https://evil.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let request = cookie().insert_header(("origin", origin));
        assert_eq!(status(request).await, wanted, "{origin}");
    }
    let ticket = world
        .post(Who::Viewer, "/api/events/ticket", json!({}))
        .await
        .json();
    let by_ticket = format!("{path}?ticket={}", ticket["ticket"].as_str().unwrap());
    assert_eq!(
        status(open(&by_ticket, None)).await,
        StatusCode::SWITCHING_PROTOCOLS
    );
    assert_eq!(
        status(open(&by_ticket, None)).await,
        StatusCode::UNAUTHORIZED,
        "it is used up"
    );
    let plain = world.get(Who::Viewer, path).await;
    assert_eq!(
        (plain.status, plain.code().as_str()),
        (StatusCode::BAD_REQUEST, "no_websocket")
    );
}
