//! The library of templates.

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Who, World, ask};

#[actix_web::test]
async fn a_template_is_listed_as_meta_has_it_with_its_parameters() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let listed = world.synced_templates(Who::Viewer).await;
    let template = &listed[0];
    assert_eq!(listed.len(), 1);
    for (field, value) in [
        ("name", json!("order_update")),
        ("language", json!("en_US")),
        ("status", json!("APPROVED")),
        ("category", json!("UTILITY")),
        ("quality", json!("GREEN")),
        ("parameterFormat", json!("POSITIONAL")),
        ("isSendable", json!(true)),
        ("rejection", json!(null)),
    ] {
        assert_eq!(template[field], value, "{field}");
    }
    assert_eq!(
        template["parameters"],
        json!([{"key": "body.1", "component": "body", "type": "text", "example": "7", "required": true,
            "maxLength": template["parameters"][0]["maxLength"]}])
    );
    let path = format!("/api/templates/{}", template["id"].as_str().unwrap());
    let detail = world.get(Who::Viewer, &path).await.json();
    assert_eq!(detail["metaTemplateId"], template["metaTemplateId"]);
    let history = &detail["history"][0];
    assert_eq!(history["to"], "APPROVED");
    assert_eq!(history["by"], json!({"kind": "sync", "id": null}));
}

#[actix_web::test]
async fn a_filter_without_a_match_lists_nothing_and_a_bad_one_is_named() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    assert_eq!(world.synced_templates(Who::Viewer).await.len(), 1);
    for (query, rows) in [
        ("status=approved,paused", 1),
        ("status=REJECTED", 0),
        ("category=UTILITY&language=en-US&quality=green", 1),
        ("q=ON%20ITS", 1),
        ("q=%25", 0),
        ("name=order_update", 1),
        ("name=order", 0),
        ("wabaId=none", 0),
    ] {
        let path = format!("/api/templates?{query}");
        let list = world.get(Who::Viewer, &path).await.json();
        assert_eq!(list["data"].as_array().unwrap().len(), rows, "{query}");
    }
    for query in ["cursor=x", "limit=0", "limit=201"] {
        let path = format!("/api/templates?{query}");
        let refused = world.get(Who::Viewer, &path).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[actix_web::test]
async fn an_unchanged_list_answers_304_until_a_write_or_another_question() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    world.synced_templates(Who::Owner).await;
    let look = async |path: &str, tag: &str| {
        let request = ask(Method::GET, path, Some(Who::Viewer), None);
        world
            .send(request.insert_header(("if-none-match", tag)))
            .await
    };
    let list = "/api/templates";
    let first = look(list, "\"of nothing\"").await;
    assert_eq!(first.status, StatusCode::OK);
    let tag = first
        .headers
        .get("etag")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let again = look(list, &format!("\"other\", {tag}")).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(again.headers.get("etag"), first.headers.get("etag"));
    let other = look("/api/templates?status=APPROVED", &tag).await;
    assert_eq!(other.status, StatusCode::OK);
    // Each write is news.
    let body = json!([{"type": "BODY", "text": "Your order is late."}]);
    let body = json!({"name": "order_late", "language": "en_US", "category": "UTILITY", "components": body});
    let created = world.post(Who::Admin, "/api/templates", body).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    assert_eq!(
        created.json()["category"],
        "MARKETING",
        "Meta chose another one"
    );
    assert_eq!(look(list, &tag).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_sync_is_requested_in_each_form_and_shown_at_once() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let before = world.get(Who::Viewer, "/api/templates/sync").await.json();
    assert_eq!(
        (&before["syncId"], &before["state"]),
        (&json!(null), &json!("done"))
    );
    world.synced_templates(Who::Owner).await;
    let old = ["/templates/sync", "/api/templates/sync?run=true"];
    for path in old.into_iter().chain(["/api/templates/sync"]) {
        let answer = match old.contains(&path) {
            true => world.get(Who::Admin, path).await,
            false => world.post(Who::Admin, path, json!({})).await,
        };
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{path}");
        let run = answer.json()["syncId"].clone();
        let seen = world.get(Who::Viewer, "/api/templates/sync").await.json();
        assert_eq!((&seen["syncId"], &seen["state"]), (&run, &json!("running")));
        world.synced_templates(Who::Owner).await;
        let seen = world.get(Who::Viewer, "/api/templates/sync").await.json();
        assert_eq!((&seen["syncId"], &seen["state"]), (&run, &json!("done")));
        let counts = ["done", "total", "created", "updated", "removed"];
        let counts = counts.map(|count| seen[count].as_i64().unwrap());
        assert_eq!(counts, [1, 1, 0, 0, 0], "{path}");
    }
    for path in old {
        let refused = world.get(Who::Viewer, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let elsewhere = json!({"wabaId": "waba-of-nobody"});
    let missing = world
        .post(Who::Admin, "/api/templates/sync", elsewhere)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
