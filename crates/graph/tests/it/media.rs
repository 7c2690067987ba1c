//! Media files: their links, their download, and the hosts that may see the token.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use wabakit_graph::endpoints::{DeleteMedia, Download, DownloadMedia, GetMedia, UploadMedia};
use wabakit_graph::{ErrorKind, GraphClient, GraphError, Replay};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Meta, TOKEN, builder, header, line, pairs, query, raw_server, token};

const BODY: &[u8] = b"not really a picture";
const SHA256: &str = "9e52ce7c2bc6bb0f3e6d4ba0a6c3b4e1d4d2b5b6cbe1e0bf19e2c6f6a7b0e8aa";

fn digest_of(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().unwrap()
}

fn link(url: impl Into<String>) -> DownloadMedia {
    let mut link = DownloadMedia::new(url.into().into(), 1000);
    link.sha256 = Some(digest_of(BODY));
    link
}

fn picture() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(BODY, "image/jpeg")
}

async fn whole(download: Download) -> Result<Bytes, GraphError> {
    let bytes: BytesMut = download.bytes.try_collect().await?;
    Ok(bytes.freeze())
}

async fn fetched(client: &GraphClient, link: &DownloadMedia) -> Result<Bytes, GraphError> {
    whole(client.download_media(&token(), link).await?).await
}

#[rstest]
#[case::a_number(json!(1234), Some(1234))]
#[case::a_string(json!("1234"), Some(1234))]
#[case::nothing(Value::Null, None)]
#[tokio::test]
async fn a_link_is_asked_for_with_the_number(#[case] length: Value, #[case] size: Option<i64>) {
    let answer = json!({
        "messaging_product": "whatsapp", "id": 901, "mime_type": "image/jpeg", "sha256": SHA256,
        "file_size": length, "url": "https://lookaside.fbsbx.com/?mid=901&hash=canary",
    });
    let meta = Meta::answering_json(200, answer).await;
    let endpoint = GetMedia {
        media_id: "901".into(),
        phone_number_id: Some("51".into()),
    };

    let media = meta.call(&endpoint).await.unwrap().body;

    assert_eq!((media.id.as_str(), media.file_size), ("901", size));
    assert_eq!(media.mime_type.as_deref(), Some("image/jpeg"));
    assert_eq!(media.sha256.as_deref(), Some(SHA256));
    let url = "https://lookaside.fbsbx.com/?mid=901&hash=canary";
    assert_eq!(media.url.expose_secret(), url);
    assert!(!format!("{media:?}").contains("canary"));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/901");
    assert_eq!(query(&request), pairs(&[("phone_number_id", "51")]));
}

#[tokio::test]
async fn media_that_died_is_not_found() {
    let died = json!({"error": {
        "code": 100, "error_subcode": 33, "type": "GraphMethodException",
        "message": "Unsupported get request. Object with ID '901' does not exist",
    }});
    let meta = Meta::answering_json(400, died).await;
    let endpoint = GetMedia {
        media_id: "901".into(),
        phone_number_id: None,
    };
    let error = meta.call(&endpoint).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.replay()),
        (ErrorKind::NotFound, Replay::Final)
    );
    assert!(query(&meta.only_request().await).is_empty());
}

#[tokio::test]
async fn media_is_deleted() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    let endpoint = DeleteMedia {
        media_id: "901".into(),
        phone_number_id: Some("51".into()),
    };
    meta.call(&endpoint).await.unwrap();
    let request = meta.only_request().await;
    assert_eq!(line(&request), "DELETE /v25.0/901");
    assert_eq!(query(&request), pairs(&[("phone_number_id", "51")]));
}

#[tokio::test]
async fn a_file_is_fetched_with_the_token_in_the_header() {
    let meta = Meta::answering(picture()).await;
    let link = link(format!("{}/media/901?hash=x%2By", meta.server.uri()));

    let download = meta.client.download_media(&token(), &link).await.unwrap();

    assert_eq!(download.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(download.size, Some(BODY.len() as u64));
    assert_eq!(whole(download).await.unwrap(), BODY);
    let request = meta.only_request().await;
    assert_eq!(request.url.query(), Some("hash=x%2By"));
    assert_eq!(
        header(&request, "authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[tokio::test]
async fn a_link_to_another_host_gets_neither_token_nor_call() {
    let meta = Meta::silent().await;
    let other = Meta::answering(picture()).await;
    let error = fetched(&meta.client, &link(format!("{}/901", other.server.uri())))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::HostNotAllowed, 1)
    );
    assert!(other.received().await.is_empty());
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let meta = Meta::silent().await;
    let other = Meta::answering(picture()).await;
    let away = ResponseTemplate::new(302).insert_header("location", other.server.uri());
    Mock::given(path("/901"))
        .respond_with(away)
        .mount(&meta.server)
        .await;
    let error = fetched(&meta.client, &link(format!("{}/901", meta.server.uri())))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostNotAllowed);
    assert!(other.received().await.is_empty());
}

async fn redirect(server: &MockServer, from: &str, to: &str) {
    Mock::given(path(from))
        .respond_with(ResponseTemplate::new(302).insert_header("location", to))
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_redirect_on_the_host_is_followed_but_not_for_ever() {
    let meta = Meta::silent().await;
    redirect(&meta.server, "/901", "/902").await;
    redirect(&meta.server, "/round", "/round").await;
    Mock::given(path("/902"))
        .respond_with(picture())
        .mount(&meta.server)
        .await;
    let found = fetched(&meta.client, &link(format!("{}/901", meta.server.uri()))).await;
    assert_eq!(found.unwrap(), BODY);
    let error = fetched(&meta.client, &link(format!("{}/round", meta.server.uri())))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert_eq!(meta.received().await.len(), 2 + 4);
}

#[tokio::test]
async fn an_old_link_is_told_apart_and_tried_once() {
    let meta = Meta::answering(ResponseTemplate::new(404)).await;
    let error = fetched(&meta.client, &link(format!("{}/901", meta.server.uri())))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::LinkExpired, 1)
    );
    meta.only_request().await;
}

#[tokio::test]
async fn what_meta_says_at_a_download_is_read() {
    let refusal = json!({"error": {"code": 190, "error_subcode": 463, "message": "Expired"}});
    let meta = Meta::answering_json(401, refusal).await;
    let error = fetched(&meta.client, &link(format!("{}/901", meta.server.uri())))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenInvalid { subcode: Some(463) });
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn trouble_before_the_first_byte_is_tried_again() {
    let meta = Meta::silent().await;
    Mock::given(path("/901"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .mount(&meta.server)
        .await;
    Mock::given(path("/901"))
        .respond_with(picture())
        .mount(&meta.server)
        .await;
    let found = fetched(&meta.client, &link(format!("{}/901", meta.server.uri()))).await;
    assert_eq!(found.unwrap(), BODY);
    assert_eq!(meta.received().await.len(), 3);
}

#[tokio::test]
async fn another_file_than_promised_ends_in_an_error() {
    let meta = Meta::answering(picture()).await;
    let asked = |change: fn(&mut DownloadMedia)| {
        let mut media = DownloadMedia::new(format!("{}/901", meta.server.uri()).into(), 1000);
        change(&mut media);
        media
    };
    for other in [
        asked(|media| media.sha256 = Some(digest_of(b"another picture"))),
        asked(|media| media.size = Some(BODY.len() as u64 + 1)),
        asked(|media| media.mime_type = Some("image/png".into())),
    ] {
        let error = fetched(&meta.client, &other).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MediaMismatch, "{other:?}");
    }
    for same in [
        asked(|_| {}),
        asked(|media| media.sha256 = Some(digest_of(BODY))),
        asked(|media| media.size = Some(BODY.len() as u64)),
        asked(|media| media.mime_type = Some("IMAGE/jpeg; codecs=x".into())),
    ] {
        assert_eq!(
            fetched(&meta.client, &same).await.unwrap(),
            BODY,
            "{same:?}"
        );
    }
}

/// A server that names no length may send less than Meta promised.
#[tokio::test]
async fn a_length_is_also_counted() {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n12345";
    let url = raw_server(head, false).await;
    let client = builder(&url).build().unwrap();
    let mut media = DownloadMedia::new(url.into(), 1000);
    media.size = Some(5);
    assert_eq!(fetched(&client, &media).await.unwrap(), "12345");
    media.size = Some(6);
    let error = fetched(&client, &media).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MediaMismatch);
}

#[tokio::test]
async fn a_download_is_checked_by_what_meta_said_of_the_file() {
    let sha256 = hex::encode(digest_of(BODY));
    let answer = json!({"id": "901", "url": "https://lookaside.fbsbx.com/?mid=901", "sha256": sha256,
        "file_size": BODY.len(), "mime_type": "image/jpeg"});
    let meta = Meta::answering_json(200, answer).await;
    let endpoint = GetMedia {
        media_id: "901".into(),
        phone_number_id: None,
    };
    let download = meta.call(&endpoint).await.unwrap().body.download(1000);
    let checks = (download.sha256, download.size, download.max_bytes);
    assert_eq!(
        checks,
        (Some(digest_of(BODY)), Some(BODY.len() as u64), 1000)
    );
}

#[tokio::test]
async fn a_file_that_says_it_is_too_large_is_not_begun() {
    let meta = Meta::answering(picture()).await;
    let mut link = link(format!("{}/901", meta.server.uri()));
    link.max_bytes = BODY.len() as u64;
    assert_eq!(fetched(&meta.client, &link).await.unwrap(), BODY);
    link.max_bytes -= 1;
    let error = meta.client.download_media(&token(), &link).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::ResponseTooLarge);
}

#[rstest]
fn a_link_that_is_no_address_is_refused(#[values("", "media/901", "//x", "https://")] url: &str
) {
    let client = builder("http://127.0.0.1:9").build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime.block_on(fetched(&client, &link(url))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

/// Starts a [`raw_server`]. Returns a client, and the link of a file there.
async fn raw(answer: Vec<u8>, then_hang: bool) -> (GraphClient, String) {
    let url = raw_server(answer, then_hang).await;
    let client = builder(&url).request_timeout(Duration::from_millis(300));
    (client.build().unwrap(), format!("{url}/901"))
}

fn chunked(length: usize) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..length / 100 {
        answer.extend_from_slice(b"64\r\n");
        answer.extend_from_slice(&[7; 100]);
        answer.extend_from_slice(b"\r\n");
    }
    answer
}

#[tokio::test]
async fn a_file_without_length_is_cut_off_at_the_limit() {
    // A chunked body does not announce its length.
    let (client, url) = raw(chunked(5_000_000), true).await;
    let download = client.download_media(&token(), &link(url)).await.unwrap();
    assert_eq!(download.size, None);
    let mut taken = 0;
    let mut bytes = download.bytes;
    let error = loop {
        match bytes.next().await.unwrap() {
            Ok(chunk) => taken += chunk.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
    assert!(taken <= 1000, "{taken}");
    assert!(bytes.next().await.is_none());
}

#[tokio::test]
async fn a_file_that_stalls_or_breaks_off_is_an_error() {
    for (hangs, kind) in [(true, ErrorKind::Timeout), (false, ErrorKind::Transport)] {
        let (client, url) = raw(chunked(500), hangs).await;
        let error = fetched(&client, &link(url)).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.is_timeout(), hangs);
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_a_timeout() {
    let (client, url) = raw(Vec::new(), true).await;
    let error = fetched(&client, &link(url)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
}

fn upload(mime_type: &str, chunks: Vec<Result<Bytes, std::io::Error>>, size: u64) -> UploadMedia {
    UploadMedia {
        phone_number_id: "51".into(),
        mime_type: mime_type.into(),
        file_name: "canary-name.pdf".into(),
        size,
        content: stream::iter(chunks).map_err(Into::into).boxed(),
    }
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_form_of_known_length() {
    let meta = Meta::answering_json(200, json!({"id": 901})).await;
    let chunks = vec![Ok(Bytes::from("one,")), Ok(Bytes::from("two"))];
    let upload = upload("application/pdf", chunks, 7);
    assert!(!format!("{upload:?}").contains("canary"));

    let uploaded = meta.client.upload_media(&token(), upload).await.unwrap();

    assert_eq!(uploaded.body.id, "901");
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/51/media");
    assert_eq!(header(&request, "authorization"), Some("Bearer EAAcanary"));
    let kind = header(&request, "content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let length = request.body.len().to_string();
    assert_eq!(header(&request, "content-length"), Some(length.as_str()));
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\n\
         whatsapp\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\n\
         application/pdf\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"canary-name.pdf\"\r\nContent-Type: application/pdf\r\n\r\none,two\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_upload_is_never_repeated() {
    let meta = Meta::answering_json(500, json!({"error": {"code": 4}})).await;
    let upload = upload("image/png", vec![Ok(Bytes::from("x"))], 1);
    let error = meta.client.upload_media(&token(), upload).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 1)
    );
    meta.only_request().await;
}

#[tokio::test]
async fn an_upload_whose_bytes_break_off_is_an_error() {
    let meta = Meta::answering_json(200, json!({"id": 901})).await;
    let broken = std::io::Error::other("the disk went away");
    let chunks = vec![Ok(Bytes::from("one,")), Err(broken)];
    let upload = upload("image/png", chunks, 7);
    let error = meta.client.upload_media(&token(), upload).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn an_upload_that_cannot_be_written_is_not_sent() {
    let meta = Meta::silent().await;
    let odd = upload("no mime type", vec![Ok(Bytes::from("x"))], 1);
    let error = meta.client.upload_media(&token(), odd).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(meta.received().await.is_empty());
}
