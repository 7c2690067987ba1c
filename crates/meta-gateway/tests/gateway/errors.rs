//! Meta's refusals of calls in a grant's name.

use std::sync::Arc;

use chrono::Duration;
use rstest::rstest;
use wabakit_domain::{
    ids::{PhoneNumberId, WabaId},
    secret::Purpose,
};
use wabakit_ports::meta::{MetaErrorKind as Kind, MetaGateway};
use wiremock::ResponseTemplate;

use crate::support::{
    APP_SECRET, Meta, PaperVault, TOKEN, access, gateway, grant, refusal, sealed,
};

#[rstest]
#[case::expired(401, 190, Some(463), Kind::TokenInvalid)]
#[case::app_removed(400, 190, Some(458), Kind::TokenInvalid)]
#[case::permission(403, 200, None, Kind::PermissionMissing)]
#[case::permission_10(400, 10, None, Kind::PermissionMissing)]
#[case::gone(400, 100, Some(33), Kind::NotFound)]
#[case::parameter(400, 100, None, Kind::Refused)]
#[case::app_limit(400, 4, None, Kind::RateLimited(None))]
#[case::waba_limit(400, 80008, None, Kind::RateLimited(None))]
#[case::trouble(500, 2, None, Kind::Unavailable)]
#[case::trouble_131000(500, 131000, None, Kind::Unavailable)]
#[case::restricted(400, 131031, None, Kind::Refused)]
#[case::new(400, 987_654, None, Kind::Refused)]
#[case::new_trouble(503, 987_654, None, Kind::Unavailable)]
#[tokio::test]
async fn a_code_of_metas_becomes_what_can_be_done_about_it(
    #[case] status: u16,
    #[case] code: i64,
    #[case] subcode: Option<i64>,
    #[case] kind: Kind,
) {
    let meta = Meta::start().await;
    meta.on("GET", "101", refusal(status, code, subcode, "Nein."))
        .await;
    let error = meta
        .gateway
        .waba(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, kind);
    let said = error.meta.unwrap();
    assert_eq!((said.code, said.subcode), (code, subcode));
    assert_eq!(said.fbtrace_id.as_deref(), Some("AbCdEf"));
    assert_eq!(said.message, "Nein.");
}

#[rstest]
#[case(133005, "Two step verification PIN Mismatch", Kind::PinMismatch)]
#[case(
    133008,
    "Too Many two step verification PIN Guesses",
    Kind::PinMismatch
)]
#[case(
    133016,
    "Request limit on registration and deregistration",
    Kind::RegistrationLimit
)]
#[case(133006, "Phone number must be verified first", Kind::NotVerified)]
#[case(133010, "Phone number not registered", Kind::Refused)]
#[tokio::test]
async fn each_refusal_to_register_is_told_apart(
    #[case] code: i64,
    #[case] message: &str,
    #[case] kind: Kind,
) {
    let meta = Meta::start().await;
    meta.on("POST", "201/register", refusal(400, code, None, message))
        .await;
    let pin = sealed(grant().binding(Purpose::RegistrationPin), "604182");
    let number = PhoneNumberId::from("201");
    let error = meta
        .gateway
        .register(&access(), &number, &pin)
        .await
        .unwrap_err();
    assert_eq!(error.kind, kind);
}

#[tokio::test]
async fn a_wrong_proof_is_the_apps_fault() {
    let meta = Meta::start().await;
    let answer = refusal(
        400,
        100,
        None,
        "Invalid appsecret_proof provided in the API argument",
    );
    meta.on("GET", "101", answer).await;
    let error = meta
        .gateway
        .waba(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::AppMisconfigured);
}

#[tokio::test]
async fn metas_own_word_on_how_long_to_wait_is_passed_on() {
    let meta = Meta::start().await;
    let answer = refusal(429, 80008, None, "Slow down").insert_header("retry-after", "120");
    meta.on("GET", "101", answer).await;
    let error = meta
        .gateway
        .waba(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::RateLimited(Some(Duration::minutes(2))));
}

#[rstest]
#[case::a_proxy(ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"))]
#[case::no_json(ResponseTemplate::new(200).set_body_string("OK"))]
#[case::no_success(ResponseTemplate::new(200).set_body_string("{\"success\":false}"))]
#[tokio::test]
async fn an_answer_that_is_not_metas_is_meta_out_of_reach(#[case] answer: ResponseTemplate) {
    let meta = Meta::start().await;
    meta.on("POST", "101/subscribed_apps", answer).await;
    let error = meta
        .gateway
        .subscribe(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert_eq!(error.meta, None);
}

#[tokio::test]
async fn a_meta_that_nobody_answers_for_is_out_of_reach() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let gateway = gateway(&url, Arc::new(PaperVault::default()));
    let error = gateway
        .waba(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
}

#[tokio::test]
async fn a_token_that_meta_echoes_is_in_no_error() {
    let meta = Meta::start().await;
    let echo = format!("Malformed access token {TOKEN} of {APP_SECRET}");
    meta.on("GET", "101", refusal(401, 190, None, &echo)).await;
    let error = meta
        .gateway
        .waba(&access(), &WabaId::from("101"))
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("Malformed access token"), "{shown}");
    assert!(!shown.contains(TOKEN), "{shown}");
}
