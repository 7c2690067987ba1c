use reqwest::{Method, StatusCode};
use serde_json::json;
use wabakit_sandbox::{App, Seed};

use super::support::*;

fn params() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", APP),
        ("redirect_uri", REDIRECT),
        ("state", "s\"1&"),
        ("scope", SCOPES),
    ]
}

/// Returns the page's form with its ticked boxes, as a browser would send it.
fn ticked(html: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for tag in html
        .split("<input ")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
    {
        let attribute = |name: &str| {
            let rest = tag.split(&format!("{name}=\"")).nth(1)?;
            Some(
                rest.split('"')
                    .next()?
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&"),
            )
        };
        if attribute("type").unwrap() == "hidden" || tag.ends_with("checked") {
            fields.push((attribute("name").unwrap(), attribute("value").unwrap()));
        }
    }
    fields
}

async fn open(meta: &Meta, params: &[(&str, &str)]) -> (StatusCode, String) {
    let answer = client().get(meta.dialog_url(params)).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_form_as_it_opens_ends_with_one_number_shared() {
    let meta = Meta::start();
    let (status, html) = open(&meta, &params()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains(">Continue</button>") && html.contains(">Cancel</button>"));
    assert!(html.contains("Sandbox") && html.contains("Wabakit"));
    let mut form = ticked(&html);
    form.push(("action".to_owned(), "continue".to_owned()));
    let answer = meta
        .request(Method::POST, "/v25.0/dialog/oauth")
        .form(&form)
        .send()
        .await
        .unwrap();
    let back = redirect_params(&answer);
    assert_eq!(back["state"], "s\"1&");
    let token = text(&meta.exchange(&back["code"]).await.ok()["access_token"]);
    let numbers = meta
        .get(&token, &format!("{JUNIPER_WABA}/phone_numbers"))
        .await
        .ok();
    assert_eq!(ids(&numbers), [JUNIPER_PHONE]);
    let scopes = meta.debug(&token).await["scopes"].clone();
    assert_eq!(scopes.as_array().unwrap().len(), 4, "{scopes}");
}

#[tokio::test]
async fn the_form_can_pick_several_numbers_and_decline_a_scope() {
    let meta = Meta::start();
    let (_, html) = open(&meta, &params()).await;
    let mut form = ticked(&html);
    form.retain(|(name, value)| {
        !name.starts_with("pick_phone")
            && value != "business_management"
            && !(name.starts_with("pick_waba") || name.starts_with("pick_business"))
    });
    form.extend([FRONT_DESK, COEXISTENCE].map(|id| ("pick_phone".to_owned(), id.to_owned())));
    let answer = meta
        .request(Method::POST, "/v25.0/dialog/oauth")
        .form(&form)
        .send()
        .await
        .unwrap();
    let code = redirect_params(&answer).remove("code").unwrap();
    let token = text(&meta.exchange(&code).await.ok()["access_token"]);
    let numbers = meta
        .get(&token, &format!("{DENTAL_WABA}/phone_numbers"))
        .await
        .ok();
    assert_eq!(ids(&numbers), [FRONT_DESK, COEXISTENCE]);
    let list = meta.get(&token, "me/permissions").await.ok();
    let declined = json!({ "permission": "business_management", "status": "declined" });
    assert!(
        list["data"].as_array().unwrap().contains(&declined),
        "{list}"
    );
}

#[tokio::test]
async fn cancel_sends_the_refusal_back() {
    let meta = Meta::start();
    let (_, html) = open(&meta, &params()).await;
    let mut form = ticked(&html);
    form.push(("action".to_owned(), "cancel".to_owned()));
    let answer = meta
        .request(Method::POST, "/v25.0/dialog/oauth")
        .form(&form)
        .send()
        .await
        .unwrap();
    let back = redirect_params(&answer);
    assert_eq!(
        (back["error"].as_str(), back["error_code"].as_str()),
        ("access_denied", "200")
    );
    assert_eq!(
        (back["error_reason"].as_str(), back["state"].as_str()),
        ("user_denied", "s\"1&")
    );
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn each_unhappy_end_of_the_page_comes_true() {
    let meta = Meta::start();
    let (_, html) = open(&meta, &params()).await;
    for end in [
        "no_business",
        "no_waba",
        "no_number",
        "expired",
        "used",
        "redirect_mismatch",
    ] {
        let mut form = ticked(&html);
        form.retain(|(name, _)| name != "pick_end");
        form.push(("pick_end".to_owned(), end.to_owned()));
        let request = meta
            .request(Method::POST, "/v25.0/dialog/oauth")
            .form(&form);
        let code = redirect_params(&request.send().await.unwrap())
            .remove("code")
            .unwrap();
        let answer = meta.exchange(&code).await;
        let subcode = match end {
            "expired" => Some(36_007),
            "used" => Some(36_009),
            "redirect_mismatch" => Some(36_008),
            _ => None,
        };
        if subcode.is_some() {
            assert_eq!(answer.refusal().2, subcode, "{end}");
            continue;
        }
        let token = text(&answer.ok()["access_token"]);
        let businesses = ids(&meta.get(&token, "me/businesses").await.ok()).len();
        let wabas = ids(&meta
            .get(&token, "me/assigned_whatsapp_business_accounts")
            .await
            .ok())
        .len();
        let expected = match end {
            "no_business" => (0, 0),
            "no_waba" => (1, 0),
            _ => (1, 1),
        };
        assert_eq!((businesses, wabas), expected, "{end}");
        if end == "no_number" {
            let numbers = meta
                .get(&token, &format!("{JUNIPER_WABA}/phone_numbers"))
                .await
                .ok();
            assert!(ids(&numbers).is_empty());
        }
    }
}

#[tokio::test]
async fn a_wrong_request_gets_a_page_and_no_redirect() {
    let meta = Meta::start();
    for (name, value, says) in [
        ("client_id", "1", "Invalid App ID"),
        ("redirect_uri", "http://localhost:3000/other", "URL blocked"),
        ("redirect_uri", "", "redirect_uri is missing"),
        ("response_type", "token", "response_type"),
    ] {
        let mut wrong = params();
        wrong.retain(|(each, _)| *each != name);
        wrong.push((name, value));
        let (status, html) = open(&meta, &wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert!(html.contains(says), "{html}");
    }
    let (_, html) = open(&meta, &[("client_id", "<script>")]).await;
    assert!(!html.contains("<script>"));
}

#[tokio::test]
async fn an_app_without_redirect_uris_takes_any_loopback_url_and_no_other() {
    let meta = Meta::with(vec![App::new(APP, SECRET)], Seed::built_in());
    for (uri, allowed) in [
        ("http://127.0.0.1:9/x", true),
        ("http://localhost/x", true),
        ("https://example.com/x", false),
    ] {
        let (status, _) = open(&meta, &[("client_id", APP), ("redirect_uri", uri)]).await;
        assert_eq!(status == StatusCode::OK, allowed, "{uri}");
    }
}

#[tokio::test]
async fn a_declined_scope_is_asked_for_again_only_on_a_rerequest() {
    let meta = Meta::start();
    meta.token(json!({ "declineScopes": ["business_management"] }))
        .await;
    let has = async |token: &str| {
        let scopes = meta.debug(token).await["scopes"].clone();
        scopes
            .as_array()
            .unwrap()
            .contains(&json!("business_management"))
    };
    let again = meta.token(json!({})).await;
    assert!(!has(&again).await);
    let (_, html) = open(&meta, &params()).await;
    assert!(html.contains("declined before"));

    meta.order("dialog", json!({ "auto": true })).await;
    let mut rerequest = params();
    rerequest.push(("auth_type", "rerequest"));
    let answer = client()
        .get(meta.dialog_url(&rerequest))
        .send()
        .await
        .unwrap();
    let code = redirect_params(&answer).remove("code").unwrap();
    let token = text(&meta.exchange(&code).await.ok()["access_token"]);
    assert!(has(&token).await);
}

#[tokio::test]
async fn ordered_outcomes_are_used_in_order_and_once() {
    let meta = Meta::start();
    let outcomes = json!([{ "outcome": "cancel", "auto": true }, { "auto": true }]);
    meta.order("dialog", outcomes).await;
    let go = async || {
        client()
            .get(meta.dialog_url(&params()))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(redirect_params(&go().await)["error"], "access_denied");
    assert!(redirect_params(&go().await).contains_key("code"));
    assert_eq!(
        go().await.status(),
        StatusCode::OK,
        "then the page is shown again"
    );
    assert_eq!(meta.look("dialog").await, json!({ "next": [] }));

    meta.order("dialog", json!({ "auto": true, "keep": true }))
        .await;
    for _ in 0..3 {
        assert!(redirect_params(&go().await).contains_key("code"));
    }
}

#[tokio::test]
async fn an_ordered_page_opens_with_those_boxes_ticked() {
    let meta = Meta::start();
    let order = json!({ "phoneNumbers": [UNVERIFIED], "declineScopes": ["business_management"] });
    meta.order("dialog", order).await;
    let (_, html) = open(&meta, &params()).await;
    let form = ticked(&html);
    let picked = |name: &str| -> Vec<&str> {
        form.iter()
            .filter(|(each, _)| each == name)
            .map(|(_, value)| value.as_str())
            .collect()
    };
    assert_eq!(picked("pick_phone"), [UNVERIFIED]);
    assert_eq!(picked("pick_business"), [HARBORVIEW]);
    assert_eq!(
        picked("pick_scope"),
        [
            "whatsapp_business_management",
            "whatsapp_business_messaging"
        ]
    );
}

#[tokio::test]
async fn an_order_that_names_what_is_not_there_is_refused() {
    let meta = Meta::start();
    let answer = meta
        .control_raw(Method::POST, "dialog", json!({ "wabas": ["1"] }))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(text(&answer.body["error"]).contains('1'));
}

#[tokio::test]
async fn another_person_has_a_grant_of_their_own() {
    let meta = Meta::start();
    let marcus = "122000000000002";
    let (dana_token, marcus_token) = (
        meta.token(json!({})).await,
        meta.token(json!({ "user": marcus })).await,
    );
    assert_eq!(meta.get(&marcus_token, "me").await.ok()["id"], marcus);
    meta.delete(&dana_token, "me/permissions").await.ok();
    meta.get(&marcus_token, JUNIPER_WABA).await.ok();
}
