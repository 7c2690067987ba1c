use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};
use wabakit_sandbox::{App, Seed};

use super::support::*;

fn proof(secret: &str, token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, token.as_bytes()))
}

#[tokio::test]
async fn calls_without_a_good_token_are_told_apart() {
    let meta = Meta::start();
    let bare = |path: &str| send(meta.request(Method::GET, path));
    assert_eq!(bare("/v25.0/me").await.refusal(), (400, 2500, None));
    let path = format!("/v25.0/{JUNIPER_WABA}");
    assert_eq!(bare(&path).await.refusal(), (401, 104, None));
    let answer = meta.get("EAAnonsense", "me").await;
    assert_eq!(answer.refusal(), (401, 190, Some(463)));
    assert!(answer.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_short_token_ends_after_an_hour_and_a_long_one_after_sixty_days() {
    let meta = Meta::start();
    let short = meta.token(json!({})).await;
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("fb_exchange_token", short.as_str()),
    ];
    let long = text(&meta.token_call(&query).await.ok()["access_token"]);
    meta.travel(3_700).await;
    assert_eq!(
        meta.get(&short, "me").await.refusal(),
        (401, 190, Some(463))
    );
    assert_eq!(
        meta.token_call(&query).await.refusal(),
        (401, 190, Some(463))
    );
    meta.get(&long, "me").await.ok();
    meta.travel(60 * 86_400).await;
    assert_eq!(meta.get(&long, "me").await.refusal(), (401, 190, Some(463)));
    let debug = meta.debug(&long).await;
    assert_eq!(
        (&debug["is_valid"], &debug["error"]["subcode"]),
        (&json!(false), &json!(463))
    );
}

#[tokio::test]
async fn data_access_counts_from_the_login_and_not_from_the_exchange() {
    let meta = Meta::start();
    let mint = json!({ "appId": APP, "expiresIn": 80 * 86_400 });
    let first = text(&meta.order("tokens", mint).await["accessToken"]);
    let before = meta.debug(&first).await["data_access_expires_at"]
        .as_i64()
        .unwrap();
    meta.travel(30 * 86_400).await;
    let query = [
        ("grant_type", "fb_exchange_token"),
        ("fb_exchange_token", first.as_str()),
    ];
    let second = text(&meta.token_call(&query).await.ok()["access_token"]);
    let debug = meta.debug(&second).await;
    assert_eq!(debug["data_access_expires_at"], before);
    assert!(debug["expires_at"].as_i64().unwrap() > before - 10 * 86_400);
}

#[tokio::test]
async fn a_revoked_token_says_why() {
    let meta = Meta::start();
    for (reason, subcode) in [
        ("password_changed", 460),
        ("app_removed", 458),
        ("invalidated", 467),
        ("expired", 463),
    ] {
        let token = meta.token(json!({})).await;
        meta.get(&token, "me").await.ok();
        let revoked = meta
            .order("tokens/revoke", json!({ "token": token, "reason": reason }))
            .await;
        assert_eq!(revoked["revoked"], 1);
        assert_eq!(
            meta.get(&token, "me").await.refusal(),
            (401, 190, Some(subcode)),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_missing_scope_is_refused_with_its_name() {
    let meta = Meta::start();
    let token = meta
        .token(json!({ "declineScopes": ["whatsapp_business_management"] }))
        .await;
    let answer = meta
        .get(&token, &format!("{JUNIPER_WABA}/phone_numbers"))
        .await;
    assert_eq!(answer.refusal(), (403, 10, None));
    assert!(answer.message().contains("whatsapp_business_management"));

    let meta = Meta::start();
    let token = meta
        .token(json!({ "declineScopes": ["business_management"] }))
        .await;
    let answer = meta.get(&token, "me/businesses").await;
    assert_eq!(answer.refusal(), (403, 200, None));
    meta.get(&token, &format!("{JUNIPER_WABA}/phone_numbers"))
        .await
        .ok();
}

#[tokio::test]
async fn removing_all_permissions_kills_the_users_tokens_for_that_app_only() {
    let other = "770000000000008";
    let meta = Meta::with(vec![app(), App::new(other, "x")], Seed::built_in());
    let (first, second) = (meta.token_for_all().await, meta.token_for_all().await);
    let theirs = text(&meta.order("tokens", json!({ "appId": other })).await["accessToken"]);
    assert_eq!(
        meta.delete(&first, "me/permissions").await.ok(),
        json!({ "success": true })
    );
    for token in [&first, &second] {
        assert_eq!(meta.get(token, "me").await.refusal(), (401, 190, Some(458)));
    }
    meta.get(&theirs, "me").await.ok();
}

#[tokio::test]
async fn removing_one_permission_leaves_the_token_without_it() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    meta.delete(&token, "me/permissions/business_management")
        .await
        .ok();
    assert_eq!(
        meta.get(&token, "me/businesses").await.refusal(),
        (403, 200, None)
    );
    meta.get(&token, JUNIPER_WABA).await.ok();
    let list = meta.get(&token, "me/permissions").await.ok();
    let status = |name: &str| {
        let all = list["data"].as_array().unwrap();
        all.iter().find(|it| it["permission"] == name).unwrap()["status"].clone()
    };
    assert_eq!(status("business_management"), "declined");
    assert_eq!(status("whatsapp_business_messaging"), "granted");
}

#[tokio::test]
async fn an_app_token_may_remove_a_users_permissions() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    let app_token = format!("{APP}|{SECRET}");
    meta.delete(&app_token, &format!("{DANA}/permissions"))
        .await
        .ok();
    assert_eq!(meta.get(&token, "me").await.refusal().2, Some(458));
    assert_eq!(
        meta.get(&app_token, "me").await.refusal(),
        (400, 2500, None)
    );
}

#[tokio::test]
async fn a_proof_is_checked_when_sent_and_demanded_when_configured() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    let good = proof(SECRET, &token);
    meta.get(&token, &format!("me?appsecret_proof={good}"))
        .await
        .ok();
    let bad = proof("other", &token);
    let answer = meta.get(&token, &format!("me?appsecret_proof={bad}")).await;
    assert_eq!(answer.refusal(), (400, 100, None));

    let strict = App {
        require_app_secret_proof: true,
        ..app()
    };
    let meta = Meta::with(vec![strict], Seed::built_in());
    let token = meta.token(json!({})).await;
    meta.debug(&token).await;
    let answer = meta.get(&token, "me").await;
    assert_eq!(answer.refusal(), (400, 100, None));
    assert!(answer.message().contains("require an appsecret_proof"));
    let good = proof(SECRET, &token);
    meta.get(&token, &format!("me?appsecret_proof={good}"))
        .await
        .ok();
}

#[tokio::test]
async fn debug_token_answers_a_foreign_token_with_is_valid_false() {
    let meta = Meta::start();
    let debug = meta.debug("EAAnonsense").await;
    assert_eq!(
        (&debug["is_valid"], &debug["error"]["code"]),
        (&json!(false), &json!(190))
    );
}

#[tokio::test]
async fn granular_scopes_differ_as_metas_have() {
    let meta = Meta::start();
    let token = meta.token(json!({})).await;
    let granular = async |quirk: Value| {
        meta.order("quirks", quirk).await;
        meta.debug(&token).await["granular_scopes"].clone()
    };
    assert!(
        granular(json!({ "granularScopes": "missing" }))
            .await
            .is_null()
    );
    let bare = granular(json!({ "granularScopes": "no_targets" })).await;
    assert!(
        bare.as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["target_ids"].is_null())
    );
    let moved = granular(json!({ "granularScopes": "under_business_management" })).await;
    let entry = json!({ "scope": "business_management", "target_ids": [JUNIPER_WABA] });
    assert!(moved.as_array().unwrap().contains(&entry), "{moved}");
    assert!(!moved.to_string().contains("whatsapp_business"), "{moved}");
    let integers = granular(json!({ "integerIds": true })).await;
    assert!(
        integers.to_string().contains(&format!("[{JUNIPER_WABA}]")),
        "{integers}"
    );
}

#[tokio::test]
async fn expires_in_can_be_left_out() {
    let meta = Meta::start();
    meta.order("quirks", json!({ "omitExpiresIn": true })).await;
    let code = meta.code(json!({})).await;
    assert!(meta.exchange(&code).await.ok()["expires_in"].is_null());
}

#[tokio::test]
async fn minted_tokens_have_what_was_ordered_and_the_list_hides_them() {
    let meta = Meta::start();
    let order = json!({
        "appId": APP,
        "kind": "system_user",
        "scopes": ["whatsapp_business_management"],
        "targets": { "wabas": [EMPTY_WABA] },
        "expiresIn": 0,
    });
    let minted = meta.order("tokens", order).await;
    let token = text(&minted["accessToken"]);
    let debug = meta.debug(&token).await;
    assert_eq!(
        (&debug["expires_at"], &debug["type"]),
        (&json!(0), &json!("SYSTEM_USER"))
    );
    meta.get(&token, EMPTY_WABA).await.ok();
    assert_eq!(meta.get(&token, DENTAL_WABA).await.refusal().2, Some(33));

    let hidden = meta.look("tokens").await;
    assert!(!hidden.to_string().contains(&token));
    let shown = meta.look("tokens?reveal=true").await;
    assert!(shown.to_string().contains(&token));
}

#[tokio::test]
async fn the_type_of_a_token_can_be_left_untold() {
    let meta = Meta::start();
    let kinds = [
        ("user", "USER"),
        ("long_lived_user", "USER"),
        ("system_user", "SYSTEM_USER"),
        ("business_integration", "SYSTEM_USER"),
    ];
    for (kind, told) in kinds {
        let order = json!({ "appId": APP, "userId": DANA, "kind": kind });
        let token = text(&meta.order("tokens", order).await["accessToken"]);
        meta.order("quirks", json!({})).await;
        assert_eq!(meta.debug(&token).await["type"], told, "{kind}");
        meta.order("quirks", json!({ "omitTokenType": true })).await;
        let debug = meta.debug(&token).await;
        assert!(debug.get("type").is_none(), "{kind}: {debug}");
        assert_eq!(debug["is_valid"], true, "the rest stays");
    }
}
