//! The reading of calls: tokens, forms, batches and versions.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;

const AVA: &str = "4915112345678";

async fn sender(meta: &Meta) -> String {
    meta.order("sending/knobs", json!({ "window": "open" }))
        .await;
    meta.token_for_all().await
}

#[tokio::test]
async fn a_token_in_the_parameters_wins_over_the_headers() {
    let meta = Meta::start();
    let user = meta.token_for_all().await;
    let app = format!("{APP}|{SECRET}");
    let subscriptions = format!("/v25.0/{APP}/subscriptions");
    let get = async |query: &[(&str, &str)], header: &str| {
        let request = meta.request(Method::GET, &subscriptions).query(query);
        send(request.bearer_auth(header)).await.status.as_u16()
    };
    assert_eq!(get(&[("access_token", app.as_str())], &user).await, 200);
    assert_eq!(get(&[("access_token", user.as_str())], &app).await, 400);
    assert_eq!(get(&[], &app).await, 200);
    assert_eq!(
        get(&[("access_token", "")], &app).await,
        200,
        "empty is none"
    );
    // In a form and in a JSON body it is a parameter too.
    let path = format!("/v25.0/{JUNIPER_WABA}/subscribed_apps");
    let post = || meta.request(Method::POST, &path).bearer_auth(&app);
    let form = send(post().form(&[("access_token", &user)])).await;
    assert_eq!(form.ok()["success"], true);
    let body = send(post().json(&json!({ "access_token": user }))).await;
    assert_eq!(body.ok()["success"], true);
}

#[tokio::test]
async fn the_scheme_of_the_header_is_read_in_any_case() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let with = async |header: String| {
        let request = meta.request(Method::GET, "/v25.0/me");
        send(request.header("authorization", header))
            .await
            .status
            .as_u16()
    };
    for scheme in ["Bearer", "bearer", "BEARER", "OAuth", "oauth"] {
        assert_eq!(with(format!("{scheme} {token}")).await, 200, "{scheme}");
    }
    for header in [format!("Basic {token}"), token.clone()] {
        assert_eq!(with(header.clone()).await, 400, "{header}");
    }
}

#[tokio::test]
async fn parameters_are_taken_from_query_form_and_json_alike() {
    let meta = Meta::start();
    let token = sender(&meta).await;
    let path = format!("/v25.0/{CONNECTED}/messages");
    let post = || meta.request(Method::POST, &path).bearer_auth(&token);
    let fields = [
        ("messaging_product", "whatsapp"),
        ("to", AVA),
        ("type", "text"),
        ("text", r#"{"body":"x"}"#),
        ("biz_opaque_callback_data", r#"{"order":1}"#),
    ];
    let sent = send(post().form(&fields)).await.ok();
    assert_eq!(sent["contacts"][0]["wa_id"], AVA);
    send(post().query(&fields)).await.ok();
    let (query, body) = (
        &fields[..2],
        json!({ "type": "text", "text": { "body": "y" } }),
    );
    send(post().query(query).json(&body)).await.ok();
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in fields {
        form = form.text(name, value);
    }
    send(post().multipart(form)).await.ok();
    let list = [
        ("messaging_product", "whatsapp"),
        ("to", AVA),
        ("type", "contacts"),
        (
            "contacts",
            r#"[{"name":{"formatted_name":"A B","first_name":"A"}}]"#,
        ),
    ];
    send(post().form(&list)).await.ok();
    let ledger = meta.look("ledger/messages").await;
    let opaque = &ledger["data"][0]["bizOpaqueCallbackData"];
    assert_eq!(opaque, r#"{"order":1}"#, "a text stays a text");

    let broken = [fields[0], fields[1], fields[2], ("text", "{body")];
    assert_eq!(send(post().form(&broken)).await.refusal().0, 400);
    // The same holds for other calls with objects.
    let pin = [("webhook_configuration", r#"{"override_callback_uri":""}"#)];
    let path = format!("/v25.0/{CONNECTED}");
    let request = meta.request(Method::POST, &path).bearer_auth(&token);
    send(request.form(&pin)).await.ok();
}

#[tokio::test]
async fn a_read_mark_can_be_a_form() {
    let meta = Meta::start();
    let token = sender(&meta).await;
    let order = json!({ "to": CONNECTED, "type": "text", "text": "Hi" });
    let written = meta.order(&format!("phones/{AVA}/messages"), order).await;
    let fields = [
        ("messaging_product", "whatsapp"),
        ("status", "read"),
        ("message_id", &text(&written["ids"][0])),
        ("typing_indicator", r#"{"type":"text"}"#),
    ];
    let path = format!("/v25.0/{CONNECTED}/messages");
    let request = meta.request(Method::POST, &path).bearer_auth(&token);
    assert_eq!(send(request.form(&fields)).await.ok()["success"], true);
}

async fn batch(meta: &Meta, token: &str, operations: Value) -> Answer {
    let fields = [("batch", operations.to_string())];
    let request = meta.request(Method::POST, "/").bearer_auth(token);
    send(request.form(&fields)).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_batch_answers_each_operation_with_code_headers_and_body() {
    let meta = Meta::start();
    let token = sender(&meta).await;
    let message =
        format!("messaging_product=whatsapp&to={AVA}&type=text&text=%7B%22body%22%3A%22x%22%7D");
    let operations = json!([
        { "method": "GET", "relative_url": format!("{JUNIPER_WABA}?fields=id") },
        { "method": "POST", "relative_url": format!("v25.0/{CONNECTED}/messages"), "body": message },
        { "method": "GET", "relative_url": "/999" },
        { "method": "GET", "relative_url": "me?access_token=wrong" },
    ]);
    let list = batch(&meta, &token, operations.clone()).await.ok();
    let codes: Vec<u64> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["code"].as_u64().unwrap())
        .collect();
    assert_eq!(codes, [200, 200, 400, 401]);
    assert_eq!(body(&list[0]), json!({ "id": JUNIPER_WABA }));
    assert!(body(&list[1])["messages"][0]["id"].is_string());
    assert_eq!(body(&list[2])["error"]["error_subcode"], 33);
    let headers = list[0]["headers"].as_array().unwrap();
    assert!(
        headers
            .iter()
            .any(|header| header["name"] == "content-type")
    );
    let ledger = meta.look("ledger?path=999").await;
    assert_eq!(ledger["data"][0]["status"], 400, "each call is recorded");

    // A JSON body is as good, and headers can be left out.
    let whole = json!({ "batch": operations, "include_headers": false });
    let request = meta.request(Method::POST, "/v25.0/").bearer_auth(&token);
    let list = send(request.json(&whole)).await.ok();
    assert!(list[0].get("headers").is_none());
}

#[tokio::test]
async fn an_operation_can_use_the_answer_of_another_by_its_name() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let operations = |first: &str| {
        json!([
            { "method": "GET", "name": "wabas", "relative_url": first },
            { "method": "GET", "relative_url": "{result=wabas:$.data[0].id}/phone_numbers?fields=id" },
            { "method": "GET", "depends_on": "wabas", "relative_url": "me" },
        ])
    };
    let good = format!("{JUNIPER}/owned_whatsapp_business_accounts");
    let list = batch(&meta, &token, operations(&good)).await.ok();
    assert_eq!(list[0], Value::Null, "its answer is left out");
    assert_eq!(ids(&body(&list[1])), [JUNIPER_PHONE]);
    assert_eq!(list[2]["code"], 200);
    let mut shown = operations(&good);
    shown[0]["omit_response_on_success"] = false.into();
    let list = batch(&meta, &token, shown).await.ok();
    assert_eq!(list[0]["code"], 200);
    let list = batch(&meta, &token, operations("999/owned")).await.ok();
    assert_eq!(list[0]["code"], 400, "a failure is shown");
    assert_eq!((&list[1], &list[2]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_batch_is_a_list_of_at_most_fifty() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let one = json!({ "method": "GET", "relative_url": "me" });
    let list = batch(&meta, &token, json!(vec![&one; 50])).await.ok();
    assert_eq!(list.as_array().unwrap().len(), 50);
    assert_eq!(
        batch(&meta, &token, json!(vec![&one; 51]))
            .await
            .refusal()
            .1,
        1
    );
    assert_eq!(batch(&meta, &token, one).await.refusal().1, 100);
    let nothing = meta.request(Method::POST, "/").bearer_auth(&token);
    assert_eq!(send(nothing).await.refusal().1, 100);
}

#[tokio::test]
async fn an_ended_version_is_answered_by_the_oldest_living_one() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.order("clock", json!({ "now": "2026-12-01T00:00:00Z" }))
        .await;
    let served = async |version: &str| {
        let path = format!("/{version}/me");
        let answer = send(meta.request(Method::GET, &path).bearer_auth(&token)).await;
        let served = answer.headers.get("facebook-api-version").cloned();
        served.ok_or_else(|| answer.refusal().1)
    };
    for (asked, answers) in [
        ("v27.0", "v27.0"),
        ("v21.0", "v21.0"),
        ("v19.0", "v21.0"),
        ("v2.0", "v21.0"),
    ] {
        assert_eq!(served(asked).await, Ok(answers.to_owned()), "{asked}");
    }
    for never in ["v99.0", "v25.1"] {
        assert_eq!(served(never).await, Err(2500), "{never}");
    }
    meta.order("clock", json!({ "now": "2027-01-21T00:00:00Z" }))
        .await;
    assert_eq!(served("v21.0").await, Ok("v22.0".to_owned()));
    meta.order("quirks", json!({ "refuseEndedVersions": true }))
        .await;
    assert_eq!(served("v21.0").await, Err(2500));
    meta.order("quirks", json!({ "anyVersion": true })).await;
    assert_eq!(served("v99.0").await, Ok("v99.0".to_owned()));
}

#[tokio::test]
async fn errors_have_metas_type_and_status() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let unknown = meta.get(&token, "nonsense").await;
    assert_eq!(unknown.body["error"]["type"], "GraphMethodException");
    let hidden = meta.get(&token, "999").await;
    assert_eq!(hidden.body["error"]["type"], "GraphMethodException");
    for bad in ["wrong", "EAAwrong", "1|2"] {
        let answer = meta.get(bad, "me").await;
        assert_eq!(answer.refusal(), (401, 190, Some(463)), "{bad}");
        assert_eq!(answer.body["error"]["type"], "OAuthException");
    }
}

#[tokio::test]
async fn a_resumable_upload_gives_a_handle_when_all_bytes_have_come() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let open = async |length: &str, kind: &str| {
        let query = [
            ("file_name", "photo.png"),
            ("file_length", length),
            ("file_type", kind),
        ];
        let path = format!("/v25.0/{APP}/uploads");
        let request = meta.request(Method::POST, &path).query(&query);
        send(request.bearer_auth(&token)).await
    };
    let id = text(&open("8", "image/png").await.ok()["id"]);
    assert!(id.starts_with("upload:") && id.contains("?sig="), "{id}");
    let part = async |offset: &str, bytes: &'static [u8]| {
        let request = meta.request(Method::POST, &format!("/v25.0/{id}"));
        let request = request.header("authorization", format!("OAuth {token}"));
        send(request.header("file_offset", offset).body(bytes)).await
    };
    assert_eq!(part("0", b"\x89PNG").await.ok()["file_offset"], 4);
    assert_eq!(
        part("0", b"\x89PNG").await.refusal().1,
        100,
        "not where it stands"
    );
    assert_eq!(part("4", b"12345").await.refusal().1, 100, "too long");
    let stands = meta.get(&token, &id).await.ok();
    assert_eq!(stands, json!({ "id": id, "file_offset": 4 }));
    let done = part("4", b"&=%{").await.ok();
    assert!(text(&done["h"]).starts_with("4:"), "{done}");

    assert_eq!(open("8", "image/gif").await.refusal().1, 100);
    assert_eq!(open("0", "image/png").await.refusal().1, 100);
    let unsigned = id.split('?').next().unwrap();
    assert_eq!(meta.get(&token, unsigned).await.refusal().2, Some(33));
}

#[tokio::test]
async fn an_operation_of_a_batch_can_bring_a_file() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let upload = |names: &str| {
        json!({
            "method": "POST", "relative_url": format!("{CONNECTED}/media"),
            "body": "messaging_product=whatsapp", "attached_files": names,
        })
    };
    let operations = json!([upload("first"), upload("second"), upload("third")]);
    let part = |text: &'static str, kind: &str| {
        let part = reqwest::multipart::Part::text(text).file_name("a");
        part.mime_str(kind).unwrap()
    };
    let form = reqwest::multipart::Form::new()
        .text("access_token", token.clone())
        .text("batch", operations.to_string())
        .part("first", part("abc", "text/plain"))
        .part("second", part("abcd", "application/pdf"));
    let list = send(meta.request(Method::POST, "/v25.0/").multipart(form))
        .await
        .ok();
    let body =
        |at: usize| -> Value { serde_json::from_str(list[at]["body"].as_str().unwrap()).unwrap() };
    for (at, size, kind) in [(0, 3, "text/plain"), (1, 4, "application/pdf")] {
        assert_eq!(list[at]["code"], 200, "{list}");
        let media = meta.get(&token, &text(&body(at)["id"])).await.ok();
        assert_eq!(
            (&media["file_size"], &media["mime_type"]),
            (&json!(size), &json!(kind))
        );
    }
    assert_eq!(body(2)["error"]["code"], 100, "there is no such part");
}
