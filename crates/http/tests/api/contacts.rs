//! Contacts: named, exported, erased.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{FILE, Who, World, ask, changes, image_from, text_from};

async fn world() -> (World, String) {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let file = image_from("15550001", "2", ("7007", "image/png", "holiday.png"));
    let written = [
        text_from("15550001", "1", "my address is canary street"),
        file,
    ];
    let body = changes(Who::Owner, &written);
    let contacts = world.receive(Who::Owner, &body, "/api/contacts", 1).await;
    let id = contacts[0]["id"].as_str().unwrap().to_owned();
    (world, id)
}

#[actix_web::test]
async fn a_contact_gets_a_name_and_loses_it() {
    let (world, id) = world().await;
    let path = format!("/api/contacts/{id}");
    let name = async |name: Value| {
        let body = json!({"name": name});
        let answer = world
            .send(ask(Method::PATCH, &path, Some(Who::Agent), Some(&body)))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["shownName"].clone()
    };
    assert_eq!(name(json!("Ada Lovelace")).await, "Ada Lovelace");
    let found = world
        .get(Who::Viewer, "/api/contacts?search=lovelace")
        .await
        .json();
    assert_eq!(found["data"][0]["id"], id.as_str());
    assert_eq!(name(Value::Null).await, "Person 15550001");
}

#[actix_web::test]
async fn a_name_that_is_not_said_stays() {
    let (world, id) = world().await;
    let path = format!("/api/contacts/{id}");
    let patch = async |body: Value| {
        world
            .send(ask(Method::PATCH, &path, Some(Who::Agent), Some(&body)))
            .await
    };
    assert_eq!(patch(json!({"name": "Ada"})).await.status, StatusCode::OK);
    for body in [
        json!({}),
        json!({"Name": null}),
        json!({"name": null, "x": 1}),
    ] {
        let refused = patch(body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let contact = world.get(Who::Viewer, &path).await.json();
    assert_eq!(contact["name"], "Ada");
}

#[actix_web::test]
async fn an_export_is_a_json_file_with_all_that_was_written() {
    let (world, id) = world().await;
    let answer = world
        .get(Who::Admin, &format!("/api/contacts/{id}/export"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"contact-")
    );
    let export = answer.json();
    assert_eq!(export["contact"]["phone"], "15550001");
    let messages = export["conversations"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert!(answer.text.contains("canary street") && answer.text.contains("holiday.png"));
    let log = world
        .get(Who::Admin, "/api/audit?action=contact")
        .await
        .json();
    assert_eq!(log["data"][0]["action"], "contact.exported");
}

#[actix_web::test]
async fn an_erased_contact_leaves_nothing_behind() {
    let (world, id) = world().await;
    let media = world
        .working(async || {
            let thread = world
                .until(Who::Viewer, "/api/conversations", |rows| rows.len() == 1)
                .await;
            let thread = format!(
                "/api/conversations/{}/messages",
                thread[0]["id"].as_str().unwrap()
            );
            let stored = |rows: &[Value]| rows.iter().any(|row| row["media"]["state"] == "stored");
            let messages = world.until(Who::Viewer, &thread, stored).await;
            let message = messages
                .iter()
                .find(|row| row["media"]["id"].is_string())
                .unwrap();
            message["media"]["url"].as_str().unwrap().to_owned()
        })
        .await;
    assert_eq!(world.get(Who::Viewer, &media).await.text.as_bytes(), FILE);
    let path = format!("/api/contacts/{id}");
    let erased = world
        .send(ask(Method::DELETE, &path, Some(Who::Admin), None))
        .await;
    assert_eq!(erased.json(), json!({"success": true, "messages": 2}));
    for gone in [path, media] {
        assert_eq!(
            world.get(Who::Owner, &gone).await.status,
            StatusCode::NOT_FOUND,
            "{gone}"
        );
    }
    for list in [
        "/api/contacts",
        "/api/conversations",
        "/api/events?limit=200",
    ] {
        let answer = world.get(Who::Owner, list).await;
        for word in ["canary", "15550001", "holiday"] {
            assert!(
                !answer.text.contains(word),
                "{word} in {list}: {}",
                answer.text
            );
        }
    }
}
