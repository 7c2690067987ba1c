//! The API that shows what Meta sent, for those who look after it.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Who, World, ask, changes, text_from};

/// A world with a message and something that is not modelled.
async fn world() -> World {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let text = text_from("15550001", "1", "canary words");
    let body = changes(
        Who::Owner,
        &[text, ("unheard_of", json!({"note": "canary note"}))],
    );
    world
        .receive(Who::Owner, &body, "/api/webhooks/parked", 1)
        .await;
    world
}

#[actix_web::test]
async fn changes_are_listed_with_their_state_and_parked_items() {
    let world = world().await;
    let list = world.get(Who::Viewer, "/api/webhooks/changes").await.json();
    let state = |field: &str| {
        let rows = list["data"].as_array().unwrap();
        rows.iter().find(|row| row["field"] == field).unwrap()["state"].clone()
    };
    assert_eq!(state("messages"), "applied");
    assert_eq!(state("unheard_of"), "unsupported");
    let only = world
        .get(Who::Viewer, "/api/webhooks/changes?field=messages")
        .await
        .json();
    assert_eq!(only["data"].as_array().unwrap().len(), 1);
    assert_eq!(only["data"][0]["lane"], "n:0101");
}

#[actix_web::test]
async fn metas_bytes_are_masked_until_an_admin_reveals_them_and_that_is_recorded() {
    let world = world().await;
    let list = world
        .get(Who::Viewer, "/api/webhooks/changes?field=messages")
        .await
        .json();
    let path = format!(
        "/api/webhooks/changes/{}",
        list["data"][0]["id"].as_str().unwrap()
    );
    let masked = world.get(Who::Viewer, &path).await;
    assert!(!masked.text.contains("canary") && !masked.text.contains("15550001"));
    let raw: Value = serde_json::from_str(masked.json()["raw"].as_str().unwrap()).unwrap();
    assert_eq!(raw["field"], "messages");
    let reveal = format!("{path}?reveal=true");
    for who in [Who::Viewer, Who::Agent] {
        assert_eq!(world.get(who, &reveal).await.status, StatusCode::FORBIDDEN);
    }
    let revealed = world.get(Who::Admin, &reveal).await;
    assert!(revealed.text.contains("canary words"));
    let log = world
        .get(Who::Admin, "/api/audit?action=webhook")
        .await
        .json();
    assert_eq!(log["data"][0]["action"], "webhook.revealed");
    assert_eq!(log["data"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_parked_item_is_replayed_or_given_up_by_an_admin() {
    let world = world().await;
    let parked = world
        .get(Who::Viewer, "/api/webhooks/parked?state=unsupported")
        .await
        .json();
    let path = format!(
        "/api/webhooks/parked/{}",
        parked["data"][0]["id"].as_str().unwrap()
    );
    let replayed = world
        .post(Who::Admin, &format!("{path}/replay"), json!({}))
        .await;
    assert_eq!(replayed.json(), json!({"replayed": 1}));
    let replay = async |body: Value| world.post(Who::Admin, "/api/webhooks/replay", body).await;
    let (from, to) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    for wrong in [
        json!({}),
        json!({"parked": true, "from": from, "to": to}),
        json!({"from": to, "to": from}),
    ] {
        assert_eq!(replay(wrong).await.code(), "invalid");
    }
    assert_eq!(replay(json!({"parked": true})).await.status, StatusCode::OK);
    let gone = world
        .send(ask(Method::DELETE, &path, Some(Who::Admin), None))
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.get(Who::Admin, &path).await.status,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn a_test_delivery_goes_the_whole_way() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    world
        .working(async || {
            let sent = world
                .post(Who::Admin, "/api/webhooks/test", json!({}))
                .await;
            assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
            let told = |rows: &[Value]| rows.iter().any(|event| event["type"] == "webhook.test");
            world.until(Who::Viewer, "/api/events", told).await;
        })
        .await;
}

#[actix_web::test]
async fn health_names_the_wabas_and_counts_queued_changes() {
    let world = world().await;
    let health = world.get(Who::Viewer, "/api/webhooks/health").await.json();
    assert_eq!(health["wabas"].as_array().unwrap().len(), 1);
    assert_eq!(health["wabas"][0]["wabaName"], "Shrubs");
    assert!(health["receiving"]["perMinute"].is_number());
    assert_eq!(health["queued"], 0);
    let platform = world
        .get(Who::Operator, "/api/operator/webhooks/health")
        .await
        .json();
    assert_eq!(platform["writer"]["pending"], 0);
    assert_eq!(platform["unsplit"], 0);
}

#[actix_web::test]
async fn the_operator_sees_deliveries_and_homeless_items() {
    let world = World::new().await;
    let body = changes(Who::Owner, &[text_from("15550001", "1", "canary words")]);
    let homeless = "/api/operator/webhooks/parked?state=homeless";
    world
        .working(async || {
            world.deliver(&body).await;
            world
                .until(Who::Operator, homeless, |rows| rows.len() == 1)
                .await;
        })
        .await;
    let deliveries = world
        .get(Who::Operator, "/api/operator/webhooks/deliveries")
        .await
        .json();
    let path = format!(
        "/api/operator/webhooks/deliveries/{}",
        deliveries["data"][0]["id"].as_str().unwrap()
    );
    let masked = world.get(Who::Operator, &path).await;
    assert!(!masked.text.contains("canary"), "{}", masked.text);
    let revealed = world
        .get(Who::Operator, &format!("{path}?reveal=true"))
        .await;
    assert_eq!(revealed.json()["raw"], body.as_str());
    let replayed = world
        .post(
            Who::Operator,
            "/api/operator/webhooks/replay",
            json!({"parked": true}),
        )
        .await;
    assert_eq!(replayed.json(), json!({"replayed": 1}));
}
