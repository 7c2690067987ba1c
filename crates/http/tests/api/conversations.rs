//! Conversations and messages.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Who, World, ask, changes, text_from};

/// A world in which three people wrote to the organisation.
async fn world() -> (World, Vec<Value>) {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let written = ["15550001", "15550002", "15550003"];
    let written = written.map(|phone| text_from(phone, phone, &format!("I am {phone}")));
    let body = changes(Who::Owner, &written);
    let conversations = world
        .receive(Who::Owner, &body, "/api/conversations", 3)
        .await;
    (world, conversations)
}

fn path(conversation: &Value) -> String {
    format!(
        "/api/conversations/{}",
        conversation["id"].as_str().unwrap()
    )
}

#[actix_web::test]
async fn a_conversation_shows_person_newest_message_and_window() {
    let (world, conversations) = world().await;
    let one = &conversations[0];
    assert_eq!(one["unread"], 1);
    assert_eq!(one["assigneeId"], Value::Null);
    assert_eq!(one["groupId"], Value::Null);
    let phone = one["contact"]["phone"].as_str().unwrap();
    assert_eq!(one["contact"]["shownName"], format!("Person {phone}"));
    assert_eq!(one["lastMessage"]["preview"], format!("I am {phone}"));
    assert_eq!(one["lastMessage"]["direction"], "inbound");
    assert_eq!(one["window"]["kind"], "service");
    let seen = world.get(Who::Viewer, &path(one)).await.json();
    assert_eq!(&seen, one);
}

#[actix_web::test]
async fn lists_are_paged_by_their_cursor_without_gap_or_repeat() {
    let (world, conversations) = world().await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = world
            .get(Who::Viewer, &format!("/api/conversations?limit=1{next}"))
            .await
            .json();
        seen.extend(page["data"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, conversations);
    let wrong = world
        .get(Who::Viewer, "/api/conversations?cursor=1~x")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn filters_of_the_list_hold() {
    let (world, conversations) = world().await;
    let one = &conversations[1];
    let me = Who::Agent.id().to_string();
    let change = json!({"assigneeId": me, "unread": false, "state": "closed"});
    let answer = world
        .send(ask(
            Method::PATCH,
            &path(one),
            Some(Who::Agent),
            Some(&change),
        ))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let count = async |who, query: &str| {
        let page = world.get(who, &format!("/api/conversations?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page.json()["data"].as_array().unwrap().len()
    };
    assert_eq!(count(Who::Agent, "assignee=me").await, 1);
    assert_eq!(count(Who::Owner, "assignee=me").await, 0);
    assert_eq!(count(Who::Owner, &format!("assignee={me}")).await, 1);
    assert_eq!(count(Who::Owner, "assignee=none").await, 2);
    assert_eq!(count(Who::Owner, "state=closed").await, 1);
    assert_eq!(count(Who::Owner, "state=open").await, 2);
    assert_eq!(count(Who::Owner, "unread=true").await, 2);
    assert_eq!(count(Who::Owner, "search=15550002").await, 1);
    let contact = one["contact"]["id"].as_str().unwrap();
    assert_eq!(count(Who::Owner, &format!("contactId={contact}")).await, 1);
    let wrong = world
        .get(Who::Owner, "/api/conversations?assignee=them")
        .await;
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/assignee");
}

#[actix_web::test]
async fn null_removes_the_assignee_and_missing_fields_stay() {
    let (world, conversations) = world().await;
    let one = path(&conversations[0]);
    let patch = async |body: Value| {
        let request = ask(Method::PATCH, &one, Some(Who::Agent), Some(&body));
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    };
    let me = Who::Agent.id().to_string();
    assert_eq!(patch(json!({"assigneeId": me})).await["assigneeId"], me);
    let closed = patch(json!({"state": "closed"})).await;
    assert_eq!(
        (&closed["state"], &closed["assigneeId"]),
        (&json!("closed"), &json!(me))
    );
    assert_eq!(
        patch(json!({"assigneeId": null})).await["assigneeId"],
        Value::Null
    );
    assert_eq!(patch(json!({"unread": false})).await["unread"], 0);
    assert_eq!(patch(json!({"unread": true})).await["unread"], 1);
    let stranger = json!({"assigneeId": Who::Stranger.id().to_string()});
    let request = ask(Method::PATCH, &one, Some(Who::Agent), Some(&stranger));
    let refused = world.send(request).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/assigneeId");
}

#[actix_web::test]
async fn a_message_that_was_taken_back_shows_no_content() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let revoke = json!({"contacts": [{"wa_id": "15550001"}], "messages": [{"id": "wamid.revoke",
        "from": "15550001", "timestamp": "1790000001", "type": "revoke",
        "revoke": {"original_message_id": "wamid.1"}}]});
    let written = [text_from("15550001", "1", "canary"), ("messages", revoke)];
    let body = changes(Who::Owner, &written);
    let conversations = world
        .receive(Who::Owner, &body, "/api/conversations", 1)
        .await;
    let thread = format!("{}/messages", path(&conversations[0]));
    let messages = world
        .until(Who::Owner, &thread, |rows| rows.len() == 2)
        .await;
    let taken_back = messages
        .iter()
        .find(|message| message["type"] == "text")
        .unwrap();
    assert_eq!(taken_back["content"], Value::Null);
    assert_ne!(taken_back["revokedAt"], Value::Null);
    for list in [thread, "/api/conversations".to_owned()] {
        let answer = world.get(Who::Viewer, &list).await;
        assert!(!answer.text.contains("canary"), "{}", answer.text);
    }
}
