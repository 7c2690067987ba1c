use serde_json::json;
use wabakit_graph::endpoints::{DeletePermissions, ExchangeCode, Me, RegisterPhone};
use wabakit_graph::{CallRetryPolicy, Credentials};
use wiremock::matchers::any;
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Meta, app, builder};

/// Answers with this error once, and with success after that.
async fn failing_once(status: u16, code: i64) -> Meta {
    let meta = Meta::silent().await;
    let error = json!({"error": {"code": code}});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_json(error))
        .up_to_n_times(1)
        .mount(&meta.server)
        .await;
    let success = json!({"id": "1", "success": true, "access_token": "EAAnew"});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(success))
        .mount(&meta.server)
        .await;
    meta
}

fn register() -> RegisterPhone {
    RegisterPhone {
        phone_number_id: "51".into(),
        pin: "123456".into(),
        data_localization_region: None,
    }
}

#[tokio::test]
async fn a_read_is_repeated_after_trouble_at_meta() {
    let meta = failing_once(500, 2).await;
    meta.call(&Me).await.unwrap();
    assert_eq!(meta.received().await.len(), 2);
}

#[tokio::test]
async fn a_registration_is_repeated_when_meta_turned_it_away() {
    let meta = failing_once(400, 80007).await;
    meta.call(&register()).await.unwrap();
    assert_eq!(meta.received().await.len(), 2);
}

#[tokio::test]
async fn a_registration_of_unknown_outcome_is_not_repeated() {
    let meta = failing_once(500, 1).await;
    assert!(
        meta.call(&register())
            .await
            .unwrap_err()
            .may_have_been_sent()
    );
    assert_eq!(meta.received().await.len(), 1);
}

#[tokio::test]
async fn a_code_is_not_offered_twice_although_the_exchange_is_a_get() {
    let meta = failing_once(500, 2).await;
    let exchange = ExchangeCode {
        app: app(),
        code: "c0de".into(),
        redirect_uri: None,
    };
    let error = meta
        .client
        .call(&Credentials::none(), &exchange)
        .await
        .unwrap_err();
    assert!(error.may_have_been_sent());
    assert_eq!(meta.received().await.len(), 1);
}

#[tokio::test]
async fn permissions_are_not_taken_back_twice_for_the_token_may_be_gone() {
    let meta = failing_once(500, 2).await;
    let endpoint = DeletePermissions {
        user_id: "me".into(),
        scope: None,
    };
    assert!(meta.call(&endpoint).await.unwrap_err().may_have_been_sent());
    assert_eq!(meta.received().await.len(), 1);
}

#[tokio::test]
async fn a_final_refusal_is_not_repeated() {
    let meta = failing_once(400, 100).await;
    meta.call(&Me).await.unwrap_err();
    assert_eq!(meta.received().await.len(), 1);
}

#[tokio::test]
async fn a_policy_of_never_makes_each_request_once() {
    let meta = failing_once(500, 2).await;
    let client = builder(&meta.server.uri())
        .retry(CallRetryPolicy::NEVER)
        .build()
        .unwrap();
    client.call(&Credentials::none(), &Me).await.unwrap_err();
    assert_eq!(meta.received().await.len(), 1);
}
