//! Scenarios: each built-in one does what it says, and files are played as they are written.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use wabakit_sandbox::{Sandbox, SandboxConfig};

use super::callback::{Callback, TOKEN};
use super::support::*;

/// The customer of a play that names none.
const CUSTOMER: &str = "15550100001";

/// Starts a sandbox whose app subscribes to the WABA of the first registered number, and returns a token.
async fn hearing(callback: &Callback) -> (Meta, String) {
    let meta = Meta::start();
    let subscribed = meta.running().subscribe(APP, &callback.url, TOKEN).await;
    subscribed.unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    (meta, token)
}

async fn play(meta: &Meta, name: &str, with: Value) -> Value {
    let path = format!("scenarios/{name}/play");
    meta.order(&path, json!({ "with": with })).await
}

async fn settle(meta: &Meta) {
    let settled = meta.order("webhooks/settle", json!({})).await;
    assert_eq!(settled["settled"], true, "{settled}");
}

/// Sends a message to the scenarios' customer.
async fn send(meta: &Meta, token: &str, content: Value) -> Answer {
    let mut message = content;
    message["messaging_product"] = json!("whatsapp");
    message["to"] = json!(CUSTOMER);
    meta.post(token, &format!("{CONNECTED}/messages"), message)
        .await
}

fn text_message() -> Value {
    json!({ "type": "text", "text": { "body": "Hello" } })
}

fn template(name: &str) -> Value {
    json!({ "type": "template", "template": { "name": name, "language": { "code": "en_US" } } })
}

/// Returns the code with which a message ends: that of the refusal, or of its status. 0 when it arrives.
async fn code(meta: &Meta, callback: &Callback, token: &str, content: Value) -> i64 {
    let answer = send(meta, token, content).await;
    if answer.status != StatusCode::OK {
        return answer.body["error"]["code"].as_i64().unwrap();
    }
    settle(meta).await;
    let id = answer.body["messages"][0]["id"].clone();
    let statuses = found(callback, "statuses");
    let failed = statuses
        .iter()
        .find(|it| it["id"] == id && it["status"] == "failed");
    failed.map_or(0, |failed| failed["errors"][0]["code"].as_i64().unwrap())
}

/// Returns all items of a list in the received webhooks, in order.
fn found(callback: &Callback, list: &str) -> Vec<Value> {
    values(callback)
        .iter()
        .filter_map(|value| value[list].as_array().cloned())
        .flatten()
        .collect()
}

/// Returns the values of all received changes, in order.
fn values(callback: &Callback) -> Vec<Value> {
    let mut found = Vec::new();
    for received in callback.received() {
        for entry in received.json()["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                found.push(change["value"].clone());
            }
        }
    }
    found
}

#[tokio::test]
async fn customer_writes_brings_a_text_and_a_picture() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let played = play(&meta, "customer-writes", json!({ "text": "Guten Tag" })).await;
    assert_eq!(played["steps"].as_array().unwrap().len(), 2);
    settle(&meta).await;
    let messages = found(&callback, "messages");
    assert_eq!(messages[0]["text"]["body"], "Guten Tag");
    assert_eq!(
        (&messages[0]["from"], &messages[1]["type"]),
        (&json!(CUSTOMER), &json!("image"))
    );
    assert_eq!(code(&meta, &callback, &token, text_message()).await, 0);
}

#[tokio::test]
async fn customer_floods_brings_each_message_once() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    play(&meta, "customer-floods", json!({ "count": "30" })).await;
    settle(&meta).await;
    let messages = found(&callback, "messages");
    let mut texts: Vec<String> = messages
        .iter()
        .map(|it| text(&it["text"]["body"]))
        .collect();
    texts.sort();
    let mut expected: Vec<String> = (1..=30).map(|n| format!("Message {n}")).collect();
    expected.sort();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn conversation_waits_for_the_answer_and_reacts_to_it() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    let answering = async {
        callback.wait_for(1).await;
        send(&meta, &token, text_message()).await.ok()
    };
    let (played, sent) = tokio::join!(play(&meta, "conversation", json!({})), answering);
    assert_eq!(played["steps"][1]["answer"]["sends"], 1);
    settle(&meta).await;
    let messages = found(&callback, "messages");
    let reaction = messages.iter().find(|it| it["type"] == "reaction").unwrap();
    assert_eq!(
        reaction["reaction"]["message_id"],
        sent["messages"][0]["id"]
    );
}

#[tokio::test]
async fn conversation_ends_at_its_wait_when_nobody_answers() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    let path = "scenarios/conversation/play";
    let order = json!({ "with": { "patienceMs": 20 } });
    let answer = meta.control_raw(Method::POST, path, order).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let error = text(&answer.body["error"]);
    assert!(
        error.starts_with("step 2 (wait): only 0 of 1 sends"),
        "{error}"
    );
}

#[tokio::test]
async fn template_scenarios_tell_and_stop_the_template() {
    for (scenario, name, event) in [
        ("template-rejected", "summer_sale", "REJECTED"),
        ("template-paused", "order_confirmation", "PAUSED"),
        ("template-rejected", "spring_sale", "REJECTED"),
    ] {
        let callback = Callback::start();
        let (meta, token) = hearing(&callback).await;
        assert_eq!(code(&meta, &callback, &token, template(name)).await, 0);
        play(&meta, scenario, json!({ "template": name })).await;
        settle(&meta).await;
        let told = values(&callback);
        let update = told.iter().find(|it| it["message_template_name"] == name);
        assert_eq!(update.unwrap()["event"], event);
        assert_ne!(code(&meta, &callback, &token, template(name)).await, 0);
        assert_eq!(code(&meta, &callback, &token, template("another")).await, 0);
    }
}

#[tokio::test]
async fn token_dies_ends_the_token_and_webhooks_go_on() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    play(&meta, "token-dies", json!({})).await;
    assert_eq!(meta.get(&token, "me").await.refusal().1, 190);
    settle(&meta).await;
    assert_eq!(found(&callback, "messages").len(), 1);
}

#[tokio::test]
async fn storm_refuses_so_many_messages_and_then_ends() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    play(&meta, "storm-130429", json!({ "calls": 3 })).await;
    for _ in 0..3 {
        assert_eq!(code(&meta, &callback, &token, template("t")).await, 130_429);
    }
    assert_eq!(code(&meta, &callback, &token, template("t")).await, 0);
}

#[tokio::test]
async fn meta_outage_answers_503_so_often() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    play(&meta, "meta-outage", json!({ "calls": 2 })).await;
    for _ in 0..2 {
        assert_eq!(meta.get(&token, "me").await.refusal(), (503, 2, None));
    }
    meta.get(&token, "me").await.ok();
}

#[tokio::test]
async fn answer_lost_accepts_a_message_without_an_answer() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    play(&meta, "answer-lost", json!({})).await;
    let message = json!({
        "messaging_product": "whatsapp", "to": CUSTOMER, "type": "template",
        "template": { "name": "t", "language": { "code": "en_US" } },
    });
    let call = meta.request(Method::POST, &format!("/v25.0/{CONNECTED}/messages"));
    let answer = call.bearer_auth(&token).json(&message).send().await;
    assert!(answer.is_err());
    assert_eq!(meta.look("ledger/summary").await["unanswered"], 1);
    assert_eq!(code(&meta, &callback, &token, template("t")).await, 0);
}

#[tokio::test]
async fn messages_fail_by_status_with_the_code() {
    for with in [
        json!({}),
        json!({ "code": 131049 }),
        json!({ "code": "131000" }),
    ] {
        let callback = Callback::start();
        let (meta, token) = hearing(&callback).await;
        let played = play(&meta, "messages-fail", with).await;
        let expected = played["with"]["code"].as_i64().unwrap();
        assert_eq!(
            code(&meta, &callback, &token, template("t")).await,
            expected
        );
    }
}

#[tokio::test]
async fn number_restricted_tells_and_refuses() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    play(&meta, "number-restricted", json!({})).await;
    settle(&meta).await;
    assert_eq!(values(&callback)[0]["event"], "ACCOUNT_RESTRICTION");
    assert_eq!(code(&meta, &callback, &token, template("t")).await, 131_031);
}

#[tokio::test]
async fn webhooks_repeat_brings_each_twice_and_then_stops() {
    let callback = Callback::start();
    let (meta, _) = hearing(&callback).await;
    play(&meta, "webhooks-repeat", json!({})).await;
    settle(&meta).await;
    let bodies = |messages: Vec<Value>| -> Vec<String> {
        messages
            .iter()
            .map(|it| text(&it["text"]["body"]))
            .collect()
    };
    let came = bodies(found(&callback, "messages"));
    let mut sorted = came.clone();
    sorted.sort();
    let twice: Vec<String> = (1..=5)
        .flat_map(|n| [format!("Message {n}"), format!("Message {n}")])
        .collect();
    assert_eq!(sorted, twice);
    let knobs = meta.look("webhooks/knobs").await;
    assert_eq!(
        (&knobs["repeats"], &knobs["hold"], &knobs["shuffle"]),
        (&json!(1), &json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn window_closes_for_free_text_only() {
    let callback = Callback::start();
    let (meta, token) = hearing(&callback).await;
    meta.order(
        &format!("phones/{CUSTOMER}/messages"),
        json!({ "to": CONNECTED, "type": "text" }),
    )
    .await;
    assert_eq!(code(&meta, &callback, &token, text_message()).await, 0);
    play(&meta, "window-closes", json!({})).await;
    let token = meta.token_for_all().await;
    assert_eq!(
        code(&meta, &callback, &token, text_message()).await,
        131_047
    );
    assert_eq!(code(&meta, &callback, &token, template("t")).await, 0);
}

#[tokio::test]
async fn every_built_in_scenario_is_listed_played_by_a_test_and_has_a_button() {
    let meta = Meta::start();
    let listed = meta.look("scenarios").await;
    let tests = include_str!("scenarios.rs");
    let readme = include_str!("../../README.md");
    let home = meta.request(Method::GET, "/").send().await.unwrap();
    let home = home.text().await.unwrap();
    for scenario in listed["data"].as_array().unwrap() {
        let name = text(&scenario["name"]);
        assert!(tests.contains(&format!("\"{name}\"")), "{name}");
        assert!(readme.contains(&format!("`{name}`")), "{name}");
        assert!(
            home.contains(&format!(r#"value="{name}" data-scenario"#)),
            "{name}"
        );
        assert_eq!(scenario["with"]["number"], CONNECTED);
    }
    assert!(listed["data"].as_array().unwrap().len() > 10);
}

/// Starts a sandbox with a folder of scenarios.
fn with_files(files: &[(&str, Value)]) -> (TempDir, wabakit_sandbox::RunningSandbox) {
    let folder = tempfile::tempdir().unwrap();
    for (name, file) in files {
        fs::write(folder.path().join(format!("{name}.json")), file.to_string()).unwrap();
    }
    let running = Sandbox::start(SandboxConfig {
        scenarios: Some(folder.path().to_owned()),
        ..SandboxConfig::new(folder.path().join("state"))
    });
    (folder, running.unwrap())
}

#[tokio::test]
async fn a_file_of_the_folder_is_played_and_one_with_a_fault_is_listed_with_it() {
    let (folder, running) = with_files(&[
        (
            "mine",
            json!({ "title": "Mine", "with": { "tier": "TIER_10K" }, "steps": [
                { "number": { "id": "{{number}}", "messagingLimitTier": "{{tier}}" } },
                { "template": { "wabaId": "{{waba}}", "name": "a", "language": "en" } },
                { "template": { "wabaId": "{{waba}}", "name": "b", "language": "en" } },
                { "template": { "wabaId": "{{waba}}", "name": "a", "language": "en", "status": "PAUSED" } },
                { "sending": { "metering": "off" } },
                { "sending": { "pairs": "off" } },
                { "fault": { "then": { "status": 500 } } },
                { "liftFaults": true },
                { "control": { "method": "GET", "path": "webhooks/log?outcome=retry" } },
                { "wait": { "settled": true } },
            ] }),
        ),
        ("bad", json!({ "title": "Bad", "steps": [{ "dance": 1 }] })),
    ]);
    let base = running.base_url();
    let get = async |path: &str| send_to(&base, Method::GET, path).await;
    let played = send_to(&base, Method::POST, "scenarios/mine/play")
        .await
        .ok();
    assert_eq!(played["steps"].as_array().unwrap().len(), 10);
    let templates = get("templates").await.ok();
    let names: Vec<_> = templates["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(&it["name"]), text(&it["status"])))
        .collect();
    assert_eq!(
        names,
        [
            ("a".to_owned(), "PAUSED".to_owned()),
            ("b".to_owned(), "APPROVED".to_owned())
        ]
    );
    let knobs = get("sending/knobs").await.ok();
    assert_eq!(
        (&knobs["metering"], &knobs["pairs"]),
        (&json!("off"), &json!("off"))
    );
    assert_eq!(get("faults").await.ok()["data"], json!([]));

    let list = get("scenarios").await.ok();
    let bad = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "bad")
        .unwrap();
    assert!(text(&bad["error"]).contains("dance"), "{bad}");
    for (path, status) in [
        ("scenarios/bad/play", 400),
        ("scenarios/nobody/play", 404),
        ("scenarios/..%2Fsecret/play", 404),
    ] {
        let answer = send_to(&base, Method::POST, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
    }
    // The folder is read anew each time.
    let late = json!({ "title": "Late", "steps": [{ "advance": 1 }] }).to_string();
    fs::write(folder.path().join("late.json"), late).unwrap();
    send_to(&base, Method::POST, "scenarios/late/play")
        .await
        .ok();
    running.stop().await;
}

async fn send_to(base: &str, method: Method, path: &str) -> Answer {
    super::support::send(client().request(method, format!("{base}/_sandbox/{path}"))).await
}

#[tokio::test]
async fn a_failed_step_is_named_and_no_later_step_is_played() {
    let (_folder, running) = with_files(&[(
        "fails",
        json!({ "title": "Fails", "steps": [
            { "advance": 5 },
            { "number": { "id": "1" } },
            { "fault": { "then": { "status": 500 } } },
        ] }),
    )]);
    let base = running.base_url();
    let answer = send_to(&base, Method::POST, "scenarios/fails/play").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.body["error"], "step 2 (number): no phone number 1");
    let faults = send_to(&base, Method::GET, "faults").await.ok();
    assert_eq!(faults["data"], json!([]));
    running.stop().await;
}

#[tokio::test]
async fn a_wait_for_calls_counts_those_of_its_kind_since_the_play_began() {
    let (_folder, running) = with_files(&[(
        "waits",
        json!({ "title": "Waits", "steps": [
            { "webhook": { "sample": "account_alerts", "wabaId": "{{waba}}", "appId": "{{app}}" } },
            { "wait": { "calls": { "count": 2, "method": "get", "path": "/me", "code": 190 } } },
        ] }),
    )]);
    let base = running.base_url();
    let callback = Callback::start();
    let subscribed = running
        .subscribe("880000000000001", &callback.url, TOKEN)
        .await;
    subscribed.unwrap();
    let ask = async |path: &str| {
        let call = client()
            .get(format!("{base}/v25.0/{path}"))
            .bearer_auth("none");
        super::support::send(call).await.refusal();
    };
    for _ in 0..3 {
        ask("me").await;
    }
    let calls = async {
        callback.wait_for(1).await;
        for path in ["me", "debug_token?input_token=x", "me/businesses"] {
            ask(path).await;
        }
    };
    let playing = send_to(&base, Method::POST, "scenarios/waits/play");
    let (played, ()) = tokio::join!(playing, calls);
    assert_eq!(played.ok()["steps"][1]["answer"]["calls"], 2);
    running.stop().await;
}

#[tokio::test]
async fn a_fifth_play_at_once_is_refused_and_a_stop_ends_the_others() {
    let (_folder, running) = with_files(&[(
        "waits",
        json!({ "title": "Waits", "steps": [
            { "webhook": { "sample": "account_alerts", "wabaId": "{{waba}}", "appId": "{{app}}" } },
            { "wait": { "sends": 1, "timeoutMs": 60000 } },
        ] }),
    )]);
    let base = running.base_url();
    let callback = Callback::start();
    let subscribed = running
        .subscribe("880000000000001", &callback.url, TOKEN)
        .await;
    subscribed.unwrap();
    let play = || send_to(&base, Method::POST, "scenarios/waits/play");
    let plays = futures::future::join_all((0..4).map(|_| play()));
    let (ended, ()) = tokio::join!(plays, async {
        callback.wait_for(4).await;
        assert_eq!(play().await.status, StatusCode::SERVICE_UNAVAILABLE);
        running.stop().await;
    });
    for answer in ended {
        assert_eq!(answer.status, StatusCode::CONFLICT);
        // A webhook may have arrived before its step knows.
        let error = text(&answer.body["error"]);
        assert!(error.ends_with("the sandbox stops"), "{error}");
    }
}
