//! The field of a run: strikes the faults of a plan, and counts those that were met.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Mutex,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use wabakit_prove::{
    Engine,
    history::{self, Line},
};

use super::{
    Plan, Server, SmallDisk,
    limit::limit_files,
    plan::{Fault, Kind},
    postgres::{cancel_waiting, set_read_only},
    relay::Flow,
};
use crate::{send::dispatching, stage::Stage};

/// The longest extension of a fault that nothing has met.
const LONGER: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);
/// The most looks for which a limit that lets some writes pass may remain unmet.
const PATIENT: u32 = 40;
/// Meta's longest delay of an answer: longer than the server waits.
const LATEST_MS: u64 = 12_000;
const NO_MOUNT: &str = "needs root";
const NO_COMPILER: &str = "needs cc";

/// The things that the faults of a run strike.
pub(crate) struct Field<'a> {
    stage: &'a Stage,
    servers: &'a [Server],
    /// The disk of PostgreSQL's tables.
    pub(crate) tablespace: Option<&'a SmallDisk>,
    /// The disk of the media folder.
    pub(crate) media: Option<&'a SmallDisk>,
    /// The calls that Meta's faults strike, such as `POST */messages`.
    calls: &'static str,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    counts: BTreeMap<Kind, Count>,
    lines: Vec<Line>,
    meta: MetaHits,
    on_their_way: HashSet<String>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    planned: u32,
    struck: u32,
    /// Why this machine cannot make it.
    missing: Option<&'static str>,
}

/// Calls that met a fault of Meta's.
#[derive(Clone, Copy, Default)]
pub(crate) struct MetaHits {
    /// Calls that had no effect.
    pub(crate) before: u64,
    /// Calls that had an effect and no answer in time.
    pub(crate) after: u64,
    /// Calls that were answered late. One whose caller went away meanwhile had no effect.
    pub(crate) late: u64,
}

/// The result of a strike.
enum Outcome {
    Struck,
    Missed,
    Missing(&'static str),
}

impl<'a> Field<'a> {
    pub(crate) fn new(stage: &'a Stage, servers: &'a [Server], calls: &'static str) -> Self {
        Self {
            stage,
            servers,
            tablespace: None,
            media: None,
            calls,
            record: Mutex::default(),
        }
    }

    /// Strikes all faults of the plan, its tracks at the same time.
    pub(crate) async fn run(&self, plan: &Plan) {
        let [processes, writes, clock, meta] = plan.tracks();
        tokio::join!(
            self.track(processes),
            self.track(writes),
            self.track(clock),
            self.track(meta)
        );
    }

    async fn track(&self, faults: &[Fault]) {
        for fault in faults {
            tokio::time::sleep(fault.after).await;
            let name = fault.kind.name();
            self.tell(name.to_owned());
            let outcome = Box::pin(self.strike(fault)).await;
            self.tell(format!("{name} over"));
            let mut record = self.record.lock().unwrap();
            let count = record.counts.entry(fault.kind).or_default();
            count.planned += 1;
            match outcome {
                Outcome::Struck => count.struck += 1,
                Outcome::Missed => {}
                Outcome::Missing(why) => count.missing = Some(why),
            }
        }
    }

    fn tell(&self, kind: String) {
        let at = history::now();
        let mut record = self.record.lock().unwrap();
        record.lines.push(Line::Fault { at, kind });
    }

    async fn strike(&self, fault: &Fault) -> Outcome {
        match fault.kind {
            Kind::Kill => self.kill(fault).await,
            Kind::Restart => {
                self.stage.database.restart().await;
                Outcome::Struck
            }
            Kind::CutOff => self.cut_off(fault).await,
            Kind::FileLimit => self.file_limit(fault).await,
            Kind::ReadOnly => self.read_only(fault).await,
            Kind::Timeout => self.timeout(fault).await,
            Kind::FullTablespace => {
                let full = ["No space left on device"];
                self.full(fault, self.tablespace, &full).await
            }
            Kind::FullMedia => self.full(fault, self.media, &["store_full"]).await,
            Kind::Ahead => self.clock(fault, fault.step).await,
            Kind::Behind => self.clock(fault, -fault.step).await,
            Kind::MetaHangs => {
                let then = json!({"hang": true, "processed": fault.dice.is_multiple_of(2)});
                if fault.dice.is_multiple_of(2) {
                    self.meta(fault, then, |hits| &mut hits.after).await
                } else {
                    self.meta(fault, then, |hits| &mut hits.before).await
                }
            }
            Kind::MetaRefuses => {
                let then = match fault.dice % 3 {
                    0 => json!({"reset": "before"}),
                    1 => json!({"status": 503, "body": "<html>Service Unavailable</html>"}),
                    _ => json!({"status": 500, "code": 131_000}),
                };
                self.meta(fault, then, |hits| &mut hits.before).await
            }
            Kind::MetaLate => {
                let late = (fault.lasts.as_millis() as u64 / 2).min(LATEST_MS);
                self.meta(fault, json!({"delayMs": late}), |hits| &mut hits.late)
                    .await
            }
        }
    }

    fn server(&self, fault: &Fault) -> &Server {
        &self.servers[fault.dice as usize % self.servers.len()]
    }

    /// Notes which messages are being sent at this moment.
    async fn note_dispatching(&self) {
        let found = dispatching(&self.stage.database).await;
        self.record.lock().unwrap().on_their_way.extend(found);
    }

    async fn kill(&self, fault: &Fault) -> Outcome {
        let noted = async || self.note_dispatching().await;
        self.server(fault).kill(self.stage, noted).await;
        Outcome::Struck
    }

    /// Cuts a server off. In the end, what it sent meanwhile arrives late or is lost.
    async fn cut_off(&self, fault: &Fault) -> Outcome {
        let relay = self.server(fault).relay.as_ref().unwrap();
        let before = relay.struck();
        self.note_dispatching().await;
        let (first, last) = match fault.dice / 7 % 3 {
            0 => (Flow::Stall, Flow::Pass),
            1 => (Flow::Stall, Flow::Reset),
            _ => (Flow::Cut, Flow::Cut),
        };
        relay.set(first);
        let struck = self.hold(fault, async || relay.struck() > before).await;
        relay.set(last);
        tokio::time::sleep(LOOK).await;
        relay.set(Flow::Pass);
        struck
    }

    /// Waits until the fault is over: as long as planned, and until something met it.
    async fn hold(&self, fault: &Fault, mut is_met: impl AsyncFnMut() -> bool) -> Outcome {
        let begun = Instant::now();
        let mut met = false;
        loop {
            met = met || is_met().await;
            let lasted = begun.elapsed();
            if lasted >= fault.lasts && met {
                return Outcome::Struck;
            }
            if lasted >= fault.lasts + LONGER {
                return Outcome::Missed;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Holds until some server said one of these words.
    async fn hold_until_said(
        &self,
        fault: &Fault,
        words: &[&str],
        mut again: impl AsyncFnMut(),
    ) -> Outcome {
        let marks: Vec<_> = self.servers.iter().map(Server::mark).collect();
        self.hold(fault, async || {
            again().await;
            let mut all = self.servers.iter().zip(&marks);
            all.any(|(server, mark)| server.said(*mark, words))
        })
        .await
    }

    /// Refuses SQLite's writes: all of them, or those that make its journal longer.
    async fn file_limit(&self, fault: &Fault) -> Outcome {
        let server = self.server(fault);
        let bytes = match fault.dice % 2 {
            0 => 0,
            _ => {
                let mut journal = self.stage.database.file().into_os_string();
                journal.push("-wal");
                let length = std::fs::metadata(journal).map_or(0, |file| file.len());
                // In the middle of the next frame.
                length + 2_000
            }
        };
        let (mut limited, mut looks) = (None, 0);
        let refused = ["disk I/O error", "database or disk is full"];
        let struck = self.hold_until_said(fault, &refused, async || {
            looks += 1;
            // SQLite begins its journal anew after a checkpoint, and then may not need to make it longer.
            let bytes = if looks > PATIENT { 0 } else { bytes };
            // A server that was killed meanwhile has no limit any more.
            let wanted = server.id().map(|id| (id, bytes));
            if wanted != limited && wanted.is_some_and(|(id, bytes)| limit_files(id, Some(bytes))) {
                limited = wanted;
            }
        });
        let struck = struck.await;
        if let Some(id) = server.id() {
            limit_files(id, None);
        }
        struck
    }

    async fn read_only(&self, fault: &Fault) -> Outcome {
        let url = self.stage.database.url();
        set_read_only(url, true).await;
        let struck = self.hold_until_said(fault, &["read-only transaction"], async || {});
        let struck = struck.await;
        set_read_only(url, false).await;
        struck
    }

    async fn timeout(&self, fault: &Fault) -> Outcome {
        let url = self.stage.database.url();
        let mut round = fault.dice;
        self.hold_until_said(fault, &["canceling statement"], async || {
            // A server that is being restarted cancels everything by itself.
            let _ = cancel_waiting(url, round).await;
            round += 1;
        })
        .await
    }

    async fn full(&self, fault: &Fault, disk: Option<&SmallDisk>, words: &[&str]) -> Outcome {
        let Some(disk) = disk else {
            return Outcome::Missing(NO_MOUNT);
        };
        let mut looks = 0;
        let struck = self.hold_until_said(fault, words, async || {
            // Room that a removed file left is taken as well.
            if u32::is_multiple_of(looks, 10) {
                disk.fill();
            }
            looks += 1;
        });
        let struck = struck.await;
        disk.clear();
        struck
    }

    async fn clock(&self, fault: &Fault, step: i64) -> Outcome {
        let server = self.server(fault);
        let Some(clock) = &server.clock else {
            return Outcome::Missing(NO_COMPILER);
        };
        clock.step(step);
        let struck = self.hold(fault, async || {
            let own = (history::now() / 1_000.0) as i64;
            let date = server.date().await;
            date.is_some_and(|date| (date - own - step).abs() < fault.step / 2)
        });
        let struck = struck.await;
        clock.step(0);
        struck
    }

    async fn meta(
        &self,
        fault: &Fault,
        then: Value,
        count: fn(&mut MetaHits) -> &mut u64,
    ) -> Outcome {
        let meta = &self.stage.meta;
        let (method, path) = self.calls.split_once(' ').unwrap();
        let order = json!({
            "match": {"method": method, "path": path},
            "when": "always",
            "then": then,
        });
        let order = meta.order("faults", order).await;
        let id = order["id"].as_str().unwrap();
        let struck = self.hold(fault, async || {
            let faults = meta.look("faults").await;
            let faults = faults["data"].as_array().unwrap();
            let own = faults.iter().find(|known| known["id"] == id);
            tokio::time::sleep(LOOK * 4).await;
            own.unwrap()["hits"] != 0
        });
        let struck = struck.await;
        let path = format!("faults/{id}");
        let lifted = meta.control(Method::DELETE, &path, None).await;
        let hits = lifted["hits"].as_u64().unwrap();
        let mut record = self.record.lock().unwrap();
        *count(&mut record.meta) += hits;
        struck
    }

    /// Ends the run.
    pub(crate) fn end(self) -> Strikes {
        let record = self.record.into_inner().unwrap();
        Strikes {
            counts: record.counts,
            lines: record.lines,
            meta: record.meta,
            on_their_way: record.on_their_way,
        }
    }
}

/// The faults of a run.
pub(crate) struct Strikes {
    counts: BTreeMap<Kind, Count>,
    /// A line for the beginning of each fault, and one for its end.
    pub(crate) lines: Vec<Line>,
    pub(crate) meta: MetaHits,
    /// Messages that were being sent when a server was killed or cut off.
    pub(crate) on_their_way: HashSet<String>,
}

impl Strikes {
    /// Shows how many faults of each kind were planned and met.
    pub(crate) fn table(runs: &[(Engine, &Self)]) -> String {
        let mut table = format!("\n{:18}", "fault: met, planned");
        for (engine, _) in runs {
            table += &format!(" {:>22}", format!("{engine:?}"));
        }
        let kinds: HashSet<Kind> = runs
            .iter()
            .flat_map(|(_, run)| run.counts.keys())
            .copied()
            .collect();
        let mut kinds: Vec<Kind> = kinds.into_iter().collect();
        kinds.sort();
        for kind in kinds {
            table += &format!("\n{:18}", kind.name());
            for (_, run) in runs {
                let cell = match run.counts.get(&kind) {
                    None => "-".to_owned(),
                    Some(Count {
                        planned,
                        missing: Some(why),
                        ..
                    }) => format!("0 of {planned}: {why}"),
                    Some(Count {
                        planned, struck, ..
                    }) => format!("{struck} of {planned}"),
                };
                table += &format!(" {cell:>22}");
            }
        }
        table
    }

    /// Asserts that something met each kind of fault that was planned and that this machine can make.
    pub(crate) fn assert_met(&self, what: &str) {
        for (kind, count) in &self.counts {
            let is_met = count.struck > 0 || count.missing.is_some();
            assert!(is_met, "{what}: nothing met {}", kind.name());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(kind: Kind, struck: u32, missing: Option<&'static str>) -> Strikes {
        let count = Count {
            planned: 2,
            struck,
            missing,
        };
        Strikes {
            counts: BTreeMap::from([(kind, count)]),
            lines: Vec::new(),
            meta: MetaHits::default(),
            on_their_way: HashSet::new(),
        }
    }

    #[test]
    fn a_kind_that_was_met_or_cannot_be_made_here_passes() {
        strikes(Kind::Kill, 2, None).assert_met("SQLite");
        strikes(Kind::Timeout, 1, None).assert_met("PostgreSQL");
        strikes(Kind::FullMedia, 0, Some(NO_MOUNT)).assert_met("SQLite");
    }

    #[test]
    #[should_panic(expected = "SQLite: nothing met file-limit")]
    fn a_planned_kind_that_nothing_met_fails() {
        strikes(Kind::FileLimit, 0, None).assert_met("SQLite");
    }

    #[test]
    fn the_table_has_every_kind_of_every_run_and_says_what_is_missing() {
        let (sqlite, postgres) = (
            strikes(Kind::FileLimit, 2, None),
            strikes(Kind::FullTablespace, 0, Some(NO_MOUNT)),
        );
        let table = Strikes::table(&[(Engine::Sqlite, &sqlite), (Engine::Postgres, &postgres)]);
        let rows: Vec<Vec<&str>> = table
            .trim()
            .lines()
            .map(|line| {
                line.split("  ")
                    .map(str::trim)
                    .filter(|cell| !cell.is_empty())
                    .collect()
            })
            .collect();
        assert_eq!(rows[1], ["file-limit", "2 of 2", "-"]);
        assert_eq!(rows[2], ["full-tablespace", "-", "0 of 2: needs root"]);
    }
}
