//! Proof `footprint`: the memory of the idle programs, and the time until the server is ready.

use std::time::{Duration, Instant};

use wabakit_prove::{Client, Engine, until};

use crate::stage::{Programs, Stage};

const MOST_BYTES: u64 = 40_000_000;
const MOST_START: Duration = Duration::from_millis(300);
const STARTS: usize = 10;

pub(crate) async fn prove(programs: &Programs) {
    let stage = Stage::set(programs, Engine::Sqlite).await;
    let mut server = stage.serve();
    let owner = stage.owner(&server.base().await).await;
    stage.connect(&owner).await;
    // The memory of the connect is freed when its workers are idle again, so the second reading counts.
    let mut last = 0;
    let server_bytes = until("the server's memory to settle", async || {
        let now = server.resident_bytes();
        let settled = now == std::mem::replace(&mut last, now);
        settled.then_some(now)
    })
    .await;
    let sandbox_bytes = stage.sandbox.resident_bytes();
    let (ended_well, output) = server.end().await;
    assert!(ended_well, "the server did not end well:\n{output}");

    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        starts.push(start(&stage).await);
    }
    starts.sort();
    let median = (starts[STARTS / 2 - 1] + starts[STARTS / 2]) / 2;

    println!("{:36} {:>10} {:>10}", "", "measured", "limit");
    let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let row = |what: &str, measured: String, limit: String| {
        println!("{what:36} {measured:>10} {limit:>10}");
    };
    row(
        "server, idle after a connect",
        mb(server_bytes),
        mb(MOST_BYTES),
    );
    row(
        "sandbox, idle after a connect",
        mb(sandbox_bytes),
        mb(MOST_BYTES),
    );
    let ms = |time: Duration| format!("{} ms", time.as_millis());
    row("start to ready, median of 10", ms(median), ms(MOST_START));
    row(
        "start to ready, slowest of 10",
        ms(starts[STARTS - 1]),
        "-".into(),
    );
    assert!(server_bytes < MOST_BYTES, "the server holds too much");
    assert!(sandbox_bytes < MOST_BYTES, "the sandbox holds too much");
    assert!(median < MOST_START, "the server starts too slowly");
}

/// Measures from the spawn to the first 200 of `/readyz`.
async fn start(stage: &Stage) -> Duration {
    let begun = Instant::now();
    let mut server = stage.serve();
    let program = Client::program(&server.base().await);
    let ready = program.get("/readyz").await;
    let took = begun.elapsed();
    assert!(ready.status.is_success(), "not ready: {}", ready.text);
    server.end().await;
    took
}
