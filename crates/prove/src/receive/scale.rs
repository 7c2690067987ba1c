//! Proof `receive-scale`: the cost of a page and of a delivery while little is stored, and while a hundred times more
//! is.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use wabakit_prove::{Client, Engine, Probe};

use super::{
    Tenants,
    pump::{Gate, Keep, Pump},
};
use crate::stage::{Programs, Stage};

const ORGS: u64 = 5;
/// Messages in a conversation.
const THREAD: u64 = 20;
const MOST_RATIO: f64 = 1.5;

/// The number and length of the measurements.
pub(crate) struct Effort {
    calls: u32,
    deliveries: Duration,
}

impl Effort {
    /// Returns the effort of a full or of a short run.
    pub(crate) const fn of(full: bool) -> Self {
        match full {
            true => Self {
                calls: 200,
                deliveries: Duration::from_secs(10),
            },
            false => Self {
                calls: 10,
                deliveries: Duration::from_secs(1),
            },
        }
    }
}

/// The measured costs, in microseconds.
pub(crate) struct Costs {
    list: f64,
    list_later: f64,
    list_unread: f64,
    thread: f64,
    pub(crate) ingest: f64,
}

pub(crate) async fn prove(programs: &Programs, small: u64, large: u64, strict: bool) {
    println!(
        "{:40} {:>10} {:>10} {:>7}",
        "microseconds", small, large, "ratio"
    );
    let effort = Effort::of(strict);
    let mut held = true;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (before, after) = costs(programs, engine, (small, large), &effort).await;
        for (what, before, after) in [
            ("inbox list, first page", before.list, after.list),
            (
                "inbox list, tenth page",
                before.list_later,
                after.list_later,
            ),
            ("inbox list, unread", before.list_unread, after.list_unread),
            ("thread, a page", before.thread, after.thread),
            (
                "ingest, a delivery of 10 items",
                before.ingest,
                after.ingest,
            ),
        ] {
            let ratio = after / before;
            let holds = ratio <= MOST_RATIO;
            held &= holds;
            println!(
                "{:40} {before:>10.0} {after:>10.0} {ratio:>7.2} {}",
                format!("{engine:?}: {what}"),
                if holds { "" } else { "DOES NOT HOLD" }
            );
        }
    }
    assert!(held || !strict, "not every cost stays");
}

/// Measures the costs while few and while many messages are stored.
pub(crate) async fn costs(
    programs: &Programs,
    engine: Engine,
    (small, large): (u64, u64),
    effort: &Effort,
) -> (Costs, Costs) {
    let stage = Stage::set(programs, engine).await;
    let tenants = stage.tenants(ORGS).await;
    fill(&stage.database, tenants, 0, small).await;
    let before = measure(&stage, tenants, effort).await;
    fill(&stage.database, tenants, small, large).await;
    let after = measure(&stage, tenants, effort).await;
    (before, after)
}

async fn measure(stage: &Stage, tenants: Tenants, effort: &Effort) -> Costs {
    let mut server = stage.serve_with(&[], &[]);
    let base = server.base().await;
    let client = stage.listener(&base).await;
    let first = "/api/conversations?limit=50";
    let list = median(&client, first, effort.calls).await;
    let mut cursor = String::new();
    for _ in 0..9 {
        let page = client.get(&format!("{first}{cursor}")).await.ok();
        // A short run has fewer pages.
        let Some(next) = page["nextCursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let list_later = median(&client, &format!("{first}{cursor}"), effort.calls).await;
    let list_unread = median(&client, &format!("{first}&unread=true"), effort.calls).await;
    let page = client.get(first).await.ok();
    let conversation = page["data"][7]["id"].as_str().unwrap();
    let thread = median(
        &client,
        &format!("/api/conversations/{conversation}/messages?limit=50"),
        effort.calls,
    )
    .await;
    let pump = Pump {
        address: base.strip_prefix("http://").unwrap().parse().unwrap(),
        tenants,
        secret: stage.app_secret(),
        connections: 4,
        items: 10,
        pace: Some(200.0),
        repeats: 0,
        forgeries: 0,
        first_lane: stage.next_lanes(4),
        gate: Arc::new(Gate::default()),
    };
    let posted = pump.run(effort.deliveries, Keep::Counts).await;
    assert_eq!(posted.other, 0);
    server.end().await;
    Costs {
        list,
        list_later,
        list_unread,
        thread,
        ingest: posted.latency.value_at_quantile(0.5) as f64,
    }
}

/// Measures the median of many calls, after some that warm up caches.
async fn median(client: &Client, path: &str, calls: u32) -> f64 {
    let mut times = Vec::new();
    let warm = calls / 10;
    for call in 0..calls + warm {
        let begun = Instant::now();
        let answer = client.get(path).await;
        let took = begun.elapsed();
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        if call >= warm {
            times.push(took.as_secs_f64() * 1e6);
        }
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Fills the database from `from` to `to` messages, evenly over numbers and conversations.
async fn fill(database: &Probe, tenants: Tenants, from: u64, to: u64) {
    let engine = database.engine();
    let numbers = tenants.numbers();
    let id = |kind: &str, number: &str| match engine {
        Engine::Sqlite => format!("unhex(printf('01900000{kind}7000a000%012x', {number}))"),
        Engine::Postgres => {
            format!("('01900000-{kind}-7000-a000-' || lpad(to_hex({number}), 12, '0'))::uuid")
        }
    };
    let at = |seconds: &str| match engine {
        Engine::Sqlite => format!("(1780000000 + {seconds}) * 1000000"),
        Engine::Postgres => format!("to_timestamp(1780000000 + {seconds})"),
    };
    let rows = |from: u64, to: u64| match engine {
        Engine::Sqlite => format!(
            "(WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to}) SELECT i FROM n)"
        ),
        Engine::Postgres => {
            format!("(SELECT i FROM generate_series({from}::bigint, {to}::bigint - 1) i)")
        }
    };
    let no = if engine == Engine::Sqlite {
        "0"
    } else {
        "false"
    };
    let org = id("000a", &format!("(i % {numbers}) / 3"));
    let account = id("000c", &format!("(i % {numbers})"));
    let contact = id("00d1", "i");
    let thread = id("00d2", "i");
    // Conversations are spread over the numbers; message i is number (i / conversations) of its own.
    let (old, new) = (from / THREAD, to / THREAD);
    let step = 50_000;
    let mut begin = old;
    while begin < new {
        let end = new.min(begin + step);
        let from = rows(begin, end);
        let later = at("i");
        let message = id("00d3", &format!("i * {THREAD} + {}", THREAD - 1));
        database
            .execute_all(&[
                format!(
                    "INSERT INTO contacts (id, org_id, phone, profile_name, opted_out, search, created_at, \
                     updated_at, version) SELECT {contact}, {org}, '4917' || i, 'Customer ' || i, {no}, \
                     'customer ' || i, {later}, {later}, 1 FROM {from} AS rows"
                ),
                format!(
                    "INSERT INTO contact_keys (org_id, kind, value, contact_id) \
                     SELECT {org}, 'phone', '4917' || i, {contact} FROM {from} AS rows"
                ),
                format!(
                    "INSERT INTO conversations (id, org_id, account_id, contact_id, state, unread, \
                     last_message_at, last_message_id, last_inbound_at, created_at, updated_at, version) \
                     SELECT {thread}, {org}, {account}, {contact}, 'open', i % 2, {later}, {message}, {later}, \
                     {later}, {later}, 1 FROM {from} AS rows"
                ),
            ])
            .await;
        begin = end;
    }
    let step = 200_000;
    let mut begin = old * THREAD;
    let of = format!("(i / {THREAD})");
    let org = id("000a", &format!("({of} % {numbers}) / 3"));
    let account = id("000c", &format!("({of} % {numbers})"));
    let (contact, thread, message) = (id("00d1", &of), id("00d2", &of), id("00d3", "i"));
    while begin < new * THREAD {
        let end = (new * THREAD).min(begin + step);
        let from = rows(begin, end);
        let when = at(&of);
        database
            .execute_all(&[format!(
                "INSERT INTO messages (id, org_id, account_id, conversation_id, contact_id, wamid, direction, \
                 content, status, at, created_at) SELECT {message}, {org}, {account}, {thread}, {contact}, \
                 'wamid.F' || i, 'inbound', '{{\"type\":\"text\",\"body\":\"Is the table by the window free at ' \
                 || i || '? We would be four, and one of us needs a chair without arms.\"}}', 'received', {when}, \
                 {when} FROM {from} AS rows"
            )])
            .await;
        begin = end;
    }
    if engine == Engine::Postgres {
        database.vacuum().await;
    }
}
