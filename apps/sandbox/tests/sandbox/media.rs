use reqwest::{Method, StatusCode};
use ring::digest;
use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const AVA: &str = "4915112345678";
const WEEK: i64 = 7 * 86_400;

/// Sends a customer's message, and returns its media object.
async fn sent(meta: &Meta, order: Value) -> Value {
    let callback = Callback::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    let kind = text(&order["type"]);
    let mut order = order;
    order["to"] = json!(CONNECTED);
    meta.order(&format!("phones/{AVA}/messages"), order).await;
    callback.wait_for(1).await[0].value()["messages"][0][kind].clone()
}

struct Downloaded {
    status: StatusCode,
    kind: String,
    /// The bytes. `None` when the connection broke.
    bytes: Option<Vec<u8>>,
}

async fn download(url: &str, token: Option<&str>) -> Downloaded {
    let request = client().get(url);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    Downloaded {
        status: answer.status(),
        kind: answer
            .headers()
            .get("content-type")
            .map(|kind| kind.to_str().unwrap().to_owned())
            .unwrap_or_default(),
        bytes: answer.bytes().await.ok().map(|bytes| bytes.to_vec()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

async fn upload(meta: &Meta, token: &str, bytes: &[u8], kind: &str) -> Answer {
    let file = reqwest::multipart::Part::bytes(bytes.to_vec())
        .file_name("file")
        .mime_str(kind)
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", kind.to_owned())
        .part("file", file);
    let request = meta.request(Method::POST, &format!("/v25.0/{CONNECTED}/media"));
    send(request.bearer_auth(token).multipart(form)).await
}

#[tokio::test]
async fn inbound_media_can_be_fetched_with_the_token_and_hashes_to_what_was_said() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for (kind, mime, start) in [
        ("image", "image/jpeg", &b"\xff\xd8\xff"[..]),
        ("video", "video/mp4", b"\x00\x00\x00"),
        ("document", "application/pdf", b"%PDF"),
        ("audio", "audio/ogg; codecs=opus", b"OggS"),
        ("sticker", "image/webp", b"RIFF"),
    ] {
        let media = sent(&meta, json!({ "type": kind })).await;
        let id = text(&media["id"]);
        let node = meta
            .get(&token, &format!("{id}?phone_number_id={CONNECTED}"))
            .await
            .ok();
        assert_eq!(
            (&node["mime_type"], &media["mime_type"]),
            (&json!(mime), &json!(mime))
        );
        let got = download(&text(&node["url"]), Some(&token)).await;
        assert_eq!((got.status, got.kind.as_str()), (StatusCode::OK, mime));
        let bytes = got.bytes.unwrap();
        assert!(bytes.starts_with(start));
        assert_eq!(node["file_size"], bytes.len());
        assert_eq!(text(&node["sha256"]), sha256(&bytes));
        let other = sent(&meta, json!({ "type": kind })).await;
        assert_ne!(
            other["sha256"], media["sha256"],
            "no two samples are the same"
        );
    }
}

#[tokio::test]
async fn given_bytes_are_sent_as_they_are() {
    use base64::Engine as _;
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let given = base64::engine::general_purpose::STANDARD.encode(b"hello");
    let order = json!({ "type": "document", "document": { "bytes": given, "mime_type": "text/plain", "filename": "a.txt" } });
    let media = sent(&meta, order).await;
    assert!(media.get("bytes").is_none());
    assert_eq!(media["filename"], "a.txt");
    let digest = digest::digest(&digest::SHA256, b"hello");
    let in_base64 = base64::engine::general_purpose::STANDARD.encode(digest);
    assert_eq!(media["sha256"], in_base64, "webhooks have base64");
    let node = meta.get(&token, &text(&media["id"])).await.ok();
    let got = download(&text(&node["url"]), Some(&token)).await;
    assert_eq!(got.bytes.unwrap(), b"hello");
}

#[tokio::test]
async fn a_download_needs_the_token_in_its_header_and_dies_in_five_minutes() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let media = sent(&meta, json!({ "type": "image" })).await;
    let id = text(&media["id"]);
    let url = text(&meta.get(&token, &id).await.ok()["url"]);
    assert!(url.starts_with(meta.base()));
    assert_eq!(download(&url, None).await.status, 401);
    assert_eq!(
        download(&format!("{url}&access_token={token}"), None)
            .await
            .status,
        401
    );
    assert_eq!(download(&url, Some("wrong")).await.status, 401);
    assert_eq!(download(&format!("{url}x"), Some(&token)).await.status, 404);
    let targets = json!({ "targets": { "phoneNumbers": [JUNIPER_PHONE] } });
    let foreign = text(&meta.order("tokens", targets).await["accessToken"]);
    assert_eq!(download(&url, Some(&foreign)).await.status, 404);
    assert_eq!(
        meta.get(&foreign, &id).await.refusal(),
        (400, 100, Some(33))
    );

    meta.travel(290).await;
    assert_eq!(download(&url, Some(&token)).await.status, 200);
    meta.travel(20).await;
    assert_eq!(download(&url, Some(&token)).await.status, 404);
    let fresh = text(&meta.get(&token, &id).await.ok()["url"]);
    assert_eq!(download(&fresh, Some(&token)).await.status, 200);

    meta.travel(WEEK).await;
    assert_eq!(meta.get(&token, &id).await.refusal(), (400, 100, Some(33)));
}

#[tokio::test]
async fn a_number_that_is_not_the_medias_does_not_find_it() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let media = sent(&meta, json!({ "type": "image" })).await;
    let path = format!("{}?phone_number_id={JUNIPER_PHONE}", text(&media["id"]));
    assert_eq!(
        meta.get(&token, &path).await.refusal(),
        (400, 100, Some(33))
    );
}

#[tokio::test]
async fn an_upload_lives_thirty_days_and_can_be_deleted() {
    let mut meta = Meta::start();
    let token = text(&meta.order("tokens", json!({ "expiresIn": 0 })).await["accessToken"]);
    let id = text(&upload(&meta, &token, b"\x89PNG...", "image/png").await.ok()["id"]);
    let other = text(&upload(&meta, &token, b"text", "text/plain").await.ok()["id"]);
    meta.restart().await;
    meta.travel(2 * WEEK).await;
    let url = text(&meta.get(&token, &id).await.ok()["url"]);
    let got = download(&url, Some(&token)).await;
    assert_eq!(
        (got.kind.as_str(), got.bytes.unwrap().as_slice()),
        ("image/png", &b"\x89PNG..."[..])
    );
    meta.delete(&token, &id).await.ok();
    assert_eq!(meta.get(&token, &id).await.refusal().1, 100);
    assert_eq!(download(&url, Some(&token)).await.status, 404);
    meta.travel(3 * WEEK).await;
    assert_eq!(meta.get(&token, &other).await.refusal().1, 100);

    let large = vec![0; (5 << 20) + 1];
    assert_eq!(
        upload(&meta, &token, &large, "image/png").await.refusal().1,
        131_053
    );
}

#[tokio::test]
async fn the_type_of_an_upload_is_its_file_parts_own() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("/v25.0/{CONNECTED}/media");
    let post = async |kind: Option<&str>, claimed: &str| {
        let mut file = reqwest::multipart::Part::bytes(b"\x89PNG".to_vec()).file_name("x");
        if let Some(kind) = kind {
            file = file.mime_str(kind).unwrap();
        }
        let form = reqwest::multipart::Form::new()
            .part("file", file)
            .text("type", claimed.to_owned())
            .text("messaging_product", "whatsapp");
        let request = meta.request(Method::POST, &path).bearer_auth(&token);
        send(request.multipart(form)).await
    };
    for (kind, received) in [
        (Some("application/octet-stream"), "application/octet-stream"),
        (Some("application/x-nonsense"), "application/x-nonsense"),
        (Some("image/gif; a=b"), "image/gif"),
        (None, "application/octet-stream"),
    ] {
        let refused = post(kind, "image/png").await;
        assert_eq!(refused.refusal(), (400, 100, None), "{kind:?}");
        assert_eq!(
            refused.message(),
            format!(
                "(#100) Param file must be a file with one of the following types: audio/aac, \
                 audio/mp4, audio/mpeg, audio/amr, audio/ogg, audio/opus, \
                 application/vnd.ms-powerpoint, application/msword, \
                 application/vnd.openxmlformats-officedocument.wordprocessingml.document, \
                 application/vnd.openxmlformats-officedocument.presentationml.presentation, \
                 application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, \
                 application/pdf, text/plain, application/vnd.ms-excel, image/jpeg, image/png, \
                 image/webp, video/mp4, video/3gpp. Received file of type '{received}'."
            )
        );
    }
    for kind in ["image/png", "text/plain", "audio/ogg; codecs=opus"] {
        let id = text(&post(Some(kind), "application/octet-stream").await.ok()["id"]);
        assert_eq!(meta.get(&token, &id).await.ok()["mime_type"], kind);
    }
}

#[tokio::test]
async fn an_upload_is_a_form_with_a_file_and_a_product_from_anywhere() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("/v25.0/{CONNECTED}/media");
    let file = || {
        let part = reqwest::multipart::Part::bytes(b"hello".to_vec()).file_name("x");
        part.mime_str("text/plain").unwrap()
    };
    let form = reqwest::multipart::Form::new;
    let post = || meta.request(Method::POST, &path).bearer_auth(&token);
    let in_query = post().query(&[("messaging_product", "whatsapp")]);
    send(in_query.multipart(form().part("file", file())))
        .await
        .ok();
    let product = ("messaging_product", "whatsapp");
    for (request, missing) in [
        (
            post().multipart(form().part("file", file())),
            "messaging_product",
        ),
        (post().multipart(form().text(product.0, product.1)), "file"),
        (
            post().multipart(form().text(product.0, product.1).part("photo", file())),
            "file",
        ),
        (post().form(&[product]), "file"),
        (
            post().json(&json!({ "messaging_product": "whatsapp" })),
            "file",
        ),
    ] {
        let refused = send(request).await;
        assert_eq!(refused.refusal(), (400, 100, None));
        let text = format!("(#100) The parameter {missing} is required.");
        assert_eq!(refused.message(), text);
    }
}

#[tokio::test]
async fn a_part_of_a_download_can_be_asked_for() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let id = text(
        &upload(&meta, &token, b"0123456789", "text/plain")
            .await
            .ok()["id"],
    );
    let url = text(&meta.get(&token, &id).await.ok()["url"]);
    let part = async |range: &str| {
        let request = client().get(&url).bearer_auth(&token);
        let answer = request.header("range", range).send().await.unwrap();
        let status = answer.status().as_u16();
        let told = answer.headers().get("content-range");
        let told = told.map(|told| told.to_str().unwrap().to_owned());
        (
            status,
            told.unwrap_or_default(),
            answer.text().await.unwrap(),
        )
    };
    for (range, status, told, bytes) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=7-", 206, "bytes 7-9/10", "789"),
        ("bytes=-2", 206, "bytes 8-9/10", "89"),
        ("bytes=5-500", 206, "bytes 5-9/10", "56789"),
        ("bytes=10-", 416, "bytes */10", ""),
        ("bytes=0-1,3-4", 200, "", "0123456789"),
        ("words=0-1", 200, "", "0123456789"),
    ] {
        let got = part(range).await;
        assert_eq!(got, (status, told.to_owned(), bytes.to_owned()), "{range}");
    }
}

#[tokio::test]
async fn a_direct_address_stands_in_the_webhook_where_a_knob_says_so() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.order("webhooks/knobs", json!({ "mediaUrl": true }))
        .await;
    let media = sent(&meta, json!({ "type": "image" })).await;
    let got = download(&text(&media["url"]), Some(&token)).await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn faults_spoil_downloads() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let media = sent(&meta, json!({ "type": "image" })).await;
    let id = text(&media["id"]);
    let fault = async |path: &str, then: Value| {
        let order = json!({ "match": { "path": path }, "when": { "next": 1 }, "then": then });
        meta.order("faults", order).await;
        let node = meta.get(&token, &id).await.ok();
        let got = download(&text(&node["url"]), Some(&token)).await;
        (text(&node["sha256"]), got)
    };
    let (hash, got) = fault("whatsapp_business/*", json!({ "corrupt": true })).await;
    assert_eq!(got.status, 200);
    assert_ne!(sha256(&got.bytes.unwrap()), hash);
    let (_, got) = fault("whatsapp_business/*", json!({ "truncate": 100 })).await;
    assert!(got.bytes.is_none(), "the connection breaks");
    let (_, got) = fault("whatsapp_business/*", json!({ "status": 503 })).await;
    assert_eq!(got.status, 503);
    let (_, got) = fault("76*", json!({ "deadUrl": true })).await;
    assert_eq!(got.status, 404);
    let began = std::time::Instant::now();
    let (hash, got) = fault("whatsapp_business/*", json!({ "bytesPerSecond": 20_000 })).await;
    assert_eq!(sha256(&got.bytes.unwrap()), hash);
    assert!(began.elapsed().as_millis() >= 150, "{:?}", began.elapsed());
    let (hash, got) = fault("nowhere", json!({ "status": 500 })).await;
    assert_eq!(sha256(&got.bytes.unwrap()), hash, "otherwise all is well");
}
