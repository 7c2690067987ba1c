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
use crate::{
    bars::{Bar, judge},
    stage::{Programs, Stage},
};

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
    rate: f64,
    p50: f64,
    p99: f64,
}

pub(crate) async fn prove(programs: &Programs, times: &LoadTimes, strict: bool) {
    let mut bars = Vec::new();
    // A short run takes few sizes: it only shows that each kind works.
    let (sizes, applied_sizes): (&[u64], &[u64]) = match strict {
        true => (&[1, 10, 100, 1_000], &[10, 1]),
        false => (&[1, 100], &[10]),
    };
    println!(
        "{:34} {:>6} {:>12} {:>9} {:>9} {:>8}",
        "", "items", "bodies/s", "p50 ms", "p99 ms", "of bare"
    );
    let (bare, without_storage) = baseline(programs, sizes, times.row).await;
    bars.push(Bar::least(
        "without storage, of the bare handler",
        without_storage,
        LEAST_WITHOUT_STORAGE,
    ));
    for (engine, least) in [
        (Engine::Sqlite, LEAST_SQLITE),
        (Engine::Postgres, LEAST_POSTGRES),
    ] {
        let durable = durable(programs, engine, &bare, times.row).await;
        bars.push(Bar::least(
            format!("durable on {engine:?}, of the bare handler"),
            durable.share,
            least,
        ));
        bars.push(Bar::most(
            format!("{engine:?}: p99 at half the top rate, ms"),
            durable.p99_at_half,
            MOST_P99_MILLIS,
        ));
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
                bars.push(Bar::least(
                    format!("{engine:?}: items applied a second"),
                    applied.rate,
                    LEAST_APPLIED,
                ));
                bars.push(Bar::most(
                    format!("{engine:?}: memory after, of before"),
                    applied.growth(),
                    MOST_GROWTH,
                ));
            }
        }
    }
    judge(&bars, strict);
}

/// The minimal handler's rates, each with the items of a body.
pub(crate) type BareRates = Vec<(u64, f64)>;

/// Measures the minimal handler, and the product without storage: its share for one item in a body.
pub(crate) async fn baseline(
    programs: &Programs,
    sizes: &[u64],
    time: Duration,
) -> (BareRates, f64) {
    let stage = Stage::set(programs, Engine::Sqlite).await;
    let tenants = stage.tenants(ORGS).await;
    let mut bare = stage.bare();
    let mut rates = BareRates::new();
    for &items in sizes {
        let row = row(&mut bare, &stage, tenants, (CONNECTIONS, items), time).await;
        show(&row, "bare handler", items, None);
        rates.push((items, row.rate));
    }
    bare.kill().await;
    let mut server = stage.serve_with(
        &["--unsafe-null-journal"],
        &[("WABAKIT_HOLD_PROCESSOR", "1")],
    );
    let mut without_storage = 0.0;
    for &(items, bare) in &rates {
        let row = row(&mut server, &stage, tenants, (CONNECTIONS, items), time).await;
        let share = row.rate / bare;
        show(&row, "without storage", items, Some(share));
        if items == 1 {
            without_storage = share;
        }
    }
    server.end().await;
    (rates, without_storage)
}

/// Durable ingest while nothing is applied.
pub(crate) struct DurableIngest {
    /// Bodies of one item a second.
    pub(crate) rate: f64,
    /// The same, of the minimal handler's rate.
    pub(crate) share: f64,
    /// The 99th percentile of the latency at half that rate, in milliseconds.
    p99_at_half: f64,
}

/// Measures durable ingest on an engine.
pub(crate) async fn durable(
    programs: &Programs,
    engine: Engine,
    bare: &BareRates,
    time: Duration,
) -> DurableIngest {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[("WABAKIT_HOLD_PROCESSOR", "1")]);
    let mut durable = DurableIngest {
        rate: 0.0,
        share: 0.0,
        p99_at_half: 0.0,
    };
    for &(items, bare) in bare {
        let row = row(&mut server, &stage, tenants, (CONNECTIONS, items), time).await;
        let share = row.rate / bare;
        show(&row, &format!("durable, {engine:?}"), items, Some(share));
        if items == 1 {
            (durable.rate, durable.share) = (row.rate, share);
        }
    }
    let half = half_rate(&mut server, &stage, tenants, durable.rate / 2.0, time * 2).await;
    show(&half, &format!("durable, {engine:?}, half rate"), 1, None);
    durable.p99_at_half = half.p99;
    server.end().await;
    durable
}

/// Ingest beside the processor, with few connections.
pub(crate) struct SharedIngest {
    /// Bodies of one item a second while nothing is applied.
    pub(crate) held: f64,
    /// Bodies a second while the processor applies.
    pub(crate) applying: f64,
    /// Items applied a second meanwhile.
    pub(crate) applied: f64,
}

/// Measures ingest over 16 connections while nothing is applied, and while the processor runs.
pub(crate) async fn shared(programs: &Programs, engine: Engine, time: Duration) -> SharedIngest {
    const FEW: (u64, u64) = (16, 1);
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[("WABAKIT_HOLD_PROCESSOR", "1")]);
    let held = row(&mut server, &stage, tenants, FEW, time).await;
    server.kill().await;
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[]);
    let base = address(&mut server).await;
    let mut pump = pump(base, &stage, tenants, FEW);
    check(&pump.run(time / 4, Keep::Counts).await);
    pump.first_lane = stage.next_lanes(FEW.0);
    let (before, begun) = (events(&stage).await, Instant::now());
    let posted = pump.run(time, Keep::Counts).await;
    let applied = events(&stage).await - before;
    let applied = applied as f64 / begun.elapsed().as_secs_f64();
    check(&posted);
    server.kill().await;
    SharedIngest {
        held: held.rate,
        applying: posted.rate(),
        applied,
    }
}

fn show(row: &Row, what: &str, items: u64, share: Option<f64>) {
    let share = share.map_or(String::new(), |share| format!("{:.0} %", share * 100.0));
    println!(
        "{what:34} {items:>6} {:>12.0} {:>9.2} {:>9.2} {share:>8}",
        row.rate, row.p50, row.p99
    );
}

fn pump(
    address: SocketAddr,
    stage: &Stage,
    tenants: Tenants,
    (connections, items): (u64, u64),
) -> Pump {
    Pump {
        address,
        tenants,
        secret: stage.app_secret(),
        connections,
        items,
        pace: None,
        repeats: 20,
        forgeries: 10,
        first_lane: stage.next_lanes(connections),
        gate: Arc::new(Gate::default()),
    }
}

async fn row(
    server: &mut Process,
    stage: &Stage,
    tenants: Tenants,
    size: (u64, u64),
    time: Duration,
) -> Row {
    let address = address(server).await;
    let mut pump = pump(address, stage, tenants, size);
    let warm = pump.run(time / 4, Keep::Counts).await;
    check(&warm);
    pump.first_lane = stage.next_lanes(pump.connections);
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
    let mut pump = pump(address, stage, tenants, (CONNECTIONS, 1));
    pump.pace = Some(pace);
    let posted = pump.run(time, Keep::Counts).await;
    check(&posted);
    of(&posted)
}

fn of(posted: &Posted) -> Row {
    Row {
        rate: posted.rate(),
        p50: posted.millis(0.5),
        p99: posted.millis(0.99),
    }
}

/// Asserts that every body got the right answer.
pub(crate) fn check(posted: &Posted) {
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

/// Items applied in full, as fast as they are.
pub(crate) struct AppliedRate {
    /// Items a second.
    pub(crate) rate: f64,
    backlog: u64,
    /// Resident bytes before and after.
    pub(crate) before: f64,
    pub(crate) after: f64,
}

impl AppliedRate {
    /// Returns the resident memory after, of before.
    pub(crate) fn growth(&self) -> f64 {
        self.after / self.before
    }
}

/// Posts as fast as items are applied: the backlog stays below [`BACKLOG`].
pub(crate) async fn applied(
    programs: &Programs,
    engine: Engine,
    items: u64,
    time: Duration,
) -> AppliedRate {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[]);
    let address = address(&mut server).await;
    // One round creates every contact and conversation; from then on an item is one event.
    let mut warm = pump(address, &stage, tenants, (CONNECTIONS, items));
    warm.repeats = 0;
    let warmed = warm.run(time / 3, Keep::Counts).await;
    check(&warmed);
    drained(&stage).await;
    let (begin, before) = (events(&stage).await, server.resident_bytes() as f64);

    let mut pump = pump(address, &stage, tenants, (CONNECTIONS, items));
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
