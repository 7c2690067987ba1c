//! Proof `speed`: every ratio by which the product's speed is judged, in one run. A run can be saved, and a later one
//! compared with it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use wabakit_prove::Engine;

use crate::{
    receive::{
        load::{self, LoadTimes},
        peers,
        scale::{self, Effort},
    },
    send::{
        Bare,
        rate::{self, Paced, RateTimes},
    },
    stage::Programs,
};

/// The share of a row that a later run may lose.
const MOST_LOST: f64 = 0.05;
const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];
/// The items of a delivery whose apply rate and growing cost are measured.
const ITEMS: u64 = 10;

/// The programs to run, the times, and the use of the table.
pub(crate) struct SpeedSetup {
    pub(crate) express: PathBuf,
    pub(crate) send: RateTimes,
    pub(crate) load: LoadTimes,
    /// Stored messages, few and many.
    pub(crate) scale: (u64, u64),
    pub(crate) save: Option<PathBuf>,
    pub(crate) against: Option<PathBuf>,
}

/// A measured ratio and its target.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpeedRow {
    what: String,
    measured: f64,
    /// Whether more is better.
    more_is_better: bool,
    target: f64,
    /// The absolute figures behind the ratio.
    figures: String,
}

impl SpeedRow {
    fn holds(&self) -> bool {
        match self.more_is_better {
            true => self.measured >= self.target,
            false => self.measured <= self.target,
        }
    }

    /// Returns the share that this row lost against an earlier one. Where less is better, the loss is compared with
    /// the target at least: nearly nothing may double.
    fn lost(&self, earlier: &Self) -> f64 {
        match self.more_is_better {
            true => (earlier.measured - self.measured) / earlier.measured,
            false => (self.measured - earlier.measured) / earlier.measured.max(self.target),
        }
    }
}

#[derive(Default)]
struct SpeedTable {
    rows: Vec<SpeedRow>,
}

impl SpeedTable {
    fn least(&mut self, what: String, measured: f64, target: f64, figures: String) {
        self.add(what, measured, (true, target), figures);
    }

    fn most(&mut self, what: String, measured: f64, target: f64, figures: String) {
        self.add(what, measured, (false, target), figures);
    }

    fn add(
        &mut self,
        what: String,
        measured: f64,
        (more_is_better, target): (bool, f64),
        figures: String,
    ) {
        self.rows.push(SpeedRow {
            what,
            measured,
            more_is_better,
            target,
            figures,
        });
    }

    fn show(&self) {
        println!("\n| what | measured | target | | figures |\n|---|---|---|---|---|");
        for row in &self.rows {
            println!(
                "| {} | {:.3} | {} {} | {} | {} |",
                row.what,
                row.measured,
                if row.more_is_better { "≥" } else { "≤" },
                row.target,
                if row.holds() {
                    "holds"
                } else {
                    "DOES NOT HOLD"
                },
                row.figures
            );
        }
    }
}

pub(crate) async fn prove(programs: &Programs, setup: &SpeedSetup, strict: bool) {
    // It is read first: a missing file must not be seen after half an hour.
    let earlier = setup.against.as_deref().map(read);
    let mut table = SpeedTable::default();
    sending(programs, setup, &mut table).await;
    receiving(programs, setup, strict, &mut table).await;
    table.show();
    if let Some(file) = &setup.save {
        let text = serde_json::to_string_pretty(&table.rows).unwrap();
        fs::write(file, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    let kept = earlier.is_none_or(|earlier| compare(&table.rows, &earlier));
    let held = table.rows.iter().all(SpeedRow::holds);
    assert!(kept, "a row lost more than 5 %");
    assert!(held || !strict, "not every target is reached");
}

fn read(file: &Path) -> Vec<SpeedRow> {
    let text = fs::read_to_string(file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Shows the losses against an earlier run. Tells whether none is too large. A row that is missing counts as lost.
fn compare(rows: &[SpeedRow], earlier: &[SpeedRow]) -> bool {
    println!("\n| what | before | now | lost |\n|---|---|---|---|");
    let mut kept = true;
    for before in earlier {
        let what = &before.what;
        let Some(row) = rows.iter().find(|row| row.what == *what) else {
            kept = false;
            println!("| {what} | {:.3} | MISSING | |", before.measured);
            continue;
        };
        let lost = row.lost(before);
        kept &= lost <= MOST_LOST;
        println!(
            "| {what} | {:.3} | {:.3} | {:.1} % {} |",
            before.measured,
            row.measured,
            lost * 100.0,
            if lost <= MOST_LOST { "" } else { "TOO MUCH" }
        );
    }
    kept
}

async fn sending(programs: &Programs, setup: &SpeedSetup, table: &mut SpeedTable) {
    for engine in BOTH {
        let top = rate::top(programs, engine, &setup.send).await;
        let rates =
            |run: &Bare, other: &Bare| format!("{:.0} of {:.0} a second", run.rate, other.rate);
        let cpus = |run: &Bare| {
            let millis = |seconds: f64| seconds * 1_000.0;
            format!(
                "{:.0} ms, of it the database {:.0} ms; bare {:.0} ms",
                millis(run.cpu),
                millis(run.database_cpu),
                millis(top.bare.cpu)
            )
        };
        table.least(
            format!("{engine:?}: sending, 64 at once, of the bare loop"),
            top.waiting.rate / top.bare.rate,
            0.45,
            rates(&top.waiting, &top.bare),
        );
        table.least(
            format!("{engine:?}: the same with 20 messages to each person, of the row above"),
            top.ordered.rate / top.waiting.rate,
            0.90,
            rates(&top.ordered, &top.waiting),
        );
        table.most(
            format!(
                "{engine:?}: processor of 1,000 sends with the database's, times the bare loop's"
            ),
            top.waiting.cpu_of(&top.bare),
            2.5,
            cpus(&top.waiting),
        );
        table.least(
            format!("{engine:?}: sending while calls come in, of the bare loop"),
            top.flowing.rate / top.bare.rate,
            0.30,
            rates(&top.flowing, &top.bare),
        );
        table.most(
            format!(
                "{engine:?}: processor of 1,000 sends while calls come in, times the bare loop's"
            ),
            top.flowing.cpu_of(&top.bare),
            3.9,
            cpus(&top.flowing),
        );
        let pace = rate::paced(programs, engine, &setup.send, Paced::Many).await;
        let numbers = setup.send.numbers;
        table.most(
            format!("{engine:?}: {numbers} numbers at 80 a second, worst error, %"),
            pace.worst,
            1.0,
            format!("over {} s", setup.send.paced),
        );
        table.most(
            format!("{engine:?}: statuses behind at the end, s"),
            pace.behind,
            2.0,
            String::new(),
        );
    }
}

async fn receiving(programs: &Programs, setup: &SpeedSetup, full: bool, table: &mut SpeedTable) {
    let times = &setup.load;
    let (bare, without_storage) = load::baseline(programs, &[1], times.row).await;
    let bare_rate = bare.first().map_or(0.0, |(_, rate)| *rate);
    table.least(
        "without storage, of the bare handler".to_owned(),
        without_storage,
        0.75,
        format!(
            "{:.0} of {bare_rate:.0} bodies a second",
            without_storage * bare_rate
        ),
    );
    let inserted = peers::inserted(&setup.express, times.sustained).await;
    for (engine, least_durable) in [(Engine::Sqlite, 0.40), (Engine::Postgres, 0.33)] {
        let durable = load::durable(programs, engine, &bare, times.row).await;
        table.least(
            format!("{engine:?}: durable ingest, processor held, of the bare handler"),
            durable.share,
            least_durable,
            format!("{:.0} of {bare_rate:.0} bodies a second", durable.rate),
        );
        // Its items are single: so is the rate at which they are applied alone.
        let alone = load::applied(programs, engine, 1, times.row).await;
        let shared = load::shared(programs, engine, times.row).await;
        let is_applied = shared.applied >= alone.rate / 2.0;
        table.least(
            format!("{engine:?}: ingest at 16 connections while half of the full rate is applied, of held"),
            if is_applied { shared.applying / shared.held } else { 0.0 },
            0.60,
            format!(
                "{:.0} of {:.0} bodies a second while {:.0} of {:.0} items are applied",
                shared.applying, shared.held, shared.applied, alone.rate
            ),
        );
        let applied = load::applied(programs, engine, ITEMS, times.sustained).await;
        table.least(
            format!("{engine:?}: items applied in full, of what Express + pg inserts"),
            applied.rate / inserted,
            1.0,
            format!(
                "{:.0} of {inserted:.0} items a second, for {} s",
                applied.rate,
                times.sustained.as_secs()
            ),
        );
        table.most(
            format!("{engine:?}: resident memory after, of before"),
            applied.growth(),
            1.10,
            format!(
                "{:.1} to {:.1} MB",
                applied.before / 1e6,
                applied.after / 1e6
            ),
        );
        let (few, many) = setup.scale;
        let (small, large) = scale::costs(programs, engine, setup.scale, &Effort::of(full)).await;
        let figures = format!(
            "{:.1} to {:.1} ms with {few} to {many} messages",
            small.ingest / 1e3,
            large.ingest / 1e3
        );
        table.most(
            format!("{engine:?}: ingest of a delivery of 10 items with many messages, of few"),
            large.ingest / small.ingest,
            1.2,
            figures.clone(),
        );
        if engine == Engine::Sqlite {
            table.most(
                format!("{engine:?}: ingest of a delivery of 10 items with many messages, ms"),
                large.ingest / 1e3,
                20.0,
                figures,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(measured: f64, more_is_better: bool, target: f64) -> SpeedRow {
        SpeedRow {
            what: "a row".to_owned(),
            measured,
            more_is_better,
            target,
            figures: String::new(),
        }
    }

    #[test]
    fn a_row_that_lost_more_than_a_twentieth_is_seen() {
        for (before, now, more_is_better, kept) in [
            (0.50, 0.48, true, true),
            (0.50, 0.47, true, false),
            (0.50, 0.90, true, true),
            (2.0, 2.05, false, true),
            (2.0, 2.2, false, false),
            (2.0, 1.0, false, true),
            // Nearly nothing may double while it is far below its target.
            (0.01, 0.02, false, true),
            (0.01, 0.20, false, false),
        ] {
            let target = if more_is_better { 0.45 } else { 1.0 };
            let row = |measured| row(measured, more_is_better, target);
            assert_eq!(compare(&[row(now)], &[row(before)]), kept, "{before} {now}");
        }
    }

    #[test]
    fn a_row_that_is_missing_is_lost() {
        assert!(!compare(&[], &[row(1.0, true, 1.0)]));
        assert!(compare(&[row(1.0, true, 1.0)], &[]));
    }
}
