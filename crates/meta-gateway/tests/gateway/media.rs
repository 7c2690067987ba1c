//! Files at Meta: links, downloads, and the remedy when a download fails.

use bytes::BytesMut;
use futures::TryStreamExt;
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{
    ids::{MetaMediaId, PhoneNumberId},
    secret::{ExposeSecret, Purpose},
};
use wabakit_graph::{AccessToken, AppCredentials};
use wabakit_ports::{
    meta::{
        MediaDownload, MediaGateway, MediaLink, MediaRemedy as Remedy, MetaError,
        MetaErrorKind as Kind, Sha256,
    },
    vault::VaultError,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

use crate::support::{APP_ID, APP_SECRET, Meta, TOKEN, access, refusal};

const BODY: &[u8] = b"not really a picture";

fn sha256(bytes: &[u8]) -> Sha256 {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    Sha256(digest.as_ref().try_into().unwrap())
}

fn link(url: String) -> MediaLink {
    MediaLink {
        url: url.into(),
        mime_type: None,
        sha256: Some(sha256(BODY)),
        size: None,
    }
}

async fn ask(meta: &Meta) -> Result<MediaLink, MetaError> {
    let (number, media) = (PhoneNumberId::from("201"), MetaMediaId::from("901"));
    meta.gateway.media_link(&access(), &number, &media).await
}

async fn whole(download: MediaDownload) -> Result<Vec<u8>, MetaError> {
    let bytes: BytesMut = download.bytes.try_collect().await?;
    Ok(bytes.to_vec())
}

async fn fetch(meta: &Meta, link: &MediaLink) -> Result<Vec<u8>, MetaError> {
    whole(meta.gateway.download(&access(), link, 1000).await?).await
}

/// Mocks the media host beside the Graph API with this answer.
async fn host(meta: &Meta, answer: ResponseTemplate) -> MediaLink {
    Mock::given(path("/media/901"))
        .respond_with(answer)
        .mount(&meta.server)
        .await;
    link(format!("{}/media/901", meta.server.uri()))
}

#[rstest]
#[case::all(
    json!({ "mime_type": "image/jpeg", "file_size": "20", "sha256": sha256(BODY).to_string() }),
    Some(20), Some(sha256(BODY)))]
#[case::odd(json!({ "mime_type": "image/jpeg", "file_size": -1, "sha256": "<HASH>" }), None, None)]
#[tokio::test]
async fn a_link_is_asked_for_with_number_token_and_proof(
    #[case] mut body: Value,
    #[case] size: Option<u64>,
    #[case] digest: Option<Sha256>,
) {
    let meta = Meta::start().await;
    let url = "https://lookaside.fbsbx.com/?mid=901&hash=canary";
    body["id"] = json!("901");
    body["url"] = json!(url);
    let app = AppCredentials::new(APP_ID, APP_SECRET.to_owned());
    let proof = app.proof(&AccessToken::new(TOKEN));
    let asked = move |request: &Request| {
        let query: Vec<_> = request.url.query_pairs().into_owned().collect();
        query.contains(&("phone_number_id".into(), "201".into()))
            && query.contains(&("appsecret_proof".into(), proof.clone()))
            && request.headers["authorization"] == format!("Bearer {TOKEN}").as_str()
    };
    meta.once("GET", "901", asked, body).await;
    let link = ask(&meta).await.unwrap();
    assert_eq!(link.url.expose_secret(), url);
    assert_eq!(link.mime_type.as_deref(), Some("image/jpeg"));
    assert_eq!((link.size, link.sha256), (size, digest));
    assert!(!format!("{link:?}").contains("canary"));
}

#[tokio::test]
async fn a_file_comes_with_the_token_and_nothing_else_of_ours() {
    let meta = Meta::start().await;
    let picture = ResponseTemplate::new(200).set_body_raw(BODY, "image/jpeg");
    let link = host(&meta, picture).await;
    let download = meta.gateway.download(&access(), &link, 1000).await.unwrap();
    assert_eq!(download.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(download.size, Some(BODY.len() as u64));
    assert_eq!(whole(download).await.unwrap(), BODY);
    let requests = meta.server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].headers["authorization"],
        format!("Bearer {TOKEN}").as_str()
    );
    assert_eq!(requests[0].url.query(), None);
}

#[rstest]
#[case::died(
    refusal(400, 100, Some(33), "Does not exist"),
    Kind::NotFound,
    Remedy::GiveUp
)]
#[case::odd(
    refusal(400, 131_052, None, "Media download error"),
    Kind::Refused,
    Remedy::GiveUp
)]
#[case::token(
    refusal(401, 190, Some(463), "Expired"),
    Kind::TokenInvalid,
    Remedy::Reconnect
)]
#[case::right(
    refusal(403, 10, None, "Permission"),
    Kind::PermissionMissing,
    Remedy::Reconnect
)]
#[case::busy(
    refusal(400, 80_007, None, "Slow down"),
    Kind::RateLimited(None),
    Remedy::Later
)]
#[case::trouble(refusal(500, 2, None, "Trouble"), Kind::Unavailable, Remedy::Later)]
#[tokio::test]
async fn what_helps_where_no_link_is_given(
    #[case] answer: ResponseTemplate,
    #[case] kind: Kind,
    #[case] remedy: Remedy,
) {
    let meta = Meta::start().await;
    meta.on("GET", "901", answer).await;
    let error = ask(&meta).await.unwrap_err();
    assert_eq!((error.kind, error.media_remedy()), (kind, remedy));
}

#[rstest]
#[case::too_old(ResponseTemplate::new(404), Kind::LinkExpired, Remedy::NewLink)]
#[case::token(
    refusal(401, 190, None, "Expired"),
    Kind::TokenInvalid,
    Remedy::Reconnect
)]
#[case::a_page(ResponseTemplate::new(403).set_body_string("<html>"), Kind::Unavailable, Remedy::Later)]
#[case::trouble(ResponseTemplate::new(503), Kind::Unavailable, Remedy::Later)]
#[case::other_bytes(ResponseTemplate::new(200).set_body_string("x"), Kind::MediaCorrupt, Remedy::NewLink)]
#[case::too_large(ResponseTemplate::new(200).set_body_bytes([0; 1001]), Kind::MediaTooLarge, Remedy::GiveUp)]
#[tokio::test]
async fn what_helps_where_a_file_does_not_come(
    #[case] answer: ResponseTemplate,
    #[case] kind: Kind,
    #[case] remedy: Remedy,
) {
    let meta = Meta::start().await;
    let link = host(&meta, answer).await;
    let error = fetch(&meta, &link).await.unwrap_err();
    assert_eq!((error.kind, error.media_remedy()), (kind, remedy));
}

#[tokio::test]
async fn a_link_to_a_host_that_is_not_metas_is_given_up_without_a_call() {
    let meta = Meta::start().await;
    let other = MockServer::start().await;
    let error = fetch(&meta, &link(format!("{}/media/901", other.uri())))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.media_remedy()),
        (Kind::Refused, Remedy::GiveUp)
    );
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_does_not_open_fetches_nothing() {
    for (trouble, kind, remedy) in [
        (
            (|| VaultError::CannotOpen) as fn() -> VaultError,
            Kind::TokenUnreadable,
            Remedy::Reconnect,
        ),
        (
            || VaultError::UnknownKey,
            Kind::VaultUnavailable,
            Remedy::Later,
        ),
    ] {
        let meta = Meta::start().await;
        *meta.vault.trouble.lock().unwrap() = Some((Purpose::AccessToken, trouble));
        let link = host(&meta, ResponseTemplate::new(200)).await;
        for error in [
            fetch(&meta, &link).await.unwrap_err(),
            ask(&meta).await.unwrap_err(),
        ] {
            assert_eq!((error.kind, error.media_remedy()), (kind, remedy));
        }
        assert!(meta.calls().await.is_empty());
    }
}

#[tokio::test]
async fn a_download_needs_no_app_secret() {
    let meta = Meta::start().await;
    *meta.vault.trouble.lock().unwrap() = Some((Purpose::AppSecret, || VaultError::CannotOpen));
    let link = host(&meta, ResponseTemplate::new(200).set_body_bytes(BODY)).await;
    assert_eq!(fetch(&meta, &link).await.unwrap(), BODY);
}
