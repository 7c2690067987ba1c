//! The plan of a run: which fault strikes when, for how long, and whom. It is a pure function of its seed.

use std::{fmt, time::Duration};

use wabakit_prove::Engine;

/// A kind of fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Kind {
    /// `kill -9` of a server, which is started again.
    Kill,
    /// PostgreSQL is stopped and started.
    Restart,
    /// A replica is cut off from its database for longer than its leases last.
    CutOff,
    /// The server's files may not grow: SQLite's writes fail.
    FileLimit,
    /// PostgreSQL takes no writes.
    ReadOnly,
    /// PostgreSQL cancels statements, as its `statement_timeout` does.
    Timeout,
    /// The tablespace has no room.
    FullTablespace,
    /// The disk of the media folder has no room.
    FullMedia,
    /// The wall clock steps ahead and back, in a full run by a minute.
    Ahead,
    /// The wall clock steps behind and back.
    Behind,
    /// Meta does not answer.
    MetaHangs,
    /// Meta fails every call.
    MetaRefuses,
    /// Meta answers late.
    MetaLate,
}

impl Kind {
    /// Returns its name in tables and histories.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Restart => "restart",
            Self::CutOff => "cut-off",
            Self::FileLimit => "file-limit",
            Self::ReadOnly => "read-only",
            Self::Timeout => "timeout",
            Self::FullTablespace => "full-tablespace",
            Self::FullMedia => "full-media",
            Self::Ahead => "clock-ahead",
            Self::Behind => "clock-behind",
            Self::MetaHangs => "meta-hangs",
            Self::MetaRefuses => "meta-refuses",
            Self::MetaLate => "meta-late",
        }
    }
}

/// One planned fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The pause before it, after the end of the fault before.
    pub(crate) after: Duration,
    /// The least time that it lasts. A fault that nothing has met yet lasts longer.
    pub(crate) lasts: Duration,
    /// Decides which server it strikes, and how.
    pub(crate) dice: u64,
    /// The step of a clock, in seconds.
    pub(crate) step: i64,
}

/// The number of faults of each kind in a plan, and their lengths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sizes {
    pub(crate) kills: u32,
    pub(crate) restarts: u32,
    /// Replicas that are cut off, on PostgreSQL.
    pub(crate) cut_offs: u32,
    /// Episodes in which the database refuses writes.
    pub(crate) refusals: u32,
    /// Episodes in which the media folder's disk is full.
    pub(crate) full_media: u32,
    /// Steps of the clock, ahead and behind in turn.
    pub(crate) clocks: u32,
    /// The step of the clock, in seconds: further than leases last.
    pub(crate) step: i64,
    /// Episodes of Meta's, of the three kinds in turn.
    pub(crate) meta: u32,
    /// The longest pause between two faults of a track.
    pub(crate) pause: Duration,
    /// The longest refusal of writes, and the longest step of the clock.
    pub(crate) refusal: Duration,
    /// The time for which a replica is cut off: longer than its leases.
    pub(crate) cut_off: Duration,
    /// The longest episode of Meta's.
    pub(crate) meta_lasts: Duration,
}

impl Sizes {
    /// Returns the sizes of a short run, or of a full one with this longest pause in milliseconds.
    pub(crate) const fn of(kills: u32, pause: u64, short: bool) -> Self {
        if short {
            Self::short(kills)
        } else {
            Self::full(kills, Duration::from_millis(pause))
        }
    }

    /// Returns the sizes of a full run.
    const fn full(kills: u32, pause: Duration) -> Self {
        Self {
            kills,
            restarts: 1,
            cut_offs: 5,
            refusals: 10,
            full_media: 0,
            clocks: 4,
            step: 60,
            meta: 3,
            pause,
            refusal: Duration::from_secs(8),
            cut_off: Duration::from_secs(12),
            meta_lasts: Duration::from_secs(150),
        }
    }

    /// Returns the sizes of a short run: one fault of each kind, or a few.
    const fn short(kills: u32) -> Self {
        Self {
            kills,
            restarts: 1,
            cut_offs: 1,
            refusals: 3,
            full_media: 0,
            clocks: 2,
            step: 12,
            meta: 3,
            pause: Duration::from_millis(1_500),
            refusal: Duration::from_millis(1_500),
            cut_off: Duration::from_secs(7),
            meta_lasts: Duration::from_secs(2),
        }
    }
}

/// The faults of a run. The tracks run at the same time, and the faults of one track one after the other: so a server
/// is killed while writes are refused, and the clock steps while Meta hangs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Plan {
    /// Faults of processes and of their way to the database.
    pub(crate) processes: Vec<Fault>,
    /// Faults of databases and disks.
    pub(crate) writes: Vec<Fault>,
    /// Faults of the clock.
    pub(crate) clock: Vec<Fault>,
    /// Faults of Meta's.
    pub(crate) meta: Vec<Fault>,
}

/// Ways in which PostgreSQL refuses writes.
const POSTGRES: [Kind; 3] = [Kind::ReadOnly, Kind::Timeout, Kind::FullTablespace];
const CLOCK: [Kind; 2] = [Kind::Ahead, Kind::Behind];
const META: [Kind; 3] = [Kind::MetaHangs, Kind::MetaRefuses, Kind::MetaLate];

impl Plan {
    /// Makes the plan of a seed.
    pub(crate) fn of(seed: u64, engine: Engine, sizes: &Sizes) -> Self {
        let mut dice = Dice::new(seed);
        let is_postgres = engine == Engine::Postgres;
        let mut processes = vec![Kind::Kill; sizes.kills as usize];
        let mut writes = vec![Kind::FullMedia; sizes.full_media as usize];
        if is_postgres {
            processes.extend(vec![Kind::Restart; sizes.restarts as usize]);
            processes.extend(vec![Kind::CutOff; sizes.cut_offs as usize]);
            writes.extend(in_turn(&POSTGRES, sizes.refusals));
        } else {
            writes.extend(vec![Kind::FileLimit; sizes.refusals as usize]);
        }
        let tracks = [
            processes,
            writes,
            in_turn(&CLOCK, sizes.clocks),
            in_turn(&META, sizes.meta),
        ];
        let [processes, writes, clock, meta] = tracks.map(|mut kinds| {
            dice.shuffle(&mut kinds);
            let faults = kinds.into_iter();
            faults.map(|kind| fault(kind, sizes, &mut dice)).collect()
        });
        Self {
            processes,
            writes,
            clock,
            meta,
        }
    }

    /// Returns the tracks.
    pub(crate) fn tracks(&self) -> [&[Fault]; 4] {
        [&self.processes, &self.writes, &self.clock, &self.meta]
    }

    /// Returns how long the longest track takes at least.
    pub(crate) fn takes(&self) -> Duration {
        let track = |faults: &[Fault]| faults.iter().map(|f| f.after + f.lasts).sum();
        let tracks: [Duration; 4] = self.tracks().map(track);
        tracks.into_iter().max().unwrap_or_default()
    }
}

/// Shows each track as a line: pause, kind, and how long it lasts, in seconds.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for track in self.tracks() {
            let faults = track.iter().map(|fault| {
                format!(
                    "{:.1} {}/{} {:.1}",
                    fault.after.as_secs_f64(),
                    fault.kind.name(),
                    fault.dice % 100,
                    fault.lasts.as_secs_f64()
                )
            });
            writeln!(f, "  {}", faults.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

fn in_turn(kinds: &[Kind], count: u32) -> Vec<Kind> {
    kinds.iter().copied().cycle().take(count as usize).collect()
}

fn fault(kind: Kind, sizes: &Sizes, dice: &mut Dice) -> Fault {
    // The second half of what is possible, so that no episode is too short to be met.
    let mut upper = |most: Duration| most / 2 + most.mul_f64(dice.below(1_000) as f64 / 2_000.0);
    let lasts = match kind {
        Kind::Kill | Kind::Restart => Duration::ZERO,
        Kind::CutOff => sizes.cut_off,
        Kind::MetaHangs | Kind::MetaRefuses | Kind::MetaLate => upper(sizes.meta_lasts),
        _ => upper(sizes.refusal),
    };
    Fault {
        kind,
        after: sizes.pause.mul_f64(dice.below(1_000) as f64 / 1_000.0),
        lasts,
        dice: dice.below(1_000_000),
        step: sizes.step,
    }
}

/// Random numbers of a xorshift generator: the same for the same seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        // Small seeds differ in few bits, and a generator of this kind begins slowly with them.
        let mut dice = Self(
            seed.wrapping_add(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .max(1),
        );
        for _ in 0..8 {
            dice.below(2);
        }
        dice
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1);
            items.swap(last, usize::try_from(other).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes {
        kills: 20,
        restarts: 1,
        cut_offs: 5,
        refusals: 10,
        full_media: 2,
        clocks: 4,
        step: 60,
        meta: 6,
        pause: Duration::from_secs(16),
        refusal: Duration::from_secs(8),
        cut_off: Duration::from_secs(12),
        meta_lasts: Duration::from_secs(120),
    };

    fn count(plan: &Plan, kind: Kind) -> usize {
        let all = plan.tracks().concat();
        all.iter().filter(|fault| fault.kind == kind).count()
    }

    #[test]
    fn a_plan_follows_from_its_seed_alone() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            for seed in [0, 1, 2, u64::MAX] {
                let plan = Plan::of(seed, engine, &SIZES);
                assert_eq!(plan, Plan::of(seed, engine, &SIZES));
                assert_ne!(plan, Plan::of(seed.wrapping_add(1), engine, &SIZES));
            }
        }
    }

    #[test]
    fn a_plan_has_as_many_faults_of_each_kind_as_were_asked_for() {
        for seed in 0..50 {
            let plan = Plan::of(seed, Engine::Postgres, &SIZES);
            let wanted = [
                (Kind::Kill, 20),
                (Kind::Restart, 1),
                (Kind::CutOff, 5),
                (Kind::ReadOnly, 4),
                (Kind::Timeout, 3),
                (Kind::FullTablespace, 3),
                (Kind::FileLimit, 0),
                (Kind::FullMedia, 2),
                (Kind::Ahead, 2),
                (Kind::Behind, 2),
                (Kind::MetaHangs, 2),
            ];
            for (kind, faults) in wanted {
                assert_eq!(count(&plan, kind), faults, "{kind:?}");
            }
            let plan = Plan::of(seed, Engine::Sqlite, &SIZES);
            let wanted = [
                (Kind::Kill, 20),
                (Kind::Restart, 0),
                (Kind::CutOff, 0),
                (Kind::FileLimit, 10),
                (Kind::ReadOnly, 0),
            ];
            for (kind, faults) in wanted {
                assert_eq!(count(&plan, kind), faults, "{kind:?}");
            }
        }
    }

    #[test]
    fn faults_last_at_least_half_of_the_longest_and_never_longer() {
        for seed in 0..50 {
            let plan = Plan::of(seed, Engine::Postgres, &SIZES);
            for fault in plan.tracks().concat() {
                let (least, most) = match fault.kind {
                    Kind::Kill | Kind::Restart => (0, 0),
                    Kind::CutOff => (12, 12),
                    Kind::MetaHangs | Kind::MetaRefuses | Kind::MetaLate => (60, 120),
                    _ => (4, 8),
                };
                assert!(fault.lasts >= Duration::from_secs(least), "{fault:?}");
                assert!(fault.lasts <= Duration::from_secs(most), "{fault:?}");
                assert!(fault.after <= SIZES.pause, "{fault:?}");
            }
        }
    }
}
