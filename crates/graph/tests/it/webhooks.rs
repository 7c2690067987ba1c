//! The callbacks of webhooks: the app's own and its overrides.

use serde_json::{Value, json};
use wabakit_graph::Credentials;
use wabakit_graph::endpoints::{
    AppSubscriptions, OverrideCallback, OverridePhoneCallback, SubscribeWebhooks,
    UnsubscribeWebhooks,
};

use crate::support::{Meta, app, header, line, pairs, query};

#[tokio::test]
async fn the_apps_callback_is_set_as_the_app() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    let endpoint = SubscribeWebhooks {
        app_id: "1001".into(),
        object: SubscribeWebhooks::WABA.into(),
        callback_url: "https://hooks.example/whatsapp".into(),
        verify_token: "verify me".into(),
        fields: vec!["messages".into(), "account_update".into()],
    };
    let credentials = Credentials::app(&app());
    meta.client.call(&credentials, &endpoint).await.unwrap();
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/1001/subscriptions");
    assert_eq!(
        header(&request, "authorization"),
        Some("Bearer 1001|canary-secret")
    );
    assert_eq!(
        request.body_json::<Value>().unwrap(),
        json!({
            "object": "whatsapp_business_account", "verify_token": "verify me",
            "callback_url": "https://hooks.example/whatsapp", "fields": "messages,account_update",
        })
    );
}

#[tokio::test]
async fn the_apps_callbacks_are_listed_in_either_form_of_fields() {
    let answer = json!({"data": [
        {"object": "whatsapp_business_account", "callback_url": "https://hooks.example/whatsapp",
            "active": true, "fields": [{"name": "messages", "version": "v25.0"}], "new": 1},
        {"object": "user", "fields": ["email"]},
        {"object": "page"},
    ]});
    let meta = Meta::answering_json(200, answer).await;
    let endpoint = AppSubscriptions {
        app_id: "1001".into(),
    };
    let found = meta.call(&endpoint).await.unwrap().body.data;
    let fields: Vec<_> = found
        .iter()
        .flat_map(|one| &one.fields)
        .map(|field| (field.name.as_str(), field.version.as_deref()))
        .collect();
    assert_eq!(fields, [("messages", Some("v25.0")), ("email", None)]);
    let url = found[0].callback_url.as_deref();
    assert_eq!(url, Some("https://hooks.example/whatsapp"));
    assert_eq!((found[0].active, found[1].active), (Some(true), None));
    assert_eq!(found[0].extra.get("new"), Some(&json!(1)));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/1001/subscriptions");
}

#[tokio::test]
async fn the_apps_callback_is_ended_whole_or_by_field() {
    for (fields, expected) in [
        (vec![], pairs(&[("object", "whatsapp_business_account")])),
        (
            vec!["messages".to_owned(), "flows".to_owned()],
            pairs(&[
                ("object", "whatsapp_business_account"),
                ("fields", "messages,flows"),
            ]),
        ),
    ] {
        let meta = Meta::answering_json(200, json!({"success": true})).await;
        let endpoint = UnsubscribeWebhooks {
            app_id: "1001".into(),
            object: SubscribeWebhooks::WABA.into(),
            fields,
        };
        meta.call(&endpoint).await.unwrap();
        let request = meta.only_request().await;
        assert_eq!(line(&request), "DELETE /v25.0/1001/subscriptions");
        assert_eq!(query(&request), expected);
    }
}

#[tokio::test]
async fn a_callback_is_set_for_one_number_and_removed() {
    let callback = OverrideCallback {
        uri: "https://hooks.example/51".into(),
        verify_token: "verify me".into(),
    };
    for (callback, expected) in [
        (
            Some(callback),
            json!({"override_callback_uri": "https://hooks.example/51", "verify_token": "verify me"}),
        ),
        (None, json!({"override_callback_uri": ""})),
    ] {
        let meta = Meta::answering_json(200, json!({"success": true})).await;
        let endpoint = OverridePhoneCallback {
            phone_number_id: "51".into(),
            callback,
        };
        meta.call(&endpoint).await.unwrap();
        let request = meta.only_request().await;
        assert_eq!(line(&request), "POST /v25.0/51");
        assert_eq!(
            request.body_json::<Value>().unwrap(),
            json!({"webhook_configuration": expected})
        );
    }
}
