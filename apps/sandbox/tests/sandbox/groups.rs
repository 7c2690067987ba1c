//! Groups and their members.

use reqwest::Method;
use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const MEMBERS: [&str; 3] = ["4915112345678", "34655010203", "5511987654321"];

async fn hearing(callback: &Callback) -> (Meta, String) {
    let meta = Meta::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    (meta, token)
}

async fn group(meta: &Meta) -> String {
    let order =
        json!({ "phoneNumberId": CONNECTED, "subject": "Order 4711", "participants": MEMBERS });
    text(&meta.order("groups", order).await["id"])
}

async fn send(meta: &Meta, token: &str, group: &str) -> String {
    let message = json!({
        "messaging_product": "whatsapp", "recipient_type": "group", "to": group, "type": "text",
        "text": { "body": "Hello all" },
    });
    let path = format!("{CONNECTED}/messages");
    let answer = meta.post(token, &path, message).await.ok();
    meta.order("webhooks/settle", json!({})).await;
    text(&answer["messages"][0]["id"])
}

/// Returns the values of all changes, in order.
fn values(callback: &Callback) -> Vec<Value> {
    let mut values = Vec::new();
    for received in callback.received() {
        for change in received.json()["entry"][0]["changes"].as_array().unwrap() {
            values.push(change["value"].clone());
        }
    }
    values
}

#[tokio::test]
async fn a_message_arrives_at_each_member_of_the_group() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let id = group(&meta).await;
    let knobs = json!({ "statuses": ["sent", "delivered", "read"] });
    meta.order("sending/knobs", knobs).await;
    let wamid = send(&meta, &token, &id).await;
    let values = values(&callback);
    assert_eq!(values.len(), 3, "one webhook a status");
    for (value, name) in values.iter().zip(["sent", "delivered", "read"]) {
        let statuses = value["statuses"].as_array().unwrap();
        for status in statuses {
            assert_eq!(
                (&status["id"], &status["status"]),
                (&json!(wamid), &json!(name))
            );
            assert_eq!(status["recipient_id"], id);
            assert_eq!(status["recipient_type"], "group");
            assert_eq!(status["conversation"]["origin"]["type"], "group_service");
            assert!(
                status.get("pricing").is_none(),
                "inside of the conversation"
            );
            let has_price = status["conversation"].get("pricing").is_some();
            assert_eq!(has_price, name != "read");
        }
        let told: Vec<_> = statuses
            .iter()
            .filter_map(|status| status["recipient_participant_id"].as_str())
            .collect();
        match name {
            "sent" => assert!(told.is_empty() && value.get("contacts").is_none()),
            _ => {
                assert_eq!(told, MEMBERS);
                let contacts = value["contacts"].as_array().unwrap().iter();
                let ids: Vec<_> = contacts.map(|it| it["wa_id"].as_str().unwrap()).collect();
                assert_eq!(ids, MEMBERS);
            }
        }
    }
    for member in MEMBERS {
        let thread = meta
            .look(&format!("phones/{member}/thread?with={CONNECTED}"))
            .await;
        assert_eq!(thread["data"][0]["message"]["group_id"], id, "{member}");
    }
}

#[tokio::test]
async fn members_are_told_one_by_one_in_the_other_form_of_metas() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let id = group(&meta).await;
    meta.order("quirks", json!({ "groupStatuses": "single" }))
        .await;
    meta.order("sending/knobs", json!({ "statuses": ["delivered"] }))
        .await;
    send(&meta, &token, &id).await;
    let values = values(&callback);
    assert_eq!(values.len(), 3);
    for (value, member) in values.iter().zip(MEMBERS) {
        let [status] = value["statuses"].as_array().unwrap().as_slice() else {
            panic!("{value}");
        };
        assert_eq!(status["participant_recipient_id"], member);
        assert!(status.get("recipient_participant_id").is_none());
        assert_eq!(status["pricing"]["type"], "free_group_customer_service");
        assert!(status["conversation"].get("pricing").is_none());
    }
}

#[tokio::test]
async fn a_member_without_a_number_is_told_by_id() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let id = group(&meta).await;
    let settings = json!({ "identity": "bsuid", "hasParentId": true });
    meta.order(&format!("phones/{}", MEMBERS[1]), settings)
        .await;
    let settings = json!({ "identity": "phone" });
    meta.order(&format!("phones/{}", MEMBERS[2]), settings)
        .await;
    for (form, name) in [
        ("aggregated", "recipient_participant_id"),
        ("single", "participant_recipient_id"),
    ] {
        meta.order("quirks", json!({ "groupStatuses": form })).await;
        let before = values(&callback).len();
        send(&meta, &token, &id).await;
        let values = values(&callback).split_off(before);
        let statuses: Vec<_> = values
            .iter()
            .flat_map(|value| value["statuses"].as_array().unwrap())
            .filter(|status| status["status"] == "delivered")
            .collect();
        let has = |index: usize, name: &str| statuses[index].get(name).is_some();
        let (user, parent) = (
            "recipient_participant_user_id",
            "recipient_participant_parent_user_id",
        );
        assert_eq!(
            (has(0, name), has(0, user), has(0, parent)),
            (true, true, false)
        );
        assert_eq!(
            (has(1, name), has(1, user), has(1, parent)),
            (false, true, true)
        );
        assert_eq!(
            (has(2, name), has(2, user), has(2, parent)),
            (true, false, false)
        );
    }
}

#[tokio::test]
async fn a_group_that_fails_or_is_not_known_names_no_member() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let id = group(&meta).await;
    send(&meta, &token, "Y2FwaV9ncm91cDox").await;
    meta.order("sending/knobs", json!({ "failPercent": 100 }))
        .await;
    send(&meta, &token, &id).await;
    let values = values(&callback);
    assert_eq!(values.len(), 3);
    for value in &values {
        let [status] = value["statuses"].as_array().unwrap().as_slice() else {
            panic!("{value}");
        };
        assert!(status.get("recipient_participant_id").is_none());
        assert!(value.get("contacts").is_none());
    }
    assert_eq!(values[2]["statuses"][0]["errors"][0]["code"], 131_026);
}

#[tokio::test]
async fn an_answer_in_a_group_names_a_message_of_that_group() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let id = group(&meta).await;
    meta.order("sending/knobs", json!({ "statuses": [] })).await;
    let to_all = send(&meta, &token, &id).await;
    let before = callback.received().len();
    let order = json!({ "to": CONNECTED, "type": "reaction", "groupId": id });
    meta.order(&format!("phones/{}/messages", MEMBERS[0]), order)
        .await;
    let told = callback.wait_for(before + 1).await[before].value();
    assert_eq!(told["messages"][0]["reaction"]["message_id"], to_all);
    assert_eq!(told["messages"][0]["group_id"], id);
    // The thread of the two alone has no message to react to.
    let order = json!({ "to": CONNECTED, "type": "reaction" });
    let path = format!("phones/{}/messages", MEMBERS[1]);
    let refused = meta.control_raw(Method::POST, &path, order).await;
    assert_eq!(refused.status.as_u16(), 400);
}

#[tokio::test]
async fn a_group_has_one_to_eight_members_and_a_number() {
    let meta = Meta::start();
    let refused = async |order: Value| {
        let answer = meta.control_raw(Method::POST, "groups", order).await;
        answer.status.as_u16()
    };
    let of = |count: usize| {
        let numbers: Vec<String> = (0..count).map(|n| format!("49151000000{n:02}")).collect();
        json!({ "phoneNumberId": CONNECTED, "participants": numbers })
    };
    assert_eq!(refused(of(0)).await, 400);
    assert_eq!(refused(of(9)).await, 400);
    let mut odd = of(1);
    odd["participants"] = json!(["abc"]);
    assert_eq!(refused(odd).await, 400);
    let mut nowhere = of(1);
    nowhere["phoneNumberId"] = json!("1");
    assert_eq!(refused(nowhere).await, 404);
    let mut named = of(8);
    named["id"] = json!("Y2FwaV9ncm91cDox");
    meta.order("groups", named.clone()).await;
    named["subject"] = json!("Other");
    meta.order("groups", named).await;
    let listed = meta.look("groups").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"][0]["subject"], "Other");
}
