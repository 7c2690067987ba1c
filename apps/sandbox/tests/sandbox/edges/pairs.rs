use reqwest::Method;
use serde_json::{Value, json};

use super::*;

const PAIRS: &str = include_str!("pairs.txt");

/// Returns each pair with its state, in the order of the file.
fn pairs() -> Vec<(&'static str, Method, &'static str)> {
    PAIRS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [state, method, path] = parts[..] else {
                panic!("not a pair: {line}");
            };
            (state, method.parse().unwrap(), path)
        })
        .collect()
}

/// Makes an object of each kind, and returns the ids by the names of the file.
async fn objects(meta: &Meta, token: &str) -> Vec<(&'static str, String)> {
    let made = async |path: String, body: Value| meta.post(token, &path, body).await.ok();
    let group = json!({ "messaging_product": "whatsapp", "subject": "A" });
    made(format!("{CONNECTED}/groups"), group).await;
    let groups = meta.look("groups").await;
    let flow = json!({ "name": "a", "categories": ["OTHER"] });
    let flow = made(format!("{DENTAL_WABA}/flows"), flow).await;
    let template = json!({
        "name": "a", "language": "en", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Hello" }],
    });
    let template = made(format!("{DENTAL_WABA}/message_templates"), template).await;
    let code = json!({ "prefilled_message": "Hi" });
    let code = made(format!("{CONNECTED}/message_qrdls"), code).await;
    let part = reqwest::multipart::Part::text("a")
        .file_name("a")
        .mime_str("text/plain")
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", part);
    let request = meta.request(Method::POST, &format!("/v25.0/{CONNECTED}/media"));
    let media = text(&send(request.bearer_auth(token).multipart(form)).await.ok()["id"]);
    let url = text(&meta.get(token, &media).await.ok()["url"]);
    vec![
        ("Application-ID", APP.to_owned()),
        ("Business-ID", HARBORVIEW.to_owned()),
        ("Phone-Number-ID", CONNECTED.to_owned()),
        ("WABA-ID", DENTAL_WABA.to_owned()),
        ("WhatsApp-Business-Account-ID", DENTAL_WABA.to_owned()),
        ("User-ID", DANA.to_owned()),
        ("group_id", text(&groups["data"][0]["id"])),
        ("Flow-ID", text(&flow["id"])),
        ("TEMPLATE_ID", text(&template["id"])),
        ("QR-Code-ID", text(&code["code"])),
        ("Media-ID", media),
        (
            "Media-URL",
            url.replacen(meta.base(), "", 1)
                .trim_start_matches('/')
                .to_owned(),
        ),
    ]
}

#[tokio::test]
async fn each_pair_of_metas_openapi_file_is_answered_or_refused_as_meta_does() {
    let meta = Meta::start();
    let token = text(
        &meta
            .order(
                "tokens",
                json!({ "kind": "user", "userId": DANA, "expiresIn": 0 }),
            )
            .await["accessToken"],
    );
    let objects = objects(&meta, &token).await;
    let mut all = pairs();
    assert_eq!(all.len(), 113);
    // Deletions come last, those of whole objects at the very end.
    all.sort_by_key(|(_, method, path)| {
        (
            method == Method::DELETE,
            *method == Method::DELETE && path.matches('/').count() == 1,
        )
    });
    for (state, method, path) in all {
        let mut filled = path.to_owned();
        for (name, id) in &objects {
            filled = filled.replace(&format!("{{{name}}}"), id);
        }
        let is_known = !filled.contains('{');
        // Objects that the sandbox does not have.
        let filled: String = filled
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "999000000000001"
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        let request = meta
            .request(method.clone(), &format!("/v25.0{filled}"))
            .bearer_auth(&token);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let code = body["error"]["code"].as_i64();
        let subcode = body["error"]["error_subcode"].as_i64();
        let is_refused = code == Some(2500) || subcode == Some(33);
        assert_eq!(
            is_refused,
            state == "absent",
            "{method} {path}: {status} {body}"
        );
        if state == "absent" && path != "/whatsapp/webhooks" {
            let is_edge = is_known && path.matches('/').count() > 1;
            let expected = if is_edge {
                (Some(2500), None)
            } else {
                (Some(100), Some(33))
            };
            assert_eq!((code, subcode), expected, "{method} {path}: {body}");
        }
    }
}

#[test]
fn the_readme_lists_each_pair_that_is_absent() {
    let readme = include_str!("../../../README.md");
    for (state, method, path) in pairs() {
        let entry = format!("`{method} {path}`");
        assert_eq!(readme.contains(&entry), state == "absent", "{entry}");
    }
}
