use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use wabakit_graph::endpoints::{GetWaba, Me, RegisterPhone, SubscribeApp};
use wabakit_graph::{ErrorKind, Replay};
use wiremock::ResponseTemplate;

use crate::support::Meta;

fn register() -> RegisterPhone {
    RegisterPhone {
        phone_number_id: "51".into(),
        pin: "123456".into(),
        data_localization_region: None,
    }
}

#[tokio::test]
async fn metas_words_reach_the_caller() {
    let meta = Meta::answering_json(
        401,
        json!({"error": {
            "message": "Error validating access token", "type": "OAuthException", "code": 190,
            "error_subcode": 463, "error_user_title": "Signed out",
            "error_user_msg": "Sign in again", "fbtrace_id": "Az8",
        }}),
    )
    .await;

    let error = meta.call(&Me).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TokenInvalid { subcode: Some(463) });
    assert_eq!(
        (error.replay(), error.may_have_been_sent()),
        (Replay::Final, false)
    );
    assert_eq!((error.http_status(), error.attempts()), (Some(401), 1));
    let said = error.meta().unwrap();
    assert_eq!(said.user_title.as_deref(), Some("Signed out"));
    assert_eq!(said.user_message.as_deref(), Some("Sign in again"));
    assert_eq!(
        error.to_string(),
        "Me: Meta answered code 190, subcode 463: Error validating access token \
         [fbtrace_id Az8] [HTTP 401]"
    );
}

#[tokio::test]
async fn an_error_inside_a_success_is_an_error() {
    let meta =
        Meta::answering_json(200, json!({"error": {"code": 100, "error_subcode": 33}})).await;
    let error = meta.call(&GetWaba::new("31")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_wrong_pin_is_told_apart() {
    let body = json!({"error": {"code": 133005, "message": "Two step verification PIN Mismatch"}});
    let error = Meta::answering_json(400, body)
        .await
        .call(&register())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PinMismatch);
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn the_page_of_a_proxy_is_not_metas_answer() {
    for (status, kind, unknown) in [
        (403, ErrorKind::Unexpected, false),
        (302, ErrorKind::Unexpected, false),
        (429, ErrorKind::RateLimited, false),
        (502, ErrorKind::Transient, true),
        (200, ErrorKind::Decode, true),
    ] {
        let page = "<html><body>Blocked by the firewall</body></html>";
        let answer = ResponseTemplate::new(status)
            .insert_header("location", "https://elsewhere.example/")
            .set_body_raw(page, "text/html");
        let error = Meta::answering(answer)
            .await
            .call(&register())
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.may_have_been_sent()),
            (kind, unknown),
            "{status}"
        );
        assert_eq!(error.http_status(), Some(status));
        assert!(error.meta().is_none());
    }
}

#[tokio::test]
async fn an_outcome_is_unknown_only_where_something_may_have_changed() {
    let body = json!({"error": {"code": 2, "message": "Service temporarily unavailable"}});
    let meta = Meta::answering_json(500, body).await;

    let read = meta.call(&Me).await.unwrap_err();
    let repeated = meta
        .call(&SubscribeApp {
            waba_id: "31".into(),
            override_callback: None,
        })
        .await
        .unwrap_err();
    let once = meta.call(&register()).await.unwrap_err();

    assert_eq!((read.may_have_been_sent(), read.attempts()), (false, 3));
    assert_eq!(
        (repeated.may_have_been_sent(), repeated.attempts()),
        (true, 3)
    );
    assert_eq!((once.may_have_been_sent(), once.attempts()), (true, 1));
}

#[tokio::test]
async fn usage_comes_with_answers_and_with_errors() {
    let usage = r#"{"call_count":28,"total_time":25,"total_cputime":25}"#;
    let business = r#"{"7":[{"call_count":100,"estimated_time_to_regain_access":5}]}"#;
    let with_usage = |status: u16, body: serde_json::Value| {
        ResponseTemplate::new(status)
            .insert_header("X-App-Usage", usage)
            .insert_header("X-Business-Use-Case-Usage", business)
            .set_body_json(body)
    };

    let meta = Meta::answering(with_usage(200, json!({"id": "1"}))).await;
    let answer = meta.call(&Me).await.unwrap();
    assert_eq!(answer.usage.app.unwrap().call_count, 28);
    assert_eq!(answer.usage.highest_percent(), Some(100));

    let meta = Meta::answering(with_usage(400, json!({"error": {"code": 80008}}))).await;
    let error = meta.call(&Me).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.usage().app.unwrap().total_time, 25);
    // Five minutes exceed the policy's limit, so the caller is told at once.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn an_id_cannot_turn_into_another_path() {
    let meta = Meta::answering_json(200, json!({"id": "1"})).await;
    for id in [
        "",
        ".",
        "..",
        "../me",
        "31/phone_numbers",
        "31?fields=id",
        "31#",
        "%2e%2e",
        "3 1",
        "3\t1",
        "é",
    ] {
        let error = meta.call(&GetWaba::new(id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id}");
        assert_eq!(error.attempts(), 1);
    }
    assert!(meta.received().await.is_empty());
}

#[tokio::test]
async fn a_token_that_is_no_header_is_refused_before_it_is_sent() {
    let meta = Meta::answering_json(200, json!({"id": "1"})).await;
    let credentials = wabakit_graph::AccessToken::new("EAA\r\nX-Evil: canary").into();
    let error = meta.client.call(&credentials, &Me).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(meta.received().await.is_empty());
}

/// 2500 has two meanings: there is no token, or there is no such path. Only the first is about the token.
#[rstest]
#[case(
    "Unknown path components: /message_templates",
    ErrorKind::InvalidParameter
)]
#[case(
    "(#2500) Unknown path components: /block_users/x",
    ErrorKind::InvalidParameter
)]
#[case(
    "An active access token must be used to query information about the current user.",
    ErrorKind::TokenInvalid { subcode: None }
)]
#[case("", ErrorKind::TokenInvalid { subcode: None })]
#[tokio::test]
async fn a_path_that_does_not_exist_is_no_dead_token(
    #[case] message: &str,
    #[case] kind: ErrorKind,
) {
    let body = json!({"error": {"code": 2500, "type": "OAuthException", "message": message}});
    let meta = Meta::answering_json(400, body).await;
    assert_eq!(meta.call(&Me).await.unwrap_err().kind(), kind);
}
