//! Upgrading a database of the first build that could send, which was killed in the middle of its work.
//!
//! `upgrade/<engine>` holds its dump, the sandbox's state of that moment, and the ids. It has two connected numbers,
//! the first with a paused queue. Its messages are delivered, failed, unknown, cancelled, scheduled, queued (three, in
//! order), and one was accepted by Meta while the answer was lost. It has a parked item, and a delivery that was not
//! split. Dates that would pass while the dump ages are in 2096.

use std::{fs, path::Path};

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::list,
    world::{
        Engine::{self, Postgres, Sqlite},
        World, text,
    },
};

const EMAIL: &str = "owner@proof.example";
const PASSWORD: &str = "a long password for a proof";
const ADA: &str = "15550100001";

/// Starts this build on the old world. Returns it with its signed-in owner and the old ids.
async fn upgraded(engine: Engine) -> (World, Client, Value) {
    let name = match engine {
        Sqlite => "sqlite",
        Postgres => "postgres",
    };
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/e2e/upgrade")
        .join(name);
    let folder = tempfile::tempdir().unwrap();
    copy(&from.join("sandbox"), &folder.path().join("sandbox"));
    let mut world = World::in_folder(engine, folder).await;
    let dump = fs::read_to_string(from.join("database.sql")).unwrap();
    world.database.restore(&dump).await;
    for (name, value) in [
        ("WABAKIT_SEND_PROOF_SECONDS", "2"),
        ("RETENTION_DELIVERIES_DAYS", "3650"),
        ("RETENTION_CHANGES_DAYS", "3650"),
        ("RETENTION_EVENTS_DAYS", "3650"),
    ] {
        world.vars.insert(name.to_owned(), value.to_owned());
    }
    world.serve_again().await;
    let owner = world.browser();
    owner.sign_in(EMAIL, PASSWORD).await;
    let ids = fs::read_to_string(from.join("ids.json")).unwrap();
    (world, owner, serde_json::from_str(&ids).unwrap())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn status(owner: &Client, id: &Value) -> String {
    let path = format!("/api/messages/{}", id.as_str().unwrap());
    text(&owner.get(&path).await.ok(), "status")
}

async fn until_status(owner: &Client, id: &Value, wanted: &str) {
    until(&format!("{id} to be {wanted}"), async || {
        (status(owner, id).await == wanted).then_some(())
    })
    .await;
}

/// Returns how often Meta accepted the message, over all attempts.
async fn accepted(world: &World, id: &Value) -> u64 {
    let found = world.meta.look("ledger/messages?limit=1000").await;
    let rows = found["data"].as_array().unwrap().iter();
    rows.filter(|row| {
        let opaque = row["bizOpaqueCallbackData"].as_str().unwrap_or_default();
        opaque.starts_with(id.as_str().unwrap())
    })
    .map(|row| row["accepted"].as_u64().unwrap())
    .sum()
}

#[rstest]
#[tokio::test]
async fn an_older_database_is_taken_over_without_loss_or_repeat(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let (world, owner, ids) = upgraded(engine).await;

    assert_eq!(owner.accounts().await.len(), 2);
    for settled in ["delivered", "failed", "unknown", "cancelled"] {
        assert_eq!(status(&owner, &ids[settled]).await, settled);
    }
    // Meta accepted it and the answer was lost, so no build may send it again.
    until_status(&owner, &ids["dispatching"], "unknown").await;
    assert_eq!(accepted(&world, &ids["dispatching"]).await, 1);

    let parked = owner.get("/api/webhooks/parked").await.ok();
    assert_eq!(parked["data"][0]["reason"], "invalid_part", "{parked}");
    until("the delivery that was not split", async || {
        let mut words = Vec::new();
        for conversation in list(&owner, "/api/conversations").await {
            let path = format!("/api/conversations/{}/messages", text(&conversation, "id"));
            words.extend(list(&owner, &path).await);
        }
        let found = words
            .iter()
            .filter(|message| message["content"]["body"] == "unsplit")
            .count();
        (found == 1).then_some(())
    })
    .await;

    let queued = ids["queued"].as_array().unwrap();
    for id in queued {
        assert_eq!(status(&owner, id).await, "queued");
    }
    let account = ids["accounts"]["530000000000001"].as_str().unwrap();
    let path = format!("/api/queues/{account}/resume");
    let resumed = owner.post(&path, json!({})).await;
    assert!(resumed.status.is_success(), "{}", resumed.text);
    for id in queued {
        until_status(&owner, id, "delivered").await;
        assert_eq!(accepted(&world, id).await, 1);
    }
    let order = world.meta.look("ledger/messages?limit=1000").await;
    let order: Vec<_> = order["data"].as_array().unwrap().iter().collect();
    let place = |id: &Value| {
        let is_it = |row: &&Value| {
            let opaque = row["bizOpaqueCallbackData"].as_str().unwrap_or_default();
            opaque.starts_with(id.as_str().unwrap())
        };
        order.iter().position(is_it).unwrap()
    };
    assert!(
        queued.is_sorted_by_key(place),
        "the queue went out in another order"
    );
    assert_eq!(status(&owner, &ids["scheduled"]).await, "queued");

    // A retry by a person sends an unknown message once more, besides the attempt that Meta may have accepted. The
    // customer's last message in the dump is old, so the sandbox treats the window as open.
    world
        .meta
        .order("sending/knobs", json!({"window": "open"}))
        .await;
    let unknown = ids["unknown"].as_str().unwrap();
    let path = format!("/api/messages/{unknown}/retry");
    let retried = owner.post(&path, json!({"mayRepeat": true})).await;
    assert!(retried.status.is_success(), "{}", retried.text);
    until_status(&owner, &ids["unknown"], "delivered").await;
    assert_eq!(accepted(&world, &ids["unknown"]).await, 1);
}

#[rstest]
#[tokio::test]
async fn a_key_that_an_older_build_stored_still_answers_with_its_message(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let (_world, owner, ids) = upgraded(engine).await;
    let body = json!({
        "to": ADA,
        "type": "template",
        "template": {"name": "queued_0", "language": {"code": "en"}},
        "accountId": ids["accounts"]["530000000000001"],
    });
    let request = owner
        .request(Method::POST, "/api/messages")
        .header("idempotency-key", "key-queued_0")
        .json(&body);
    let answer = owner.send(request).await.ok();
    assert_eq!(answer["id"], ids["queued"][0]);

    let audit = owner.get("/api/audit?limit=1").await.ok();
    assert_eq!(audit["data"].as_array().unwrap().len(), 1);
    let events = owner.get("/api/events?after=0&limit=200").await.ok();
    let sequences: Vec<i64> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["sequence"].as_i64().unwrap())
        .collect();
    let whole: Vec<i64> = (1..=i64::try_from(sequences.len()).unwrap()).collect();
    assert_eq!(sequences, whole, "the log has a gap");
}
