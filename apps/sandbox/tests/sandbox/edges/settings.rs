use reqwest::Method;
use serde_json::{Value, json};

use super::*;

fn edge(name: &str) -> String {
    format!("{CONNECTED}/{name}")
}

#[tokio::test]
async fn a_profile_keeps_what_was_written_and_shows_the_fields_that_are_asked_for() {
    let mut meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = edge("whatsapp_business_profile");
    let first = meta.get(&token, &path).await.ok();
    assert_eq!(
        first,
        json!({ "data": [{ "messaging_product": "whatsapp", "vertical": "UNDEFINED" }] })
    );
    let profile = json!({
        "messaging_product": "whatsapp", "about": "Open daily", "email": "a@b.example",
        "websites": ["https://b.example"], "vertical": "health",
    });
    assert_eq!(
        meta.post(&token, &path, profile).await.ok()["success"],
        true
    );
    let more = json!({ "messaging_product": "whatsapp", "address": "1 Pier", "email": "" });
    meta.post(&token, &path, more).await.ok();
    meta.restart().await;
    let asked = meta
        .get(
            &token,
            &format!("{path}?fields=about,vertical,address,email"),
        )
        .await;
    assert_eq!(
        asked.ok()["data"][0],
        json!({ "about": "Open daily", "vertical": "HEALTH", "address": "1 Pier", "email": "" })
    );
    let other = meta
        .get(
            &token,
            &format!("{JUNIPER_PHONE}/whatsapp_business_profile"),
        )
        .await;
    assert!(
        other.ok()["data"][0].get("about").is_none(),
        "each number has its own"
    );
    let bad = meta.get(&token, &format!("{path}?fields=colour")).await;
    assert_eq!(bad.refusal().1, 100);
}

#[tokio::test]
async fn a_part_of_a_setting_that_breaks_its_limit_is_refused_and_changes_nothing() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let long = |count: usize| "x".repeat(count);
    let product = "whatsapp";
    let cases = [
        ("whatsapp_business_profile", json!({ "about": "x" })),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "about": "" }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "about": long(140) }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "address": long(257) }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "description": long(513) }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "email": "nobody" }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "vertical": "SPACE" }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "websites": ["b.example"] }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "websites": ["https://a.b", "https://a.b", "https://a.b"] }),
        ),
        (
            "whatsapp_business_profile",
            json!({ "messaging_product": product, "profile_picture_handle": "4:x" }),
        ),
        (
            "conversational_automation",
            json!({ "prompts": ["a", "b", "c", "d", "e"] }),
        ),
        (
            "conversational_automation",
            json!({ "prompts": [long(81)] }),
        ),
        (
            "conversational_automation",
            json!({ "commands": [{ "command_name": "a" }] }),
        ),
        (
            "conversational_automation",
            json!({ "commands": [{ "command_name": long(33), "command_description": "b" }] }),
        ),
        ("conversational_automation", json!({})),
        ("settings", json!({ "calling": "on" })),
        ("settings", json!({ "calling": { "status": "MAYBE" } })),
        ("settings", json!({})),
        (
            "whatsapp_commerce_settings",
            json!({ "is_cart_enabled": "yes" }),
        ),
        (
            "whatsapp_business_encryption",
            json!({ "business_public_key": "key" }),
        ),
        (
            "business_compliance_info",
            json!({ "messaging_product": product, "entity_type": "CLUB" }),
        ),
    ];
    for (name, body) in cases {
        let before = meta.get(&token, &edge(name)).await.ok();
        let refused = meta.post(&token, &edge(name), body.clone()).await;
        assert_eq!(
            (refused.refusal().0, refused.refusal().1),
            (400, 100),
            "{name} {body}"
        );
        assert_eq!(
            meta.get(&token, &edge(name)).await.ok(),
            before,
            "{name} {body}"
        );
    }
}

#[tokio::test]
async fn a_photo_comes_by_the_handle_of_an_upload() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let upload = async |kind: &str| {
        let query = [
            ("file_name", "a"),
            ("file_length", "3"),
            ("file_type", kind),
        ];
        let request = meta.request(Method::POST, &format!("/v25.0/{APP}/uploads"));
        let opened = send(request.query(&query).bearer_auth(&token)).await.ok();
        let request = meta.request(Method::POST, &format!("/v25.0/{}", text(&opened["id"])));
        text(&send(request.bearer_auth(&token).body("abc")).await.ok()["h"])
    };
    let path = edge("whatsapp_business_profile");
    let write = async |handle: &str| {
        let body = json!({ "messaging_product": "whatsapp", "profile_picture_handle": handle });
        meta.post(&token, &path, body).await
    };
    assert_eq!(
        write(&upload("application/pdf").await).await.refusal().1,
        100
    );
    write(&upload("image/jpeg").await).await.ok();
    let profile = meta
        .get(&token, &format!("{path}?fields=profile_picture_url"))
        .await
        .ok();
    assert!(
        text(&profile["data"][0]["profile_picture_url"]).starts_with("https://pps.whatsapp.net/")
    );
    assert!(profile["data"][0].get("profile_picture_handle").is_none());
}

#[tokio::test]
async fn calling_settings_are_laid_over_the_known_ones_and_told() {
    let (meta, callback, token) = heard().await;
    let write = async |calling: Value| {
        meta.post(&token, &edge("settings"), json!({ "calling": calling }))
            .await
            .ok()
    };
    write(json!({ "status": "enabled", "call_hours": { "status": "ENABLED", "holiday_schedule": [] } })).await;
    write(json!({ "call_icon_visibility": "DISABLE_ALL", "call_hours": { "status": "DISABLED" } }))
        .await;
    let settings = meta.get(&token, &edge("settings")).await.ok();
    assert_eq!(
        settings["calling"],
        json!({
            "status": "ENABLED", "call_icon_visibility": "DISABLE_ALL",
            "callback_permission_status": "DISABLED", "call_hours": { "status": "DISABLED" },
        }),
        "call_hours are replaced as a whole"
    );
    let told = told(&callback, 2).await;
    assert_eq!(told[0].0, "account_settings_update");
    assert_eq!(
        told[1].1["phone_number_settings"]["calling"],
        settings["calling"]
    );
}

#[tokio::test]
async fn conversational_components_show_on_their_edge_and_as_a_field() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("/v25.0/{}", edge("conversational_automation"));
    let query = [("prompts", r#"["Book a visit","Prices"]"#)];
    let request = meta
        .request(Method::POST, &path)
        .query(&query)
        .bearer_auth(&token);
    send(request).await.ok();
    let commands = json!([{ "command_name": "help", "command_description": "Get help" }]);
    let body = json!({ "commands": commands });
    meta.post(&token, &edge("conversational_automation"), body)
        .await
        .ok();
    let set =
        json!({ "id": CONNECTED, "prompts": ["Book a visit", "Prices"], "commands": commands });
    assert_eq!(
        meta.get(&token, &edge("conversational_automation"))
            .await
            .ok(),
        set
    );
    let node = meta
        .get(
            &token,
            &format!("{CONNECTED}?fields=conversational_automation"),
        )
        .await;
    assert_eq!(node.ok()["conversational_automation"], set);
}

#[tokio::test]
async fn settings_are_fields_of_their_number() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!(
        "{CONNECTED}?fields=whatsapp_business_profile{{messaging_product}},settings{{calling}}"
    );
    let node = meta.get(&token, &path).await.ok();
    assert_eq!(
        node["whatsapp_business_profile"]["data"][0]["messaging_product"],
        "whatsapp"
    );
    assert_eq!(node["settings"]["calling"]["status"], "DISABLED");
}
