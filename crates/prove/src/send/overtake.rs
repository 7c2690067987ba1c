//! Proof `send-overtake`: a reply is sent within a second although a campaign of the same number waits in front of
//! it.

use std::time::{Duration, Instant};

use serde_json::json;
use wabakit_prove::{Engine, Probe, until};

use super::{
    Bar,
    feed::{self, Call, Manner},
    judge,
    site::{Owners, Setup, Site},
};
use crate::stage::Programs;

/// The longest that a reply may take, milliseconds.
const MOST_MILLIS: f64 = 1_000.0;

pub(crate) async fn prove(programs: &Programs, bulk: usize, replies: usize, strict: bool) {
    println!(
        "{:9} {:>8} {:>9} {:>8} {:>12} {:>10} {:>10}",
        "", "waiting", "queued/s", "replies", "median ms", "worst ms", "bulk/s"
    );
    let mut bars = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        bars.push(on(programs, engine, bulk, replies).await);
    }
    judge(&bars, strict);
}

async fn on(programs: &Programs, engine: Engine, bulk: usize, replies: usize) -> Bar {
    let setup = Setup {
        numbers: 1,
        orgs: 1,
        throughput: "STANDARD",
        knobs: json!({}),
    };
    let site = Site::set(programs, Probe::new(engine).await, &setup).await;
    let mut server = site.serve(&[]);
    let owners = site.owners(&mut server).await;
    // The queue is paused until all of the campaign waits.
    site.act_on_queues(&owners, "pause").await;
    let begun = Instant::now();
    let calls = Call::bulks(&site.numbers, 0..bulk, "low");
    let fed = feed::feed(&owners, calls, Manner::fast(2)).await;
    let queued = bulk as f64 / begun.elapsed().as_secs_f64();
    assert_eq!(fed.ids.len(), bulk);
    site.act_on_queues(&owners, "resume").await;
    until("the campaign to be under way", async || {
        (site.accepted().await > 0).then_some(())
    })
    .await;
    let waiting = site.queued("0").await;
    assert!(waiting > bulk as i64 / 4, "the campaign is over already");

    let (from, before) = (Instant::now(), site.accepted().await);
    let mut took = Vec::new();
    for reply in 0..replies {
        took.push(reply_now(&site, &owners, bulk + reply).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let sent = site.accepted().await - before;
    let bulk_rate = sent.saturating_sub(replies as u64) as f64 / from.elapsed().as_secs_f64();
    server.kill().await;
    took.sort();
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (median, worst) = (millis(took[took.len() / 2]), millis(took[took.len() - 1]));
    println!(
        "{:9} {waiting:>8} {queued:>9.0} {replies:>8} {median:>12.0} {worst:>10.0} {bulk_rate:>10.1}",
        format!("{engine:?}")
    );
    Bar::most(
        format!("{engine:?}: from its 202 to the sandbox, the slowest reply, ms"),
        worst,
        MOST_MILLIS,
    )
}

/// Measures from the answer 202 until the sandbox has accepted the reply.
async fn reply_now(site: &Site, owners: &Owners, place: usize) -> Duration {
    let body = feed::message(&site.numbers, place, "high");
    let owner = owners.of(&site.numbers[0].org);
    let answer = owner.post("/api/messages", body).await;
    let queued = Instant::now();
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.text);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    loop {
        let found = site
            .stage
            .meta
            .look(&format!("ledger/messages?opaque={id}"))
            .await;
        if !found["data"].as_array().unwrap().is_empty() {
            return queued.elapsed();
        }
        let waited = queued.elapsed();
        assert!(waited < Duration::from_secs(30), "the reply was not sent");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
