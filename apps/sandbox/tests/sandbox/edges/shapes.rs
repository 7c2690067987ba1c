//! The shapes of answers, pinned. Each snapshot names the source of its shape.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;

/// Values that differ from run to run.
const CHANGING: [&str; 22] = [
    "after",
    "before",
    "code",
    "created_at",
    "creation_timestamp",
    "date",
    "deep_link_url",
    "download_url",
    "expires_at",
    "fbtrace_id",
    "h",
    "invite_link",
    "last_updated_time",
    "limit_expiration_time",
    "preview_url",
    "profile_picture_url",
    "qr_image_url",
    "timestamp",
    "updated_at",
    "group_id",
    "category_update_timestamp",
    "url",
];

/// Replaces what differs from run to run by its type.
fn steady(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(steady),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_code = name == "code" && value.is_number();
                let is_random = value.as_str().is_some_and(|text| {
                    ["wacid.", "Y2Fw", "upload:", "wamid."]
                        .iter()
                        .any(|mark| text.starts_with(mark))
                });
                if is_random
                    || (CHANGING.contains(&name.as_str()) && !value.is_object() && !is_code)
                {
                    *value = json!(if value.is_string() {
                        "<text>"
                    } else {
                        "<number>"
                    });
                } else {
                    steady(value);
                }
            }
        }
        _ => {}
    }
}

/// Compares the shape with its snapshot, in which the source stands.
fn pin(name: &str, source: &str, mut value: Value) {
    steady(&mut value);
    insta::with_settings!({ description => source, omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_json_snapshot!(name, value);
    });
}

const OPENAPI: &str = "Meta's OpenAPI file of business messaging, v23.0";

#[tokio::test]
async fn answers_about_numbers_have_their_sources_shapes() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let get = async |path: &str| meta.get(&token, &format!("{CONNECTED}/{path}")).await.ok();
    let post = async |path: &str, body: Value| {
        meta.post(&token, &format!("{CONNECTED}/{path}"), body)
            .await
            .ok()
    };
    let profile = json!({
        "messaging_product": "whatsapp", "about": "Open", "address": "1 Pier", "description": "Teeth",
        "email": "a@b.example", "websites": ["https://b.example"], "vertical": "HEALTH",
    });
    post("whatsapp_business_profile", profile).await;
    pin(
        "profile",
        "Meta's page on profiles, 2026-03; the OpenAPI file nests it in `business_profile`",
        get("whatsapp_business_profile").await,
    );
    pin("settings", OPENAPI, get("settings").await);
    pin(
        "conversational_automation",
        "Meta's page on conversational components, 2026-03",
        get("conversational_automation").await,
    );
    pin(
        "commerce_settings",
        OPENAPI,
        get("whatsapp_commerce_settings").await,
    );
    let key = "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----\n";
    post(
        "whatsapp_business_encryption",
        json!({ "business_public_key": key }),
    )
    .await;
    pin(
        "encryption",
        OPENAPI,
        get("whatsapp_business_encryption").await,
    );
    let info = json!({
        "messaging_product": "whatsapp", "entity_name": "Harborview", "entity_type": "PARTNERSHIP",
        "is_registered": true, "customer_care_details": { "email": "a@b.example" },
    });
    post("business_compliance_info", info).await;
    pin("compliance", OPENAPI, get("business_compliance_info").await);

    let code = json!({ "prefilled_message": "Hi", "generate_qr_image": "SVG" });
    pin("qr_code_made", OPENAPI, post("message_qrdls", code).await);
    pin("qr_codes", OPENAPI, get("message_qrdls").await);
    let order = json!({ "to": CONNECTED, "type": "text", "text": "Hi" });
    meta.order("phones/4915112345678/messages", order).await;
    let users = json!({
        "messaging_product": "whatsapp", "block_users": [{ "user": "+4915112345678" }, { "user": "+34655010203" }],
    });
    meta.order("phones/4915112345678", json!({ "identity": "phone" }))
        .await;
    meta.order("phones/34655010203", json!({ "identity": "phone" }))
        .await;
    pin(
        "blocked",
        "OpenAPI file v23.0; `failed_users` from Meta's page on the block list, 2026-03",
        post("block_users", users.clone()).await,
    );
    pin("block_list", OPENAPI, get("block_users").await);
    let request = meta.request(Method::DELETE, &format!("/v25.0/{CONNECTED}/block_users"));
    let unblocked = send(request.bearer_auth(&token).json(&users)).await.ok();
    pin(
        "unblocked",
        "OpenAPI file v23.0; Meta's page prints `added_users` here",
        unblocked,
    );
    pin(
        "call_permissions",
        "OpenAPI file v23.0; the limits from Meta's page on calls",
        get("call_permissions?user_wa_id=4915112345678").await,
    );
    post("settings", json!({ "calling": { "status": "ENABLED" } })).await;
    let call = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "action": "connect",
        "session": { "sdp_type": "offer", "sdp": "v=0" },
    });
    pin("call_made", OPENAPI, post("calls", call).await);
    let group = json!({ "messaging_product": "whatsapp", "subject": "Braces" });
    pin("group_made", OPENAPI, post("groups", group).await);
    let groups = get("groups").await;
    pin(
        "groups",
        "OpenAPI file v23.0: the list stands in `data.groups`",
        groups.clone(),
    );
    let id = text(&groups["data"]["groups"][0]["id"]);
    let fields = "subject,description,suspended,creation_timestamp,participants,total_participant_count,join_approval_mode";
    pin(
        "group",
        OPENAPI,
        meta.get(&token, &format!("{id}?fields={fields}"))
            .await
            .ok(),
    );
    pin(
        "group_invite",
        OPENAPI,
        meta.get(&token, &format!("{id}/invite_link")).await.ok(),
    );
    let sync = json!({ "messaging_product": "whatsapp", "sync_type": "history" });
    let sync = meta
        .post(&token, &format!("{COEXISTENCE}/smb_app_data"), sync)
        .await
        .ok();
    pin(
        "app_data",
        "Meta's page on onboarding users of the app, 2026-06",
        sync,
    );
}

#[tokio::test]
async fn answers_about_templates_and_flows_have_their_sources_shapes() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    meta.order("templates/review", json!({ "default": "pend" }))
        .await;
    let get = async |path: &str| meta.get(&token, path).await;
    let template = json!({
        "name": "promo", "language": "en_US", "category": "MARKETING",
        "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Fall Sale" },
            { "type": "BODY", "text": "Hi {{1}}, it is on!", "example": { "body_text": [["Mark"]] } },
            { "type": "FOOTER", "text": "Not interested? Tap stop" },
            { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Stop promotions" }] },
        ],
    });
    let edge = format!("{DENTAL_WABA}/message_templates");
    let made = meta.post(&token, &edge, template.clone()).await.ok();
    pin("template_made", OPENAPI, made.clone());
    pin("templates", OPENAPI, get(&edge).await.ok());
    pin("template", OPENAPI, get(&text(&made["id"])).await.ok());
    let twice = meta.post(&token, &edge, template).await;
    pin(
        "template_refused",
        "public threads: code 100 with the reason's number as subcode",
        twice.body,
    );
    let id = text(&made["id"]);
    meta.order(
        &format!("templates/{id}/review"),
        json!({ "outcome": "approve" }),
    )
    .await;
    let message = json!({
        "messaging_product": "whatsapp", "to": "4915112345678", "type": "template",
        "template": { "name": "promo", "language": { "code": "en_US" }, "components": [
            { "type": "body", "parameters": [{ "type": "text", "text": "Mark" }] },
        ]},
    });
    let path = format!("{CONNECTED}/marketing_messages");
    pin(
        "marketing_message",
        OPENAPI,
        meta.post(&token, &path, message).await.ok(),
    );
    let order = json!({ "hsm_ids": format!("{id},1") });
    let path = format!("{edge}/archive");
    pin(
        "template_archived",
        "Meta's page on the archival of templates, as told by one client",
        meta.post(&token, &path, order).await.ok(),
    );
    let path = format!(
        "{DENTAL_WABA}/message_template_previews?category=AUTHENTICATION&languages=en_US&button_types=OTP"
    );
    pin(
        "template_previews",
        "Meta's page on authentication templates",
        get(&path).await.ok(),
    );
    let path = "message_template_library?name=delivery_update_1&language=en_US";
    pin(
        "template_library",
        "Meta's page on the template library",
        get(path).await.ok(),
    );
    let flow = json!({
        "name": "visit", "categories": ["SIGN_UP"], "flow_json": r#"{"version":"7.0","screens":[]}"#,
    });
    let edge = format!("{DENTAL_WABA}/flows");
    let flow = meta.post(&token, &edge, flow).await.ok();
    pin(
        "flow_made",
        "OpenAPI file v23.0 for `id`; the rest from Meta's page on flows",
        flow.clone(),
    );
    pin("flows", OPENAPI, get(&edge).await.ok());
    let id = text(&flow["id"]);
    pin(
        "flow_assets",
        OPENAPI,
        get(&format!("{id}/assets")).await.ok(),
    );
    let fields = "id,name,categories,preview,status,validation_errors,json_version,whatsapp_business_account,application";
    pin(
        "flow",
        "Meta's page on the flows API",
        get(&format!("{id}?fields={fields}")).await.ok(),
    );
}

#[tokio::test]
async fn errors_and_uploads_have_their_sources_shapes() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let bad = meta.get("wrong", "me").await.body;
    pin("error_bad_token", "OpenAPI file v23.0: subcode 463", bad);
    let alias = meta.get(&token, "nonsense").await.body;
    pin(
        "error_alias",
        "OpenAPI file v23.0: type GraphMethodException",
        alias,
    );
    let query = [
        ("file_name", "a"),
        ("file_length", "3"),
        ("file_type", "image/png"),
    ];
    let request = meta.request(Method::POST, &format!("/v25.0/{APP}/uploads"));
    let opened = send(request.query(&query).bearer_auth(&token)).await.ok();
    pin("upload_opened", "pywa, api.py", opened.clone());
    let path = format!("/v25.0/{}", text(&opened["id"]));
    let request = meta.request(Method::POST, &path).bearer_auth(&token);
    pin(
        "upload_done",
        "pywa, api.py",
        send(request.body("abc")).await.ok(),
    );
}
