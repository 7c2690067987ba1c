use serde_json::json;
use wabakit_graph::endpoints::{
    AssignedWabas, BusinessVerificationStatus, CanSendMessage, ClientWabas, GetWaba, MeBusinesses,
    OverrideCallback, OwnedWabas, SubscribeApp, SubscribedApps, UnsubscribeApp, Waba,
};
use wabakit_graph::{Endpoint, ErrorKind, Page};

use crate::support::{Meta, line, pairs, query};

#[tokio::test]
async fn businesses_of_the_user_are_listed() {
    let meta = Meta::answering_json(200, json!({"data": [{"id": "7", "name": "Bakery"}]})).await;

    let page = meta.call(&MeBusinesses).await.unwrap().body;

    assert_eq!(
        (page.data[0].id.as_str(), page.data[0].name.as_deref()),
        ("7", Some("Bakery"))
    );
    assert!(!page.has_next());
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/me/businesses");
    assert_eq!(query(&request), pairs(&[("fields", "id,name")]));
}

async fn lists_wabas(endpoint: impl Endpoint<Response = Page<Waba>>, expected: &str) {
    let waba = json!({"id": "31", "name": "Bakery", "owner_business_info": {"id": 7}});
    let meta = Meta::answering_json(200, json!({"data": [waba]})).await;

    let waba = meta.call(&endpoint).await.unwrap().body.data.remove(0);

    assert_eq!(
        (waba.id.as_str(), waba.name.as_deref()),
        ("31", Some("Bakery"))
    );
    assert_eq!(waba.owner_business_info.unwrap().id, "7");
    let request = meta.only_request().await;
    assert_eq!(line(&request), expected);
    assert_eq!(query(&request), pairs(&[("fields", Waba::LIST_FIELDS)]));
}

#[tokio::test]
async fn owned_wabas_are_listed() {
    let endpoint = OwnedWabas {
        business_id: "7".into(),
    };
    lists_wabas(endpoint, "GET /v25.0/7/owned_whatsapp_business_accounts").await;
}

#[tokio::test]
async fn client_wabas_are_listed() {
    let endpoint = ClientWabas {
        business_id: "7".into(),
    };
    lists_wabas(endpoint, "GET /v25.0/7/client_whatsapp_business_accounts").await;
}

#[tokio::test]
async fn assigned_wabas_are_listed() {
    let endpoint = AssignedWabas {
        user_id: "122".into(),
    };
    lists_wabas(
        endpoint,
        "GET /v25.0/122/assigned_whatsapp_business_accounts",
    )
    .await;
}

#[tokio::test]
async fn a_waba_is_read_with_its_health_and_what_is_new() {
    let meta = Meta::answering_json(
        200,
        json!({
            "id": "31", "timezone_id": 1, "business_verification_status": "under_a_new_moon",
            "health_status": {"can_send_message": "LIMITED", "entities": [{
                "entity_type": "WABA", "id": 31, "can_send_message": "BLOCKED",
                "errors": [{"error_code": 141010, "error_description": "Unpaid",
                    "possible_solution": "Pay"}],
            }]},
            "brand_new": true,
        }),
    )
    .await;

    let waba = meta.call(&GetWaba::new("31")).await.unwrap().body;

    assert_eq!(waba.timezone_id.as_deref(), Some("1"));
    assert_eq!(
        waba.business_verification_status,
        Some(BusinessVerificationStatus::Other("under_a_new_moon".into()))
    );
    let health = waba.health_status.unwrap();
    assert_eq!(health.can_send_message, Some(CanSendMessage::Limited));
    assert_eq!(
        health.entities[0].can_send_message,
        Some(CanSendMessage::Blocked)
    );
    assert_eq!(health.entities[0].errors[0].error_code, Some(141_010));
    assert_eq!(waba.extra.get("brand_new"), Some(&json!(true)));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/31");
    assert_eq!(query(&request), pairs(&[("fields", GetWaba::FIELDS)]));
}

#[tokio::test]
async fn the_app_is_subscribed_without_a_body() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;

    meta.call(&SubscribeApp {
        waba_id: "31".into(),
        override_callback: None,
    })
    .await
    .unwrap();

    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/31/subscribed_apps");
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_callback_is_set_for_one_waba() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;

    let callback = OverrideCallback {
        uri: "https://hooks.example/31".into(),
        verify_token: "verify me".into(),
    };
    let endpoint = SubscribeApp {
        waba_id: "31".into(),
        override_callback: Some(callback),
    };
    meta.call(&endpoint).await.unwrap();

    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/31/subscribed_apps");
    assert_eq!(
        request.body_json::<serde_json::Value>().unwrap(),
        json!({"override_callback_uri": "https://hooks.example/31", "verify_token": "verify me"})
    );
}

#[tokio::test]
async fn subscribed_apps_are_listed() {
    let meta = Meta::answering_json(
        200,
        json!({"data": [{
            "whatsapp_business_api_data": {"id": 1001, "name": "Demo", "link": "https://x"},
            "override_callback_uri": "https://hooks.example/31",
        }]}),
    )
    .await;

    let app = meta
        .call(&SubscribedApps {
            waba_id: "31".into(),
        })
        .await
        .unwrap()
        .body
        .data
        .remove(0);

    assert_eq!(app.whatsapp_business_api_data.unwrap().id, "1001");
    assert_eq!(
        app.override_callback_uri.as_deref(),
        Some("https://hooks.example/31")
    );
    assert_eq!(
        line(&meta.only_request().await),
        "GET /v25.0/31/subscribed_apps"
    );
}

#[tokio::test]
async fn the_app_is_unsubscribed() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    meta.call(&UnsubscribeApp {
        waba_id: "31".into(),
    })
    .await
    .unwrap();
    assert_eq!(
        line(&meta.only_request().await),
        "DELETE /v25.0/31/subscribed_apps"
    );
}

#[tokio::test]
async fn a_success_that_is_none_is_an_error_of_unknown_outcome() {
    let meta = Meta::answering_json(200, json!({"success": false})).await;
    let error = meta
        .call(&UnsubscribeApp {
            waba_id: "31".into(),
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.may_have_been_sent());
}
