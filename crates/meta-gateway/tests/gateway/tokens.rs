//! The exchange of codes and tokens, and the inspection of tokens.

use chrono::{DateTime, Duration};
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{
    grant::{Expiry, TokenKind},
    ids::{PhoneNumberId, WabaId},
    secret::{ExposeSecret, Purpose, SealedSecret, SecretString},
};
use wabakit_ports::{
    meta::{ExchangedToken, MetaErrorKind, MetaGateway},
    vault::Vault,
};
use wiremock::matchers::{header, query_param, query_param_is_missing};

use crate::support::{APP_ID, APP_SECRET, Meta, TOKEN, access, app, grant, refusal, sealed};

const EXCHANGE: &str = "oauth/access_token";

fn code() -> SealedSecret {
    sealed(grant().binding(Purpose::AuthorizationCode), "canary-code")
}

async fn opened(meta: &Meta, issued: &ExchangedToken) -> String {
    let binding = grant().binding(Purpose::AccessToken);
    let token = meta.vault.open(binding, &issued.token).await.unwrap();
    token.expose_secret().to_owned()
}

#[tokio::test]
async fn a_code_goes_with_secret_and_redirect_and_its_token_comes_back_sealed() {
    let meta = Meta::start().await;
    let asks = |request: &wiremock::Request| {
        let query: Vec<_> = request.url.query_pairs().into_owned().collect();
        let has = |name: &str, value: &str| query.contains(&(name.to_owned(), value.to_owned()));
        has("client_id", APP_ID)
            && has("client_secret", APP_SECRET)
            && has("code", "canary-code")
            && has("redirect_uri", "https://app.example/callback")
            && !request.headers.contains_key("authorization")
    };
    let body = json!({ "access_token": "EAAG-new", "token_type": "bearer", "expires_in": 5400 });
    meta.once("GET", EXCHANGE, asks, body).await;
    let redirect = Some("https://app.example/callback".to_owned());
    let issued = meta
        .gateway
        .exchange_code(&app(), &grant(), &code(), redirect)
        .await
        .unwrap();
    assert_eq!(opened(&meta, &issued).await, "EAAG-new");
    assert_eq!(issued.expires_in, Some(Duration::seconds(5400)));
}

#[rstest]
#[case(json!({ "access_token": "EAAG-new" }))]
#[case(json!({ "access_token": "EAAG-new", "expires_in": 0 }))]
#[tokio::test]
async fn a_code_of_the_sdk_has_no_redirect_and_a_missing_time_is_not_told(#[case] body: Value) {
    let meta = Meta::start().await;
    meta.once(
        "GET",
        EXCHANGE,
        query_param_is_missing("redirect_uri"),
        body,
    )
    .await;
    let issued = meta
        .gateway
        .exchange_code(&app(), &grant(), &code(), None)
        .await
        .unwrap();
    assert_eq!(issued.expires_in, None);
}

#[rstest]
#[case::expired(
    100,
    Some(36007),
    "This authorization code has expired.",
    MetaErrorKind::CodeExpired
)]
#[case::used(
    100,
    Some(36009),
    "This authorization code has been used.",
    MetaErrorKind::CodeUsed
)]
#[case::redirect(
    100,
    Some(36008),
    "Error validating verification code. Please make sure your redirect_uri is identical",
    MetaErrorKind::RedirectMismatch
)]
#[case::expired_by_words(
    100,
    None,
    "This authorization code has expired.",
    MetaErrorKind::CodeExpired
)]
#[case::used_by_words(
    100,
    None,
    "This authorization code has been used.",
    MetaErrorKind::CodeUsed
)]
#[case::redirect_by_words(
    191,
    None,
    "Missing redirect_uri parameter.",
    MetaErrorKind::RedirectMismatch
)]
#[case::expired_by_subcode(100, Some(36007), "Nein.", MetaErrorKind::CodeExpired)]
#[case::used_by_subcode(100, Some(36009), "Nein.", MetaErrorKind::CodeUsed)]
#[case::redirect_by_subcode(100, Some(36008), "Nein.", MetaErrorKind::RedirectMismatch)]
#[case::words_before_subcode(
    100,
    Some(36009),
    "Invalid verification code format.",
    MetaErrorKind::CodeRejected
)]
#[case::unknown_subcode(100, Some(36999), "Something else.", MetaErrorKind::CodeRejected)]
#[case::unknown_code(987, None, "Something else.", MetaErrorKind::CodeRejected)]
#[case::not_a_dead_token(190, None, "Bad code.", MetaErrorKind::CodeRejected)]
#[case::wrong_secret(
    1,
    None,
    "Error validating client secret.",
    MetaErrorKind::AppMisconfigured
)]
#[case::wrong_app(
    101,
    None,
    "Error validating application. Cannot get application info.",
    MetaErrorKind::AppMisconfigured
)]
#[case::trouble(2, None, "Service temporarily unavailable", MetaErrorKind::Unavailable)]
#[case::limit(
    4,
    None,
    "Application request limit reached",
    MetaErrorKind::RateLimited(None)
)]
#[tokio::test]
async fn each_refusal_of_a_code_is_told_apart(
    #[case] code_: i64,
    #[case] subcode: Option<i64>,
    #[case] message: &str,
    #[case] kind: MetaErrorKind,
) {
    let meta = Meta::start().await;
    meta.on("GET", EXCHANGE, refusal(400, code_, subcode, message))
        .await;
    let refused = meta
        .gateway
        .exchange_code(&app(), &grant(), &code(), None)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, kind);
    assert_eq!(refused.meta.unwrap().subcode, subcode);
    assert_eq!(meta.calls().await, [EXCHANGE], "a code is tried once");
}

#[tokio::test]
async fn a_long_lived_token_is_asked_for_with_the_short_one() {
    let meta = Meta::start().await;
    let asks = |request: &wiremock::Request| {
        let query: Vec<_> = request.url.query_pairs().into_owned().collect();
        let has = |name: &str, value: &str| query.contains(&(name.to_owned(), value.to_owned()));
        has("grant_type", "fb_exchange_token")
            && has("fb_exchange_token", TOKEN)
            && has("client_secret", APP_SECRET)
    };
    let body = json!({ "access_token": "EAAG-long", "expires_in": 5_184_000 });
    meta.once("GET", EXCHANGE, asks, body).await;
    let issued = meta.gateway.exchange_long_lived(&access()).await.unwrap();
    assert_eq!(opened(&meta, &issued).await, "EAAG-long");
    assert_eq!(issued.expires_in, Some(Duration::days(60)));
}

#[rstest]
#[case(190, Some(463), "Session has expired", MetaErrorKind::TokenInvalid)]
#[case(
    1,
    None,
    "Error validating client secret.",
    MetaErrorKind::AppMisconfigured
)]
#[case(
    100,
    None,
    "(#100) This access token cannot be exchanged",
    MetaErrorKind::Refused
)]
#[tokio::test]
async fn a_dead_token_and_a_wrong_secret_are_told_apart_in_the_long_lived_exchange(
    #[case] code: i64,
    #[case] subcode: Option<i64>,
    #[case] message: &str,
    #[case] kind: MetaErrorKind,
) {
    let meta = Meta::start().await;
    meta.on("GET", EXCHANGE, refusal(400, code, subcode, message))
        .await;
    let refused = meta.gateway.exchange_long_lived(&access()).await;
    assert_eq!(refused.unwrap_err().kind, kind);
}

#[tokio::test]
async fn a_token_is_inspected_as_the_app_and_told_in_our_words() {
    let meta = Meta::start().await;
    let body = json!({ "data": {
        "app_id": 880_000_000_000_001_u64, "type": "SYSTEM_USER", "is_valid": true, "user_id": "55",
        "expires_at": 0, "data_access_expires_at": 1_800_000_000,
        "scopes": ["whatsapp_business_management", "public_profile"],
        "granular_scopes": [
            { "scope": "whatsapp_business_management", "target_ids": [102, "101"] },
            { "scope": "whatsapp_business_messaging", "target_ids": ["102", "103"] },
            { "scope": "business_management" },
        ],
    }});
    let asks = |request: &wiremock::Request| {
        let bearer = format!("Bearer {APP_ID}|{APP_SECRET}");
        request.headers["authorization"] == bearer.as_str()
            && request
                .url
                .query_pairs()
                .any(|(name, value)| name == "input_token" && value == TOKEN)
    };
    meta.once("GET", "debug_token", asks, body).await;
    let facts = meta.gateway.inspect_token(&access()).await.unwrap();
    assert!(facts.is_valid);
    assert_eq!(facts.app_id.unwrap().as_str(), APP_ID);
    assert_eq!(facts.kind, TokenKind::SystemUser);
    assert_eq!(facts.meta_user.unwrap().as_str(), "55");
    assert_eq!(facts.expires, Expiry::Never);
    let end = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    assert_eq!(facts.data_access_expires, Expiry::At(end));
    assert_eq!(facts.granted_wabas, ["101", "102", "103"].map(WabaId::from));
    assert_eq!(
        facts.scopes,
        [
            "whatsapp_business_management",
            "public_profile",
            "whatsapp_business_messaging",
            "business_management",
        ]
    );
    assert_eq!(facts.error, None);
}

#[tokio::test]
async fn what_meta_leaves_out_of_a_token_is_unknown_and_not_never() {
    let meta = Meta::start().await;
    let error = json!({ "code": 190, "subcode": 460, "message": "The password was changed." });
    meta.get(
        "debug_token",
        json!({ "data": { "is_valid": false, "error": error } }),
    )
    .await;
    let facts = meta.gateway.inspect_token(&access()).await.unwrap();
    assert!(!facts.is_valid);
    assert_eq!(facts.kind, TokenKind::Unknown);
    assert_eq!(
        (facts.expires, facts.data_access_expires),
        (Expiry::Unknown, Expiry::Unknown)
    );
    let error = facts.error.unwrap();
    assert_eq!((error.code, error.subcode), (190, Some(460)));
}

#[rstest]
#[case(190, "Invalid OAuth access token signature.")]
#[case(190, "Error validating application. Application has been deleted.")]
#[case(102, "Session key invalid.")]
#[case(2500, "An active access token must be used.")]
#[tokio::test]
async fn an_app_token_that_meta_refuses_is_never_taken_for_a_dead_grant(
    #[case] code: i64,
    #[case] message: &str,
) {
    let meta = Meta::start().await;
    meta.on("GET", "debug_token", refusal(400, code, None, message))
        .await;
    let refused = meta.gateway.inspect_token(&access()).await.unwrap_err();
    assert_eq!(refused.kind, MetaErrorKind::AppMisconfigured);
}

#[tokio::test]
async fn a_pasted_token_is_inspected_with_the_named_apps_own_token() {
    let meta = Meta::start().await;
    let body = json!({ "data": { "is_valid": true, "app_id": APP_ID, "type": "USER" } });
    meta.once(
        "GET",
        "debug_token",
        query_param("input_token", "EAAG-pasted"),
        body,
    )
    .await;
    let token = SecretString::from("EAAG-pasted");
    let facts = meta
        .gateway
        .inspect_foreign_token(&app(), &token)
        .await
        .unwrap();
    assert_eq!(facts.kind, TokenKind::User);

    let meta = Meta::start().await;
    let bearer = format!("Bearer {APP_ID}|{APP_SECRET}");
    let other = json!({ "data": { "is_valid": false } });
    meta.once(
        "GET",
        "debug_token",
        header("authorization", bearer.as_str()),
        other,
    )
    .await;
    let facts = meta
        .gateway
        .inspect_foreign_token(&app(), &token)
        .await
        .unwrap();
    assert!(!facts.is_valid);
}

/// By the app, by the grant's token, and without any.
#[tokio::test]
async fn each_call_is_made_in_the_version_of_its_app() {
    let meta = Meta::start().await;
    let mut own = access();
    own.app.graph_version = Some("v26.0".to_owned());
    for access in [&own, &access(), &own] {
        // Nothing is there: what counts is where it was asked for.
        meta.gateway.inspect_token(access).await.unwrap_err();
        let (grant, code) = (grant(), code());
        let exchanged = meta.gateway.exchange_code(&access.app, &grant, &code, None);
        exchanged.await.unwrap_err();
        meta.gateway.exchange_long_lived(access).await.unwrap_err();
        let number = PhoneNumberId::from("530000000000001");
        meta.gateway.number(access, &number).await.unwrap_err();
    }
    let requests = meta.server.received_requests().await.unwrap();
    let versions: Vec<&str> = requests
        .iter()
        .filter_map(|request| request.url.path_segments()?.next())
        .collect();
    let third = versions.len() / 3;
    assert!(third >= 3, "{versions:?}");
    let (first, rest) = versions.split_at(third);
    let (second, last) = rest.split_at(third);
    assert!(first.iter().all(|it| *it == "v26.0"), "{versions:?}");
    assert!(second.iter().all(|it| *it == "v25.0"), "{versions:?}");
    assert!(last.iter().all(|it| *it == "v26.0"), "{versions:?}");
}
