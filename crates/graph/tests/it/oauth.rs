use serde_json::json;
use wabakit_graph::endpoints::{
    DebugToken, DeletePermissions, ExchangeCode, ExchangeLongLived, Me, RefreshSystemUserToken,
    TokenKind,
};
use wabakit_graph::{AccessToken, Credentials, Expiry};

use crate::support::{Meta, TOKEN, app, header, line, pairs, query};

fn exchange(redirect_uri: Option<&str>) -> ExchangeCode {
    ExchangeCode {
        app: app(),
        code: "the code&".into(),
        redirect_uri: redirect_uri.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_code_is_exchanged_with_the_redirect_uri_of_the_dialog() {
    let answer = json!({"access_token": "EAAnew", "token_type": "bearer", "expires_in": 5183944});
    let meta = Meta::answering_json(200, answer).await;

    let endpoint = exchange(Some("https://app.example/callback?x=1"));
    let issued = meta
        .client
        .call(&Credentials::none(), &endpoint)
        .await
        .unwrap()
        .body;

    assert_eq!(issued.access_token.expose(), "EAAnew");
    assert_eq!(issued.token_type.as_deref(), Some("bearer"));
    assert_eq!(issued.expires_in, Some(5_183_944));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/oauth/access_token");
    assert_eq!(
        query(&request),
        pairs(&[
            ("client_id", "1001"),
            ("client_secret", "canary-secret"),
            ("code", "the code&"),
            ("redirect_uri", "https://app.example/callback?x=1"),
        ])
    );
    assert_eq!(header(&request, "authorization"), None);
}

#[tokio::test]
async fn a_code_of_embedded_signup_is_exchanged_without_redirect_uri() {
    let meta = Meta::answering_json(200, json!({"access_token": "EAAnew"})).await;

    let issued = meta
        .client
        .call(&Credentials::none(), &exchange(None))
        .await
        .unwrap()
        .body;

    assert_eq!(issued.expires_in, None);
    let query = query(&meta.only_request().await);
    assert!(!query.contains_key("redirect_uri") && !query.contains_key("grant_type"));
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_long_lived_one() {
    let meta =
        Meta::answering_json(200, json!({"access_token": "EAAlong", "expires_in": "60"})).await;

    let endpoint = ExchangeLongLived {
        app: app(),
        token: AccessToken::new("EAAshort"),
    };
    let issued = meta
        .client
        .call(&Credentials::none(), &endpoint)
        .await
        .unwrap()
        .body;

    assert_eq!(issued.access_token.expose(), "EAAlong");
    assert_eq!(issued.expires_in, Some(60));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/oauth/access_token");
    assert_eq!(
        query(&request),
        pairs(&[
            ("client_id", "1001"),
            ("client_secret", "canary-secret"),
            ("fb_exchange_token", "EAAshort"),
            ("grant_type", "fb_exchange_token"),
        ])
    );
}

#[tokio::test]
async fn a_token_of_60_days_is_exchanged_for_a_new_one() {
    let meta = Meta::answering_json(200, json!({"access_token": "EAAnew"})).await;
    let endpoint = RefreshSystemUserToken {
        app: app(),
        token: AccessToken::new("EAAold"),
    };
    let issued = meta.client.call(&Credentials::none(), &endpoint).await;
    assert_eq!(issued.unwrap().body.access_token.expose(), "EAAnew");
    let request = meta.only_request().await;
    assert_eq!(
        query(&request),
        pairs(&[
            ("client_id", "1001"),
            ("client_secret", "canary-secret"),
            ("fb_exchange_token", "EAAold"),
            ("grant_type", "fb_exchange_token"),
            ("set_token_expires_in_60_days", "true"),
        ])
    );
}

#[tokio::test]
async fn a_token_is_looked_at_as_the_app() {
    let meta = Meta::answering_json(
        200,
        json!({"data": {
            "app_id": 1001, "type": "SYSTEM_USER", "application": "Demo", "is_valid": true,
            "expires_at": 0, "data_access_expires_at": 1_800_000_000, "issued_at": 1_790_000_000,
            "user_id": "122", "scopes": ["whatsapp_business_management", "public_profile"],
            "granular_scopes": [
                {"scope": "whatsapp_business_management", "target_ids": ["31", 32]},
                {"scope": "business_management"},
            ],
            "new_field": {"a": 1},
        }}),
    )
    .await;

    let endpoint = DebugToken {
        token: AccessToken::new("EAAlooked"),
    };
    let info = meta
        .client
        .call(&Credentials::app(&app()), &endpoint)
        .await
        .unwrap()
        .body;

    assert!(info.is_valid);
    assert_eq!(info.app_id.as_deref(), Some("1001"));
    assert_eq!(info.kind, Some(TokenKind::SystemUser));
    assert_eq!(info.expires_at, Expiry::Never);
    assert_eq!(
        info.data_access_expires_at.at().unwrap().timestamp(),
        1_800_000_000
    );
    assert_eq!(info.issued_at.unwrap().timestamp(), 1_790_000_000);
    let wabas: Vec<_> = info.target_ids("whatsapp_business_management").collect();
    assert_eq!(wabas, ["31", "32"]);
    assert_eq!(info.granular_scopes[1].target_ids, None);
    assert!(info.has_scope("business_management") && info.has_scope("public_profile"));
    assert!(!info.has_scope("whatsapp_business_messaging"));
    assert_eq!(info.extra.get("new_field"), Some(&json!({"a": 1})));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/debug_token");
    assert_eq!(query(&request), pairs(&[("input_token", "EAAlooked")]));
    assert_eq!(
        header(&request, "authorization"),
        Some("Bearer 1001|canary-secret")
    );
}

#[tokio::test]
async fn what_meta_does_not_say_of_a_token_is_unknown() {
    let answer = json!({"data": {
        "error": {"code": 190, "message": "Session of the-token has expired", "subcode": 463},
        "is_valid": false, "scopes": null, "granular_scopes": null,
    }});
    let meta = Meta::answering_json(200, answer).await;

    let info = meta
        .call(&DebugToken {
            token: AccessToken::new("the-token"),
        })
        .await
        .unwrap()
        .body;

    assert!(!info.is_valid && info.scopes.is_empty());
    assert_eq!(info.expires_at, Expiry::Unknown);
    assert_eq!(info.data_access_expires_at, Expiry::Unknown);
    let problem = info.error.unwrap();
    assert_eq!((problem.code, problem.subcode), (Some(190), Some(463)));
    assert_eq!(
        problem.message.as_deref(),
        Some("Session of [redacted] has expired")
    );
}

#[tokio::test]
async fn the_token_goes_into_the_header_and_its_proof_into_the_query() {
    let meta = Meta::answering_json(200, json!({"id": 122, "name": "Jo", "email": "x"})).await;

    let token = AccessToken::new(TOKEN);
    let credentials = Credentials::proven(token.clone(), &app());
    let user = meta.client.call(&credentials, &Me).await.unwrap().body;

    assert_eq!(
        (user.id.as_str(), user.name.as_deref()),
        ("122", Some("Jo"))
    );
    assert_eq!(user.extra.get("email"), Some(&json!("x")));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/me");
    assert_eq!(
        query(&request),
        pairs(&[
            ("appsecret_proof", &app().proof(&token)),
            ("fields", "id,name")
        ])
    );
    assert_eq!(header(&request, "authorization"), Some("Bearer EAAcanary"));
    assert!(
        header(&request, "user-agent")
            .unwrap()
            .starts_with("wabakit-graph/")
    );
}

#[tokio::test]
async fn all_permissions_or_one_are_taken_back() {
    for (scope, expected) in [
        (None, "DELETE /v25.0/me/permissions"),
        (
            Some("business_management"),
            "DELETE /v25.0/me/permissions/business_management",
        ),
    ] {
        let meta = Meta::answering_json(200, json!({"success": true})).await;
        let endpoint = DeletePermissions {
            user_id: "me".into(),
            scope: scope.map(str::to_owned),
        };
        meta.call(&endpoint).await.unwrap();
        let request = meta.only_request().await;
        assert_eq!(line(&request), expected);
        assert!(request.body.is_empty() && query(&request).is_empty());
    }
}
