//! Proof `receive-live`: the time from a POST to the WebSocket.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use hdrhistogram::Histogram;
use wabakit_prove::{
    Engine,
    history::{self, Line, Rule},
};

use super::{
    applied,
    load::until_applied,
    pump::{Gate, Pump},
    traffic::org_of,
};
use crate::stage::{Programs, Stage};

const MOST_P99_MILLIS: f64 = 250.0;
/// 1,000 items a second.
const BODIES: f64 = 100.0;
const ITEMS: u64 = 10;

pub(crate) async fn prove(programs: &Programs, time: Duration, strict: bool) {
    println!(
        "{:12} {:>9} {:>9} {:>9} {:>9} {:>10}",
        "", "messages", "p50 ms", "p99 ms", "max ms", "limit ms"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let seen = on(programs, engine, time).await;
        let millis = |quantile| seen.value_at_quantile(quantile) as f64 / 1_000.0;
        println!(
            "{:12} {:>9} {:>9.1} {:>9.1} {:>9.1} {MOST_P99_MILLIS:>10}",
            format!("{engine:?}"),
            seen.len(),
            millis(0.5),
            millis(0.99),
            seen.max() as f64 / 1_000.0
        );
        assert!(millis(0.99) < MOST_P99_MILLIS || !strict, "seen too late");
    }
}

/// The logs of two organisations, each on one socket, at 1,000 items a second together.
async fn on(programs: &Programs, engine: Engine, time: Duration) -> Histogram<u64> {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(2).await;
    let mut server = stage.serve_with(&[], &[]);
    let base = server.base().await;
    let listeners = stage.listen(&base, tenants).await;
    let gate = Arc::new(Gate::default());
    let connections = 8;
    let pump = Pump {
        address: base.strip_prefix("http://").unwrap().parse().unwrap(),
        tenants,
        secret: stage.app_secret(),
        connections,
        items: ITEMS,
        pace: Some(BODIES),
        repeats: 0,
        forgeries: 0,
        first_lane: stage.next_lanes(connections),
        gate: gate.clone(),
    };
    let posted = pump.run_timed(time).await;
    gate.over.store(true, Ordering::Relaxed);
    assert!(!posted.is_empty(), "nothing was posted");
    until_applied(&stage.database).await;
    let heard = listeners.end(&stage.database).await;
    let mut lines = applied(&stage.database).await;
    server.end().await;
    lines.extend(heard.lines);
    lines.extend(posted.keys().map(|wamid| Line::Delivery {
        status: Some(200),
        org: org_of(wamid),
        items: vec![wamid.clone()],
    }));
    let rules = [Rule::AppliedOnce, Rule::LogWhole, Rule::TenantAlone];
    let _ = history::uphold(&lines, &format!("receive-live-{engine:?}"), &rules);
    let mut seen = Histogram::new_with_max(600_000_000, 3).unwrap();
    // The first tenth creates all contacts and conversations.
    let first = posted.values().min().unwrap();
    for (wamid, at) in &posted {
        if at.duration_since(*first) > time / 10 {
            let took = heard.messages[wamid].duration_since(*at);
            seen.saturating_record(took.as_micros() as u64);
        }
    }
    seen
}
