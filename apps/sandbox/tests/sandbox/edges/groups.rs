use reqwest::Method;
use serde_json::{Value, json};

use super::*;

const AVA: &str = "4915112345678";
const BEN: &str = "34655010203";

/// Makes a group, and returns its id from the webhook.
async fn group(meta: &Meta, callback: &Callback, token: &str, mode: &str) -> String {
    let body = json!({
        "messaging_product": "whatsapp", "subject": "Braces", "join_approval_mode": mode,
    });
    let made = meta
        .post(token, &format!("{CONNECTED}/groups"), body)
        .await
        .ok();
    let told = told(callback, 1).await;
    let item = &told[0].1["groups"][0];
    assert_eq!(
        (told[0].0.as_str(), &item["type"]),
        ("group_lifecycle_update", &json!("group_create"))
    );
    assert_eq!(item["request_id"], made["request_id"]);
    assert!(text(&item["invite_link"]).starts_with("https://chat.whatsapp.com/"));
    text(&item["group_id"])
}

async fn join(meta: &Meta, id: &str, number: &str, act: &str) -> Answer {
    let order = json!({ "number": number, "act": act });
    meta.control_raw(Method::POST, &format!("groups/{id}"), order)
        .await
}

#[tokio::test]
async fn a_group_is_made_filled_changed_and_deleted() {
    let (meta, callback, token) = heard().await;
    let id = group(&meta, &callback, &token, "auto_approve").await;
    let list = meta.get(&token, &format!("{CONNECTED}/groups")).await.ok();
    assert_eq!(list["data"]["groups"][0]["id"], id.as_str());
    for n in 0..8 {
        join(&meta, &id, &format!("4915100000{n}"), "join")
            .await
            .ok();
    }
    assert_eq!(
        join(&meta, &id, AVA, "join").await.status,
        400,
        "it is full"
    );
    let look = async |fields: &str| {
        meta.get(&token, &format!("{id}?fields={fields}"))
            .await
            .ok()
    };
    assert_eq!(
        look("total_participant_count").await["total_participant_count"],
        8
    );
    let body = json!({
        "messaging_product": "whatsapp", "participants": [{ "user": "+49 151 000000" }, { "user": AVA }],
    });
    let path = format!("/v25.0/{id}/participants");
    let request = meta.request(Method::DELETE, &path).bearer_auth(&token);
    send(request.json(&body)).await.ok();
    assert_eq!(
        look("participants").await["participants"]
            .as_array()
            .unwrap()
            .len(),
        7
    );
    let body = json!({ "messaging_product": "whatsapp", "subject": " Retainers " });
    meta.post(&token, &id, body).await.ok();
    assert_eq!(look("subject").await["subject"], "Retainers");
    meta.delete(&token, &id).await.ok();
    assert_eq!(meta.get(&token, &id).await.refusal().1, 803);
    let kinds: Vec<String> = told(&callback, 12)
        .await
        .iter()
        .map(|(_, value)| text(&value["groups"][0]["type"]))
        .collect();
    assert_eq!(
        kinds[9..],
        [
            "group_participants_remove",
            "group_settings_update",
            "group_delete"
        ]
    );
}

#[tokio::test]
async fn a_group_with_approval_lists_who_asks_to_join() {
    let (meta, callback, token) = heard().await;
    let id = group(&meta, &callback, &token, "approval_required").await;
    for who in [AVA, BEN] {
        join(&meta, &id, who, "join").await.ok();
    }
    let path = format!("{id}/join_requests");
    let asked = async || meta.get(&token, &path).await.ok()["data"].clone();
    let requests = asked().await;
    assert_eq!(requests.as_array().unwrap().len(), 2);
    let request_of = |who: &str| {
        let all = requests.as_array().unwrap();
        all.iter().find(|it| it["wa_id"] == who).unwrap()["join_request_id"].clone()
    };
    let body = |request: Value| json!({ "messaging_product": "whatsapp", "join_requests": [request, "x"] });
    let done = meta.post(&token, &path, body(request_of(AVA))).await.ok();
    assert_eq!(done["approved_join_requests"], json!([request_of(AVA)]));
    let failed = &done["failed_join_requests"][0];
    assert_eq!(
        (&failed["join_request_id"], &failed["errors"][0]["code"]),
        (&json!("x"), &json!(131_213))
    );
    let request = meta
        .request(Method::DELETE, &format!("/v25.0/{path}"))
        .bearer_auth(&token);
    let done = send(request.json(&body(request_of(BEN)))).await.ok();
    assert_eq!(done["rejected_join_requests"], json!([request_of(BEN)]));
    assert_eq!(asked().await, json!([]));
    let node = meta
        .get(&token, &format!("{id}?fields=participants"))
        .await
        .ok();
    let ids = meta.look(&format!("phones/{AVA}")).await["userIds"][HARBORVIEW].clone();
    assert_eq!(
        node["participants"],
        json!([{ "wa_id": AVA, "user_id": ids }])
    );
}

#[tokio::test]
async fn a_full_group_refuses_a_request_and_keeps_it() {
    let (meta, callback, token) = heard().await;
    let id = group(&meta, &callback, &token, "approval_required").await;
    let numbers = (0..9).map(|n| format!("4915100000{n}"));
    for number in numbers {
        join(&meta, &id, &number, "join").await.ok();
    }
    let path = format!("{id}/join_requests");
    let asked = meta.get(&token, &path).await.ok();
    let requests = asked["data"].as_array().unwrap();
    assert!(requests[0]["creation_timestamp"].is_i64());
    let ids: Vec<&Value> = requests.iter().map(|it| &it["join_request_id"]).collect();
    let body = json!({ "messaging_product": "whatsapp", "join_requests": ids });
    let done = meta.post(&token, &path, body).await.ok();
    assert_eq!(done["approved_join_requests"].as_array().unwrap().len(), 8);
    let failed = &done["failed_join_requests"][0];
    assert_eq!(failed["errors"][0]["code"], 131_204);
    let left = meta.get(&token, &path).await.ok();
    assert_eq!(
        left["data"][0]["join_request_id"],
        failed["join_request_id"]
    );
}

#[tokio::test]
async fn a_participant_is_removed_by_number_or_by_user_id_and_told_with_both() {
    let (meta, callback, token) = heard().await;
    let id = group(&meta, &callback, &token, "auto_approve").await;
    for who in [AVA, BEN] {
        join(&meta, &id, who, "join").await.ok();
    }
    let ids = meta.look(&format!("phones/{AVA}")).await["userIds"][HARBORVIEW].clone();
    let users = json!([{ "user": ids }, { "user": format!("+{BEN}") }, { "user": "US.1" }]);
    let body = json!({ "messaging_product": "whatsapp", "participants": users });
    let path = format!("/v25.0/{id}/participants");
    let request = meta.request(Method::DELETE, &path).bearer_auth(&token);
    send(request.json(&body)).await.ok();
    let node = meta
        .get(&token, &format!("{id}?fields=participants"))
        .await
        .ok();
    assert_eq!(node["participants"], json!([]));
    let told = told(&callback, 4).await;
    let item = &told[3].1["groups"][0];
    assert_eq!(
        item["removed_participants"][0],
        json!({ "input": ids, "wa_id": AVA, "user_id": ids })
    );
    assert_eq!(item["removed_participants"][1]["wa_id"], BEN);
    assert_eq!(
        (
            &item["failed_participants"][0]["input"],
            &item["failed_participants"][0]["errors"][0]["code"]
        ),
        (&json!("US.1"), &json!(131_212))
    );
}

#[tokio::test]
async fn a_new_invitation_ends_the_old_one() {
    let (meta, callback, token) = heard().await;
    let id = group(&meta, &callback, &token, "auto_approve").await;
    let path = format!("{id}/invite_link");
    let link = async || text(&meta.get(&token, &path).await.ok()["invite_link"]);
    let first = link().await;
    let second = text(&meta.post(&token, &path, json!({})).await.ok()["invite_link"]);
    assert_ne!(first, second);
    assert_eq!(link().await, second);
    meta.delete(&token, &path).await.ok();
    assert_ne!(link().await, second);
}

#[tokio::test]
async fn a_group_needs_a_subject_within_its_limits() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for (name, value) in [
        ("subject", json!(" ")),
        ("subject", json!("x".repeat(129))),
        ("description", json!("x".repeat(2_049))),
        ("join_approval_mode", json!("never")),
        ("messaging_product", json!("telegram")),
    ] {
        let mut body = json!({ "messaging_product": "whatsapp", "subject": "A" });
        body[name] = value;
        let refused = meta
            .post(&token, &format!("{CONNECTED}/groups"), body)
            .await;
        assert_eq!(refused.refusal().1, 100, "{name}");
    }
}
