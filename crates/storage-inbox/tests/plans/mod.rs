//! Looks at the plan of every statement that the suite runs on SQLite. None may read the whole of a table that grows.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{
        Instrumentation, InstrumentationEvent, SimpleConnection as _, set_default_instrumentation,
    },
    sql_query,
    sql_types::Text,
};

/// The tables that grow with what is received and sent, and the names that statements give them.
const GROWING: [&str; 23] = [
    "messages",
    "m",
    "outbox",
    "o",
    "h",
    "b",
    "contacts",
    "contact_keys",
    "k",
    "conversations",
    "message_statuses",
    "waiting_updates",
    "media",
    "changes",
    "deliveries",
    "events",
    "applied_digests",
    "idempotency_keys",
    "parked_items",
    "traffic_minutes",
    "change_queue",
    "templates",
    "template_history",
];

/// Parts of the statements that may read all of a table.
const KNOWN_TO_SCAN: [&str; 2] = [
    // A person asks that all parked items be tried again.
    "FROM `parked_items` WHERE (`parked_items`.`state` != ?)",
    // Steps from number to number by the index; a test of its own counts what it reads.
    "-- Numbers that nobody holds and that have something dispatching or due.",
];

/// Looks at the statements of all connections that are opened from now on.
pub(crate) fn watch() {
    set_default_instrumentation(|| Some(Box::new(Watch))).unwrap();
}

struct Watch;

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            let sql = query.split(" -- binds:").next().unwrap();
            if !sql.starts_with("EXPLAIN") {
                look(sql);
            }
        }
    }
}

/// The statements that were looked at, and an empty database with our tables.
struct Known {
    statements: HashSet<String>,
    schema: SqliteConnection,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

fn look(sql: &str) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_with(|| Known {
        statements: HashSet::new(),
        schema: schema(),
    });
    if !known.statements.insert(sql.to_owned()) {
        return;
    }
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    // What SQLite does not understand is of PostgreSQL, whose sessions scan no table where there is an index.
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let steps: Vec<Step> = sql_query(explain)
        .load(&mut known.schema)
        .unwrap_or_default();
    // A page that is read in the order of an index ends by itself, and so does one of any rows.
    let is_sorted = |step: &Step| step.detail.contains("TEMP B-TREE FOR ORDER BY");
    let is_ordered = sql.contains("ORDER BY") && !steps.iter().any(is_sorted);
    let is_page = sql.contains("LIMIT") && (is_ordered || !sql.contains("WHERE"));
    // A condition that nothing meets is found out before a row is read, but not where another one may be met.
    let is_nothing = sql.contains("(1=0)") && !sql.contains(" OR ");
    let is_known = KNOWN_TO_SCAN.iter().any(|part| sql.contains(part));
    let slow = |step: &&Step| {
        let mut words = step.detail.split(' ');
        let scanned = words.next() == Some("SCAN") && !step.detail.contains("VIRTUAL TABLE");
        let is_growing = words.next().is_some_and(|table| GROWING.contains(&table));
        scanned && is_growing && !is_page && !is_nothing && !is_known
    };
    let slow: Vec<&str> = steps
        .iter()
        .filter(slow)
        .map(|step| &*step.detail)
        .collect();
    assert!(slow.is_empty(), "{slow:?} in {sql}");
}

/// Makes an empty database with our tables.
fn schema() -> SqliteConnection {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let mut migrations: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .collect();
    migrations.sort();
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.set_instrumentation(Nobody);
    for migration in migrations {
        let sql = fs::read_to_string(migration).unwrap();
        conn.batch_execute(&sql).unwrap();
    }
    conn
}

/// Looks at nothing: the statements that make the tables are not the product's.
struct Nobody;

impl Instrumentation for Nobody {
    fn on_connection_event(&mut self, _: InstrumentationEvent<'_>) {}
}
