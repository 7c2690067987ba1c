//! Compares two designs of a message and its place in the queue: `messages` and a narrow `outbox` whose rows are deleted
//! when they are settled, as the product has it, against one row of `messages`, as it was before.
//!
//! `cargo bench -p wabakit-storage-inbox --bench outbox_row`, with `sqlite` or `postgres` for one engine, `small` for
//! batches of 20, and `sends=`, `rounds=`, `settled=`.
//!
//! All designs run the same statements through the same client, except for tables and columns, and begin with the
//! tables of the migrations. They take turns, in another order each round, and the table shows medians. The load
//! generator and PostgreSQL share the machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and fails by panicking"
)]

#[path = "outbox_row/designs.rs"]
mod designs;
#[path = "outbox_row/engines.rs"]
mod engines;
#[path = "outbox_row/meters.rs"]
mod meters;

use std::{sync::Arc, time::Duration};

use tokio::runtime::Runtime;
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_testkit::TestDatabase;

use self::{
    designs::{Batches, Design, Life},
    engines::{Base, Postgres, Sqlite},
    meters::{Meter, Spent},
};

/// The size of a measurement.
#[derive(Clone, Copy)]
struct Size {
    sends: usize,
    rounds: usize,
    settled: usize,
    batches: Batches,
}

/// A design, in a database of its own.
struct Subject {
    life: Life,
    rounds: Vec<Spent>,
    /// Of all rounds together.
    vacuum: Spent,
    /// Of the tables and indexes that sending writes.
    size_before: i64,
    _database: TestDatabase,
}

impl Subject {
    fn new(runtime: &Arc<Runtime>, is_postgres: bool, design: Design, size: Size) -> Self {
        let database = match is_postgres {
            true => runtime.block_on(TestDatabase::postgres()),
            false => TestDatabase::sqlite(),
        };
        runtime.block_on(async {
            let options = StoreOptions::default();
            let opened = Database::open(database.url(), &options).await.unwrap();
            opened.migrate().await.unwrap();
        });
        let open = || -> Box<dyn Base> {
            match is_postgres {
                true => Box::new(Postgres::open(runtime.clone(), database.url())),
                false => Box::new(Sqlite::open(database.url())),
            }
        };
        design.shape(&mut *open());
        let life = Life::begin(design, open(), size.batches, size.settled);
        let mut subject = Self {
            life,
            rounds: Vec::new(),
            vacuum: Spent::default(),
            size_before: 0,
            _database: database,
        };
        subject.size_before = subject.size();
        subject
    }

    fn base(&mut self) -> &mut dyn Base {
        &mut *self.life.base
    }

    fn round(&mut self, sends: usize) {
        let is_postgres = self.base().is_postgres();
        if is_postgres {
            // Each round begins with no page logged yet, as after a checkpoint of the server.
            self.base().script("CHECKPOINT");
        }
        let before = Meter::read(self.base());
        self.life.send(sends);
        if !is_postgres {
            self.base().script("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        let after = Meter::read(self.base());
        self.rounds.push(after.since(&before));
        if is_postgres {
            self.clear_away();
        }
    }

    /// Vacuums the tables that the server would vacuum by now.
    fn clear_away(&mut self) {
        // A session reports its statistics after a second.
        std::thread::sleep(Duration::from_millis(1_100));
        self.base().number("SELECT 1::bigint AS number");
        let tables = self.life.design.tables();
        for table in tables {
            // The queue's tables are vacuumed as often as `change_queue`.
            let share = if *table == "outbox" { 0.01 } else { 0.2 };
            let is_due = format!(
                "SELECT count(*) AS number FROM pg_stat_user_tables \
                 WHERE relname = '{table}' AND n_dead_tup > 50 + {share} * n_live_tup"
            );
            if self.base().number(&is_due) == 0 {
                continue;
            }
            let before = Meter::read(self.base());
            self.base().script(&format!("VACUUM ANALYZE {table}"));
            let spent = Meter::read(self.base()).since(&before);
            self.vacuum.own_cpu += spent.own_cpu;
            self.vacuum.server_cpu += spent.server_cpu;
            self.vacuum.bytes += spent.bytes;
        }
    }

    fn size(&mut self) -> i64 {
        let tables = self.life.design.tables();
        let base = self.base();
        if !base.is_postgres() {
            let pages = "SELECT (SELECT page_count FROM pragma_page_count()) \
                         * (SELECT page_size FROM pragma_page_size()) AS number";
            return base.number(pages);
        }
        let sizes = tables.iter().map(|table| {
            base.number(&format!(
                "SELECT pg_total_relation_size('{table}')::bigint AS number"
            ))
        });
        sizes.sum()
    }

    fn median(&self, value: impl Fn(&Spent) -> f64) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    /// Makes a line of the result.
    fn measured(&mut self, sends: usize) -> Line {
        let all = (sends * self.rounds.len()) as f64;
        let thousands = sends as f64 / 1_000.0;
        let vacuum = (self.vacuum.own_cpu + self.vacuum.server_cpu) / all * 1_000.0;
        let own = self.median(|spent| spent.own_cpu) / thousands;
        let server = self.median(|spent| spent.server_cpu) / thousands;
        let written = self.median(|spent| spent.bytes) / sends as f64;
        Line {
            name: self.life.design.name(),
            rate: self.median(|spent| sends as f64 / spent.seconds),
            own,
            server,
            vacuum,
            written: written + self.vacuum.bytes / all,
            grown: (self.size() - self.size_before) as f64 / all,
        }
    }

    /// Returns the counts that PostgreSQL has of each table.
    fn tuples(&mut self) -> Vec<String> {
        let tables = self.life.design.tables().join("', '");
        self.base().lines(&format!(
            "SELECT relname || ': ' || n_tup_ins || ' inserted, ' || n_tup_upd || ' updated, ' || n_tup_hot_upd \
                || ' of them HOT, ' || n_tup_del || ' deleted, ' || n_dead_tup || ' dead now, ' || vacuum_count \
                || ' vacuums' AS line \
             FROM pg_stat_user_tables WHERE relname IN ('{tables}') ORDER BY relname"
        ))
    }
}

struct Line {
    name: &'static str,
    rate: f64,
    own: f64,
    server: f64,
    vacuum: f64,
    written: f64,
    grown: f64,
}

impl Line {
    fn cpu(&self) -> f64 {
        self.own + self.server + self.vacuum
    }

    fn print(&self, first: &Self) {
        println!(
            "| {:<22} | {:>6.0} ({:.2}) | {:.3} ({:.2}) | {:.3} | {:.3} | {:.3} | {:>6.0} ({:.2}) | {:>5.0} ({:.2}) |",
            self.name,
            self.rate,
            self.rate / first.rate,
            self.cpu(),
            self.cpu() / first.cpu(),
            self.own,
            self.server,
            self.vacuum,
            self.written,
            self.written / first.written,
            self.grown,
            self.grown / first.grown,
        );
    }
}

fn measure(runtime: &Arc<Runtime>, is_postgres: bool, size: Size) {
    let mut subjects: Vec<Subject> = Design::ALL
        .into_iter()
        .map(|design| Subject::new(runtime, is_postgres, design, size))
        .collect();
    let count = subjects.len();
    for round in 0..size.rounds {
        for turn in 0..count {
            subjects[(round + turn) % count].round(size.sends);
        }
    }
    println!(
        "\n{}: {} rounds of {} sends beside {} settled messages; batches of {}, {}, {}",
        if is_postgres { "PostgreSQL" } else { "SQLite" },
        size.rounds,
        size.sends,
        size.settled,
        size.batches.submitted,
        size.batches.sent,
        size.batches.statuses,
    );
    println!(
        "| design | sends/s | CPU s for 1,000 | client | server | vacuum | bytes written a send | bytes kept a send |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let lines: Vec<Line> = subjects
        .iter_mut()
        .map(|subject| subject.measured(size.sends))
        .collect();
    for line in &lines {
        line.print(&lines[0]);
    }
    for subject in &mut subjects {
        let rounds = subject.rounds.iter();
        let rounds: Vec<String> = rounds
            .map(|spent| {
                format!(
                    "{:.0}/s {:.2} s {:.1} MB",
                    size.sends as f64 / spent.seconds,
                    spent.own_cpu + spent.server_cpu,
                    spent.bytes / 1e6
                )
            })
            .collect();
        println!(
            "{}: {}; all vacuums {:.2} s {:.1} MB",
            subject.life.design.name(),
            rounds.join(", "),
            subject.vacuum.own_cpu + subject.vacuum.server_cpu,
            subject.vacuum.bytes / 1e6
        );
        if is_postgres {
            for line in subject.tuples() {
                println!("    {line}");
            }
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let number = |name: &str, usual: usize| {
        let given = args.iter().find_map(|arg| arg.strip_prefix(name));
        given.map_or(usual, |text| text.parse().unwrap())
    };
    // `cargo test --benches` only checks that this starts.
    let size = match has("--bench") {
        true => Size {
            sends: number("sends=", 10_000),
            rounds: number("rounds=", 5),
            settled: number("settled=", 200_000),
            batches: match has("small") {
                true => Batches {
                    submitted: 20,
                    sent: 20,
                    statuses: 20,
                },
                false => Batches {
                    submitted: 500,
                    sent: 250,
                    statuses: 500,
                },
            },
        },
        false => Size {
            sends: 40,
            rounds: 1,
            settled: 100,
            batches: Batches {
                submitted: 20,
                sent: 10,
                statuses: 20,
            },
        },
    };
    let runtime = Arc::new(Runtime::new().unwrap());
    if has("sqlite") || !has("postgres") {
        measure(&runtime, false, size);
    }
    if has("postgres") || !has("sqlite") {
        measure(&runtime, true, size);
    }
}
