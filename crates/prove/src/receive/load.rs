//! Proof `receive-load`: deliveries a second, latency, memory, and items applied a second.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use wabakit_prove::{Engine, Probe, Process};

use super::{
    Tenants,
    pump::{Gate, Keep, Posted, Pump},
};
use crate::stage::{Programs, Stage};

const ORGS: u64 = 100;
const CONNECTIONS: u64 = 64;
/// The most items that are posted and not yet applied while the processor is measured.
const BACKLOG: u64 = 20_000;

/// The length of each part.
pub(crate) struct LoadTimes {
    /// The length of each row of the table.
    pub(crate) row: Duration,
    /// The length of the sustained run.
    pub(crate) sustained: Duration,
}

/// The least share of the minimal handler's rate, without storage and with durable storage.
const LEAST_WITHOUT_STORAGE: f64 = 0.70;
const LEAST_SQLITE: f64 = 0.32;
const LEAST_POSTGRES: f64 = 0.28;
const LEAST_APPLIED: f64 = 10_000.0;
const MOST_P99_MILLIS: f64 = 50.0;
const MOST_GROWTH: f64 = 1.10;

struct Row {
    what: String,
    rate: f64,
    p50: f64,
    p99: f64,
}

pub(crate) async fn prove(programs: &Programs, times: &LoadTimes, strict: bool) {
    let mut verdicts = Vec::new();
    // A short run takes few sizes: it only shows that each kind works.
    let (sizes, applied_sizes): (&[u64], &[u64]) = match strict {
        true => (&[1, 10, 100, 1_000], &[10, 1]),
        false => (&[1, 100], &[10]),
    };
    println!(
        "{:34} {:>6} {:>12} {:>9} {:>9} {:>8}",
        "", "items", "bodies/s", "p50 ms", "p99 ms", "of bare"
    );
    let mut bare_rates = Vec::new();
    let mut shares: Vec<(&str, f64, f64)> = Vec::new();
    {
        let stage = Stage::set(programs, Engine::Sqlite).await;
        let tenants = stage.tenants(ORGS).await;
        let mut bare = stage.bare();
        for &items in sizes {
            let row = row(&mut bare, &stage, tenants, items, times.row).await;
            show(&row, "bare handler", items, None);
            bare_rates.push(row.rate);
        }
        bare.kill().await;
        let mut server = stage.serve_with(
            &["--unsafe-null-journal"],
            &[("WABAKIT_HOLD_PROCESSOR", "1")],
        );
        for (place, &items) in sizes.iter().enumerate() {
            let row = row(&mut server, &stage, tenants, items, times.row).await;
            let share = row.rate / bare_rates[place];
            show(&row, "without storage", items, Some(share));
            if items == 1 {
                shares.push((
                    "without storage, of the bare handler",
                    share,
                    LEAST_WITHOUT_STORAGE,
                ));
            }
        }
        server.end().await;
    }
    for (engine, least) in [
        (Engine::Sqlite, LEAST_SQLITE),
        (Engine::Postgres, LEAST_POSTGRES),
    ] {
        let stage = Stage::set(programs, engine).await;
        let tenants = stage.tenants(ORGS).await;
        let mut server = stage.serve_with(&[], &[("WABAKIT_HOLD_PROCESSOR", "1")]);
        let mut top = 0.0;
        for (place, &items) in sizes.iter().enumerate() {
            let row = row(&mut server, &stage, tenants, items, times.row).await;
            let share = row.rate / bare_rates[place];
            show(&row, &format!("durable, {engine:?}"), items, Some(share));
            if items == 1 {
                top = row.rate;
                let what = match engine {
                    Engine::Sqlite => "durable on SQLite, of the bare handler",
                    Engine::Postgres => "durable on PostgreSQL, of the bare handler",
                };
                shares.push((what, share, least));
            }
        }
        let half = half_rate(&mut server, &stage, tenants, top / 2.0, times.row * 2).await;
        show(&half, &format!("durable, {engine:?}, half rate"), 1, None);
        verdicts.push((
            format!("{engine:?}: p99 at half the top rate, ms"),
            half.p99,
            "<",
            MOST_P99_MILLIS,
        ));
        server.end().await;
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for &items in applied_sizes {
            let applied = applied(programs, engine, items, times.sustained).await;
            println!(
                "{:34} {items:>6} {:>12.0} items/s applied, backlog at the end {}, memory {:.1} to {:.1} MB",
                format!("processor, {engine:?}"),
                applied.rate,
                applied.backlog,
                applied.before / 1e6,
                applied.after / 1e6
            );
            if items == 10 {
                verdicts.push((
                    format!("{engine:?}: items applied a second"),
                    applied.rate,
                    ">",
                    LEAST_APPLIED,
                ));
                let growth = applied.after / applied.before;
                verdicts.push((
                    format!("{engine:?}: memory after, of before"),
                    growth,
                    "<",
                    MOST_GROWTH,
                ));
            }
        }
    }
    println!();
    let mut held = true;
    let shares = shares
        .into_iter()
        .map(|(what, share, least)| (what.to_owned(), share, ">", least));
    for (what, measured, relation, bound) in shares.chain(verdicts) {
        let holds = if relation == ">" {
            measured >= bound
        } else {
            measured <= bound
        };
        held &= holds;
        println!(
            "{what:48} {measured:>10.2} {relation} {bound:<10} {}",
            if holds { "holds" } else { "DOES NOT HOLD" }
        );
    }
    assert!(held || !strict, "not every bar holds");
}

fn show(row: &Row, what: &str, items: u64, share: Option<f64>) {
    let share = share.map_or(String::new(), |share| format!("{:.0} %", share * 100.0));
    let what = if row.what.is_empty() {
        what.to_owned()
    } else {
        format!("{what} {}", row.what)
    };
    println!(
        "{what:34} {items:>6} {:>12.0} {:>9.2} {:>9.2} {share:>8}",
        row.rate, row.p50, row.p99
    );
}

fn pump(address: SocketAddr, stage: &Stage, tenants: Tenants, items: u64) -> Pump {
    Pump {
        address,
        tenants,
        secret: stage.app_secret(),
        connections: CONNECTIONS,
        items,
        pace: None,
        repeats: 20,
        forgeries: 10,
        first_lane: stage.next_lanes(CONNECTIONS),
        gate: Arc::new(Gate::default()),
    }
}

async fn row(
    server: &mut Process,
    stage: &Stage,
    tenants: Tenants,
    items: u64,
    time: Duration,
) -> Row {
    let address = address(server).await;
    let mut pump = pump(address, stage, tenants, items);
    let warm = pump.run(time / 4, Keep::Counts).await;
    check(&warm);
    pump.first_lane = stage.next_lanes(CONNECTIONS);
    let posted = pump.run(time, Keep::Counts).await;
    check(&posted);
    of(&posted)
}

async fn half_rate(
    server: &mut Process,
    stage: &Stage,
    tenants: Tenants,
    pace: f64,
    time: Duration,
) -> Row {
    let address = address(server).await;
    let mut pump = pump(address, stage, tenants, 1);
    pump.pace = Some(pace);
    let posted = pump.run(time, Keep::Counts).await;
    check(&posted);
    of(&posted)
}

fn of(posted: &Posted) -> Row {
    Row {
        what: String::new(),
        rate: posted.rate(),
        p50: posted.millis(0.5),
        p99: posted.millis(0.99),
    }
}

/// Asserts that every body got the right answer.
fn check(posted: &Posted) {
    assert_eq!(
        posted.other, 0,
        "answers that are neither 200 nor 401, or none"
    );
    assert!(posted.accepted > 0, "nothing was accepted");
}

async fn address(server: &mut Process) -> SocketAddr {
    let base = server.base().await;
    base.strip_prefix("http://").unwrap().parse().unwrap()
}

struct AppliedRate {
    rate: f64,
    backlog: u64,
    before: f64,
    after: f64,
}

/// Posts as fast as items are applied: the backlog stays below [`BACKLOG`].
async fn applied(programs: &Programs, engine: Engine, items: u64, time: Duration) -> AppliedRate {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[]);
    let address = address(&mut server).await;
    // One round creates every contact and conversation; from then on an item is one event.
    let mut warm = pump(address, &stage, tenants, items);
    warm.repeats = 0;
    let warmed = warm.run(time / 3, Keep::Counts).await;
    check(&warmed);
    drained(&stage).await;
    let (begin, before) = (events(&stage).await, server.resident_bytes() as f64);

    let mut pump = pump(address, &stage, tenants, items);
    pump.repeats = 0;
    pump.forgeries = 0;
    let gate = pump.gate.clone();
    // A short run does not build up a backlog that takes long to apply.
    let most = BACKLOG.min(time.as_secs() * 1_000);
    let begun = Instant::now();
    let running = {
        let pump = pump.clone();
        tokio::spawn(async move { pump.run(Duration::from_secs(3_600), Keep::Counts).await })
    };
    let mut done = 0;
    while begun.elapsed() < time {
        done = events(&stage).await - begin;
        let outstanding = gate.items.load(Ordering::Relaxed).saturating_sub(done);
        gate.closed.store(outstanding > most, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = begun.elapsed();
    done = done.max(events(&stage).await - begin);
    let after = server.resident_bytes() as f64;
    gate.over.store(true, Ordering::Relaxed);
    let posted = running.await.unwrap();
    check(&posted);
    let backlog = posted.items.saturating_sub(done);
    drained(&stage).await;
    let all = events(&stage).await - begin;
    assert!(
        all >= posted.items,
        "{} items were posted and {all} events came of them",
        posted.items
    );
    server.end().await;
    AppliedRate {
        rate: done as f64 / took.as_secs_f64(),
        backlog,
        before,
        after,
    }
}

/// Counts the events of all organisations.
async fn events(stage: &Stage) -> u64 {
    let sum = "SELECT CAST(COALESCE(SUM(sequence), 0) AS BIGINT) AS value FROM event_heads";
    stage.database.number(sum).await as u64
}

/// Waits until the backlog is empty.
async fn drained(stage: &Stage) {
    let mut still = 0;
    let mut last = 0;
    until_long("the queue to drain", async || {
        let now = events(stage).await;
        let left = stage
            .database
            .number("SELECT (SELECT COUNT(*) FROM journal_batches) + (SELECT COUNT(*) FROM change_queue) AS value")
            .await;
        still = if now == last && left == 0 { still + 1 } else { 0 };
        last = now;
        (still >= 3).then_some(())
    })
    .await;
}

/// Waits until everything that was delivered is applied.
pub(crate) async fn until_applied(database: &Probe) {
    let left = "SELECT (SELECT COUNT(*) FROM journal_batches) + (SELECT COUNT(*) FROM change_queue) AS value";
    until_long("everything that came to be applied", async || {
        (database.number(left).await == 0).then_some(())
    })
    .await;
}

/// Waits like `until`, but for minutes.
pub(crate) async fn until_long<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(300);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
