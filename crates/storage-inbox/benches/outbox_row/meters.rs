//! The cost of a run: CPU of this process and of PostgreSQL's, and bytes written.

use std::{fs, time::Instant};

use super::engines::Base;

/// The unit in which Linux counts CPU.
const TICKS_A_SECOND: f64 = 100.0;

/// Reads a process's parent, its own CPU, and that of its ended children, in ticks.
fn process(pid: &str) -> Option<(i64, i64, i64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before the bracket may contain anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<i64>().ok();
    Some((
        number(1)?,
        number(11)? + number(12)?,
        number(13)? + number(14)?,
    ))
}

/// Adds up the CPU of a PostgreSQL server: the first process, its children, and those that have ended.
fn server(postmaster: i64) -> i64 {
    let (_, own, ended) = process(&postmaster.to_string()).unwrap();
    let mut ticks = own + ended;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if let Some((parent, own, _)) = entry.file_name().to_str().and_then(process)
            && parent == postmaster
        {
            ticks += own;
        }
    }
    ticks
}

/// Returns the bytes that this process gave to `write`.
fn written() -> i64 {
    let io = fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.unwrap().parse().unwrap()
}

/// The cost between two moments.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Spent {
    pub(crate) seconds: f64,
    pub(crate) own_cpu: f64,
    pub(crate) server_cpu: f64,
    pub(crate) bytes: f64,
}

/// The readings at a moment.
pub(crate) struct Meter {
    at: Instant,
    own: i64,
    server: i64,
    bytes: i64,
}

impl Meter {
    pub(crate) fn read(base: &mut dyn Base) -> Self {
        let (mut server_ticks, mut bytes) = (0, 0);
        if base.is_postgres() {
            let backend = base.number("SELECT pg_backend_pid()::bigint AS number");
            let (postmaster, ..) = process(&backend.to_string()).unwrap();
            bytes = base.number(
                "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS number",
            );
            server_ticks = server(postmaster);
        }
        if !base.is_postgres() {
            bytes = written();
        }
        Self {
            at: Instant::now(),
            own: process("self").unwrap().1,
            server: server_ticks,
            bytes,
        }
    }

    pub(crate) fn since(&self, before: &Self) -> Spent {
        let cpu = |ticks: i64| ticks as f64 / TICKS_A_SECOND;
        Spent {
            seconds: (self.at - before.at).as_secs_f64(),
            own_cpu: cpu(self.own - before.own),
            server_cpu: cpu(self.server - before.server),
            bytes: (self.bytes - before.bytes) as f64,
        }
    }
}
