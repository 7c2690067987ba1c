//! Proof `fuzz`: millions of mutated webhooks through signature, splitting and parsing.

use std::{thread, time::Instant};

/// Runs this many bodies, on two threads, and fails when one breaks an invariant.
pub(crate) fn prove(runs: u64, seed: u64) {
    let begun = Instant::now();
    let halves = [seed, seed.wrapping_add(1)]
        .map(|seed| thread::spawn(move || wabakit_webhooks::fuzz::fuzz(seed, runs / 2)));
    let report = halves
        .into_iter()
        .map(|half| half.join().expect("a run panicked"))
        .reduce(wabakit_webhooks::fuzz::FuzzReport::and);
    let report = report.expect("there are two halves");
    let took = begun.elapsed();
    println!("{report:#?}");
    println!(
        "{:.0} runs a second, {:.0} s",
        runs as f64 / took.as_secs_f64(),
        took.as_secs_f64()
    );
    assert!(report.failure.is_none(), "a run broke a rule");
}
