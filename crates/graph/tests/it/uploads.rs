//! Resumable uploads.

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde_json::json;
use wabakit_graph::endpoints::{GetUpload, StartUpload, UploadPart, UploadSession};
use wiremock::ResponseTemplate;

use crate::support::{Meta, TOKEN, header, line, pairs, query, token};

fn session() -> UploadSession {
    serde_json::from_value(json!({"id": "upload:MTphdHRhY2g=?sig=ARZcanary"})).unwrap()
}

fn part(offset: u64, bytes: &'static [u8]) -> UploadPart {
    UploadPart {
        session: session(),
        file_offset: offset,
        size: bytes.len() as u64,
        content: stream::iter(bytes.chunks(3).map(|chunk| Ok(Bytes::from_static(chunk)))).boxed(),
    }
}

#[tokio::test]
async fn an_upload_begins_with_name_length_and_type() {
    let meta = Meta::answering_json(200, json!({"id": "upload:MTphdHRhY2g=?sig=ARZcanary"})).await;
    let start = StartUpload {
        app_id: "880".into(),
        file_name: "menu.pdf".into(),
        file_length: 9,
        file_type: "application/pdf".into(),
    };
    let session = meta.call(&start).await.unwrap().body;
    assert!(!format!("{session:?}").contains("canary"));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/880/uploads");
    let expected = [
        ("file_length", "9"),
        ("file_name", "menu.pdf"),
        ("file_type", "application/pdf"),
    ];
    assert_eq!(query(&request), pairs(&expected));
}

#[tokio::test]
async fn a_part_is_streamed_from_its_offset_with_the_token_of_oauth() {
    let meta = Meta::answering_json(200, json!({"h": "4::aW"})).await;
    let file = meta
        .client
        .upload_part(&token(), part(4, b"the rest"))
        .await;
    assert_eq!(file.unwrap().body.handle, "4::aW");
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/upload:MTphdHRhY2g=");
    assert_eq!(query(&request), pairs(&[("sig", "ARZcanary")]));
    assert_eq!(
        header(&request, "authorization"),
        Some(format!("OAuth {TOKEN}").as_str())
    );
    assert_eq!(request.headers.get_all("authorization").iter().count(), 1);
    assert_eq!(header(&request, "file_offset"), Some("4"));
    assert_eq!(header(&request, "content-length"), Some("8"));
    assert_eq!(request.body, b"the rest");
}

#[tokio::test]
async fn a_part_is_sent_once_and_the_session_says_where_to_go_on() {
    let meta = Meta::answering(ResponseTemplate::new(503)).await;
    let error = meta.client.upload_part(&token(), part(0, b"bytes")).await;
    let error = error.unwrap_err();
    assert_eq!((error.attempts(), error.may_have_been_sent()), (1, true));
    assert!(!format!("{error:?} {error}").contains("canary"));

    let meta = Meta::answering_json(200, json!({"id": "upload:x", "file_offset": 3})).await;
    let progress = meta
        .call(&GetUpload { session: session() })
        .await
        .unwrap()
        .body;
    assert_eq!(progress.file_offset, 3);
    assert_eq!(
        line(&meta.only_request().await),
        "GET /v25.0/upload:MTphdHRhY2g="
    );
}
