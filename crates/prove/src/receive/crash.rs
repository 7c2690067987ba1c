//! Proof `receive-crash`: `kill -9` at random moments under load. Every delivery that was answered 200 is applied
//! exactly once, and every event is in the log once and in order.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use wabakit_prove::{
    Engine, Process,
    history::{self, Line, Rule},
};

use super::{
    Tenants, applied,
    load::until_applied,
    pump::{Gate, Keep, Posted, Pump},
    traffic::org_of,
};
use crate::{
    listener::Listeners,
    stage::{Programs, Stage},
};

const ORGS: u64 = 20;
const CONNECTIONS: u64 = 16;

/// The answers that the sender got.
#[derive(Default)]
struct SenderAnswers {
    accepted: HashSet<String>,
    unanswered: HashSet<String>,
    bodies: u64,
}

impl SenderAnswers {
    fn add(&mut self, posted: Posted) {
        self.bodies += posted.accepted;
        self.accepted.extend(posted.wamids);
        self.unanswered.extend(posted.unanswered);
    }

    fn lines(&self) -> Vec<Line> {
        let delivery = |status| {
            move |item: &String| Line::Delivery {
                status,
                org: org_of(item),
                items: vec![item.clone()],
            }
        };
        let answered = self.accepted.iter().map(delivery(Some(200)));
        let unanswered = self.unanswered.iter().map(delivery(None));
        unanswered.chain(answered).collect()
    }
}

pub(crate) async fn prove(programs: &Programs, kills: u32, seed: u64) {
    println!(
        "{:28} {:>6} {:>9} {:>10} {:>10} {:>9} {:>8}",
        "", "kills", "bodies", "answered", "applied", "events", "resumed"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        one_server(programs, engine, kills, seed).await;
    }
    two_replicas(programs, kills.div_ceil(3), seed).await;
    println!("\nNothing that was answered 200 was lost, and nothing was applied or told twice.");
}

fn pump(address: SocketAddr, stage: &Stage, tenants: Tenants, items: u64) -> Pump {
    Pump {
        address,
        tenants,
        secret: stage.app_secret(),
        connections: CONNECTIONS,
        items,
        pace: Some(400.0),
        repeats: 100,
        forgeries: 20,
        first_lane: stage.next_lanes(CONNECTIONS),
        gate: Arc::new(Gate::default()),
    }
}

async fn address(server: &mut Process) -> (String, SocketAddr) {
    let base = server.base().await;
    let address = base.strip_prefix("http://").unwrap().parse().unwrap();
    (base, address)
}

async fn one_server(programs: &Programs, engine: Engine, kills: u32, seed: u64) {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    let mut server = stage.serve_with(&[], &[]);
    let (base, _) = address(&mut server).await;
    let listeners = stage.listen(&base, tenants).await;
    let mut told = SenderAnswers::default();
    let mut moments = Moments(seed.max(1));
    for kill in 0..kills {
        let (base, at) = address(&mut server).await;
        listeners.move_to(&base);
        let items = [1, 10, 3, 100][kill as usize % 4];
        let pump = pump(at, &stage, tenants, items);
        let gate = pump.gate.clone();
        let running =
            tokio::spawn(async move { pump.run(Duration::from_secs(60), Keep::Ids).await });
        tokio::time::sleep(Duration::from_millis(100 + moments.below(900))).await;
        server.kill().await;
        gate.over.store(true, Ordering::Relaxed);
        told.add(running.await.unwrap());
        server = stage.serve_with(&[], &[]);
    }
    let (base, _) = address(&mut server).await;
    listeners.move_to(&base);
    check(&stage, &told, listeners, &format!("{engine:?}"), kills).await;
    server.end().await;
}

/// Runs two servers on one database. Both get deliveries; one is killed and started again.
async fn two_replicas(programs: &Programs, kills: u32, seed: u64) {
    let stage = Stage::set(programs, Engine::Postgres).await;
    let tenants = stage.tenants(ORGS).await;
    let mut stays = stage.serve_with(&[], &[]);
    let (base, at) = address(&mut stays).await;
    let listeners = stage.listen(&base, tenants).await;
    let mut told = SenderAnswers::default();
    let mut moments = Moments(seed.max(1));
    for _ in 0..kills {
        let mut dies = stage.serve_with(&[], &[]);
        let (_, other) = address(&mut dies).await;
        let pumps = [
            pump(at, &stage, tenants, 10),
            pump(other, &stage, tenants, 10),
        ];
        let gates = pumps.each_ref().map(|pump| pump.gate.clone());
        let running = pumps.map(|pump| {
            tokio::spawn(async move { pump.run(Duration::from_secs(60), Keep::Ids).await })
        });
        tokio::time::sleep(Duration::from_millis(200 + moments.below(1_500))).await;
        dies.kill().await;
        // The remaining server continues for a while.
        gates[1].over.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(300)).await;
        gates[0].over.store(true, Ordering::Relaxed);
        for running in running {
            told.add(running.await.unwrap());
        }
    }
    check(&stage, &told, listeners, "two replicas, Postgres", kills).await;
    stays.end().await;
}

async fn check(stage: &Stage, told: &SenderAnswers, listeners: Listeners, what: &str, kills: u32) {
    let database = &stage.database;
    until_applied(database).await;
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
    let mut lines = told.lines();
    lines.extend(stored);
    lines.extend(heard.lines);
    let name = format!("receive-crash-{what}");
    let _ = history::uphold(&lines, &name, &[Rule::LogWhole, Rule::TenantAlone]);
    println!(
        "{what:28} {kills:>6} {:>9} {:>10} {:>10} {events:>9} {:>8}",
        told.bodies,
        told.accepted.len(),
        count,
        heard.resumed
    );
}

/// Random moments of a xorshift generator: the same for the same seed.
struct Moments(u64);

impl Moments {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}
