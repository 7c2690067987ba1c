//! Proof `send-chaos`: faults of every kind while messages are sent, to a sandbox that fails, drops answers, throttles,
//! and repeats and reorders statuses. No message is accepted twice or lost, and the server knows which were accepted.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wabakit_prove::{Engine, Probe};

use super::{
    Bar, books,
    feed::{self, Call, Fed, MOST, Manner},
    free_port, judge,
    site::{Setup, Site},
};
use crate::{
    faults::{Field, Plan, Server, Sizes, Strikes, small_tablespace},
    stage::Programs,
};

/// The Graph calls that send messages.
const SENDING: &str = "POST */messages";
const NUMBERS: usize = 3;
/// Messages to each person, so that their order is seen: fewer than Meta takes at once for one recipient.
const EACH: usize = 8;
/// The sizes of the calls, in turn.
const SIZES: [usize; 8] = [1, 1, 40, 1, 7, 1, 100, 1];
/// Meta's code for a recipient that cannot get messages.
const UNDELIVERABLE: i64 = 131_026;

/// Servers on PostgreSQL. SQLite takes one.
const REPLICAS: usize = 3;

/// Settings of the chaos.
pub(crate) struct Chaos {
    pub(crate) messages: usize,
    /// The seed of the faults.
    pub(crate) seed: u64,
    pub(crate) faults: Sizes,
    /// How many seconds to wait for a proof.
    pub(crate) proof: u64,
    /// Whether some answers never come while the connection stays open, which lasts until the client's timeout.
    pub(crate) hangs: bool,
}

/// The result on one database.
struct Run {
    engine: Engine,
    row: String,
    bars: Vec<Bar>,
    strikes: Strikes,
}

pub(crate) async fn prove(programs: &Programs, chaos: &Chaos, strict: bool) {
    // Both databases at once: each run waits most of the time for leases and proofs.
    let (sqlite, postgres) = tokio::join!(
        Box::pin(on(programs, Engine::Sqlite, chaos)),
        Box::pin(on(programs, Engine::Postgres, chaos))
    );
    println!(
        "\n{:9} {:>8} {:>6} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "",
        "messages",
        "calls",
        "repeated",
        "sending",
        "failed",
        "dropped",
        "throttled",
        "accepted",
        "later",
        "refused",
        "unknown",
        "s"
    );
    let runs = [sqlite, postgres];
    for run in &runs {
        println!("{}", run.row);
    }
    let strikes = runs.each_ref().map(|run| (run.engine, &run.strikes));
    println!("{}", Strikes::table(&strikes));
    for run in &runs {
        run.strikes.assert_met(&format!("{:?}", run.engine));
    }
    let bars: Vec<Bar> = runs.into_iter().flat_map(|run| run.bars).collect();
    judge(&bars, strict);
    println!(
        "\nNothing was accepted twice, nothing was lost, nothing overtook, and all that was accepted is known as \
         accepted."
    );
    println!(
        "sending: messages on their way when a server was killed or cut off; failed: calls that failed before \
         anything was done; dropped: calls that took effect and were not answered; later: accepted, then failed by \
         status."
    );
}

async fn on(programs: &Programs, engine: Engine, chaos: &Chaos) -> Run {
    let begun = Instant::now();
    let setup = Setup {
        numbers: NUMBERS,
        orgs: 2,
        throughput: "STANDARD",
        knobs: json!({
            "statuses": ["sent", "delivered", "read"],
            "delayMs": {"sent": 50, "delivered": 200, "read": 800},
            "doublePercent": 20.0,
            "outOfOrderPercent": 20.0,
            "failPercent": 2.0,
            "seed": chaos.seed,
        }),
    };
    let mut site = Site::set(programs, Probe::alone(engine).await, &setup).await;
    for number in &mut site.numbers {
        number.people = (chaos.messages / NUMBERS / EACH).max(1);
    }
    order_faults(&site, chaos).await;
    let tablespace = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => small_tablespace(&site.stage.database).await,
    };
    let servers = servers(&site, engine, chaos).await;
    let owners = site.owners_at(&servers[0].base).await;
    let listeners = site.listen(&owners);
    let owners: Vec<_> = servers.iter().map(|s| owners.moved_to(&s.base)).collect();
    let plan = Plan::of(chaos.seed, engine, &chaos.faults);
    println!(
        "{engine:?}, seed {}: pause, fault/dice, seconds\n{plan}",
        chaos.seed
    );

    // The calls go on while the faults strike, and while their messages are sent.
    let calls = calls(&site, chaos.messages);
    let manner = Manner {
        workers: 6,
        pace: Some(chaos.messages as f64 / plan.takes().as_secs_f64().max(1.0)),
        replay: Some(10),
    };
    let feeding = tokio::spawn(async move { feed::feed_all(&owners, calls, manner).await });
    let mut field = Field::new(&site.stage, &servers, SENDING);
    field.tablespace = tablespace.as_ref();
    tokio::select! {
        () = field.run(&plan) => {}
        () = throttle(&site, plan.takes() / chaos.faults.kills.max(1)) => {}
    }
    let strikes = field.end();
    let mut fed: Fed = feeding.await.unwrap();
    let (calls, repeated) = (fed.calls, fed.repeated + fed.replayed);
    site.settle().await;
    let counts = fault_counts(&site).await;
    fed.history.extend(strikes.lines.iter().cloned());
    let tally = books::judge(&site, fed, listeners, &format!("send-chaos-{engine:?}")).await;
    for server in servers {
        server.end().await;
    }

    let struck = |kind: &str| -> u64 {
        let of_kind = counts.iter().filter(|(known, _)| known == kind);
        of_kind.map(|(_, hits)| hits).sum()
    };
    let before = struck("before") + strikes.meta.before;
    let after = struck("after") + strikes.meta.after;
    let mut row = String::new();
    let _ = write!(
        row,
        "{:9} {:>8} {:>6} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6}",
        format!("{engine:?}"),
        tally.all,
        calls,
        repeated,
        strikes.on_their_way.len(),
        before,
        after,
        struck("throttle"),
        tally.accepted,
        tally.failed_later,
        tally.refused,
        tally.unknown.len(),
        begun.elapsed().as_secs()
    );
    assert_eq!(tally.all, chaos.messages, "messages are missing");
    assert!(tally.ordered > 0, "no order was looked at");
    // Both kinds of moments occurred: otherwise nothing was proved.
    assert!(
        struck("before") > 0 && struck("after") > 0,
        "the sandbox was too kind: {counts:?}"
    );
    let at_kills = tally.unknown.intersection(&strikes.on_their_way).count();
    let else_unknown = tally.unknown.len() - at_kills;
    let bars = vec![
        Bar::most(
            format!("{engine:?}: unknown, of those on their way at a kill or cut"),
            at_kills as f64,
            strikes.on_their_way.len() as f64,
        ),
        Bar::most(
            format!("{engine:?}: unknown else, of calls failed before anything was done, or late"),
            else_unknown as f64,
            (before + strikes.meta.late) as f64,
        ),
    ];
    Run {
        engine,
        row,
        bars,
        strikes,
    }
}

/// Starts the servers. Webhooks go to the first one.
async fn servers(site: &Site, engine: Engine, chaos: &Chaos) -> Vec<Server> {
    let proof = chaos.proof.to_string();
    let vars = [("WABAKIT_SEND_PROOF_SECONDS", proof.as_str())];
    let mut servers = vec![Server::start(&site.stage, &site.port, &vars).await];
    if engine == Engine::Postgres {
        for _ in 1..REPLICAS {
            let port = free_port().to_string();
            servers.push(Server::start(&site.stage, &port, &vars).await);
        }
    }
    servers
}

/// Makes all calls: each message is in one of them.
fn calls(site: &Site, messages: usize) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut next = 0;
    for size in SIZES.iter().cycle() {
        if next == messages {
            return calls;
        }
        let end = (next + size.min(&MOST)).min(messages);
        match size {
            1 => calls.push(Call::single(&site.numbers, next, "normal")),
            _ => calls.extend(Call::bulk(&site.numbers, next..end, "normal")),
        }
        next = end;
    }
    calls
}

/// Sets the faults: one call in a hundred is refused, one in ten fails before it takes effect, and one in twenty
/// takes effect without an answer.
async fn order_faults(site: &Site, chaos: &Chaos) {
    let percent = |percent: f64| json!({"percent": percent});
    let (resets, errors) = if chaos.hangs { (2.5, 2.3) } else { (2.5, 2.5) };
    let mut faults = vec![
        (percent(1.0), json!({"code": UNDELIVERABLE})),
        (percent(4.0), json!({"reset": "before"})),
        (percent(3.0), json!({"status": 500, "code": 131_000})),
        (
            percent(3.0),
            json!({"status": 503, "body": "<html>Service Unavailable</html>"}),
        ),
        (percent(resets), json!({"reset": "after"})),
        (
            percent(errors),
            json!({"status": 500, "code": 131_016, "processed": true}),
        ),
    ];
    if chaos.hangs {
        faults.push((percent(0.2), json!({"hang": true, "processed": true})));
    }
    for (when, then) in faults {
        site.stage.meta.fault(SENDING, when, then).await;
    }
}

/// Throttles a few calls each time, for ever: by the number's pace, and by one recipient's.
async fn throttle(site: &Site, each: Duration) {
    loop {
        for code in [130_429, 131_056] {
            site.stage
                .meta
                .fault(SENDING, json!({"next": 5}), json!({"code": code}))
                .await;
        }
        tokio::time::sleep(each).await;
    }
}

/// Counts how often each kind of fault occurred: `refused`, `before`, `after`, `throttle`.
async fn fault_counts(site: &Site) -> Vec<(String, u64)> {
    let faults = site.stage.meta.look("faults").await;
    let kind = |then: &Value| {
        if then["code"] == UNDELIVERABLE {
            "refused"
        } else if then["processed"] == true || then["reset"] == "after" {
            "after"
        } else if [130_429, 131_056].contains(&then["code"].as_i64().unwrap_or(0)) {
            "throttle"
        } else {
            "before"
        }
    };
    let faults = faults["data"].as_array().unwrap();
    faults
        .iter()
        .map(|fault| {
            let hits = fault["hits"].as_u64().unwrap();
            (kind(&fault["then"]).to_owned(), hits)
        })
        .collect()
}
