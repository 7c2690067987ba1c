//! Workers that die: each death is reported, the worker is restarted, and the work continues.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};
use wabakit_services::MessageCounts;

use crate::{
    receive::{ADA, connected, list},
    world::{Engine, JUNIPER, Postgres, Sqlite, World, text},
};

/// Receives a message, and replies to it. Both arrive.
async fn converse(world: &World, owner: &Client, word: &str) {
    let question = json!({"type": "text", "text": word});
    let ids = world.customer_writes(ADA, JUNIPER, question).await;
    until(&format!("the message after {word}"), async || {
        let conversations = list(owner, "/api/conversations").await;
        let id = conversations.first()?["id"].as_str()?;
        let path = format!("/api/conversations/{id}/messages?limit=200");
        let messages = list(owner, &path).await;
        let is_there = |message: &Value| message["metaMessageId"] == ids[0].as_str();
        messages.iter().any(is_there).then_some(())
    })
    .await;
    let body = json!({"to": ADA, "type": "text", "text": {"body": word}});
    let answer = owner.post("/api/messages", body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.json());
    let path = format!("/api/messages/{}", text(&answer.json(), "id"));
    until(&format!("the answer after {word}"), async || {
        let seen = owner.get(&path).await.ok();
        (seen["status"] == "delivered").then_some(())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn every_worker_that_dies_is_named_by_readyz_and_work_goes_on(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    converse(&world, &owner, "before").await;
    let program = Client::program(&world.base());
    assert_eq!(program.get("/readyz").await.status, 200);
    let supervisor = world.server().assembly.ports.supervisor.clone();
    // An attempt is a short task: it is registered, but does not run now.
    let mut workers = supervisor.health();
    workers.retain(|worker| worker.running > 0);
    let names: Vec<_> = workers.into_iter().map(|worker| worker.name).collect();
    assert!(names.len() >= 19, "{names:?}");
    for name in names {
        let died = Instant::now();
        assert!(supervisor.kill(&name), "{name} does not run");
        let check = format!("worker {name}");
        until(&format!("the death of {name} to show"), async || {
            let answer = program.get("/readyz").await;
            let is_named = answer.json()["checks"][&check] == "failed";
            (answer.status == 503 && is_named).then_some(())
        })
        .await;
        assert!(died.elapsed() < Duration::from_secs(2), "{name}");
        converse(&world, &owner, &name).await;
        let deaths = until(&format!("{name} to be up again"), async || {
            let health = supervisor.health();
            let worker = health.iter().find(|worker| worker.name == name)?;
            (!worker.is_down).then_some(worker.deaths)
        })
        .await;
        assert_eq!(deaths, 1, "{name}");
    }
    let metrics = world.metrics().await;
    assert!(metrics.contains("wabakit_worker_deaths_total{worker=\"receive.journal.0\"}"));
    until("the server to be ready again", async || {
        (program.get("/readyz").await.status == 200).then_some(())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn messages_are_counted_once_whatever_dies_meanwhile(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut world = World::start(engine).await;
    let (person, owner) = connected(&world).await;
    converse(&world, &owner, "one").await;
    assert!(
        world
            .server()
            .assembly
            .ports
            .supervisor
            .kill("events.rollup")
    );
    converse(&world, &owner, "two").await;
    world.restart().await;
    let owner = world.signed_in(&person).await;
    converse(&world, &owner, "three").await;
    let subscribers = wabakit_storage_events::subscribers(&world.server().assembly.database);
    let counts = until("the counts of three conversations", async || {
        let since = chrono::DateTime::UNIX_EPOCH;
        let days = subscribers.message_days(person.org, since).await.unwrap();
        // Around midnight there are two days.
        let sum = |of: fn(&MessageCounts) -> i64| days.iter().map(|day| of(&day.counts)).sum();
        let counts: [i64; 3] = [sum(|c| c.received), sum(|c| c.sent), sum(|c| c.delivered)];
        (counts.iter().sum::<i64>() >= 9).then_some(counts)
    })
    .await;
    assert_eq!(counts, [3, 3, 3]);
}
