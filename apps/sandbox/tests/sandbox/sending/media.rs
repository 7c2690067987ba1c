use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use super::super::support;
use super::*;

const MONTH: i64 = 30 * 86_400;

async fn upload(meta: &Meta, token: &str, phone: &str, size: usize, kind: &str) -> Answer {
    let file = Part::bytes(vec![7; size])
        .file_name("file")
        .mime_str(kind)
        .unwrap();
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", file);
    let request = meta.request(Method::POST, &format!("/v25.0/{phone}/media"));
    support::send(request.bearer_auth(token).multipart(form)).await
}

fn image(id: &Value) -> Value {
    json!({ "type": "image", "image": { "id": id } })
}

#[tokio::test]
async fn an_upload_can_be_sent_until_it_is_deleted_or_thirty_days_old() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    knobs(&meta, json!({ "window": "open" })).await;
    let id = upload(&meta, &token, CONNECTED, 1_000, "image/png")
        .await
        .ok()["id"]
        .clone();
    assert_eq!(code(&meta, &token, image(&id)).await, 0);
    meta.restart().await;
    assert_eq!(code(&meta, &token, image(&id)).await, 0);
    let header = json!({
        "type": "interactive",
        "interactive": {
            "type": "cta_url",
            "header": { "type": "image", "image": { "id": id } },
            "body": { "text": "a" },
            "action": { "name": "cta_url", "parameters": { "display_text": "Go", "url": "https://example.com" } },
        },
    });
    assert_eq!(code(&meta, &token, header.clone()).await, 0);
    let shown = meta.request(Method::GET, &format!("/_sandbox/media/{}", text(&id)));
    assert_eq!(
        shown.send().await.unwrap().bytes().await.unwrap().len(),
        1_000
    );

    let foreign = upload(&meta, &token, COEXISTENCE, 10, "image/png")
        .await
        .ok()["id"]
        .clone();
    let deleted = upload(&meta, &token, CONNECTED, 10, "image/png").await.ok()["id"].clone();
    meta.delete(&token, &text(&deleted)).await.ok();
    for dead in [foreign, deleted, json!("1")] {
        let answer = send(&meta, &token, image(&dead)).await;
        assert_eq!(answer.refusal(), (400, 100, None));
        assert!(
            answer.message().contains("image['id'] is not a valid"),
            "{}",
            answer.message()
        );
    }
    meta.travel(MONTH - 60).await;
    assert_eq!(code(&meta, &token, image(&id)).await, 0);
    meta.travel(120).await;
    assert_eq!(code(&meta, &token, image(&id)).await, 100);
    assert_eq!(code(&meta, &token, header).await, 100);
}

#[tokio::test]
async fn a_file_is_sent_as_what_it_is() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    knobs(&meta, json!({ "window": "open" })).await;
    let id = upload(&meta, &token, CONNECTED, 10, "audio/mpeg")
        .await
        .ok()["id"]
        .clone();
    assert_eq!(
        fate(&meta, &token, &callback, image(&id)).await,
        Some(131_053)
    );
    let audio = json!({ "type": "audio", "audio": { "id": id } });
    assert_eq!(fate(&meta, &token, &callback, audio).await, None);
    let document = json!({ "type": "document", "document": { "id": id, "filename": "a.mp3" } });
    assert_eq!(fate(&meta, &token, &callback, document).await, None);
}

#[tokio::test]
async fn each_kind_has_its_size() {
    let (meta, token) = open().await;
    for (kind, most) in [
        ("image/jpeg", 5 << 20),
        ("video/mp4", 16 << 20),
        ("image/webp", 500 << 10),
        ("application/pdf", 20 << 20),
    ] {
        upload(&meta, &token, CONNECTED, most, kind).await.ok();
        if kind != "application/pdf" {
            let refused = upload(&meta, &token, CONNECTED, most + 1, kind).await;
            assert_eq!(refused.refusal(), (400, 131_053, None), "{kind}");
        }
    }
    let empty = upload(&meta, &token, CONNECTED, 0, "image/png").await;
    assert_eq!(empty.refusal().1, 131_053);
    let refused = upload(&meta, &token, CONNECTED, 10, "image/gif").await;
    assert_eq!(refused.refusal().1, 100);
    let left = std::fs::read_dir(meta.folder().join("media")).unwrap();
    let names = left.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("upload-")).count(), 0);
}
