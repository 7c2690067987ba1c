//! A fuzzer for the stable toolchain: bodies of every kind, mutated by a seed, are signed, verified, split and
//! parsed, and what must hold of any body is checked.

mod invariants;
mod mutate;
mod random;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mutate::Corpus;
use random::Random;

use invariants::Checker;

/// What came of some runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct Report {
    /// Bodies that were tried.
    pub runs: u64,
    /// Bodies that could not be split.
    pub unreadable: u64,
    /// Changes that were cut out of the others.
    pub changes: u64,
    /// Items that were understood.
    pub facts: u64,
    /// Items that are not modelled.
    pub unsupported: u64,
    /// Items that could not be read.
    pub refused: u64,
    /// The first run that broke a rule or panicked; no run came after it.
    pub failure: Option<Failure>,
}

/// A run that went wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Which one: [`body`] gives its body again.
    pub run: u64,
    /// What went wrong.
    pub what: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Report {
    /// What came of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            unreadable: self.unreadable + other.unreadable,
            changes: self.changes + other.changes,
            facts: self.facts + other.facts,
            unsupported: self.unsupported + other.unsupported,
            refused: self.refused + other.refused,
            failure: self.failure.or(other.failure),
        }
    }
}

/// Tries `runs` bodies. The same seed makes the same bodies; threads need seeds of their own.
pub fn fuzz(seed: u64, runs: u64) -> Report {
    let corpus = Corpus::new();
    let checker = Checker::new();
    let mut report = Report::default();
    for run in 0..runs {
        let mut random = Random::new(seed, run);
        let body = corpus.mutant(&mut random);
        report.runs += 1;
        let checked = catch_unwind(AssertUnwindSafe(|| {
            checker.check(&body, &mut random, &mut report)
        }));
        let what = match checked {
            Ok(Ok(())) => continue,
            Ok(Err(what)) => what.to_owned(),
            Err(_) => "a panic".to_owned(),
        };
        report.failure = Some(Failure { run, what, body });
        break;
    }
    report
}

/// The body of a run.
pub fn body(seed: u64, run: u64) -> Vec<u8> {
    Corpus::new().mutant(&mut Random::new(seed, run))
}
