//! Messages: what is known of each outcome, and that no request is made twice.

use std::time::Duration;

use futures::StreamExt as _;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wabakit_domain::{
    ids::{PhoneNumberId, Wamid},
    secret::Purpose,
};
use wabakit_ports::{
    meta::{
        Certainty, MediaUpload, MetaErrorKind, RawMethod, RawRequest, SendFailure, SendGateway,
        SendReceipt,
    },
    vault::VaultError,
};
use wiremock::ResponseTemplate;

use crate::support::{APP_SECRET, Meta, PaperVault, TOKEN, access, gateway, refusal, success};

const BODY: &str = r#"{"to":"+15550100123","type":"text","text":{"body":"hi"}}"#;

fn number() -> PhoneNumberId {
    PhoneNumberId::from("51")
}

impl Meta {
    async fn sends(&self) -> Result<SendReceipt, SendFailure> {
        self.gateway.send(&access(), &number(), BODY, "id-1").await
    }

    /// Sends a message while Meta gives this answer, and returns the failure.
    async fn told(answer: ResponseTemplate) -> SendFailure {
        let meta = Self::start().await;
        meta.on("POST", "51/messages", answer).await;
        let failure = meta.sends().await.unwrap_err();
        assert_eq!(meta.calls().await.len(), 1, "a send is never repeated");
        for secret in [TOKEN, APP_SECRET] {
            assert!(!format!("{failure:?}").contains(secret));
        }
        failure
    }
}

#[tokio::test]
async fn a_message_that_meta_took_has_metas_id_and_recipient() {
    let meta = Meta::start().await;
    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+15550100123", "wa_id": "15550100123", "user_id": "US.1"}],
        "messages": [{"id": "wamid.A", "message_status": "held_for_quality_assessment"}],
    });
    let answer = ResponseTemplate::new(200)
        .set_body_json(answer)
        .insert_header("x-app-usage", r#"{"call_count":91}"#);
    meta.on("POST", "51/messages", answer).await;
    let receipt = meta.sends().await.unwrap();
    assert_eq!(receipt.wamid, Wamid::from("wamid.A"));
    assert_eq!(receipt.recipient.phone.as_deref(), Some("15550100123"));
    assert_eq!(receipt.recipient.user_id, Some("US.1".into()));
    assert_eq!(
        receipt.message_status.as_deref(),
        Some("held_for_quality_assessment")
    );
    assert_eq!(receipt.usage_percent, Some(91));
    let requests = meta.server.received_requests().await.unwrap();
    let sent: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "messaging_product": "whatsapp",
            "biz_opaque_callback_data": "id-1",
            "to": "+15550100123",
            "type": "text",
            "text": {"body": "hi"},
        })
    );
    assert_eq!(
        requests[0].headers["authorization"],
        format!("Bearer {TOKEN}").as_str()
    );
}

#[rstest]
#[case(4, 400, Certainty::NotTaken)]
#[case(80_007, 429, Certainty::NotTaken)]
#[case(130_429, 500, Certainty::NotTaken)]
#[case(131_056, 400, Certainty::NotTaken)]
#[case(131_057, 500, Certainty::NotTaken)]
#[case(133_004, 503, Certainty::NotTaken)]
#[case(17, 400, Certainty::NotTaken)]
#[case(1, 400, Certainty::Unknown)]
#[case(2, 503, Certainty::Unknown)]
#[case(131_000, 400, Certainty::Unknown)]
#[case(131_016, 400, Certainty::Unknown)]
#[case(987_654, 500, Certainty::Unknown)]
#[case(987_654, 400, Certainty::Refused)]
#[case(0, 401, Certainty::NotAllowed)]
#[case(102, 400, Certainty::NotAllowed)]
#[case(104, 401, Certainty::NotAllowed)]
#[case(190, 401, Certainty::NotAllowed)]
#[case(2500, 400, Certainty::NotAllowed)]
#[case(100, 500, Certainty::Refused)]
#[case(131_026, 400, Certainty::Refused)]
#[case(131_042, 400, Certainty::Refused)]
#[case(131_047, 400, Certainty::Refused)]
#[case(131_048, 429, Certainty::Refused)]
#[case(132_001, 404, Certainty::Refused)]
#[case(200, 403, Certainty::Refused)]
#[tokio::test]
async fn the_code_says_what_is_known(
    #[case] code: i64,
    #[case] status: u16,
    #[case] certainty: Certainty,
) {
    let failure = Meta::told(refusal(status, code, None, "no")).await;
    assert_eq!(failure.certainty, certainty);
    assert_eq!(failure.http_status, Some(status));
    let fault = failure.fault.unwrap();
    assert_eq!((fault.code, fault.message.as_deref()), (code, Some("no")));
}

#[rstest]
#[case(429, "slow down", Certainty::NotTaken)]
#[case(502, "<html>bad gateway</html>", Certainty::Unknown)]
#[case(200, "<html>hello</html>", Certainty::Unknown)]
#[case(200, r#"{"messages":[]}"#, Certainty::Unknown)]
#[case(404, "nothing here", Certainty::Refused)]
#[tokio::test]
async fn without_a_code_the_status_says_what_is_known(
    #[case] status: u16,
    #[case] body: &str,
    #[case] certainty: Certainty,
) {
    let answer = ResponseTemplate::new(status).set_body_string(body);
    let failure = Meta::told(answer).await;
    assert_eq!((failure.certainty, failure.fault), (certainty, None));
}

#[tokio::test]
async fn a_wrong_app_secret_fails_no_message() {
    let failure = Meta::told(refusal(400, 100, None, "Invalid appsecret_proof provided")).await;
    assert_eq!(failure.certainty, Certainty::NotAllowed);
}

#[tokio::test]
async fn metas_hints_and_words_are_handed_on() {
    let error = json!({"error": {
        "message": "(#130429) Rate limit hit", "code": 130_429, "error_user_title": "Slow",
        "error_data": {"messaging_product": "whatsapp", "details": "Too much"},
    }});
    let usage = r#"{"77":[{"type":"x","call_count":100,"estimated_time_to_regain_access":2}]}"#;
    let answer = ResponseTemplate::new(400)
        .set_body_json(error)
        .insert_header("x-business-use-case-usage", usage);
    let failure = Meta::told(answer).await;
    assert_eq!(failure.retry_after, Some(Duration::from_secs(120)));
    assert_eq!(failure.usage_percent, Some(100));
    let fault = failure.fault.unwrap();
    assert_eq!(fault.title.as_deref(), Some("Slow"));
    assert_eq!(fault.message.as_deref(), Some("(#130429) Rate limit hit"));
    assert_eq!(fault.details.as_deref(), Some("Too much"));
}

#[tokio::test]
async fn without_a_connection_nothing_was_taken() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let gateway = gateway(&format!("http://{closed}"), PaperVault::default().into());
    let failure = gateway
        .send(&access(), &number(), BODY, "id-1")
        .await
        .unwrap_err();
    assert_eq!(failure.certainty, Certainty::NotTaken);
}

/// Serves one connection: reads the whole request, writes this answer, and closes.
async fn hangs_up_after(answer: &'static str) -> SendFailure {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}}") {
            socket.read_buf(&mut request).await.unwrap();
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
    });
    let gateway = gateway(&url, PaperVault::default().into());
    gateway
        .send(&access(), &number(), BODY, "id-1")
        .await
        .unwrap_err()
}

#[tokio::test]
async fn who_hangs_up_after_the_request_may_have_taken_it() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"] {
        assert_eq!(
            hangs_up_after(answer).await.certainty,
            Certainty::Unknown,
            "{answer}"
        );
    }
}

#[rstest]
#[case(Purpose::AccessToken, || VaultError::CannotOpen)]
#[case(Purpose::AccessToken, || VaultError::UnknownKey)]
#[case(Purpose::AppSecret, || VaultError::CannotOpen)]
#[tokio::test]
async fn a_token_that_does_not_open_is_no_request(
    #[case] purpose: Purpose,
    #[case] trouble: fn() -> VaultError,
) {
    let meta = Meta::start().await;
    *meta.vault.trouble.lock().unwrap() = Some((purpose, trouble));
    let failure = meta.sends().await.unwrap_err();
    assert_eq!(failure.certainty, Certainty::NotAllowed);
    assert!(meta.calls().await.is_empty());
}

#[tokio::test]
async fn a_message_is_marked_read_while_somebody_types() {
    let meta = Meta::start().await;
    let body = json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.B",
        "typing_indicator": {"type": "text"},
    });
    let body = wiremock::matchers::body_json(body);
    meta.once("POST", "51/messages", body, success()).await;
    let wamid = Wamid::from("wamid.B");
    meta.gateway
        .mark_read(&access(), &number(), &wamid, true)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_goes_to_meta_as_a_stream() {
    let meta = Meta::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({"id": "4711"}));
    meta.on("POST", "51/media", answer).await;
    let pieces = ["one ", "two"].map(|piece| Ok(bytes::Bytes::from_static(piece.as_bytes())));
    let file = MediaUpload {
        mime_type: "text/plain".to_owned(),
        filename: "a.txt".to_owned(),
        size: 7,
        bytes: futures::stream::iter(pieces).boxed(),
    };
    let id = meta
        .gateway
        .upload(&access(), &number(), file)
        .await
        .unwrap();
    assert_eq!(id.as_str(), "4711");
    let requests = meta.server.received_requests().await.unwrap();
    let form = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(form.contains("one two") && form.contains("a.txt") && form.contains("text/plain"));
}

#[tokio::test]
async fn a_raw_answer_has_any_status_and_no_token() {
    let meta = Meta::start().await;
    let error = json!({"error": {"code": 100, "message": format!("bad {TOKEN}")}});
    meta.on(
        "DELETE",
        "51/message_templates",
        ResponseTemplate::new(400).set_body_json(error),
    )
    .await;
    let request = RawRequest {
        method: RawMethod::Delete,
        path: "51/message_templates".to_owned(),
        query: vec![("name".to_owned(), "old".to_owned())],
        body: None,
    };
    let answer = meta.gateway.raw(&access(), request.clone()).await.unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"]["message"], "bad [redacted]");
    let other = RawRequest {
        query: vec![("access_token".to_owned(), "x".to_owned())],
        ..request
    };
    let refused = meta.gateway.raw(&access(), other).await.unwrap_err();
    assert_eq!(refused.kind, MetaErrorKind::Refused);
    assert_eq!(meta.calls().await.len(), 1);
}
