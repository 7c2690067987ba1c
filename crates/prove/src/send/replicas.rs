//! Proof `send-replicas`: replicas share the numbers, one dies, one sleeps and wakes. No rate is exceeded, and
//! nothing is sent twice.

use std::{collections::HashSet, time::Duration};

use serde_json::json;
use tokio::task::JoinHandle;
use wabakit_prove::{Engine, Probe, Process};

use super::{
    Bar, books,
    feed::{self, Call, Fed, Manner},
    judge,
    site::{Owners, Setup, Site, until_within},
    spans::Spans,
};
use crate::stage::Programs;

const NUMBERS: usize = 6;
/// The messages a second that a number may send.
const RATE: f64 = 80.0;
/// The most that some seconds may exceed their share, when a late round catches up.
const MOST_ABOVE: f64 = 1.03;
const STRETCH: usize = 10;
/// Messages in a call.
const CALL: usize = 120;
/// How often each replica is given messages at the most, until each owns a number.
const TURNS: usize = 10;
/// How long idle queues may take to be given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The length of each part, in seconds.
pub(crate) struct ReplicaTimes {
    /// The time before a replica dies or sleeps.
    pub(crate) calm: u64,
    /// The time for which a replica sleeps.
    pub(crate) sleep: u64,
    /// Messages submitted a second, all numbers together.
    pub(crate) pace: f64,
}

pub(crate) async fn prove(programs: &Programs, times: &ReplicaTimes, strict: bool) {
    println!(
        "{:42} {:>8} {:>7} {:>9} {:>8} {:>7} {:>13} {:>12}",
        "", "messages", "owners", "accepted", "unknown", "130429", "most in 1 s", "most in 10 s"
    );
    let mut bars = Vec::new();
    bars.extend(run(programs, 2, times).await);
    bars.extend(run(programs, 3, times).await);
    judge(&bars, strict);
    println!("\nNothing was accepted twice or lost, whoever died or slept.");
}

/// Of two replicas, one sleeps. Of three, one dies and another sleeps. The first one stays, because webhooks go
/// there.
async fn run(programs: &Programs, replicas: usize, times: &ReplicaTimes) -> Vec<Bar> {
    let setup = Setup {
        numbers: NUMBERS,
        orgs: 2,
        throughput: "STANDARD",
        knobs: json!({}),
    };
    let site = Site::set(programs, Probe::new(Engine::Postgres).await, &setup).await;
    let vars = [("WABAKIT_SEND_PROOF_SECONDS", "15")];
    let mut servers = vec![site.serve(&vars)];
    for _ in 1..replicas {
        servers.push(site.replica(&vars));
    }
    let seconds = times.calm * 3 + times.sleep + 5;
    let (mut fed, owners, stays) = share(&site, &mut servers).await;
    let listeners = site.listen(&stays);
    let feeding = keep_feeding(&site, stays, times.pace, seconds);
    tokio::time::sleep(Duration::from_secs(times.calm)).await;

    if replicas > 2 {
        let dies = servers.remove(1);
        dies.kill().await;
        tokio::time::sleep(Duration::from_secs(times.calm)).await;
    }
    let sleeps = &servers[1];
    sleeps.freeze().await;
    tokio::time::sleep(Duration::from_secs(times.sleep)).await;
    sleeps.thaw().await;
    tokio::time::sleep(Duration::from_secs(times.calm)).await;

    fed.add(feeding.await.unwrap());
    site.settle().await;
    let summary = site.summary().await;
    let tally = books::judge(&site, fed, listeners, &format!("send-replicas-{replicas}")).await;
    for server in servers {
        server.end().await;
    }
    let spans = Spans::of(&summary);
    let most = |seconds| {
        spans
            .iter()
            .map(|s| s.most_within(seconds))
            .max()
            .unwrap_or(0)
    };
    let throttled = summary["throttled"].as_u64().unwrap();
    let what = match replicas {
        2 => "two replicas, one sleeps",
        _ => "three replicas, one dies, one sleeps",
    };
    println!(
        "{what:42} {:>8} {owners:>7} {:>9} {:>8} {throttled:>7} {:>13} {:>12}",
        tally.all,
        tally.accepted,
        tally.unknown.len(),
        most(1),
        most(STRETCH)
    );
    assert_eq!(tally.refused, 0, "{what}: messages were refused");
    let share = most(STRETCH) as f64 / (RATE * STRETCH as f64);
    vec![
        Bar::most(format!("{what}: 130429"), throttled as f64, 0.0),
        Bar::most(
            format!("{what}: most in any 10 s, of what may be"),
            share,
            MOST_ABOVE,
        ),
    ]
}

/// Submits to each replica the first messages of its share of the numbers, so that it takes their queues: again, where
/// another replica was quicker. Returns what was submitted, how many replicas own a queue, and the person whose calls
/// go to the replica that stays.
async fn share(site: &Site, servers: &mut [Process]) -> (Fed, usize, Owners) {
    let mut first = Fed::default();
    let count = servers.len();
    let mut people = Vec::new();
    for server in servers.iter_mut() {
        people.push(site.owners(server).await);
    }
    for turn in 0..TURNS {
        for (place, person) in people.iter().enumerate().rev() {
            let own = site.numbers.iter().skip(place).step_by(count);
            let own: Vec<_> = own.cloned().collect();
            let from = (place + 1) * 10_000_000 + turn * 100_000;
            for call in Call::bulk(&own, from..from + own.len() * 10, "normal") {
                feed::submit(person, &call, &mut first).await;
            }
        }
        if all_own(site, count).await {
            return (first, count, people.swap_remove(0));
        }
        // Whoever owns a queue keeps it while it has work.
        until_within(PATIENCE, "idle queues to be given up", async || {
            owners(site).await.is_empty().then_some(())
        })
        .await;
    }
    panic!("some replica owned no number in {TURNS} turns: the proof would show nothing");
}

/// Submits to one replica for this many seconds.
fn keep_feeding(site: &Site, stays: Owners, pace: f64, seconds: u64) -> JoinHandle<Fed> {
    let all = (pace * seconds as f64) as usize;
    let starts = (0..all).step_by(CALL);
    let calls = starts
        .flat_map(|start| Call::bulk(&site.numbers, start..(start + CALL).min(all), "normal"))
        .collect();
    let manner = Manner {
        workers: 4,
        pace: Some(pace),
        replay: None,
    };
    tokio::spawn(async move { feed::feed(&stays, calls, manner).await })
}

/// Tells whether each replica owns a queue, within a few seconds.
async fn all_own(site: &Site, replicas: usize) -> bool {
    for _ in 0..30 {
        if owners(site).await.len() == replicas {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

/// Returns the replicas that own a queue.
async fn owners(site: &Site) -> HashSet<String> {
    let owners = "SELECT CAST(owner AS text) AS value FROM number_queues WHERE owner IS NOT NULL";
    site.stage
        .database
        .texts(owners)
        .await
        .into_iter()
        .collect()
}
