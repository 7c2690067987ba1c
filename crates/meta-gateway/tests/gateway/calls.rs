//! Calls in a grant's name: the request on the wire, and the result.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{
    ids::{PhoneNumberId, WabaId},
    secret::{Purpose, SecretString},
};
use wabakit_graph::{AccessToken, AppCredentials};
use wabakit_ports::meta::{GrantAccess, MetaGateway};
use wiremock::matchers::{body_json, query_param, query_param_is_missing};

use crate::support::{
    APP_ID, APP_SECRET, Meta, TOKEN, access, app_of, grant, list, sealed, success,
};

fn waba() -> WabaId {
    WabaId::from("101")
}

fn number() -> PhoneNumberId {
    PhoneNumberId::from("201")
}

/// Matches a request that has the token in its header, the proof of this app's secret, and no token in its URL.
fn in_the_grants_name(app_id: &str, secret: &str) -> impl Fn(&wiremock::Request) -> bool + use<> {
    let app = AppCredentials::new(app_id, SecretString::from(secret));
    let proof = app.proof(&AccessToken::new(TOKEN));
    move |request| {
        request.headers["authorization"] == format!("Bearer {TOKEN}").as_str()
            && request
                .url
                .query_pairs()
                .any(|(name, value)| name == "appsecret_proof" && value == proof)
            && !request.url.as_str().contains(TOKEN)
    }
}

#[tokio::test]
async fn each_act_is_one_call_with_token_and_proof() {
    let meta = Meta::start().await;
    let ours = || in_the_grants_name(APP_ID, APP_SECRET);
    meta.once("POST", "101/subscribed_apps", ours(), success())
        .await;
    meta.once("DELETE", "101/subscribed_apps", ours(), success())
        .await;
    meta.once("POST", "201/deregister", ours(), success()).await;
    meta.once("DELETE", "me/permissions", ours(), success())
        .await;
    let access = access();
    meta.gateway.subscribe(&access, &waba()).await.unwrap();
    meta.gateway.unsubscribe(&access, &waba()).await.unwrap();
    meta.gateway.deregister(&access, &number()).await.unwrap();
    meta.gateway.revoke(&access).await.unwrap();
}

#[tokio::test]
async fn the_proof_is_made_with_the_secret_of_the_grants_own_app() {
    let meta = Meta::start().await;
    let other = in_the_grants_name("42", "another-secret");
    meta.once("POST", "101/subscribed_apps", other, success())
        .await;
    let access = GrantAccess {
        app: app_of("42", "another-secret"),
        grant: grant(),
    };
    meta.gateway.subscribe(&access, &waba()).await.unwrap();
}

#[tokio::test]
async fn a_number_is_registered_with_the_pin_that_was_sealed() {
    let meta = Meta::start().await;
    let body = body_json(json!({ "messaging_product": "whatsapp", "pin": "604182" }));
    meta.once("POST", "201/register", body, success()).await;
    let pin = sealed(grant().binding(Purpose::RegistrationPin), "604182");
    meta.gateway
        .register(&access(), &number(), &pin)
        .await
        .unwrap();
}

#[rstest]
#[case::ours(json!([{ "whatsapp_business_api_data": { "id": APP_ID, "name": "Acme" } }]), true)]
#[case::as_a_number(json!([{ "whatsapp_business_api_data": { "id": 880_000_000_000_001_u64 } }]), true)]
#[case::others(json!([{ "whatsapp_business_api_data": { "id": "880000000000002" } }, {}]), false)]
#[case::nobody(json!([]), false)]
#[tokio::test]
async fn an_app_is_subscribed_when_its_own_id_is_listed(#[case] apps: Value, #[case] is: bool) {
    let meta = Meta::start().await;
    meta.get("101/subscribed_apps", list(&apps)).await;
    assert_eq!(
        meta.gateway
            .is_subscribed(&access(), &waba())
            .await
            .unwrap(),
        is
    );
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let meta = Meta::start().await;
    let other = json!([{ "whatsapp_business_api_data": { "id": "1" } }]);
    let first = json!({ "data": other, "paging": {
        "cursors": { "after": "NEXT" },
        "next": "https://graph.facebook.com/trap?access_token=x",
    }});
    meta.once(
        "GET",
        "101/subscribed_apps",
        query_param_is_missing("after"),
        first,
    )
    .await;
    let ours = list(&json!([{ "whatsapp_business_api_data": { "id": APP_ID } }]));
    meta.once(
        "GET",
        "101/subscribed_apps",
        query_param("after", "NEXT"),
        ours,
    )
    .await;
    assert!(
        meta.gateway
            .is_subscribed(&access(), &waba())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_number_is_told_in_metas_words_even_those_of_a_later_day() {
    let meta = Meta::start().await;
    let body = json!({
        "id": "201", "display_phone_number": "+1 555-013-4201", "verified_name": "Acme",
        "quality_rating": "ULTRAVIOLET", "status": "CONNECTED", "code_verification_status": "EXPIRED",
        "name_status": "APPROVED", "throughput": { "level": "HIGH" }, "platform_type": "CLOUD_API",
        "whatsapp_business_manager_messaging_limit": "TIER_2K", "is_on_biz_app": false,
        "account_mode": "LIVE",
    });
    let fields = query_param(
        "fields",
        "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,\
         name_status,throughput,whatsapp_business_manager_messaging_limit,platform_type,\
         is_on_biz_app,account_mode",
    );
    meta.once("GET", "201", fields, body).await;
    let found = meta.gateway.number(&access(), &number()).await.unwrap();
    assert_eq!(found.id, number());
    assert_eq!(found.display_phone_number, "+1 555-013-4201");
    assert_eq!(found.verified_name.as_deref(), Some("Acme"));
    let health = found.health;
    assert_eq!(health.quality_rating.as_deref(), Some("ULTRAVIOLET"));
    assert_eq!(health.status.as_deref(), Some("CONNECTED"));
    assert_eq!(health.code_verification_status.as_deref(), Some("EXPIRED"));
    assert_eq!(health.name_status.as_deref(), Some("APPROVED"));
    assert_eq!(health.throughput_level.as_deref(), Some("HIGH"));
    assert_eq!(health.messaging_limit.as_deref(), Some("TIER_2K"));
    assert!(!health.is_coexistence);
}

#[rstest]
#[case(json!({ "is_on_biz_app": true, "platform_type": "CLOUD_API" }), true)]
#[case(json!({ "is_on_biz_app": true, "platform_type": "NOT_APPLICABLE" }), false)]
#[case(json!({ "is_on_biz_app": false, "platform_type": "CLOUD_API" }), false)]
#[case(json!({ "platform_type": "CLOUD_API" }), false)]
#[case(json!({ "is_on_biz_app": true }), false)]
#[tokio::test]
async fn a_number_in_the_app_and_in_the_cloud_is_coexistence(
    #[case] mut body: Value,
    #[case] is: bool,
) {
    let meta = Meta::start().await;
    body["id"] = json!("201");
    meta.get("201", body.clone()).await;
    meta.get("101/phone_numbers", list(&json!([body]))).await;
    let one = meta.gateway.number(&access(), &number()).await.unwrap();
    let all = meta.gateway.numbers(&access(), &waba()).await.unwrap();
    assert_eq!(one.health.is_coexistence, is);
    assert_eq!(all, [one]);
}

#[tokio::test]
async fn a_waba_is_told_with_the_business_that_owns_it() {
    let meta = Meta::start().await;
    let owner = json!({ "id": 301, "name": "Acme Inc" });
    let body = json!({ "id": "101", "name": "Acme Coffee", "owner_business_info": owner });
    meta.once(
        "GET",
        "101",
        query_param("fields", "id,name,owner_business_info"),
        body,
    )
    .await;
    let found = meta.gateway.waba(&access(), &waba()).await.unwrap();
    assert_eq!(found.id, waba());
    assert_eq!(found.name.as_deref(), Some("Acme Coffee"));
    assert_eq!(found.business_id.unwrap().as_str(), "301");
    assert_eq!(found.business_name.as_deref(), Some("Acme Inc"));
}
