//! Messages that are sent.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use wabakit_domain::ids::AccountId;
use wabakit_ports::store::Dispatch;

use crate::support::{Who, World, ask, changes, template, text_from};

const PERSON: &str = "15550100123";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

async fn connected() -> World {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    world
}

fn path(message: &Value, act: &str) -> String {
    format!("/api/messages/{}{act}", message["id"].as_str().unwrap())
}

fn text(to: &str, body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})
}

#[actix_web::test]
async fn a_message_is_answered_by_202_with_its_place_and_shows_the_same_everywhere() {
    let world = connected().await;
    let mut body = template("+1 (555) 010-0123");
    body.as_object_mut().unwrap().extend(
        json!({"priority": "high", "flow": "Spring", "clientReference": "order 4711"})
            .as_object()
            .unwrap()
            .clone(),
    );
    let answer = world.post(Who::Agent, "/api/messages", body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    let sent = answer.json();
    assert_eq!(answer.header("location"), path(&sent, ""));
    for (field, value) in [
        ("status", json!("queued")),
        ("direction", json!("outbound")),
        ("type", json!("template")),
        ("to", json!(PERSON)),
        ("priority", json!("high")),
        ("flow", json!("Spring")),
        ("clientReference", json!("order 4711")),
        ("waiting", json!({"reason": "pace", "until": null})),
        ("metaMessageId", Value::Null),
        ("error", Value::Null),
        ("errors", json!([])),
        ("attempt", json!(0)),
        ("canCancel", json!(true)),
        ("canRetry", json!(false)),
    ] {
        assert_eq!(sent[field], value, "{field}");
    }
    let seen = world.get(Who::Viewer, &path(&sent, "")).await.json();
    assert_eq!(seen["timeline"], json!([]));
    let thread = format!(
        "/api/conversations/{}/messages",
        sent["conversationId"].as_str().unwrap()
    );
    let thread = world.get(Who::Viewer, &thread).await.json();
    let list = world
        .get(Who::Viewer, "/api/messages?clientReference=order%204711")
        .await
        .json();
    for place in [&seen, &thread["data"][0], &list["data"][0]] {
        for (field, value) in sent.as_object().unwrap() {
            assert_eq!(&place[field], value, "{field}");
        }
    }
    let events = world.get(Who::Viewer, "/api/events").await.json();
    let told = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["type"] == "message.queued");
    let told = &told.unwrap()["data"]["message"];
    assert_eq!((&told["id"], &told["to"]), (&sent["id"], &json!(PERSON)));
}

#[actix_web::test]
async fn a_repeat_of_a_call_is_answered_with_the_same_message_and_queues_nothing() {
    let world = connected().await;
    let first = world.submit(Who::Agent, "k1", &template(PERSON)).await;
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = world.submit(Who::Owner, "k1", &template(PERSON)).await;
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (StatusCode::ACCEPTED, "true")
    );
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("location"), first.header("location"));
    let other = world
        .submit(Who::Agent, "k1", &template("15550100124"))
        .await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch")
    );
    let malformed = world
        .submit(Who::Agent, "two words", &template(PERSON))
        .await;
    assert_eq!(malformed.code(), "idempotency_key_malformed");
    let sent = world.get(Who::Viewer, "/api/messages").await.json();
    assert_eq!(sent["data"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_key_is_its_organisations_own() {
    let world = connected().await;
    world.connect(Who::Stranger).await;
    let ours = world
        .submit(Who::Owner, "k", &template(PERSON))
        .await
        .json();
    let theirs = world.submit(Who::Stranger, "k", &template(PERSON)).await;
    assert_eq!(theirs.header("idempotency-replayed"), "");
    assert_ne!(theirs.json()["id"], ours["id"]);
}

#[actix_web::test]
async fn every_wrong_field_is_named() {
    let world = connected().await;
    let body = json!({"to": "12", "type": "text", "text": {"body": ""}, "priority": "urgent"});
    let refused = world.post(Who::Agent, "/api/messages", body).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_message")
    );
    let errors = refused.json()["errors"].clone();
    let pointers: Vec<_> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(pointers, ["/priority", "/to", "/text/body"]);
}

#[actix_web::test]
async fn without_an_open_window_a_template_is_offered_and_a_person_may_insist() {
    let world = connected().await;
    let refused = world
        .post(Who::Agent, "/api/messages", text(PERSON, "Hello"))
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "window_closed")
    );
    assert!(
        refused.json()["remedy"]
            .as_str()
            .unwrap()
            .contains("template")
    );
    let mut insists = text(PERSON, "Hello");
    insists["ignoreWindow"] = json!(true);
    let answer = world.post(Who::Agent, "/api/messages", insists).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
}

#[actix_web::test]
async fn an_answer_to_somebody_who_wrote_is_sent_and_its_person_is_told_of_reading_and_typing() {
    let world = connected().await;
    let now = (world.api.now)().timestamp();
    let (field, mut written) = text_from(PERSON, "1", "Hello?");
    written["messages"][0]["timestamp"] = json!(now.to_string());
    let body = changes(Who::Owner, &[(field, written)]);
    let conversations = world
        .receive(Who::Owner, &body, "/api/conversations", 1)
        .await;
    let conversation = conversations[0]["id"].as_str().unwrap();
    let answer = world
        .post(Who::Agent, "/api/messages", text(PERSON, "Yes?"))
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    assert_eq!(answer.json()["conversationId"], conversation);
    let inbound = &conversations[0]["lastMessage"];
    let read = world
        .post(Who::Agent, &path(inbound, "/read"), json!({"typing": true}))
        .await;
    assert_eq!(read.status, StatusCode::NO_CONTENT, "{}", read.text);
    let typing = ask(
        Method::POST,
        &format!("/api/conversations/{conversation}/typing"),
        Some(Who::Agent),
        None,
    );
    assert_eq!(world.send(typing).await.status, StatusCode::NO_CONTENT);
    let own = world
        .send(ask(
            Method::POST,
            &path(&answer.json(), "/read"),
            Some(Who::Agent),
            None,
        ))
        .await;
    assert_eq!(
        (own.status, own.code().as_str()),
        (StatusCode::CONFLICT, "no_inbound_message")
    );
}

#[actix_web::test]
async fn a_message_that_waits_is_cancelled_and_sent_again() {
    let world = connected().await;
    let message = world.queued(Who::Agent, PERSON).await;
    let act =
        async |act: &str, body: Value| world.post(Who::Agent, &path(&message, act), body).await;
    let early = act("/retry", json!({})).await;
    assert_eq!(
        (early.status, early.code().as_str()),
        (StatusCode::CONFLICT, "not_retryable")
    );
    let cancelled = act("/cancel", json!({})).await;
    assert_eq!(
        (cancelled.status, &cancelled.json()["status"]),
        (StatusCode::OK, &json!("cancelled"))
    );
    assert_eq!(cancelled.json()["canRetry"], true);
    let twice = act("/cancel", json!({})).await;
    assert_eq!(
        (twice.status, twice.code().as_str()),
        (StatusCode::CONFLICT, "not_queued")
    );
    let dismissed = act("/dismiss", json!({})).await;
    assert_eq!(dismissed.code(), "not_unknown");
    let again = act("/retry", json!({"mayRepeat": false})).await;
    assert_eq!(
        (again.status, &again.json()["status"]),
        (StatusCode::OK, &json!("queued"))
    );
}

#[actix_web::test]
async fn a_scheduled_message_says_until_when_it_waits() {
    let world = connected().await;
    let at = (world.api.now)() + chrono_hours(2);
    let mut body = template(PERSON);
    body["scheduledAt"] = json!(at);
    let sent = world.post(Who::Agent, "/api/messages", body).await.json();
    assert_eq!(sent["waiting"]["reason"], "scheduled");
    assert_eq!(
        (&sent["waiting"]["until"], &sent["scheduledAt"]),
        (&json!(at), &json!(at))
    );
}

fn chrono_hours(hours: i64) -> chrono::Duration {
    chrono::Duration::hours(hours)
}

#[actix_web::test]
async fn of_many_messages_each_is_taken_or_refused_by_itself() {
    let world = connected().await;
    let body = json!({"flow": "Spring", "priority": "low", "messages": [
        template("15550100001"), text("15550100002", "Hello"), {"to": "15550100003", "type": "text"},
        template("15550100004"),
    ]});
    let send = async || {
        let request = ask(
            Method::POST,
            "/api/messages/bulk",
            Some(Who::Agent),
            Some(&body),
        );
        world
            .send(request.insert_header(("idempotency-key", "many")))
            .await
    };
    let first = send().await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let answer = first.json();
    assert_eq!(
        (&answer["queued"], &answer["refused"]),
        (&json!(2), &json!(2))
    );
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results[0]["message"]["to"], "15550100001");
    assert_eq!(results[0]["message"]["flow"], "Spring");
    assert_eq!(results[1]["error"]["code"], "window_closed");
    assert_eq!(results[2]["error"]["errors"][0]["pointer"], "/text");
    assert_eq!(
        (&results[3]["index"], &results[3]["message"]["priority"]),
        (&json!(3), &json!("low"))
    );
    let again = send().await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json(), answer);
    let none = world
        .post(Who::Agent, "/api/messages/bulk", json!({"messages": []}))
        .await;
    assert_eq!(none.json()["errors"][0]["pointer"], "/messages");
}

#[actix_web::test]
async fn a_file_is_uploaded_once_and_sent_by_its_id() {
    let world = connected().await;
    let answer = world
        .upload(Who::Agent, ("application/octet-stream", "cat.png"), PNG)
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let file = answer.json();
    assert_eq!(
        (&file["kind"], &file["mimeType"], &file["filename"]),
        (&json!("image"), &json!("image/png"), &json!("cat.png"))
    );
    assert_eq!(file["size"], PNG.len());
    let again = world
        .upload(Who::Agent, ("image/png", "cat.png"), PNG)
        .await;
    assert_eq!(again.json(), file);
    let send = async |kind: &str, id: &Value| {
        let body = json!({"to": PERSON, "type": kind, "ignoreWindow": true, kind: {"id": id}});
        world.post(Who::Agent, "/api/messages", body).await
    };
    let sent = send("image", &file["id"]).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
    let seen = world.get(Who::Viewer, &path(&sent.json(), "")).await.json();
    assert_eq!(seen["media"]["state"], "stored");
    let wrong = send("video", &file["id"]).await;
    assert_eq!(
        (wrong.code().as_str(), &wrong.json()["errors"][0]["pointer"]),
        ("invalid_message", &json!("/video/id"))
    );
    world.connect(Who::Stranger).await;
    let body =
        json!({"to": PERSON, "type": "image", "ignoreWindow": true, "image": {"id": file["id"]}});
    let stolen = world.post(Who::Stranger, "/api/messages", body).await;
    assert_eq!(stolen.json()["errors"][0]["pointer"], "/image/id");
}

#[actix_web::test]
async fn a_document_carries_the_name_that_is_known_of_it() {
    let world = connected().await;
    let upload = async |name: &str, bytes: &[u8]| {
        let name = name.replace(' ', "%20");
        let declared = ("application/octet-stream", name.as_str());
        let answer = world.upload(Who::Agent, declared, bytes).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["id"].clone()
    };
    let send = async |message: Value| {
        let mut body = json!({"to": PERSON, "ignoreWindow": true});
        for (key, value) in message.as_object().unwrap() {
            body[key] = value.clone();
        }
        let sent = world.post(Who::Agent, "/api/messages", body).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
        let seen = world.get(Who::Viewer, &path(&sent.json(), "")).await;
        seen.json()["content"].to_string()
    };
    let pdf = upload("Invoice 12.pdf", b"%PDF-1.7").await;
    let content = send(json!({"type": "document", "document": {"id": pdf}})).await;
    assert!(content.contains("Invoice 12.pdf"), "{content}");
    let own = json!({"type": "document", "document": {"id": pdf, "filename": "Other.pdf"}});
    let content = send(own).await;
    assert!(
        content.contains("Other.pdf") && !content.contains("Invoice"),
        "{content}"
    );
    let picture = upload("cat.png", PNG).await;
    let content = send(json!({"type": "document", "document": {"id": picture}})).await;
    assert!(content.contains("cat.png"), "{content}");
    // Wherever a document stands, and whether its name is left out, null or empty.
    let (part, empty) = (json!({"id": pdf}), json!({"id": pdf, "filename": " "}));
    let with_header = |document: &Value| json!([{"type": "header", "parameters": [{"type": "document", "document": document}]}]);
    for (message, place) in [
        (
            json!({"type": "document", "document": {"id": pdf, "filename": ""}}),
            "/document",
        ),
        (
            json!({"type": "document", "document": {"id": pdf, "filename": null}}),
            "/document",
        ),
        (json!({"type": "document", "document": empty}), "/document"),
        (
            json!({"type": "template", "template": {"name": "bill", "language": {"code": "en"}, "components": with_header(&part)}}),
            "/template/components/0/parameters/0/document",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "button", "header": {"type": "document", "document": part},
                "body": {"text": "b"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "t"}}]}}}),
            "/interactive/header/document",
        ),
    ] {
        let mut body = message.clone();
        (body["to"], body["ignoreWindow"]) = (json!(PERSON), json!(true));
        let sent = world.post(Who::Agent, "/api/messages", body).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
        let id = uuid::Uuid::parse_str(sent.json()["id"].as_str().unwrap()).unwrap();
        let stored = world.inbox.body(crate::support::ACME, id.into()).await;
        let stored: Value = serde_json::from_str(&stored.unwrap().unwrap()).unwrap();
        let name = stored
            .pointer(place)
            .map(|document| document["filename"].clone());
        assert_eq!(name, Some(json!("Invoice 12.pdf")), "{message}: {stored}");
    }
    // What is no document has no name at Meta.
    let content = send(json!({"type": "image", "image": {"id": picture}})).await;
    assert!(!content.contains("cat.png"), "{content}");
}

#[actix_web::test]
async fn a_voice_message_is_ogg_with_opus() {
    let world = connected().await;
    let send = async |name: &str, bytes: &[u8], voice: bool| {
        let name = name.replace(' ', "%20");
        let declared = ("application/octet-stream", name.as_str());
        let answer = world.upload(Who::Agent, declared, bytes).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let audio = json!({"id": answer.json()["id"], "voice": voice});
        let body = json!({"to": PERSON, "type": "audio", "ignoreWindow": true, "audio": audio});
        world.post(Who::Agent, "/api/messages", body).await
    };
    let opus = [b"OggS\0\x02", &[0; 22][..], b"OpusHead"].concat();
    for (name, bytes, taken) in [
        ("a.mp3", &b"\xff\xfb\x90\0"[..], false),
        ("a.m4a", b"\0\0\0\x18ftypM4A \0\0", false),
        ("a.amr", b"#!AMR\n", false),
        ("a.ogg", &opus, true),
    ] {
        let answer = send(name, bytes, true).await;
        assert_eq!(
            answer.status == StatusCode::ACCEPTED,
            taken,
            "{name}: {}",
            answer.text
        );
        if !taken {
            assert_eq!(answer.json()["errors"][0]["pointer"], "/audio/voice");
        }
        assert_eq!(send(name, bytes, false).await.status, StatusCode::ACCEPTED);
    }
}

#[actix_web::test]
async fn a_file_that_meta_does_not_take_is_refused() {
    let world = connected().await;
    let lied = world
        .upload(Who::Agent, ("image/jpeg", "cat.jpg"), PNG)
        .await;
    assert_eq!(
        (lied.status, lied.code().as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type")
    );
    let mut large = PNG.to_vec();
    large.resize((5 << 20) + 1, 0);
    let large = world
        .upload(Who::Agent, ("image/png", "cat.png"), &large)
        .await;
    assert_eq!(
        (large.status, large.code().as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "media_too_large")
    );
    let empty = world
        .upload(Who::Agent, ("image/png", "cat.png"), b"")
        .await;
    assert_eq!(empty.code(), "media_empty");
}

#[actix_web::test]
async fn an_upload_over_the_quota_is_refused_with_a_remedy_and_what_is_here_already_is_not() {
    let size = PNG.len() as i64;
    let world = connected().await.with_media_quota(size * 2 - 1);
    let room = async |who| {
        let org = world.get(who, "/api/orgs/current").await.json();
        org["storage"].clone()
    };
    assert_eq!(
        room(Who::Viewer).await,
        json!({"usedBytes": 0, "quotaBytes": size * 2 - 1})
    );
    let upload = async |who, name: &str| world.upload(who, ("image/png", name), PNG).await;
    let first = upload(Who::Agent, "cat.png").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    // Another name is another file, as it is shown to the customer under it.
    for name in ["dog.png", "", "katze.png"] {
        let refused = upload(Who::Agent, name).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, "storage_quota"),
            "{name}"
        );
        let told = refused.json();
        assert!(
            told["detail"].as_str().unwrap().contains("organisation"),
            "{told}"
        );
        assert!(
            told["remedy"].as_str().unwrap().contains("Erase contacts"),
            "{told}"
        );
    }
    let again = upload(Who::Agent, "cat.png").await;
    assert_eq!(again.json(), first.json());
    assert_eq!(
        room(Who::Owner).await,
        json!({"usedBytes": size, "quotaBytes": size * 2 - 1})
    );
    let others = upload(Who::Stranger, "dog.png").await;
    assert_eq!(others.status, StatusCode::CREATED, "{}", others.text);
}

#[actix_web::test]
async fn a_queue_is_paused_and_its_messages_say_so() {
    let world = connected().await;
    let message = world.queued(Who::Agent, PERSON).await;
    let queues = world.get(Who::Viewer, "/api/queues").await.json();
    let queue = &queues["data"][0];
    assert_eq!(queue["due"], json!({"high": 0, "normal": 1, "low": 0}));
    assert_eq!(
        (&queue["rate"]["perSecond"], &queue["isPaused"]),
        (&json!(80), &json!(false))
    );
    let account = queue["accountId"].as_str().unwrap();
    let act = async |act: &str| {
        let request = ask(
            Method::POST,
            &format!("/api/queues/{account}/{act}"),
            Some(Who::Admin),
            None,
        );
        world.send(request).await.json()
    };
    assert_eq!(act("pause").await["isPaused"], true);
    let seen = world.get(Who::Viewer, &path(&message, "")).await.json();
    assert_eq!(seen["waiting"], json!({"reason": "paused", "until": null}));
    assert_eq!(act("resume").await["isPaused"], false);
    let audit = world.get(Who::Admin, "/api/audit").await.text;
    assert!(
        audit.contains("queue.paused") && audit.contains("queue.resumed"),
        "{audit}"
    );
}

/// Begins to send the message, so many hours ago; Meta says that it sent it.
async fn is_sent(world: &World, message: &Value, hours: i64) {
    let now = world.ports.clock.now();
    let (id, account) = (message["id"].as_str().unwrap(), &message["accountId"]);
    let account: AccountId = account.as_str().unwrap().parse().unwrap();
    let (owner, until) = (Uuid::from_u128(1), now + chrono::Duration::minutes(1));
    let lease = world
        .inbox
        .lease_queues(owner, vec![account], now, until)
        .await;
    let dispatch = Dispatch {
        account,
        epoch: lease.unwrap()[0].epoch,
        messages: vec![(id.parse().unwrap(), Uuid::from_u128(1).into())],
    };
    let begun = now - chrono::Duration::hours(hours);
    let sent = world.inbox.dispatch(owner, vec![dispatch], begun).await;
    assert_eq!(sent.unwrap().len(), 1);
    is_reported(world, message, "sent").await;
}

async fn is_reported(world: &World, message: &Value, status: &str) {
    let id = message["id"].as_str().unwrap();
    let told = json!({"statuses": [{"id": format!("wamid.{id}"), "status": status, "timestamp": "1790000000",
        "recipient_id": PERSON, "biz_opaque_callback_data": id}]});
    let body = changes(Who::Owner, &[("messages", told)]);
    let list = format!("/api/messages?status={status}");
    let is_there = |data: &[Value]| data.iter().any(|one| one["id"] == id);
    assert_eq!(world.deliver(&body).await.status, StatusCode::OK);
    world.until(Who::Viewer, &list, is_there).await;
}

#[actix_web::test]
async fn a_message_without_news_for_long_is_found_until_it_arrives() {
    let world = connected().await;
    let old = world.queued(Who::Agent, PERSON).await;
    let fresh = world.queued(Who::Agent, "15550100124").await;
    world
        .working(async || without_news(&world, &old, &fresh).await)
        .await;
}

async fn without_news(world: &World, old: &Value, fresh: &Value) {
    is_sent(world, old, 2).await;
    is_sent(world, fresh, 0).await;
    let stuck = async || {
        let queues = world.get(Who::Viewer, "/api/queues").await.json();
        let list = world
            .get(Who::Viewer, "/api/messages?stuck=true")
            .await
            .json();
        let all = world
            .get(Who::Viewer, "/api/messages?stuck=false")
            .await
            .json();
        let all = all["data"].as_array().unwrap().clone();
        assert_eq!(all.len(), 2);
        let said = all.into_iter().filter(|one| one["isStuck"] == true).count();
        let list = list["data"].as_array().unwrap().clone();
        (queues["data"][0]["stuck"].clone(), said, list)
    };
    let (count, said, list) = stuck().await;
    assert_eq!((count, said, list.len()), (json!(1), 1, 1));
    assert_eq!(
        (&list[0]["id"], &list[0]["isStuck"], &list[0]["status"]),
        (&old["id"], &json!(true), &json!("sent"))
    );
    let seen = world.get(Who::Viewer, &path(old, "")).await.json();
    assert_eq!(seen["isStuck"], true);
    is_reported(world, old, "delivered").await;
    assert_eq!(stuck().await, (json!(0), 0, vec![]));
    let wrong = world.get(Who::Viewer, "/api/messages?stuck=perhaps").await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        wrong.text
    );
}

#[actix_web::test]
async fn a_raw_call_on_the_accounts_objects_is_made_and_recorded() {
    let world = connected().await;
    let accounts = world.get(Who::Admin, "/api/accounts").await.json();
    let account = accounts["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/accounts/{account}/graph");
    let call = json!({"method": "GET", "path": "0101/whatsapp_business_profile", "query": {"fields": "about"}});
    let answer = world.post(Who::Admin, &path, call).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(
        answer.json()["status"],
        400,
        "Meta's own status is passed on"
    );
    assert_eq!(
        answer.json()["body"]["asked"],
        "0101/whatsapp_business_profile"
    );
    for other in ["me", "0909", "0101/messages", "debug_token"] {
        let call = json!({"method": "GET", "path": other});
        let refused = world.post(Who::Admin, &path, call).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "raw_not_allowed"),
            "{other}"
        );
    }
    let audit = world.get(Who::Admin, "/api/audit").await.text;
    assert_eq!(audit.matches("account.graph_call").count(), 1, "{audit}");
}

#[actix_web::test]
async fn without_a_connected_number_nothing_is_sent() {
    let world = World::new().await;
    let none = world
        .post(Who::Agent, "/api/messages", template(PERSON))
        .await;
    assert_eq!(
        (none.status, none.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "no_account")
    );
    world.connect(Who::Owner).await;
    let accounts = world.get(Who::Admin, "/api/accounts").await.json();
    let account = accounts["data"][0]["id"].as_str().unwrap();
    let gone = ask(
        Method::DELETE,
        &format!("/api/accounts/{account}"),
        Some(Who::Admin),
        None,
    );
    assert_eq!(world.send(gone).await.status, StatusCode::NO_CONTENT);
    let mut body = template(PERSON);
    body["accountId"] = json!(account);
    let refused = world.post(Who::Agent, "/api/messages", body).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::CONFLICT, "account_not_connected")
    );
}

#[actix_web::test]
async fn metas_errors_are_explained_by_one_table() {
    let world = World::new().await;
    let known = world.get(Who::Viewer, "/api/meta-errors").await.json();
    let known = known["data"].as_array().unwrap();
    let window = known.iter().find(|error| error["code"] == 131_047).unwrap();
    assert_eq!(
        (&window["lastCode"], &window["retry"]),
        (&json!(131_047), &json!("never"))
    );
}
