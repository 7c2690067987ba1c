//! Proof `send-rate`: how exactly the pace is kept, and the rate without a limit.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use serde_json::json;
use wabakit_prove::{Engine, Probe, Process};

use super::{
    Bar,
    bare::{self, Bare},
    feed::{self, Call, Manner},
    judge,
    site::{Owners, Setup, Site, until_within},
    spans::Spans,
};
use crate::stage::Programs;

/// Requests at the same time, in the minimal sender and in the product.
const CONCURRENCY: usize = 64;
/// The least share of the minimal sender's rate.
const LEAST_KEPT: f64 = 0.40;
/// The largest error of a pace, in percent.
const MOST_ERROR: f64 = 1.0;
/// The seconds at the beginning that are not measured.
const SKIP: usize = 2;

/// The distance between the first messages of two runs on one site, whose names must differ.
const PLACES: usize = 10_000_000;
/// Messages to each person where their order is kept.
const OF_A_PERSON: usize = 20;
/// Messages in a call that is made while others are sent.
const OF_A_CALL: usize = 100;

/// The length of each part, in seconds.
pub(crate) struct RateTimes {
    pub(crate) paced: usize,
    pub(crate) top: u64,
    /// How many numbers keep 80 a second at once, and share the top rate.
    pub(crate) numbers: usize,
    /// The most messages of a row: a short run queues no more.
    pub(crate) most: usize,
}

pub(crate) async fn prove(programs: &Programs, times: &RateTimes, strict: bool) {
    let mut bars = Vec::new();
    println!(
        "{:34} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>14} {:>10}",
        "",
        "sent/s",
        "a number",
        "worst %",
        "130429",
        "least/s",
        "most/s",
        "statuses/body",
        "ms behind"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for what in [One, Many] {
            let kept = paced(programs, engine, times, what).await;
            let name = what.name(engine, times);
            bars.push(Bar::most(
                format!("{name}: error of the pace over {} s, %", times.paced),
                kept.worst,
                MOST_ERROR,
            ));
            bars.push(Bar::most(format!("{name}: 130429"), kept.throttled, 0.0));
        }
    }
    println!();
    println!(
        "{:40} {:>9} {:>8} {:>14} {:>8} {:>13} {:>16}",
        "", "sent/s", "of bare", "cpu ms/1,000", "of bare", "of it the db", "sandbox ms/1,000"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let top = top(programs, engine, times).await;
        bars.push(Bar::least(
            format!("{engine:?}: of the bare loop's rate, 64 at once"),
            top.waiting.rate / top.bare.rate,
            LEAST_KEPT,
        ));
    }
    judge(&bars, strict);
}

/// The numbers whose pace is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paced {
    /// One number at 1,000 a second.
    One,
    /// Several at 80 a second each.
    Many,
}

use Paced::{Many, One};

impl Paced {
    const fn numbers(self, times: &RateTimes) -> usize {
        match self {
            One => 1,
            Many => times.numbers,
        }
    }

    const fn rate(self) -> usize {
        match self {
            One => 1_000,
            Many => 80,
        }
    }

    fn name(self, engine: Engine, times: &RateTimes) -> String {
        match self {
            One => format!("{engine:?}, 1 number at 1,000/s"),
            Many => format!("{engine:?}, {} numbers at 80/s", times.numbers),
        }
    }

    const fn throughput(self) -> &'static str {
        match self {
            One => "HIGH",
            Many => "STANDARD",
        }
    }
}

/// How well a pace was kept.
pub(crate) struct KeptPace {
    /// The largest error of a number's pace, in percent.
    pub(crate) worst: f64,
    throttled: f64,
    /// The seconds from the last acceptance until every status is applied.
    pub(crate) behind: f64,
}

pub(crate) async fn paced(
    programs: &Programs,
    engine: Engine,
    times: &RateTimes,
    what: Paced,
) -> KeptPace {
    let (seconds, numbers) = (times.paced, what.numbers(times));
    let setup = Setup {
        numbers,
        orgs: 1,
        throughput: what.throughput(),
        knobs: json!({}),
    };
    let site = Site::set(programs, Probe::new(engine).await, &setup).await;
    let mut server = site.serve(&[]);
    let owners = site.owners(&mut server).await;
    let all = (what.rate() * numbers * (seconds + SKIP + 2)).min(times.most);
    queue_up(&site, &owners, 0..all).await;
    site.act_on_queues(&owners, "resume").await;
    let patience = Duration::from_secs(seconds as u64 * 4 + 60);
    until_within(patience, "all to be accepted", async || {
        (site.accepted().await >= all as u64).then_some(())
    })
    .await;
    let accepted = Instant::now();
    let summary = site.summary().await;
    site.stage.deliver().await;
    let behind = accepted.elapsed();
    server.end().await;

    let spans = Spans::of(&summary);
    assert_eq!(spans.len(), numbers);
    assert_eq!(summary["acceptedMoreThanOnce"], 0, "accepted twice");
    let wanted = what.rate() as f64;
    let rates: Vec<f64> = spans
        .iter()
        .map(|spans| spans.rate(SKIP, seconds))
        .collect();
    let error = |rate: &f64| (rate - wanted).abs() / wanted * 100.0;
    let worst = rates.iter().map(error).fold(0.0, f64::max);
    let total: f64 = rates.iter().sum();
    let least = spans
        .iter()
        .map(|s| s.least_within(1, SKIP, seconds))
        .min()
        .unwrap_or(0);
    let most = spans.iter().map(|s| s.most_within(1)).max().unwrap_or(0);
    let throttled = summary["throttled"].as_u64().unwrap();
    let name = what.name(engine, times);
    println!(
        "{name:34} {total:>9.1} {:>9.2} {worst:>8.2} {throttled:>8} {least:>8} {most:>8} {:>14.0} {:>10}",
        total / rates.len() as f64,
        updates_of_a_body(&site).await,
        behind.as_millis()
    );
    KeptPace {
        worst,
        throttled: throttled as f64,
        behind: behind.as_secs_f64(),
    }
}

/// Returns how many statuses a webhook has on average.
async fn updates_of_a_body(site: &Site) -> f64 {
    let log = site.stage.meta.look("webhooks/log").await;
    let updates: Vec<u64> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|attempt| attempt["updates"].as_u64())
        .collect();
    updates.iter().sum::<u64>() as f64 / updates.len().max(1) as f64
}

/// Queues these messages while nothing is sent.
async fn queue_up(site: &Site, owners: &Owners, places: Range<usize>) {
    site.act_on_queues(owners, "pause").await;
    let all = places.len();
    let calls = Call::bulks(&site.numbers, places, "normal");
    let fed = feed::feed(owners, calls, Manner::fast(2)).await;
    assert_eq!(fed.ids.len(), all);
}

/// The top rates on one engine.
pub(crate) struct TopRates {
    /// The minimal sender's.
    pub(crate) bare: Bare,
    /// Of a full queue, each message to another person.
    pub(crate) waiting: Bare,
    /// Of a full queue with 20 messages to each person.
    pub(crate) ordered: Bare,
    /// While calls come in.
    pub(crate) flowing: Bare,
}

/// Measures the minimal sender's rate, and the product's in several ways: sending a full queue, and sending while
/// calls come in.
pub(crate) async fn top(programs: &Programs, engine: Engine, times: &RateTimes) -> TopRates {
    let time = Duration::from_secs(times.top);
    let mut site = unmetered(programs, engine, times).await;
    bare::run(&site, time / 4, CONCURRENCY).await;
    let bare = bare::run(&site, time, CONCURRENCY).await;
    show("bare loop, 64 at once", &bare, &bare);
    let most = ((bare.rate * time.as_secs_f64()) as usize).min(times.most);
    let places = |run: usize| run * PLACES..run * PLACES + most;
    let requests = CONCURRENCY.to_string();
    let at_64 = [("WABAKIT_SEND_REQUESTS", requests.as_str())];
    let waiting = drain(&site, places(1), time, &at_64).await;
    show(
        &format!("{engine:?}, queue waits, 64 at once"),
        &waiting,
        &bare,
    );
    let all_at_once = drain(&site, places(2), time, &[]).await;
    show(&format!("{engine:?}, queue waits"), &all_at_once, &bare);
    let flowing = flow(&site, places(3), time, &at_64).await;
    show(
        &format!("{engine:?}, calls come meanwhile, 64 at once"),
        &flowing,
        &bare,
    );
    for number in &mut site.numbers {
        number.people = (most / times.numbers / OF_A_PERSON).max(1);
    }
    let ordered = drain(&site, places(4), time, &at_64).await;
    show(
        &format!("{engine:?}, {OF_A_PERSON} to each person, 64 at once"),
        &ordered,
        &bare,
    );
    TopRates {
        bare,
        waiting,
        ordered,
        flowing,
    }
}

fn show(what: &str, run: &Bare, bare: &Bare) {
    println!(
        "{what:40} {:>9.0} {:>7.0}% {:>14.0} {:>8.1} {:>13.0} {:>16.0}",
        run.rate,
        run.rate / bare.rate * 100.0,
        run.cpu * 1_000.0,
        run.cpu_of(bare),
        run.database_cpu * 1_000.0,
        run.sandbox_cpu * 1_000.0
    );
}

/// Starts many fast numbers at a sandbox without limits and statuses.
async fn unmetered(programs: &Programs, engine: Engine, times: &RateTimes) -> Site {
    let setup = Setup {
        numbers: times.numbers,
        orgs: 1,
        throughput: "HIGH",
        knobs: json!({"metering": "off", "pairs": "off", "statuses": []}),
    };
    Site::set(programs, Probe::new(engine).await, &setup).await
}

/// Processor time and messages at one moment.
struct Mark {
    at: Instant,
    server: Duration,
    database: Duration,
    sandbox: Duration,
    accepted: u64,
}

impl Mark {
    async fn now(site: &Site, server: &Process) -> Self {
        Self {
            accepted: site.accepted().await,
            at: Instant::now(),
            server: server.cpu(),
            database: site.stage.database.cpu().await,
            sandbox: site.stage.sandbox.cpu(),
        }
    }

    fn until(&self, later: &Self) -> Bare {
        let sent = (later.accepted - self.accepted) as f64;
        let of_a_thousand = |time: Duration| time.as_secs_f64() / (sent / 1_000.0);
        Bare {
            rate: sent / (later.at - self.at).as_secs_f64(),
            cpu: of_a_thousand(later.server - self.server + later.database - self.database),
            database_cpu: of_a_thousand(later.database - self.database),
            sandbox_cpu: of_a_thousand(later.sandbox - self.sandbox),
        }
    }
}

/// Sends messages that are queued already.
async fn drain(site: &Site, places: Range<usize>, time: Duration, vars: &[(&str, &str)]) -> Bare {
    let mut server = site.serve(vars);
    let owners = site.owners(&mut server).await;
    let enough = places.len() as u64 * 9 / 10;
    queue_up(site, &owners, places).await;
    let from = Mark::now(site, &server).await;
    site.act_on_queues(&owners, "resume").await;
    let begun = Instant::now();
    let mut last = Mark::now(site, &server).await;
    while last.accepted - from.accepted < enough && begun.elapsed() < time * 5 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        last = Mark::now(site, &server).await;
    }
    emptied(site).await;
    server.end().await;
    from.until(&last)
}

/// Sends messages while calls come in as fast as the queue accepts them.
async fn flow(site: &Site, places: Range<usize>, time: Duration, vars: &[(&str, &str)]) -> Bare {
    let mut server = site.serve(vars);
    let owners = site.owners(&mut server).await;
    let end = places.end;
    let calls = places
        .step_by(OF_A_CALL)
        .flat_map(|start| Call::bulk(&site.numbers, start..(start + OF_A_CALL).min(end), "normal"))
        .collect();
    let from = Mark::now(site, &server).await;
    let feeding = tokio::spawn(async move { feed::feed(&owners, calls, Manner::fast(4)).await });
    // Measures until the time is over or all messages are sent, because idle time must not count.
    let begun = Instant::now();
    while begun.elapsed() < time && !feeding.is_finished() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = Mark::now(site, &server).await;
    feeding.await.unwrap();
    emptied(site).await;
    server.end().await;
    from.until(&last)
}

/// Waits until the queue is empty.
async fn emptied(site: &Site) {
    until_within(
        Duration::from_secs(300),
        "the queue to be empty",
        async || (site.queued("0, 1").await == 0).then_some(()),
    )
    .await;
}
