//! Proof `receive-crash`: faults of every kind under load. Every delivery that was answered 200 is applied exactly once,
//! every event is in the log once and in order, and every file is fetched in the end.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use wabakit_prove::{
    Engine, Probe,
    history::{self, Line, Rule},
};

use super::{
    Tenants, applied,
    load::until_long,
    pump::{Gate, Keep, Posted, Pump},
    traffic::org_of,
};
use crate::{
    faults::{Field, Plan, Server, Sizes, SmallDisk, Strikes, small_tablespace},
    listener::Listeners,
    send::free_port,
    stage::{Programs, Stage},
};

const ORGS: u64 = 20;
/// Connections, all servers together.
const CONNECTIONS: u64 = 16;
/// Items a second, all servers together.
const PACE: f64 = 600.0;
/// The sizes of deliveries, in turn.
const SIZES: [u64; 4] = [1, 10, 3, 100];
/// The time for which deliveries have one size.
const A_SIZE: Duration = Duration::from_secs(2);
/// Servers on PostgreSQL. SQLite takes one.
const REPLICAS: usize = 3;
/// The number to which customers send files, of the sandbox's own seed.
const NUMBER: &str = "530000000000001";
/// Three bytes in base64.
const FILE: &str = "QUJD";
const FILE_LENGTH: usize = 3_000;
/// Lanes of one server's deliveries: more than any run uses.
const LANES: u64 = 1_000_000;
/// The pause between two files.
const A_FILE: Duration = Duration::from_millis(250);
/// The Graph calls that fetch files.
const FETCHING: &str = "GET *";

/// The answers that the sender got.
#[derive(Default)]
struct SenderAnswers {
    accepted: HashSet<String>,
    unanswered: HashSet<String>,
    /// Messages with files, which the sandbox delivers until they are taken.
    files: Vec<String>,
    bodies: u64,
}

impl SenderAnswers {
    fn add(&mut self, posted: Posted) {
        self.bodies += posted.accepted;
        self.accepted.extend(posted.wamids);
        self.unanswered.extend(posted.unanswered);
    }

    fn lines(&self, stage: &Stage) -> Vec<Line> {
        let delivery = |status| {
            move |item: &String| Line::Delivery {
                status,
                org: org_of(item),
                items: vec![item.clone()],
            }
        };
        let answered = self.accepted.iter().map(delivery(Some(200)));
        let unanswered = self.unanswered.iter().map(delivery(None));
        let files = self.files.iter().map(|item| Line::Delivery {
            status: Some(200),
            org: Some(stage.first_org.clone()),
            items: vec![item.clone()],
        });
        unanswered.chain(answered).chain(files).collect()
    }
}

/// The result on one database.
struct Run {
    engine: Engine,
    row: String,
    strikes: Strikes,
}

pub(crate) async fn prove(programs: &Programs, faults: &Sizes, seed: u64) {
    // Both databases at once: each run waits much of the time for leases and files.
    let (sqlite, postgres) = tokio::join!(
        Box::pin(on(programs, Engine::Sqlite, faults, seed)),
        Box::pin(on(programs, Engine::Postgres, faults, seed))
    );
    let runs = [sqlite, postgres];
    println!(
        "\n{:28} {:>9} {:>10} {:>10} {:>9} {:>7} {:>8}",
        "", "bodies", "answered", "applied", "events", "files", "resumed"
    );
    for run in &runs {
        println!("{}", run.row);
    }
    let strikes: Vec<_> = runs.iter().map(|run| (run.engine, &run.strikes)).collect();
    println!("{}", Strikes::table(&strikes));
    for run in &runs {
        run.strikes.assert_met(&format!("{:?}", run.engine));
    }
    println!("\nNothing that was answered 200 was lost, and nothing was applied or told twice.");
}

async fn on(programs: &Programs, engine: Engine, faults: &Sizes, seed: u64) -> Run {
    let stage = Stage::on(programs, Probe::alone(engine).await, None).await;
    let tenants = stage.tenants(ORGS).await;
    let tablespace = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => small_tablespace(&stage.database).await,
    };
    let folder = tempfile::tempdir().unwrap();
    let media = SmallDisk::mount(&folder.path().join("media"));
    let files = folder.path().join("media");
    let store = format!("file:{}", files.display());
    let vars = [("MEDIA_STORE", store.as_str())];
    let mut servers = Vec::new();
    for _ in 0..if engine == Engine::Postgres {
        REPLICAS
    } else {
        1
    } {
        let port = free_port().to_string();
        servers.push(Server::start(&stage, &port, &vars).await);
    }
    let base = &servers[0].base;
    stage.hear_at(base).await;
    let listeners = stage.listen(base, tenants).await;
    let plan = Plan::of(seed, engine, faults);
    println!("{engine:?}, seed {seed}: pause, fault/dice, seconds\n{plan}");

    let over = Arc::new(Gate::default());
    let pumping: Vec<_> = servers
        .iter()
        .map(|server| {
            let pump = pump(server, &stage, tenants, servers.len(), over.clone());
            tokio::spawn(pump_sizes(pump))
        })
        .collect();
    let mut field = Field::new(&stage, &servers, FETCHING);
    field.tablespace = tablespace.as_ref();
    field.media = media.as_ref();
    let mut told = SenderAnswers::default();
    let ((), sent) = tokio::join!(
        async {
            field.run(&plan).await;
            over.over.store(true, Ordering::Relaxed);
        },
        send_files(&stage, &over)
    );
    let strikes = field.end();
    for pumping in pumping {
        told.add(pumping.await.unwrap());
    }
    stage.deliver().await;
    fetched(&stage, sent.len()).await;
    told.files = sent;
    let row = check(&stage, &told, listeners, &strikes).await;
    for server in servers {
        server.end().await;
    }
    Run {
        engine,
        row,
        strikes,
    }
}

/// Posts to one server at its share of the pace, in deliveries of changing sizes, until the gate ends it.
async fn pump_sizes(pump: Pump) -> Posted {
    let mut all: Option<Posted> = None;
    let lanes = pump.connections;
    for (turn, items) in (0..).zip(SIZES.into_iter().cycle()) {
        if pump.gate.over.load(Ordering::Relaxed) {
            break;
        }
        let pump = Pump {
            items,
            pace: pump.pace.map(|pace| pace / items as f64),
            // No two connections make the same ids.
            first_lane: pump.first_lane + turn * lanes,
            ..pump.clone()
        };
        let posted = pump.run(A_SIZE, Keep::Ids).await;
        match &mut all {
            None => all = Some(posted),
            Some(all) => all.add(posted),
        }
    }
    all.unwrap()
}

fn pump(server: &Server, stage: &Stage, tenants: Tenants, of: usize, gate: Arc<Gate>) -> Pump {
    let address = server.base.strip_prefix("http://").unwrap();
    Pump {
        address: address.parse().unwrap(),
        tenants,
        secret: stage.app_secret(),
        connections: CONNECTIONS / of as u64,
        items: 1,
        pace: Some(PACE / of as f64),
        repeats: 100,
        forgeries: 20,
        first_lane: stage.next_lanes(LANES),
        gate,
    }
}

/// Lets customers send files until the gate ends it. Returns the ids of the messages.
async fn send_files(stage: &Stage, gate: &Gate) -> Vec<String> {
    let bytes = FILE.repeat(FILE_LENGTH / 3);
    let mut sent = Vec::new();
    while !gate.over.load(Ordering::Relaxed) {
        let customer = 4_915_112_000_000 + sent.len() as u64;
        let message = json!({
            "to": NUMBER,
            "type": "document",
            "document": {"bytes": bytes, "mime_type": "text/plain", "filename": "notes.txt"},
        });
        let path = format!("phones/{customer}/messages");
        let answer = stage.meta.order(&path, message).await;
        let ids = answer["ids"].as_array().unwrap();
        sent.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
        tokio::time::sleep(A_FILE).await;
    }
    sent
}

/// Waits until all files are fetched. What waits for another try is tried at once.
async fn fetched(stage: &Stage, sent: usize) {
    let database = &stage.database;
    let past = match database.engine() {
        Engine::Sqlite => "0",
        Engine::Postgres => "now() - interval '1 minute'",
    };
    let again = format!("UPDATE media SET next_at = {past} WHERE state = 'pending'");
    until_long("all files to be fetched", async || {
        let whole = format!(
            "SELECT COUNT(*) AS value FROM media WHERE state = 'stored' AND size = {FILE_LENGTH}"
        );
        let whole = database.number(&whole).await;
        assert!(whole <= sent as i64, "{whole} files of {sent}");
        let given_up = "SELECT COUNT(*) AS value FROM media WHERE state = 'failed'";
        assert_eq!(database.number(given_up).await, 0, "files were given up");
        if whole == sent as i64 {
            return Some(());
        }
        database.execute(&again).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        None
    })
    .await;
}

/// Judges the run. Returns its row of the table.
async fn check(
    stage: &Stage,
    told: &SenderAnswers,
    listeners: Listeners,
    strikes: &Strikes,
) -> String {
    let database = &stage.database;
    let what = match database.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL, three replicas",
    };
    let stored = applied(database).await;
    // Each log is 1, 2, 3, … up to its head, and has each message once.
    let broken = database
        .number(
            "SELECT COUNT(*) AS value FROM (SELECT org_id FROM org_events GROUP BY org_id \
             HAVING COUNT(*) <> MAX(sequence) OR MIN(sequence) <> 1) broken",
        )
        .await;
    assert_eq!(broken, 0, "logs with gaps or repeats");
    let announced = database
        .number(
            "SELECT COUNT(*) AS value FROM org_events WHERE data LIKE '{\"type\":\"message.received\"%' \
             OR data LIKE '{\"type\":\"message.echoed\"%'",
        )
        .await;
    assert_eq!(announced, stored.len() as i64, "events and messages");
    let events = database
        .number("SELECT COUNT(*) AS value FROM org_events")
        .await;
    let parked = database
        .number("SELECT COUNT(*) AS value FROM parked_items")
        .await;
    assert_eq!(parked, 0, "items were parked");

    let heard = listeners.end(database).await;
    let count = stored.len();
    let files = told.files.len();
    let mut lines = strikes.lines.clone();
    lines.extend(told.lines(stage));
    lines.extend(stored);
    lines.extend(heard.lines);
    let name = format!("receive-crash-{what}");
    let _ = history::uphold(&lines, &name, &[Rule::LogWhole, Rule::TenantAlone]);
    format!(
        "{what:28} {:>9} {:>10} {:>10} {events:>9} {files:>7} {:>8}",
        told.bodies,
        told.accepted.len() + files,
        count,
        heard.resumed
    )
}
