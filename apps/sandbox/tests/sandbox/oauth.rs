use reqwest::Method;
use serde_json::json;

use super::support::*;

#[tokio::test]
async fn a_login_ends_with_a_registered_number_of_a_subscribed_waba() {
    let meta = Meta::start();
    let params = meta.login(json!({})).await;
    assert_eq!(params["state"], "s1");

    let answer = meta.exchange(&params["code"]).await.ok();
    assert_eq!(
        (answer["token_type"].as_str(), answer["expires_in"].as_i64()),
        (Some("bearer"), Some(3600))
    );
    let short = text(&answer["access_token"]);
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("fb_exchange_token", short.as_str()),
    ];
    let answer = meta.token_call(&query).await.ok();
    let days = answer["expires_in"].as_i64().unwrap() / 86_400;
    assert!((59..=60).contains(&days), "{answer}");
    let token = text(&answer["access_token"]);

    let debug = meta.debug(&token).await;
    assert_eq!(
        (&debug["is_valid"], &debug["type"]),
        (&json!(true), &json!("USER"))
    );
    assert_eq!(
        (&debug["app_id"], &debug["user_id"]),
        (&json!(APP), &json!(DANA))
    );
    let granular = debug["granular_scopes"].as_array().unwrap();
    let whatsapp = granular
        .iter()
        .find(|it| it["scope"] == "whatsapp_business_management")
        .unwrap();
    assert_eq!(whatsapp["target_ids"], json!([JUNIPER_WABA]));

    assert_eq!(
        ids(&meta.get(&token, "me/businesses").await.ok()),
        [JUNIPER]
    );
    let path = format!("{JUNIPER}/owned_whatsapp_business_accounts");
    assert_eq!(ids(&meta.get(&token, &path).await.ok()), [JUNIPER_WABA]);
    let path = format!("{JUNIPER_WABA}/phone_numbers");
    assert_eq!(ids(&meta.get(&token, &path).await.ok()), [JUNIPER_PHONE]);

    let path = format!("{JUNIPER_WABA}/subscribed_apps");
    assert_eq!(
        meta.post(&token, &path, json!({})).await.ok(),
        json!({ "success": true })
    );
    let apps = meta.get(&token, &path).await.ok();
    assert_eq!(apps["data"][0]["whatsapp_business_api_data"]["id"], APP);

    let body = json!({ "messaging_product": "whatsapp", "pin": "123456" });
    meta.post(&token, &format!("{JUNIPER_PHONE}/register"), body)
        .await
        .ok();
    let phone = meta
        .get(
            &token,
            &format!("{JUNIPER_PHONE}?fields=status,platform_type"),
        )
        .await
        .ok();
    assert_eq!(
        (&phone["status"], &phone["platform_type"]),
        (&json!("CONNECTED"), &json!("CLOUD_API"))
    );
}

#[tokio::test]
async fn a_code_works_once() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    meta.exchange(&code).await.ok();
    assert_eq!(
        meta.exchange(&code).await.refusal(),
        (400, 100, Some(36_009))
    );
}

#[tokio::test]
async fn a_code_lives_thirty_seconds() {
    let meta = Meta::start();
    let (early, late) = (meta.code(json!({})).await, meta.code(json!({})).await);
    meta.travel(25).await;
    meta.exchange(&early).await.ok();
    meta.travel(6).await;
    assert_eq!(
        meta.exchange(&late).await.refusal(),
        (400, 100, Some(36_007))
    );
}

#[tokio::test]
async fn the_exchange_needs_the_redirect_uri_of_the_dialog() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    for other in ["", "http://localhost:3000/auth/meta-oauth/callback/"] {
        let answer = meta
            .token_call(&[("redirect_uri", other), ("code", &code)])
            .await;
        assert_eq!(answer.refusal(), (400, 100, Some(36_008)));
    }
    meta.exchange(&code).await.ok();
}

#[tokio::test]
async fn ordered_fates_of_a_code_come_true() {
    let meta = Meta::start();
    for (fate, subcode) in [
        ("expired", 36_007),
        ("used", 36_009),
        ("redirect_mismatch", 36_008),
    ] {
        let code = meta.code(json!({ "code": fate })).await;
        assert_eq!(
            meta.exchange(&code).await.refusal(),
            (400, 100, Some(subcode)),
            "{fate}"
        );
    }
}

#[tokio::test]
async fn a_wrong_client_secret_gets_no_token() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    let request = meta.request(Method::GET, "/oauth/access_token").query(&[
        ("client_id", APP),
        ("client_secret", "wrong"),
        ("redirect_uri", REDIRECT),
        ("code", &code),
    ]);
    let answer = send(request).await;
    assert_eq!(answer.refusal(), (400, 1, None));
    meta.exchange(&code).await.ok();
}

#[tokio::test]
async fn the_exchange_takes_a_form_body_and_needs_no_version() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    let form = [
        ("client_id", APP),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("code", &code),
    ];
    send(
        meta.request(Method::POST, "/oauth/access_token")
            .form(&form),
    )
    .await
    .ok();
}

#[tokio::test]
async fn a_code_of_another_app_is_refused() {
    let other = wabakit_sandbox::App::new("770000000000008", "other");
    let meta = Meta::with(vec![app(), other], wabakit_sandbox::Seed::built_in());
    let code = meta.code(json!({})).await;
    let request = meta.request(Method::GET, "/oauth/access_token").query(&[
        ("client_id", "770000000000008"),
        ("client_secret", "other"),
        ("redirect_uri", REDIRECT),
        ("code", &code),
    ]);
    assert_eq!(send(request).await.refusal().1, 100);
}

#[tokio::test]
async fn client_credentials_give_an_app_token_that_can_inspect() {
    let meta = Meta::start();
    let answer = meta
        .token_call(&[("grant_type", "client_credentials")])
        .await
        .ok();
    let app_token = text(&answer["access_token"]);
    let token = meta.token(json!({})).await;
    let path = format!("debug_token?input_token={token}");
    assert_eq!(
        meta.get(&app_token, &path).await.ok()["data"]["is_valid"],
        true
    );
}

#[tokio::test]
async fn of_many_exchanges_of_one_code_at_once_one_succeeds() {
    let meta = Meta::start();
    let code = meta.code(json!({})).await;
    let tries = futures::future::join_all((0..20).map(|_| meta.exchange(&code))).await;
    let (won, lost): (Vec<_>, Vec<_>) = tries.into_iter().partition(|it| it.status.is_success());
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|answer| answer.refusal().2 == Some(36_009)));
}

#[tokio::test]
async fn a_persons_long_token_keeps_its_end_when_it_is_exchanged_again() {
    let meta = Meta::start();
    let exchange = async |token: &str| {
        let grant = ("grant_type", "fb_exchange_token");
        let answer = meta
            .token_call(&[grant, ("fb_exchange_token", token)])
            .await;
        text(&answer.ok()["access_token"])
    };
    let end = async |token: &str| meta.debug(token).await["expires_at"].as_i64().unwrap();
    let short = meta.token(json!({})).await;
    let long = exchange(&short).await;
    assert!(
        end(&long).await > end(&short).await,
        "a short one gets 60 days"
    );
    meta.travel(86_400).await;
    let again = exchange(&long).await;
    assert_ne!(again, long);
    assert_eq!(end(&again).await, end(&long).await);
    meta.order("quirks", json!({ "refreshMovesEnd": true }))
        .await;
    let moved = end(&exchange(&long).await).await - end(&long).await;
    assert!((86_390..=86_410).contains(&moved), "{moved}");

    // A system user's token gets 60 new days in any case.
    meta.order("quirks", json!({})).await;
    let order = json!({ "kind": "system_user", "expiresIn": 3600 });
    let system = text(&meta.order("tokens", order).await["accessToken"]);
    let refreshed = exchange(&system).await;
    assert!(end(&refreshed).await > end(&system).await + 59 * 86_400);
}
