use reqwest::Method;
use serde_json::{Value, json};
use wabakit_sandbox::Seed;

use super::support::*;

fn seed_of_many(count: usize) -> Seed {
    let phones: Vec<Value> = (0..count)
        .map(|n| json!({ "displayPhoneNumber": format!("+1 555-01{n:02}"), "verifiedName": "N" }))
        .collect();
    let seed = json!({
        "users": [{ "name": "A" }],
        "businesses": [{ "name": "B", "wabas": [{ "name": "W", "phoneNumbers": phones }] }],
    });
    Seed::parse(&seed.to_string()).unwrap()
}

#[tokio::test]
async fn pages_follow_one_another_to_the_end_and_back() {
    let meta = Meta::with(vec![app()], seed_of_many(5));
    let token = meta.token_for_all().await;
    let edge = "420000000000001/phone_numbers?limit=2&fields=id";
    let first = meta.get(&token, edge).await.ok();
    assert_eq!(ids(&first), ["530000000000001", "530000000000002"]);
    assert!(first["paging"]["previous"].is_null());

    // Meta's `next` is a whole address with the token in it, and works without a header.
    let next = text(&first["paging"]["next"]);
    assert!(next.starts_with(meta.base()) && next.contains(&format!("access_token={token}")));
    let second: Value = client()
        .get(&next)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ids(&second), ["530000000000003", "530000000000004"]);

    let after = text(&second["paging"]["cursors"]["after"]);
    let third = meta
        .get(&token, &format!("{edge}&after={after}"))
        .await
        .ok();
    assert_eq!(ids(&third), ["530000000000005"]);
    assert!(
        third["paging"]["next"].is_null(),
        "the last page has no next"
    );

    let before = text(&third["paging"]["cursors"]["before"]);
    let back = meta
        .get(&token, &format!("{edge}&before={before}"))
        .await
        .ok();
    assert_eq!(ids(&back), ids(&second));
    assert_eq!(back["data"][0], json!({ "id": "530000000000003" }));
}

#[tokio::test]
async fn a_bad_limit_or_cursor_is_refused() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    for bad in ["limit=0", "limit=x", "after=nonsense"] {
        let answer = meta.get(&token, &format!("me/businesses?{bad}")).await;
        assert_eq!(answer.refusal().1, 100, "{bad}");
    }
}

#[tokio::test]
async fn an_empty_list_has_no_paging() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{NORTHGATE}/owned_whatsapp_business_accounts");
    assert_eq!(meta.get(&token, &path).await.ok(), json!({ "data": [] }));
}

#[tokio::test]
async fn a_clients_waba_is_listed_where_it_is_shared() {
    let seed = json!({
        "users": [{ "name": "A" }],
        "businesses": [
            { "id": "31", "name": "Agency" },
            { "id": "32", "name": "Client", "wabas": [{ "id": "42", "name": "W", "sharedWith": ["31"] }] },
        ],
    });
    let meta = Meta::with(vec![app()], Seed::parse(&seed.to_string()).unwrap());
    let token = meta
        .token(json!({ "businesses": ["31"], "wabas": ["42"] }))
        .await;
    assert_eq!(ids(&meta.get(&token, "me/businesses").await.ok()), ["31"]);
    let edge = |name: &str| format!("31/{name}_whatsapp_business_accounts");
    assert_eq!(ids(&meta.get(&token, &edge("client")).await.ok()), ["42"]);
    assert!(ids(&meta.get(&token, &edge("owned")).await.ok()).is_empty());
    let assigned = "me/assigned_whatsapp_business_accounts";
    assert_eq!(ids(&meta.get(&token, assigned).await.ok()), ["42"]);
}

#[tokio::test]
async fn fields_are_picked_and_unknown_ones_refused() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}?fields=name,owner_business_info{{id,name}},creation_time");
    let waba = meta.get(&token, &path).await.ok();
    assert_eq!(
        waba,
        json!({
            "id": DENTAL_WABA,
            "name": "Harborview Dental",
            "owner_business_info": { "id": HARBORVIEW, "name": "Harborview Dental Group" },
        })
    );
    let answer = meta
        .get(&token, &format!("{DENTAL_WABA}?fields=colour"))
        .await;
    assert_eq!(answer.refusal(), (400, 100, None));
    assert!(answer.message().contains("nonexisting field (colour)"));
}

#[tokio::test]
async fn an_edge_in_fields_is_answered_as_by_its_own_call() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{JUNIPER_WABA}?fields=name,phone_numbers{{id}}");
    let waba = meta.get(&token, &path).await.ok();
    assert_eq!(ids(&waba["phone_numbers"]), [JUNIPER_PHONE]);
    assert_eq!(
        (&waba["name"], &waba["id"]),
        (&json!("Juniper & Sage Coffee"), &json!(JUNIPER_WABA))
    );

    // Deeper, in a list, with a limit and another name.
    let inner =
        "owned_whatsapp_business_accounts{name,phone_numbers.limit(1).as(numbers){verified_name}}";
    let path = format!("me/businesses?fields=id,{inner}");
    let businesses = meta.get(&token, &path).await.ok();
    let wabas = &businesses["data"][1]["owned_whatsapp_business_accounts"];
    let numbers = &wabas["data"][0]["numbers"];
    assert_eq!(
        numbers["data"],
        json!([{ "verified_name": "Harborview Front Desk", "id": FRONT_DESK }])
    );
    let next = text(&numbers["paging"]["next"]);
    let second: Value = client()
        .get(&next)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ids(&second), [UNVERIFIED], "its next page is the edge's");
    assert!(
        wabas["data"][1].get("numbers").is_none(),
        "an empty edge is left out"
    );

    let me = meta
        .get(&token, "me?fields=businesses.limit(1){id},permissions")
        .await
        .ok();
    assert_eq!(ids(&me["businesses"]), [JUNIPER]);
    assert_eq!(me["permissions"]["data"][0]["status"], "granted");

    for bad in [
        "phone_numbers{colour}",
        "colours{id}",
        "phone_numbers.limit(0){id}",
    ] {
        let answer = meta
            .get(&token, &format!("{JUNIPER_WABA}?fields={bad}"))
            .await;
        assert_eq!(answer.refusal().1, 100, "{bad}");
    }
}

#[tokio::test]
async fn fields_of_a_value_can_be_picked_too() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path =
        format!("{DENTAL_WABA}?fields=owner_business_info{{name}},health_status{{entities{{id}}}}");
    let waba = meta.get(&token, &path).await.ok();
    assert_eq!(
        waba["owner_business_info"],
        json!({ "name": "Harborview Dental Group" })
    );
    assert_eq!(
        waba["health_status"],
        json!({ "entities": [{ "id": DENTAL_WABA }] })
    );
}

#[tokio::test]
async fn a_token_sees_only_what_was_ticked() {
    let meta = Meta::start();
    let token = meta.token(json!({ "phoneNumbers": [CONNECTED] })).await;
    let numbers = meta
        .get(&token, &format!("{DENTAL_WABA}/phone_numbers"))
        .await
        .ok();
    assert_eq!(ids(&numbers), [CONNECTED]);
    for hidden in [JUNIPER, JUNIPER_WABA, JUNIPER_PHONE, FRONT_DESK, "999"] {
        assert_eq!(
            meta.get(&token, hidden).await.refusal(),
            (400, 100, Some(33)),
            "{hidden}"
        );
    }
    let path = format!("{JUNIPER_WABA}/subscribed_apps");
    assert_eq!(
        meta.post(&token, &path, json!({})).await.refusal(),
        (400, 100, Some(33))
    );
}

#[tokio::test]
async fn each_number_of_the_seed_is_what_it_says() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let look = async |id: &str, field: &str| {
        meta.get(&token, &format!("{id}?fields={field}")).await.ok()[field].clone()
    };
    assert_eq!(
        look(UNVERIFIED, "code_verification_status").await,
        "NOT_VERIFIED"
    );
    assert_eq!(look(CONNECTED, "status").await, "CONNECTED");
    assert_eq!(look(COEXISTENCE, "is_on_biz_app").await, true);
    assert_eq!(look(FOREIGN_PIN, "is_pin_enabled").await, true);
    assert_eq!(look(JUNIPER_PHONE, "is_pin_enabled").await, false);
    let numbers = meta
        .get(&token, &format!("{EMPTY_WABA}/phone_numbers"))
        .await
        .ok();
    assert!(ids(&numbers).is_empty());
}

#[tokio::test]
async fn usage_headers_grow_and_too_many_calls_are_refused() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let first = meta.get(&token, JUNIPER_WABA).await;
    let app_usage: Value = serde_json::from_str(&first.headers["x-app-usage"]).unwrap();
    assert!(app_usage["call_count"].is_u64());
    let usage = |answer: &Answer| -> Value {
        serde_json::from_str::<Value>(&answer.headers["x-business-use-case-usage"]).unwrap()
            [JUNIPER][0]
            .clone()
    };
    assert_eq!(usage(&first)["call_count"], 1);
    for _ in 0..199 {
        meta.get(&token, JUNIPER_WABA).await.ok();
    }
    let refused = meta.get(&token, JUNIPER_WABA).await;
    assert_eq!(refused.refusal(), (400, 80_008, None));
    meta.order("quirks", json!({ "openapiStatuses": true }))
        .await;
    let answer = meta.get(&token, JUNIPER_WABA).await;
    assert_eq!(answer.refusal(), (429, 80_008, None));
    let wait = usage(&refused)["estimated_time_to_regain_access"]
        .as_i64()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    meta.travel(3_601).await;
    meta.get(&token, JUNIPER_WABA).await.ok();
}

#[tokio::test]
async fn what_is_not_there_says_so_in_metas_words() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let path = format!("{JUNIPER_WABA}/nonsense");
    assert_eq!(meta.get(&token, &path).await.refusal(), (400, 2500, None));
    assert_eq!(
        meta.get(&token, "nonsense").await.refusal(),
        (404, 803, None)
    );
    assert_eq!(meta.get(&token, "a/b/c").await.refusal(), (400, 2500, None));
    let answer = meta
        .request(Method::PUT, &format!("/v25.0/{JUNIPER_WABA}"))
        .bearer_auth(&token);
    assert_eq!(send(answer).await.refusal(), (400, 100, Some(33)));
}
