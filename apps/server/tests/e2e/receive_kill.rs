//! `kill -9` between the stages, and a full disk: a delivery that was answered 200 is applied once, and no other is.

use std::{collections::BTreeSet, path::Path};

use rstest::rstest;
use serde_json::Value;
use wabakit_prove::{Client, Process, until};
use wabakit_server::{Assembly, Safety};

use crate::{
    cli::WABAKIT,
    receive::{WEBHOOKS, list, post, texts},
    world::{
        Engine, JUNIPER, JUNIPER_WABA, PASSWORD, Postgres, Sqlite, World, config, owner, sharing,
        text,
    },
};

/// Makes a world without a server, with an owner whose number is connected.
async fn connected(engine: Engine) -> (World, Client) {
    let world = World::without_server(engine).await;
    let assembly = Assembly::new(&config(&world.vars), Safety::Production)
        .await
        .unwrap();
    let person = owner(&assembly, "Juniper", false).await;
    drop(assembly);
    let mut server = Process::start(Path::new(WABAKIT), &["serve"], &world.vars);
    let browser = Client::browser(&server.base().await);
    browser.sign_in(&person.email, PASSWORD).await;
    browser
        .connect(&world.meta, sharing(&[JUNIPER]))
        .await
        .connected();
    server.end().await;
    (world, browser)
}

async fn deliver(world: &World, base: &str, id: &str) -> Option<u16> {
    let body = texts(
        JUNIPER,
        JUNIPER_WABA,
        &[(id.to_owned(), format!("I am {id}"))],
    );
    post(base, WEBHOOKS, &world.vars["META_APP_SECRET"], &body).await
}

/// Waits until the only thread has exactly these messages, each with one event.
async fn just(owner: &Client, wanted: &BTreeSet<String>) {
    let found = until(&format!("{} messages", wanted.len()), async || {
        let conversations = list(owner, "/api/conversations").await;
        let id = text(conversations.first()?, "id");
        let mut path = format!("/api/conversations/{id}/messages?limit=200");
        let mut found = Vec::new();
        loop {
            let page = owner.get(&path).await.ok();
            found.extend(page["data"].as_array()?.iter().map(wamid));
            let Some(cursor) = page["nextCursor"].as_str() else {
                break;
            };
            path = format!("/api/conversations/{id}/messages?limit=200&cursor={cursor}");
        }
        (found.len() >= wanted.len()).then_some(found)
    })
    .await;
    assert_eq!(
        found.len(),
        wanted.len(),
        "one came twice, or one that was refused came"
    );
    assert_eq!(&found.into_iter().collect::<BTreeSet<_>>(), wanted);
    let events = crate::receive::all_events(owner).await;
    let received = events
        .iter()
        .filter(|event| event["type"] == "message.received");
    let told: Vec<_> = received
        .map(|event| wamid(&event["data"]["message"]))
        .collect();
    assert_eq!(told.len(), wanted.len(), "each is told once");
}

fn wamid(message: &Value) -> String {
    text(message, "metaMessageId")
}

#[rstest]
#[case::before_anything_is_split(true)]
#[case::while_it_is_worked_off(false)]
#[tokio::test]
async fn what_was_answered_200_is_applied_once_after_a_kill(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[case] held: bool,
) {
    let (mut world, browser) = Box::pin(connected(engine)).await;
    let mut answered = BTreeSet::new();
    for round in 0..3 {
        if held {
            world
                .vars
                .insert("WABAKIT_HOLD_PROCESSOR".into(), "1".into());
        }
        let mut server = Process::start(Path::new(WABAKIT), &["serve"], &world.vars);
        let base = server.base().await;
        for n in 0..40 {
            let id = format!("{round}-{n}");
            if deliver(&world, &base, &id).await == Some(200) {
                answered.insert(format!("wamid.{id}"));
            }
        }
        server.kill().await;
        world.database.lapse_leases().await;
    }
    assert_eq!(answered.len(), 120);
    world.vars.remove("WABAKIT_HOLD_PROCESSOR");
    let mut server = Process::start(Path::new(WABAKIT), &["serve"], &world.vars);
    let browser = browser.moved_to(&server.base().await);
    just(&browser, &answered).await;
}

/// The shell sets the limit of the file's size. The server gets an error instead of a signal.
#[tokio::test]
async fn a_full_disk_is_503_and_what_was_answered_is_there() {
    let (world, browser) = Box::pin(connected(Sqlite)).await;
    // In blocks of 512 bytes: the present size and a little more.
    let size = std::fs::metadata(world.database.file()).unwrap().len();
    let blocks = size / 512 + 400;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{WABAKIT}' serve");
    let mut server = Process::start(Path::new("/bin/sh"), &["-c", &limited], &world.vars);
    let base = server.base().await;
    let (mut answered, mut refused) = (BTreeSet::new(), 0);
    let filler = "x".repeat(20_000);
    for n in 0..200 {
        let body = texts(
            JUNIPER,
            JUNIPER_WABA,
            &[(format!("d{n}"), format!("{n} {filler}"))],
        );
        match post(&base, WEBHOOKS, &world.vars["META_APP_SECRET"], &body).await {
            Some(200) => {
                answered.insert(format!("wamid.d{n}"));
            }
            Some(503) => refused += 1,
            other => panic!("{other:?}"),
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk was never full");
    let program = Client::program(&base);
    // The last pages of the disk may still take an empty write.
    let mut asked = 0;
    let ready = loop {
        let ready = program.get("/readyz").await;
        if ready.status == 503 {
            break ready;
        }
        asked += 1;
        assert!(asked < 20, "a balancer is told");
    };
    assert_eq!(ready.json()["checks"]["database"], "failed");
    assert_eq!(
        program.get("/healthz").await.status,
        200,
        "the process is well"
    );
    assert_eq!(program.get("/api/openapi.json").await.status, 200);
    server.kill().await;
    let mut server = Process::start(Path::new(WABAKIT), &["serve"], &world.vars);
    let browser = browser.moved_to(&server.base().await);
    just(&browser, &answered).await;
}
