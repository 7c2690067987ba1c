use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wabakit_graph::endpoints::{MarkRead, MessageBody, Raw, SendMessage};
use wabakit_graph::{Credentials, ErrorKind, Method, Replay};
use wiremock::ResponseTemplate;

use crate::support::{Meta, TOKEN, builder, header, line, query, raw_server, token};

const SEND: SendMessage<'_> = SendMessage {
    phone_number_id: "51",
    message: MessageBody::Json(r#"{"to":"+15550100123","type":"text","text":{"body":"ä"}}"#),
    opaque: Some("id-1"),
};

fn taken() -> Value {
    json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+15550100123", "wa_id": "15550100123"}],
        "messages": [{"id": "wamid.A", "message_status": "accepted"}],
    })
}

#[tokio::test]
async fn a_message_is_sent_as_it_is_with_our_name_for_it() {
    let meta = Meta::answering_json(200, taken()).await;
    let sent = meta.call(&SEND).await.unwrap().body;
    assert_eq!(sent.id, "wamid.A");
    assert_eq!(sent.message_status.as_deref(), Some("accepted"));
    let recipient = sent.recipient.unwrap();
    assert_eq!(recipient.input.as_deref(), Some("+15550100123"));
    assert_eq!(recipient.wa_id.as_deref(), Some("15550100123"));
    assert_eq!(recipient.user_id, None);
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/51/messages");
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({
            "messaging_product": "whatsapp",
            "biz_opaque_callback_data": "id-1",
            "to": "+15550100123",
            "type": "text",
            "text": {"body": "ä"},
        })
    );
}

#[tokio::test]
async fn a_send_is_made_once_even_where_meta_turned_it_away() {
    for (status, code, replay) in [
        (429, 130_429, Replay::RejectedBeforeProcessing),
        (400, 131_056, Replay::RejectedBeforeProcessing),
        (500, 131_000, Replay::Ambiguous),
        (503, 2, Replay::Ambiguous),
    ] {
        let meta = Meta::answering_json(status, json!({"error": {"code": code}})).await;
        let error = meta.call(&SEND).await.unwrap_err();
        assert_eq!((error.replay(), error.attempts()), (replay, 1), "{code}");
        assert_eq!(meta.received().await.len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_may_have_been_taken() {
    for answer in [json!({}), json!({"messages": []}), json!("ok")] {
        let meta = Meta::answering_json(200, answer).await;
        let error = meta.call(&SEND).await.unwrap_err();
        assert!(error.may_have_been_sent());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_it_in_doubt() {
    let url = raw_server("", false).await;
    let client = builder(&url).build().unwrap();
    let error = client.call(&token(), &SEND).await.unwrap_err();
    assert!(error.may_have_been_sent());
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn silence_after_the_request_leaves_it_in_doubt() {
    let url = raw_server("", true).await;
    let client = builder(&url)
        .request_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let error = client.call(&token(), &SEND).await.unwrap_err();
    assert!(error.may_have_been_sent() && error.is_timeout());
}

#[tokio::test]
async fn without_a_connection_nothing_was_taken() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let client = builder(&format!("http://{closed}")).build().unwrap();
    let error = client.call(&token(), &SEND).await.unwrap_err();
    assert!(!error.may_have_been_sent());
    assert_eq!(error.replay(), Replay::RejectedBeforeProcessing);
}

/// A limit of connections or streams would make this test last for several rounds.
#[tokio::test]
async fn hundreds_of_requests_are_under_way_at_once() {
    const MANY: usize = 300;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The server answers nobody before all requests have arrived.
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while open.len() < MANY {
            open.push(listener.accept().await.unwrap());
        }
        let body = taken().to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        for (socket, _) in &mut open {
            // A connection that is accepted need not have brought its request yet, and an answer before it is an error.
            let mut request = [0; 4096];
            assert!(socket.read(&mut request).await.unwrap() > 0);
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
        // Closing with unread bytes could take an answer away that is not read yet.
        for (socket, _) in &mut open {
            let mut rest = Vec::new();
            socket.read_to_end(&mut rest).await.unwrap();
        }
    });
    let client = builder(&url).build().unwrap();
    let credentials = token();
    let calls = (0..MANY).map(|_| client.call(&credentials, &SEND));
    for sent in futures::future::join_all(calls).await {
        sent.unwrap();
    }
    drop(client);
    server.await.unwrap();
}

#[tokio::test]
async fn a_message_is_marked_read_with_or_without_typing() {
    for (typing, indicator) in [(false, None), (true, Some(json!({"type": "text"})))] {
        let meta = Meta::answering_json(200, json!({"success": true})).await;
        let read = MarkRead {
            phone_number_id: "51".into(),
            message_id: "wamid.B".into(),
            typing,
        };
        meta.call(&read).await.unwrap();
        let request = meta.only_request().await;
        assert_eq!(line(&request), "POST /v25.0/51/messages");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            (&body["status"], &body["message_id"]),
            (&json!("read"), &json!("wamid.B"))
        );
        assert_eq!(body.get("typing_indicator"), indicator.as_ref());
    }
}

fn raw(method: Method, path: &str) -> Raw {
    Raw {
        method,
        path: path.to_owned(),
        query: Vec::new(),
        body: None,
    }
}

#[tokio::test]
async fn a_raw_request_is_made_once_and_any_status_is_its_answer() {
    let body = json!({"error": {"code": 2, "message": "down"}});
    let meta = Meta::answering_json(503, body.clone()).await;
    let request = Raw {
        query: vec![("fields".to_owned(), "id,name".to_owned())],
        ..raw(Method::Get, "/51/message_templates/")
    };
    let answer = meta.client.raw(&token(), request).await.unwrap().body;
    assert_eq!((answer.status, answer.body), (503, body));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/51/message_templates");
    let expected = BTreeMap::from([("fields".to_owned(), "id,name".to_owned())]);
    assert_eq!(query(&request), expected);
}

#[tokio::test]
async fn a_raw_answer_shows_no_token() {
    let next =
        format!("https://graph.facebook.com/v25.0/51/x?limit=1&access_token={TOKEN}&after=b");
    let meta = Meta::answering_json(
        200,
        json!({
            "data": [{"note": format!("by {TOKEN}"), "access_token": "other", "language": {"code": "en"}, "n": 7}],
            "other": "EAAGm0PX4ZCpsBAKZCfake",
            "paging": {"next": next},
        }),
    )
    .await;
    let answer = meta
        .client
        .raw(&token(), raw(Method::Get, "51"))
        .await
        .unwrap()
        .body;
    assert_eq!(
        answer.body,
        json!({
            "data": [{"note": "by [redacted]", "access_token": "[redacted]", "language": {"code": "en"}, "n": 7}],
            "other": "[redacted]",
            "paging": {"next": "https://graph.facebook.com/v25.0/51/x?limit=1&access_token=[redacted]&after=b"},
        })
    );
}

#[tokio::test]
async fn a_raw_answer_without_json_is_null() {
    let meta = Meta::answering(ResponseTemplate::new(204)).await;
    let answer = meta
        .client
        .raw(&token(), raw(Method::Delete, "51"))
        .await
        .unwrap()
        .body;
    assert_eq!((answer.status, answer.body), (204, Value::Null));
}

#[tokio::test]
async fn a_raw_request_calls_as_nobody_else_and_by_no_other_method() {
    let meta = Meta::answering_json(200, json!({})).await;
    for name in ["access_token", "METHOD", "ids", "batch", "appsecret_proof"] {
        let pair = (name.to_owned(), "x".to_owned());
        let in_query = Raw {
            query: vec![pair],
            ..raw(Method::Get, "51")
        };
        let in_body = Raw {
            body: Some(json!({name: "x"})),
            ..raw(Method::Post, "51")
        };
        for request in [in_query, in_body] {
            let error = meta.client.raw(&token(), request).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
        }
    }
    for path in ["", "51/../me", "51//x", "51?access_token=x", "51/%2e%2e"] {
        let error = meta
            .client
            .raw(&token(), raw(Method::Get, path))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
    }
    let with_body = Raw {
        body: Some(json!({})),
        ..raw(Method::Get, "51")
    };
    meta.client.raw(&token(), with_body).await.unwrap_err();
    assert!(meta.received().await.is_empty());
}

#[tokio::test]
async fn a_raw_request_carries_the_callers_token() {
    let meta = Meta::answering_json(200, json!({})).await;
    let request = Raw {
        body: Some(json!({"name": "n"})),
        ..raw(Method::Post, "51/message_templates")
    };
    meta.client.raw(&token(), request).await.unwrap();
    let request = meta.only_request().await;
    assert_eq!(
        header(&request, "authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({"name": "n"})
    );
    let nobody = meta
        .client
        .raw(&Credentials::none(), raw(Method::Get, "51"))
        .await;
    assert_eq!(nobody.unwrap().body.status, 200);
}
