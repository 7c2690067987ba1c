use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use wabakit_graph::endpoints::{DeregisterPhone, Me};
use wabakit_graph::{CallRetryPolicy, ErrorKind, GraphClient, Replay};
use wiremock::ResponseTemplate;

use crate::support::{Meta, builder, raw_server, token};

fn deregister() -> DeregisterPhone {
    DeregisterPhone {
        phone_number_id: "51".into(),
    }
}

/// Starts a [`raw_server`], and returns a client of it.
async fn raw(answer: &'static [u8], then_hang: bool) -> GraphClient {
    builder(&raw_server(answer, then_hang).await)
        .request_timeout(Duration::from_millis(150))
        .retry(CallRetryPolicy {
            max_attempts: 2,
            ..CallRetryPolicy::STANDARD
        })
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_server_that_hangs_is_a_timeout() {
    let client = raw(b"", true).await;

    let read = client.call(&token(), &Me).await.unwrap_err();
    assert_eq!((read.kind(), read.attempts()), (ErrorKind::Timeout, 2));
    assert!(read.is_timeout() && !read.may_have_been_sent());

    let write = client.call(&token(), &deregister()).await.unwrap_err();
    assert_eq!((write.kind(), write.attempts()), (ErrorKind::Timeout, 1));
    assert!(write.is_timeout() && write.may_have_been_sent());
}

#[tokio::test]
async fn a_server_that_hangs_within_its_answer_is_a_timeout() {
    let client = raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"succ",
        true,
    )
    .await;
    let error = client.call(&token(), &deregister()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status()),
        (ErrorKind::Timeout, Some(200))
    );
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_outcome_unknown() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"succ",
    ] {
        let client = raw(answer, false).await;
        let error = client.call(&token(), &deregister()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
        assert_eq!(error.replay(), Replay::Ambiguous);
        assert!(error.may_have_been_sent() && !error.is_timeout());
    }
}

#[tokio::test]
async fn a_refused_connection_was_not_seen_by_meta_and_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = builder(&url).build().unwrap();

    let error = client.call(&token(), &deregister()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    assert!(!error.may_have_been_sent() && !error.is_timeout());
}

#[tokio::test]
async fn a_megabyte_of_garbage_is_an_error_like_any_other() {
    let garbage: Vec<u8> = (0..1_000_000u32)
        .map(|i| (i.wrapping_mul(31) >> 3) as u8)
        .collect();
    for (status, kind) in [(200, ErrorKind::Decode), (400, ErrorKind::Unexpected)] {
        let answer = ResponseTemplate::new(status).set_body_bytes(garbage.clone());
        let error = Meta::answering(answer).await.call(&Me).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(format!("{error} {error:?}").len() < 1_000);
    }
}

#[tokio::test]
async fn deep_nesting_does_not_overflow_the_stack() {
    let answer = ResponseTemplate::new(400).set_body_string("[".repeat(1_000_000));
    let error = Meta::answering(answer).await.call(&Me).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let meta = Meta::answering_json(200, json!({"id": "x".repeat(1_000)})).await;
    let client = |bytes| {
        builder(&meta.server.uri())
            .max_response_bytes(bytes)
            .build()
            .unwrap()
    };

    client(2_000).call(&token(), &Me).await.unwrap();
    let error = client(1_000).call(&token(), &Me).await.unwrap_err();

    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::ResponseTooLarge, 1)
    );
    assert_eq!(error.http_status(), Some(200));
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_not_spoken_to() {
    let meta = Meta::answering_json(200, json!({"id": "1"})).await;
    let url = meta.server.uri().replace("http:", "https:");
    let client = builder(&url).retry(CallRetryPolicy::NEVER).build().unwrap();

    let error = client.call(&token(), &Me).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(meta.received().await.is_empty());
}
