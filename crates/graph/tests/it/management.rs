//! The small endpoints: the request of each, and answers in Meta's forms.

use futures::TryStreamExt as _;
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_graph::endpoints::{
    ApproveJoinRequests, BlockUsers, BotCommand, BusinessProfile, ChangeDisplayName,
    ConversationalAutomation, CreateGroup, CreateQrCode, CreateTemplate, DeleteGroup, DeleteQrCode,
    DeleteTemplate, DeleteTemplates, DeleteUsername, EditTemplate, GetBusinessProfile,
    GetCommerceSettings, GetConversationalAutomation, GetGroup, GetGroupInviteLink,
    GetPhoneSettings, GetQrCode, GetTemplate, GetUsername, ListBlockedUsers, ListGroups,
    ListJoinRequests, ListQrCodes, ListTemplates, QrImageFormat, RejectJoinRequests,
    RemoveGroupParticipants, ResetGroupInviteLink, SetPin, SetUsername, SyncAppData, SyncKind,
    TemplateCategory, TemplateStatus, UnblockUsers, UnpauseTemplate, UpdateBusinessProfile,
    UpdateCommerceSettings, UpdateConversationalAutomation, UpdateGroup, UpdatePhoneSettings,
    UpdateQrCode, UserToBlock,
};
use wabakit_graph::template_definitions::TemplateDefinition;
use wabakit_graph::{Body, Endpoint, ErrorKind, Method, PageOptions, Request};

use crate::support::{Meta, line, query, token};

/// `POST 51/settings`, and the body.
fn written(request: &Request) -> (String, Value) {
    let method = match request.method() {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    };
    let body = match request.body() {
        Body::Json(body) => body.clone(),
        _ => Value::Null,
    };
    (format!("{method} {}", request.path().join("/")), body)
}

fn number() -> String {
    "51".to_owned()
}

fn template() -> TemplateDefinition {
    TemplateDefinition::new("n", "en_US", TemplateCategory::Utility).body("b")
}

fn template_json() -> Value {
    json!({"name": "n", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": "b"}]})
}

fn people() -> Vec<UserToBlock> {
    vec![
        UserToBlock::Phone("+16505551234".into()),
        UserToBlock::UserId("BR.1".into()),
    ]
}

fn people_json() -> Value {
    json!({"messaging_product": "whatsapp", "block_users": [{"user": "+16505551234"}, {"user_id": "BR.1"}]})
}

#[rstest]
#[case(GetBusinessProfile { phone_number_id: number() }, "GET 51/whatsapp_business_profile", Value::Null)]
#[case(
    UpdateBusinessProfile {
        phone_number_id: number(),
        profile: BusinessProfile { description: Some("Updated business description".into()), ..Default::default() },
    },
    "POST 51/whatsapp_business_profile",
    json!({"messaging_product": "whatsapp", "description": "Updated business description"}),
)]
#[case(ListBlockedUsers { phone_number_id: number() }, "GET 51/block_users", Value::Null)]
#[case(BlockUsers { phone_number_id: number(), users: people() }, "POST 51/block_users", people_json())]
#[case(UnblockUsers { phone_number_id: number(), users: people() }, "DELETE 51/block_users", people_json())]
#[case(ListQrCodes { phone_number_id: number() }, "GET 51/message_qrdls", Value::Null)]
#[case(GetQrCode { phone_number_id: number(), code: "C1".into() }, "GET 51/message_qrdls/C1", Value::Null)]
#[case(DeleteQrCode { phone_number_id: number(), code: "C1".into() }, "DELETE 51/message_qrdls/C1", Value::Null)]
#[case(
    CreateQrCode { phone_number_id: number(), prefilled_message: "Hi".into(), image: Some(QrImageFormat::Svg) },
    "POST 51/message_qrdls",
    json!({"prefilled_message": "Hi", "generate_qr_image": "SVG"}),
)]
#[case(
    CreateQrCode { phone_number_id: number(), prefilled_message: "Hi".into(), image: None },
    "POST 51/message_qrdls",
    json!({"prefilled_message": "Hi"}),
)]
#[case(
    UpdateQrCode { phone_number_id: number(), code: "C1".into(), prefilled_message: "Hi".into() },
    "POST 51/message_qrdls",
    json!({"code": "C1", "prefilled_message": "Hi"}),
)]
#[case(GetPhoneSettings { phone_number_id: number() }, "GET 51/settings", Value::Null)]
#[case(
    UpdatePhoneSettings { phone_number_id: number(), settings: json!({"calling": {"status": "DISABLED"}}) },
    "POST 51/settings",
    json!({"calling": {"status": "DISABLED"}}),
)]
#[case(GetConversationalAutomation { phone_number_id: number() }, "GET 51", Value::Null)]
#[case(
    UpdateConversationalAutomation {
        phone_number_id: number(),
        automation: ConversationalAutomation {
            prompts: vec!["How can I help?".into()],
            commands: vec![BotCommand { command_name: "help".into(), command_description: "Get help".into() }],
        },
    },
    "POST 51/conversational_automation",
    json!({"prompts": ["How can I help?"], "commands": [{"command_name": "help", "command_description": "Get help"}]}),
)]
#[case(GetCommerceSettings { phone_number_id: number() }, "GET 51/whatsapp_commerce_settings", Value::Null)]
#[case(
    UpdateCommerceSettings { phone_number_id: number(), is_cart_enabled: true, is_catalog_visible: false },
    "POST 51/whatsapp_commerce_settings",
    Value::Null,
)]
#[case(SetPin { phone_number_id: number(), pin: "123456".into() }, "POST 51", json!({"pin": "123456"}))]
#[case(ChangeDisplayName { phone_number_id: number(), name: "Sage".into() }, "POST 51", Value::Null)]
#[case(GetUsername { phone_number_id: number() }, "GET 51/username", Value::Null)]
#[case(DeleteUsername { phone_number_id: number() }, "DELETE 51/username", Value::Null)]
#[case(
    SetUsername { phone_number_id: number(), username: "sage.coffee".into(), force_transfer: true },
    "POST 51/username",
    json!({"username": "sage.coffee", "transfer_action": "force_transfer"}),
)]
#[case(
    SyncAppData { phone_number_id: number(), kind: SyncKind::Contacts },
    "POST 51/smb_app_data",
    json!({"messaging_product": "whatsapp", "sync_type": "smb_app_state_sync"}),
)]
#[case(
    CreateGroup { phone_number_id: number(), subject: "Tea".into(), description: Some("d".into()), approve_joins: true },
    "POST 51/groups",
    json!({
        "messaging_product": "whatsapp", "subject": "Tea", "description": "d",
        "join_approval_mode": "approval_required",
    }),
)]
#[case(GetGroup { group_id: "g1".into() }, "GET g1", Value::Null)]
#[case(
    UpdateGroup { group_id: "g1".into(), subject: Some("Tea".into()), description: None },
    "POST g1",
    json!({"messaging_product": "whatsapp", "subject": "Tea"}),
)]
#[case(DeleteGroup { group_id: "g1".into() }, "DELETE g1", Value::Null)]
#[case(
    RemoveGroupParticipants { group_id: "g1".into(), participants: vec!["16505551234".into()] },
    "DELETE g1/participants",
    json!({"messaging_product": "whatsapp", "participants": [{"user": "16505551234"}]}),
)]
#[case(GetGroupInviteLink { group_id: "g1".into() }, "GET g1/invite_link", Value::Null)]
#[case(
    ResetGroupInviteLink { group_id: "g1".into() },
    "POST g1/invite_link",
    json!({"messaging_product": "whatsapp"}),
)]
#[case(ListGroups { phone_number_id: number() }, "GET 51/groups", Value::Null)]
#[case(ListJoinRequests { group_id: "g1".into() }, "GET g1/join_requests", Value::Null)]
#[case(
    ApproveJoinRequests { group_id: "g1".into(), join_requests: vec!["j1".into()] },
    "POST g1/join_requests",
    json!({"messaging_product": "whatsapp", "join_requests": ["j1"]}),
)]
#[case(
    RejectJoinRequests { group_id: "g1".into(), join_requests: vec!["j1".into()] },
    "DELETE g1/join_requests",
    json!({"messaging_product": "whatsapp", "join_requests": ["j1"]}),
)]
#[case(ListTemplates::new("42"), "GET 42/message_templates", Value::Null)]
#[case(GetTemplate { template_id: "7".into() }, "GET 7", Value::Null)]
#[case(CreateTemplate { waba_id: "42".into(), template: template() }, "POST 42/message_templates", template_json())]
#[case(EditTemplate { template_id: "7".into(), template: template() }, "POST 7", template_json())]
#[case(UnpauseTemplate { template_id: "7".into() }, "POST 7/unpause", Value::Null)]
#[case(
    DeleteTemplate { waba_id: "42".into(), name: "n".into(), template_id: None },
    "DELETE 42/message_templates",
    Value::Null,
)]
#[case(
    DeleteTemplates { waba_id: "42".into(), template_ids: vec!["7".into()] },
    "DELETE 42/message_templates",
    Value::Null,
)]
fn each_call_is_written_as_meta_documents_it<E: Endpoint>(
    #[case] endpoint: E,
    #[case] line: &str,
    #[case] body: Value,
) {
    assert_eq!(written(&endpoint.request()), (line.to_owned(), body));
}

/// The query of an endpoint, as a server reads it.
async fn asked<E: Endpoint>(endpoint: E) -> Value {
    let meta = Meta::answering_json(200, json!({"success": true, "data": [], "id": "1"})).await;
    let _ = meta.call(&endpoint).await;
    json!(query(&meta.only_request().await))
}

#[tokio::test]
async fn what_meta_takes_in_the_query_is_in_the_query() {
    let delete = |template_id: Option<&str>| DeleteTemplate {
        waba_id: "42".into(),
        name: "n".into(),
        template_id: template_id.map(str::to_owned),
    };
    assert_eq!(asked(delete(None)).await, json!({"name": "n"}));
    assert_eq!(
        asked(delete(Some("7"))).await,
        json!({"name": "n", "hsm_id": "7"})
    );
    let many = DeleteTemplates {
        waba_id: "42".into(),
        template_ids: vec!["7".into(), "8".into()],
    };
    assert_eq!(asked(many).await, json!({"hsm_ids": r#"["7","8"]"#}));
    let commerce = UpdateCommerceSettings {
        phone_number_id: number(),
        is_cart_enabled: true,
        is_catalog_visible: false,
    };
    let expected = json!({"is_cart_enabled": "true", "is_catalog_visible": "false"});
    assert_eq!(asked(commerce).await, expected);
    let name = ChangeDisplayName {
        phone_number_id: number(),
        name: "Juniper & Sage".into(),
    };
    assert_eq!(
        asked(name).await,
        json!({"new_display_name": "Juniper & Sage"})
    );
    let mut list = ListTemplates::new("42")
        .name("n")
        .status(TemplateStatus::Paused);
    list.fields = "id".to_owned();
    assert_eq!(
        asked(list).await,
        json!({"fields": "id", "name": "n", "status": "PAUSED"})
    );
}

#[tokio::test]
async fn templates_are_read_as_a_stream_with_what_is_unknown_kept() {
    let answer = json!({"data": [
        {"id": 1_192_339_204_654_487_u64, "name": "hello_world", "language": "en_US", "status": "APPROVED",
         "category": "MARKETING", "previous_category": "ACCOUNT_UPDATE", "quality_score": {"score": "GREEN"},
         "components": [{"type": "BODY", "text": "Welcome"}], "message_send_ttl_seconds": null},
        {"id": "2", "status": "HIBERNATING", "category": "ORBIT", "phase": 3},
    ]});
    let meta = Meta::answering_json(200, answer).await;
    let list = ListTemplates::new("42");
    let list = meta.client.items(token(), list, PageOptions::default());
    let templates: Vec<_> = list.try_collect().await.unwrap();
    let [first, second] = templates.as_slice() else {
        panic!("{templates:?}")
    };
    assert_eq!(first.id, "1192339204654487");
    assert_eq!(first.status, Some(TemplateStatus::Approved));
    assert_eq!(first.components.len(), 1);
    assert_eq!(
        second.status,
        Some(TemplateStatus::Other("HIBERNATING".into()))
    );
    assert_eq!(
        second.category,
        Some(TemplateCategory::Other("ORBIT".into()))
    );
    assert_eq!(second.extra.get("phase"), Some(&json!(3)));
    assert_eq!(
        line(&meta.only_request().await),
        "GET /v25.0/42/message_templates"
    );
}

#[tokio::test]
async fn the_category_of_a_new_template_is_metas() {
    let answer = json!({"id": "7", "status": "PENDING", "category": "MARKETING"});
    let meta = Meta::answering_json(200, answer).await;
    let create = CreateTemplate {
        waba_id: "42".into(),
        template: template(),
    };
    let created = meta.call(&create).await.unwrap().body;
    assert_eq!(created.category, Some(TemplateCategory::Marketing));
    assert_eq!(created.status, Some(TemplateStatus::Pending));
}

#[rstest]
#[case("added_users")]
#[case("removed_users")]
#[tokio::test]
async fn a_block_list_changes_person_by_person(#[case] done: &str) {
    let answer = json!({"messaging_product": "whatsapp", "block_users": {
        done: [{"input": "+16505551234", "wa_id": "16505551234"}],
        "failed_users": [{"input": "BR.1", "errors": [{"code": 139_101}]}],
    }});
    let meta = Meta::answering_json(200, answer).await;
    let unblock = UnblockUsers {
        phone_number_id: number(),
        users: people(),
    };
    let changes = meta.call(&unblock).await.unwrap().body;
    assert_eq!(changes.done[0].wa_id.as_deref(), Some("16505551234"));
    assert_eq!(
        changes.failed[0].extra.get("errors"),
        Some(&json!([{"code": 139_101}]))
    );
}

#[tokio::test]
async fn a_profile_and_settings_are_read() {
    let profile = json!({"data": [{
        "messaging_product": "whatsapp", "about": "Open", "websites": ["https://shop.example"],
        "vertical": "RESTAURANT", "profile_picture_url": "https://pps.whatsapp.net/v/1",
    }]});
    let meta = Meta::answering_json(200, profile).await;
    let get = GetBusinessProfile {
        phone_number_id: number(),
    };
    let profiles = meta.call(&get).await.unwrap().body;
    assert_eq!(profiles.data[0].vertical.as_deref(), Some("RESTAURANT"));
    // The picture's address cannot be written back.
    let update = UpdateBusinessProfile {
        phone_number_id: number(),
        profile: profiles.data[0].clone(),
    };
    let expected = json!({
        "messaging_product": "whatsapp", "about": "Open", "websites": ["https://shop.example"],
        "vertical": "RESTAURANT",
    });
    assert_eq!(written(&update.request()).1, expected);

    let settings = json!({"calling": {"status": "enabled"}, "robots": {"status": "new"}});
    let meta = Meta::answering_json(200, settings).await;
    let get = GetPhoneSettings {
        phone_number_id: number(),
    };
    let settings = meta.call(&get).await.unwrap().body;
    assert_eq!(settings.calling.unwrap()["status"], "enabled");
    assert!(settings.extra.get("robots").is_some());
}

/// Meta documents an empty answer to some changes of groups, and `success` to others.
#[rstest]
#[case(json!({}))]
#[case(json!({"success": true}))]
#[case(json!({"messaging_product": "whatsapp", "request_id": "77"}))]
#[tokio::test]
async fn a_change_of_a_group_is_taken_whatever_the_answer_says(#[case] answer: Value) {
    let request_id = answer
        .get("request_id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let meta = Meta::answering_json(200, answer).await;
    let remove = RemoveGroupParticipants {
        group_id: "g1".into(),
        participants: vec!["16505551234".into()],
    };
    assert_eq!(
        meta.call(&remove).await.unwrap().body.request_id,
        request_id
    );
}

#[tokio::test]
async fn the_list_of_groups_is_read_in_meta_s_odd_form_and_as_a_plain_list() {
    let groups = json!([{"id": "g1", "subject": "Tea", "created_at": "1750269342"}]);
    for data in [
        json!({"groups": groups}),
        groups.clone(),
        json!({"summary": 1, "groups": groups}),
    ] {
        let meta = Meta::answering_json(200, json!({"data": data})).await;
        let list = ListGroups {
            phone_number_id: number(),
        };
        let list = meta.client.items(token(), list, PageOptions::default());
        let listed: Vec<_> = list.try_collect().await.unwrap();
        assert_eq!(
            (listed[0].id.as_str(), listed[0].created_at),
            ("g1", Some(1_750_269_342))
        );
    }
    for data in [json!({}), json!({"people": []}), json!("x"), Value::Null] {
        let meta = Meta::answering_json(200, json!({"data": data})).await;
        let list = ListGroups {
            phone_number_id: number(),
        };
        let error = meta.call(&list).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{data}");
    }
}

#[test]
fn a_pin_does_not_show() {
    let pin = SetPin {
        phone_number_id: number(),
        pin: "123456".into(),
    };
    let shown = format!("{pin:?} {:?}", pin.request());
    assert!(!shown.contains("123456"), "{shown}");
}
