//! Proof `onboarding-crash`: `kill -9` of the server at random moments of connecting.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wabakit_prove::{Client, Engine, until};

use crate::stage::{Programs, Stage};

const WABA: &str = "420000000000001";
const NUMBER: &str = "530000000000001";

/// The results of the kills in one step.
#[derive(Default)]
struct CrashTally {
    kills: u32,
    finished: u32,
    begun_again: u32,
}

pub(crate) async fn prove(programs: &Programs, kills: u32, seed: u64) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let tallies = on(programs, engine, kills, seed).await;
        println!("\n{engine:?}, {kills} kills, seed {seed}");
        println!(
            "{:22} {:>6} {:>10} {:>12}",
            "killed in", "kills", "finished", "begun again"
        );
        for (step, tally) in tallies {
            let CrashTally {
                kills,
                finished,
                begun_again,
            } = tally;
            println!("{step:22} {kills:>6} {finished:>10} {begun_again:>12}");
        }
    }
    println!("\nNothing was half-connected, registered twice, or stored in plain text.");
}

async fn on(
    programs: &Programs,
    engine: Engine,
    kills: u32,
    seed: u64,
) -> BTreeMap<String, CrashTally> {
    let stage = Stage::set(programs, engine).await;
    let whole = uninterrupted(&stage).await;
    let mut moments = Moments(seed.max(1));
    let mut tallies = BTreeMap::<String, CrashTally>::new();
    for _ in 0..kills {
        let (step, finished) = kill_once(&stage, moments.within(whole)).await;
        let tally = tallies.entry(step).or_default();
        tally.kills += 1;
        if finished {
            tally.finished += 1;
        } else {
            tally.begun_again += 1;
        }
    }
    tallies
}

/// Measures a connect without kills.
async fn uninterrupted(stage: &Stage) -> Duration {
    let mut server = stage.serve();
    let owner = stage.owner(&server.base().await).await;
    let begun = Instant::now();
    stage.connect(&owner).await;
    let took = begun.elapsed();
    start_over(stage, &owner).await;
    server.end().await;
    took
}

/// Kills the server once. Returns the running step, and whether the session was finished without a new login.
async fn kill_once(stage: &Stage, after: Duration) -> (String, bool) {
    let mut server = stage.serve();
    let owner = stage.owner(&server.base().await).await;
    let begun = owner.begin("").await;
    let session = begun["sessionId"].as_str().unwrap().to_owned();
    let back = stage
        .meta
        .login(begun["authUrl"].as_str().unwrap(), json!({}))
        .await;
    let callback = owner.navigation(&back);
    let browser = owner.clone();
    let answer = tokio::spawn(async move { browser.try_send(callback).await });
    tokio::time::sleep(after).await;
    server.kill().await;
    // The kill may cut the call off, so its answer does not matter.
    let _ = answer.await.unwrap();

    let step = whole_or_nothing(stage).await;
    stage.database.lapse_leases().await;
    let mut server = stage.serve();
    let owner = owner.moved_to(&server.base().await);
    let status = settled(&owner, &session).await;
    let finished = status == "completed";
    assert_eq!(
        owner.status().await["connected"],
        finished,
        "the session is {status}"
    );
    if !finished {
        owner.act(&session, "cancel", json!({})).await;
        stage.connect(&owner).await;
    }
    assert_eq!(owner.accounts().await.len(), 1);
    assert!(stage.meta.is_subscribed(WABA).await);
    // We count at the number itself: a call whose caller dies may take effect without an entry in the ledger.
    let number = stage.meta.phone(NUMBER).await;
    let registered = number["registrations"].as_array().map_or(0, Vec::len);
    // A session that was given up and begun again registered, deregistered and registered.
    assert!(registered == 1 || !finished, "{registered} times: {number}");
    assert!(registered <= 3, "{registered} times: {number}");
    let plain = stage.database.plain_among(&stage.meta.tokens().await).await;
    assert!(plain.is_empty(), "{} tokens lie in plain text", plain.len());
    start_over(stage, &owner).await;
    server.end().await;
    (step, finished)
}

/// Asserts that the dead server left a complete connection or none. Returns the step in which it died.
async fn whole_or_nothing(stage: &Stage) -> String {
    let session = "SELECT status AS value FROM connect_sessions ORDER BY created_at DESC LIMIT 1";
    let status = stage.database.texts(session).await.remove(0);
    let active = stage.database.active_accounts().await;
    assert_eq!(
        active,
        i64::from(status == "completed"),
        "half-connected: {status}"
    );
    if status != "running" {
        return status;
    }
    let progress = "SELECT CAST(progress AS TEXT) AS value FROM connect_sessions ORDER BY created_at DESC LIMIT 1";
    let progress: Value =
        serde_json::from_str(&stage.database.texts(progress).await.remove(0)).unwrap();
    let steps = progress["steps"].as_array().unwrap();
    let running = steps.iter().find(|step| step["state"] == "running");
    running.map_or(status, |step| step["step"].as_str().unwrap().to_owned())
}

/// Waits until nobody runs the session, and returns its status.
async fn settled(owner: &Client, session: &str) -> String {
    until("the session to come to rest", async || {
        let status = owner.session(session).await["status"]
            .as_str()
            .unwrap()
            .to_owned();
        (status != "running").then_some(status)
    })
    .await
}

/// Disconnects, waits until Meta shows it, and resets the sandbox.
async fn start_over(stage: &Stage, owner: &Client) {
    let _ = owner
        .post("/auth/meta-oauth/disconnect", json!({}))
        .await
        .ok();
    until("the app to be unsubscribed", async || {
        (!stage.meta.is_subscribed(WABA).await).then_some(())
    })
    .await;
    let waiting = "SELECT count(*) AS value FROM teardowns WHERE state = 'pending'";
    until("the teardowns to end", async || {
        (stage.database.number(waiting).await == 0).then_some(())
    })
    .await;
    stage.meta.order("reset", json!({})).await;
    // Moves the clock by 72 hours, in which Meta allows ten registrations of a number.
    stage
        .database
        .execute("DELETE FROM registration_attempts")
        .await;
    stage
        .meta
        .control(reqwest::Method::DELETE, "ledger", None)
        .await;
}

/// Random moments of a xorshift generator: the same for the same seed.
struct Moments(u64);

impl Moments {
    fn within(&mut self, whole: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        whole.mul_f64((self.0 % 1_000) as f64 / 1_000.0)
    }
}
