use serde_json::{Value, json};
use wabakit_graph::endpoints::{
    CodeMethod, CodeVerificationStatus, DeregisterPhone, GetPhoneNumber, NameStatus, PhoneNumber,
    PhoneNumberStatus, PhoneNumbers, Platform, QualityRating, RegisterPhone, RequestCode,
    ThroughputLevel, VerifyCode,
};

use crate::support::{Meta, line, pairs, query};

#[tokio::test]
async fn numbers_of_a_waba_are_listed() {
    let number = json!({"id": 51, "display_phone_number": "+1 555 0100", "status": "ASLEEP"});
    let meta = Meta::answering_json(200, json!({"data": [number]})).await;

    let number = meta
        .call(&PhoneNumbers::new("31"))
        .await
        .unwrap()
        .body
        .data
        .remove(0);

    assert_eq!(number.id, "51");
    assert_eq!(
        number.status,
        Some(PhoneNumberStatus::Other("ASLEEP".into()))
    );
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/31/phone_numbers");
    assert_eq!(query(&request), pairs(&[("fields", PhoneNumber::FIELDS)]));
}

#[tokio::test]
async fn a_number_is_read_in_full() {
    let meta = Meta::answering_json(
        200,
        json!({
            "id": "51", "display_phone_number": "+1 555 0100", "verified_name": "Bakery",
            "quality_rating": "GREEN", "code_verification_status": "EXPIRED",
            "name_status": "AVAILABLE_WITHOUT_REVIEW", "status": "CONNECTED",
            "account_mode": "LIVE", "platform_type": "CLOUD_API",
            "throughput": {"level": "HIGH"}, "is_official_business_account": false,
            "is_on_biz_app": true, "is_pin_enabled": true,
            "last_onboarded_time": "2026-01-02T03:04:05+0000",
            "webhook_configuration": {"application": "https://hooks.example"},
            "whatsapp_business_manager_messaging_limit": "TIER_250",
            "username": "bakery",
        }),
    )
    .await;

    let number = meta.call(&GetPhoneNumber::new("51")).await.unwrap().body;

    assert_eq!(number.verified_name.as_deref(), Some("Bakery"));
    assert_eq!(number.quality_rating, Some(QualityRating::Green));
    assert_eq!(
        number.code_verification_status,
        Some(CodeVerificationStatus::Expired)
    );
    assert_eq!(number.name_status, Some(NameStatus::AvailableWithoutReview));
    assert_eq!(number.status, Some(PhoneNumberStatus::Connected));
    assert_eq!(number.platform_type, Some(Platform::CloudApi));
    assert_eq!(
        number.throughput.unwrap().level,
        Some(ThroughputLevel::High)
    );
    assert_eq!(number.is_on_biz_app, Some(true));
    assert_eq!(number.is_pin_enabled, Some(true));
    assert_eq!(
        number.webhook_configuration.unwrap().application.as_deref(),
        Some("https://hooks.example")
    );
    assert_eq!(number.extra.get("username"), Some(&json!("bakery")));
    let request = meta.only_request().await;
    assert_eq!(line(&request), "GET /v25.0/51");
    assert_eq!(query(&request), pairs(&[("fields", PhoneNumber::FIELDS)]));
}

#[tokio::test]
async fn fields_can_be_chosen() {
    let meta = Meta::answering_json(200, json!({"id": "51"})).await;
    let endpoint = GetPhoneNumber {
        fields: "id,username".into(),
        ..GetPhoneNumber::new("51")
    };
    meta.call(&endpoint).await.unwrap();
    assert_eq!(
        query(&meta.only_request().await),
        pairs(&[("fields", "id,username")])
    );
}

#[tokio::test]
async fn a_number_is_registered_with_its_pin() {
    for region in [None, Some("DE")] {
        let meta = Meta::answering_json(200, json!({"success": true})).await;
        let endpoint = RegisterPhone {
            phone_number_id: "51".into(),
            pin: "123456".into(),
            data_localization_region: region.map(str::to_owned),
        };
        meta.call(&endpoint).await.unwrap();
        let request = meta.only_request().await;
        assert_eq!(line(&request), "POST /v25.0/51/register");
        let mut expected = json!({"messaging_product": "whatsapp", "pin": "123456"});
        if let Some(region) = region {
            expected["data_localization_region"] = json!(region);
        }
        assert_eq!(request.body_json::<Value>().unwrap(), expected);
    }
}

#[tokio::test]
async fn a_number_is_deregistered() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    meta.call(&DeregisterPhone {
        phone_number_id: "51".into(),
    })
    .await
    .unwrap();
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/51/deregister");
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn a_verification_code_is_requested() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    let endpoint = RequestCode {
        phone_number_id: "51".into(),
        code_method: CodeMethod::Voice,
        language: "pt_BR".into(),
    };
    meta.call(&endpoint).await.unwrap();
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/51/request_code");
    assert_eq!(
        request.body_json::<Value>().unwrap(),
        json!({"code_method": "VOICE", "language": "pt_BR"})
    );
}

#[tokio::test]
async fn a_verification_code_is_verified() {
    let meta = Meta::answering_json(200, json!({"success": true})).await;
    meta.call(&VerifyCode {
        phone_number_id: "51".into(),
        code: "000111".into(),
    })
    .await
    .unwrap();
    let request = meta.only_request().await;
    assert_eq!(line(&request), "POST /v25.0/51/verify_code");
    assert_eq!(
        request.body_json::<Value>().unwrap(),
        json!({"code": "000111"})
    );
}
