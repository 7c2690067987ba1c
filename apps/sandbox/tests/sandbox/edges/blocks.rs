use reqwest::Method;
use serde_json::{Value, json};

use super::*;

const AVA: &str = "4915112345678";
const BEN: &str = "34655010203";

async fn block(meta: &Meta, token: &str, method: Method, users: Value) -> Answer {
    let path = format!("/v25.0/{CONNECTED}/block_users");
    let body = json!({ "messaging_product": "whatsapp", "block_users": users });
    send(meta.request(method, &path).bearer_auth(token).json(&body)).await
}

async fn write(meta: &Meta, who: &str) -> Value {
    let order = json!({ "to": CONNECTED, "type": "text", "text": "Hi" });
    meta.order(&format!("phones/{who}/messages"), order).await
}

#[tokio::test]
async fn what_a_blocked_customer_does_does_not_arrive() {
    let (meta, callback, token) = heard().await;
    write(&meta, AVA).await;
    callback.wait_for(1).await;
    let answer = block(
        &meta,
        &token,
        Method::POST,
        json!([{ "user": format!("+{AVA}") }]),
    )
    .await;
    let added = &answer.ok()["block_users"]["added_users"][0];
    assert_eq!(
        (&added["input"], &added["wa_id"]),
        (&json!(format!("+{AVA}")), &json!(AVA))
    );

    assert_eq!(write(&meta, AVA).await["silence"], "blocked");
    let call = json!({ "to": CONNECTED, "event": "connect" });
    let called = meta.order(&format!("phones/{AVA}/calls"), call).await;
    assert_eq!(called["silence"], "blocked");
    let message = json!({
        "messaging_product": "whatsapp", "to": AVA, "type": "text", "text": { "body": "x" },
    });
    let path = format!("{CONNECTED}/messages");
    let sent = meta.post(&token, &path, message.clone()).await;
    assert_eq!(sent.refusal().1, 130_403);

    // Another customer and another number are not touched, and unblocking ends it.
    assert!(write(&meta, BEN).await["silence"].is_null());
    let removed = block(&meta, &token, Method::DELETE, json!([{ "user": AVA }]))
        .await
        .ok();
    assert_eq!(removed["block_users"]["removed_users"][0]["wa_id"], AVA);
    assert!(write(&meta, AVA).await["silence"].is_null());
    meta.post(&token, &path, message).await.ok();
    assert_eq!(told(&callback, 3).await.len(), 3);
}

#[tokio::test]
async fn only_a_customer_who_wrote_lately_can_be_blocked() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    write(&meta, AVA).await;
    let both = json!([{ "user": AVA }, { "user": BEN }, { "user_id": "US.1" }]);
    let answer = block(&meta, &token, Method::POST, both).await.ok();
    assert_eq!(
        answer["block_users"]["added_users"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let failed = &answer["block_users"]["failed_users"];
    assert_eq!(
        (&failed[0]["input"], &failed[0]["errors"][0]["code"]),
        (&json!(BEN), &json!(131_047))
    );
    assert_eq!(failed[1]["errors"][0]["code"], 131_026);
    meta.travel(25 * 3_600).await;
    block(&meta, &token, Method::DELETE, json!([{ "user": AVA }]))
        .await
        .ok();
    let late = block(&meta, &token, Method::POST, json!([{ "user": AVA }]))
        .await
        .ok();
    assert_eq!(
        late["block_users"]["failed_users"][0]["errors"][0]["code"],
        131_047
    );
    for bad in [json!("x"), json!([{}]), json!(["x"])] {
        let refused = block(&meta, &token, Method::POST, bad.clone()).await;
        assert_eq!(refused.refusal().1, 100, "{bad}");
    }
}

#[tokio::test]
async fn a_customer_can_be_blocked_by_id_and_the_list_has_pages() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for who in [AVA, BEN] {
        write(&meta, who).await;
    }
    let known = meta.look(&format!("phones/{AVA}")).await;
    let id = known["userIds"][HARBORVIEW].clone();
    block(
        &meta,
        &token,
        Method::POST,
        json!([{ "user_id": id }, { "user": BEN }]),
    )
    .await
    .ok();
    let path = format!("{CONNECTED}/block_users");
    let list = meta.get(&token, &format!("{path}?limit=1")).await.ok();
    assert_eq!(list["data"][0]["wa_id"], BEN);
    let next = meta
        .get(
            &token,
            &format!("{path}?after={}", text(&list["paging"]["cursors"]["after"])),
        )
        .await;
    let next = next.ok();
    assert_eq!(
        (&next["data"][0]["wa_id"], &next["data"][0]["user_id"]),
        (&json!(AVA), &id)
    );
}
