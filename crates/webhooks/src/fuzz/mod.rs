//! A fuzzer for the stable toolchain. It mutates bodies of every kind by a seed, signs, verifies, splits and parses
//! them, and checks the invariants that hold for every body.

mod invariants;
mod mutate;
mod random;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mutate::Corpus;
use random::Random;

use invariants::Checker;

/// The result of some runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct FuzzReport {
    /// Bodies tried.
    pub runs: u64,
    /// Bodies that could not be split.
    pub unreadable: u64,
    /// Changes cut out of the other bodies.
    pub changes: u64,
    /// Items that became facts.
    pub facts: u64,
    /// Items that are not modelled.
    pub unsupported: u64,
    /// Items that could not be read.
    pub refused: u64,
    /// The first run that broke an invariant or panicked. It was the last run.
    pub failure: Option<FuzzFailure>,
}

/// A failed run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuzzFailure {
    /// The number of the run. [`body`] makes its body again.
    pub run: u64,
    /// The failure.
    pub what: String,
    /// The body.
    pub body: Vec<u8>,
}

impl FuzzReport {
    /// Adds up two results.
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

/// Tries `runs` bodies. The same seed makes the same bodies, so each thread needs a seed of its own.
pub fn fuzz(seed: u64, runs: u64) -> FuzzReport {
    let corpus = Corpus::new();
    let checker = Checker::new();
    let mut report = FuzzReport::default();
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
        report.failure = Some(FuzzFailure { run, what, body });
        break;
    }
    report
}

/// Makes the body of a run.
pub fn body(seed: u64, run: u64) -> Vec<u8> {
    Corpus::new().mutant(&mut Random::new(seed, run))
}
