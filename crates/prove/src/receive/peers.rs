//! Proof `peers`: a receiver as it is commonly written, Express with pg, beside the product in one run.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use wabakit_prove::{
    Engine, Probe, Process,
    history::{self, Line, Rule},
};

use super::{
    Tenants,
    load::{self, check, until_applied},
    pump::{Gate, Keep, Pump},
    traffic::org_of,
};
use crate::{
    bars::{Bar, judge},
    stage::{Programs, Stage},
};

const ORGS: u64 = 100;
const CONNECTIONS: [u64; 3] = [16, 64, 256];
const ITEMS: [u64; 2] = [1, 10];
/// Connections and items of the sustained row, and of the kills.
const USUAL: (u64, u64) = (64, 10);
/// The life of a server before it is killed.
const LIFE: Duration = Duration::from_millis(900);

/// What to run, and for how long.
pub(crate) struct PeersSetup {
    /// The folder of the Express server, with its packages.
    pub(crate) express: PathBuf,
    pub(crate) row: Duration,
    pub(crate) sustained: Duration,
    pub(crate) kills: u32,
}

/// The Express server and its database.
pub(crate) struct Express {
    database: Probe,
    script: String,
    vars: BTreeMap<String, String>,
}

impl Express {
    pub(crate) async fn new(folder: &Path, secret: &str) -> Self {
        let database = Probe::new(Engine::Postgres).await;
        let vars = [
            ("DATABASE_URL", database.url()),
            ("META_APP_SECRET", secret),
            ("PORT", "0"),
        ];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            script: folder.join("server.js").display().to_string(),
            vars: vars.into(),
            database,
        }
    }

    fn start(&self) -> Process {
        let path = env::var_os("PATH").unwrap_or_default();
        let node = env::split_paths(&path).map(|folder| folder.join("node"));
        let node = node.into_iter().find(|program| program.is_file());
        let node = node.expect("Node.js is on the PATH");
        Process::start(&node, &[&self.script], &self.vars)
    }

    async fn applied(&self) -> Vec<Line> {
        let keys = "SELECT key AS value FROM items WHERE kind <> 'status'";
        let keys = self.database.texts(keys).await;
        keys.into_iter().map(stored).collect()
    }
}

fn stored(wamid: String) -> Line {
    Line::Applied {
        org: org_of(&wamid),
        item: wamid,
    }
}

pub(crate) async fn prove(programs: &Programs, setup: &PeersSetup, strict: bool) {
    let table = ingest(programs, setup).await;
    println!(
        "bodies answered a second, each stored before its 200; in brackets: of Express + pg\n"
    );
    println!(
        "| connections | items in a body | Express + pg | Wabakit, PostgreSQL, held | PostgreSQL, applying | SQLite, held \
         | SQLite, applying |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (connections, items, rates) in table {
        let peer = rates[0];
        let cells = rates.iter().enumerate().map(|(place, rate)| match place {
            0 => format!("{rate:.0}"),
            _ => format!("{rate:.0} ({:.1}×)", rate / peer),
        });
        let cells: Vec<String> = cells.collect();
        println!("| {connections} | {items} | {} |", cells.join(" | "));
    }
    println!("\n| kill -9 under load | kills | answered 200 | of them stored |");
    println!("|---|---|---|---|");
    kill_all(programs, setup).await;
    let (connections, items) = USUAL;
    let inserted = inserted(&setup.express, setup.sustained).await;
    println!(
        "\n| {connections} connections, {items} items in a body, {} s | items a second | of Express + pg |",
        setup.sustained.as_secs()
    );
    println!("|---|---|---|");
    println!("| Express + pg, inserted | {inserted:.0} | |");
    let mut bars = Vec::new();
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let applied = load::applied(programs, engine, items, setup.sustained).await;
        let share = applied.rate / inserted;
        println!(
            "| Wabakit on {engine:?}, applied in full | {:.0} | {share:.2} |",
            applied.rate
        );
        bars.push(Bar::least(
            format!("{engine:?}: items applied, of what Express + pg inserts"),
            share,
            1.0,
        ));
    }
    judge(&bars, strict);
}

fn pump(server: &str, secret: &str, tenants: Tenants, (connections, items): (u64, u64)) -> Pump {
    Pump {
        address: server.strip_prefix("http://").unwrap().parse().unwrap(),
        tenants,
        secret: secret.to_owned(),
        connections,
        items,
        pace: None,
        repeats: 0,
        forgeries: 0,
        first_lane: 0,
        gate: Arc::new(Gate::default()),
    }
}

/// Measures all sizes at each server. Returns connections, items, and the rates in the order of the table.
async fn ingest(programs: &Programs, setup: &PeersSetup) -> Vec<(u64, u64, Vec<f64>)> {
    let sizes = CONNECTIONS
        .iter()
        .flat_map(|connections| ITEMS.map(|items| (*connections, items)));
    let mut table: Vec<(u64, u64, Vec<f64>)> = sizes
        .map(|(connections, items)| (connections, items, Vec::new()))
        .collect();
    let stage = Stage::set(programs, Engine::Sqlite).await;
    let express = Express::new(&setup.express, &stage.app_secret()).await;
    let mut server = express.start();
    rates(&mut server, &stage, Tenants::of(ORGS), setup, &mut table).await;
    server.kill().await;
    drop(stage);
    for engine in [Engine::Postgres, Engine::Sqlite] {
        for hold in ["1", "0"] {
            let stage = Stage::set(programs, engine).await;
            let tenants = stage.tenants(ORGS).await;
            let mut server = stage.serve_with(&[], &[("WABAKIT_HOLD_PROCESSOR", hold)]);
            rates(&mut server, &stage, tenants, setup, &mut table).await;
            server.kill().await;
        }
    }
    table
}

async fn rates(
    server: &mut Process,
    stage: &Stage,
    tenants: Tenants,
    setup: &PeersSetup,
    table: &mut [(u64, u64, Vec<f64>)],
) {
    let base = server.base().await;
    for (connections, items, rates) in table {
        let mut pump = pump(&base, &stage.app_secret(), tenants, (*connections, *items));
        pump.first_lane = stage.next_lanes(*connections);
        check(&pump.run(setup.row / 4, Keep::Counts).await);
        pump.first_lane = stage.next_lanes(*connections);
        let posted = pump.run(setup.row, Keep::Counts).await;
        check(&posted);
        rates.push(posted.rate());
    }
}

/// Kills each server under load several times. What it answered 200 is stored at the end.
async fn kill_all(programs: &Programs, setup: &PeersSetup) {
    let stage = Stage::set(programs, Engine::Sqlite).await;
    let express = Express::new(&setup.express, &stage.app_secret()).await;
    let tenants = Tenants::of(ORGS);
    let (answered, server) = kills(&stage, tenants, setup, || express.start()).await;
    server.kill().await;
    gate("Express + pg", setup, answered, express.applied().await);
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let stage = Stage::set(programs, engine).await;
        let tenants = stage.tenants(ORGS).await;
        let start = || stage.serve_with(&[], &[]);
        let (answered, server) = kills(&stage, tenants, setup, start).await;
        until_applied(&stage.database).await;
        let applied = super::applied(&stage.database).await;
        server.kill().await;
        gate(&format!("Wabakit, {engine:?}"), setup, answered, applied);
    }
}

async fn kills(
    stage: &Stage,
    tenants: Tenants,
    setup: &PeersSetup,
    start: impl Fn() -> Process,
) -> (Vec<Line>, Process) {
    let mut lines = Vec::new();
    let mut server = start();
    for _ in 0..setup.kills {
        let base = server.base().await;
        let mut pump = pump(&base, &stage.app_secret(), tenants, USUAL);
        pump.first_lane = stage.next_lanes(USUAL.0);
        let over = pump.gate.clone();
        let run = async move { pump.run(Duration::from_secs(60), Keep::Ids).await };
        let running = tokio::spawn(run);
        tokio::time::sleep(LIFE).await;
        server.kill().await;
        over.over.store(true, Ordering::Relaxed);
        let posted = running.await.unwrap();
        let delivery = |status| {
            move |wamid: String| Line::Delivery {
                status,
                org: org_of(&wamid),
                items: vec![wamid],
            }
        };
        lines.extend(posted.unanswered.into_iter().map(delivery(None)));
        lines.extend(posted.wamids.into_iter().map(delivery(Some(200))));
        server = start();
    }
    server.base().await;
    (lines, server)
}

fn gate(what: &str, setup: &PeersSetup, deliveries: Vec<Line>, applied: Vec<Line>) {
    let mut lines = deliveries;
    let is_answered = |line: &&Line| {
        matches!(
            line,
            Line::Delivery {
                status: Some(_),
                ..
            }
        )
    };
    let answered = lines.iter().filter(is_answered).count();
    assert!(answered > 0, "{what} answered nothing");
    lines.extend(applied);
    let rules = [Rule::AppliedOnce, Rule::NothingInvented];
    let _ = history::uphold(&lines, &format!("peers-{what}"), &rules);
    println!("| {what} | {} | {answered} | all |", setup.kills);
}

/// Measures how many items Express and pg insert a second, for this time.
pub(crate) async fn inserted(express: &Path, time: Duration) -> f64 {
    const SECRET: &str = "a secret of the proof";
    let express = Express::new(express, SECRET).await;
    let mut server = express.start();
    let base = server.base().await;
    let mut pump = pump(&base, SECRET, Tenants::of(ORGS), USUAL);
    check(&pump.run(time / 6, Keep::Counts).await);
    pump.first_lane = USUAL.0;
    let posted = pump.run(time, Keep::Counts).await;
    check(&posted);
    server.kill().await;
    posted.items as f64 / posted.took.as_secs_f64()
}
