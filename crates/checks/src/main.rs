//! `wabakit-checks`: compares the product's and the sandbox's checks on many messages, and on many values of templates.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a proof fails by panicking, and talks to a person at a terminal"
)]

use std::{ops::Range, sync::Arc, thread};

use clap::Parser;
use wabakit_checks::{Generator, PairGenerator, PairReport, Report};

/// Compares the product's and the sandbox's checks on generated bodies, and on generated values of templates.
#[derive(Parser)]
#[command(name = "wabakit-checks")]
struct Options {
    /// The number of bodies.
    #[arg(long, default_value_t = 100_000)]
    bodies: u64,
    /// The number of pairs of a template and values.
    #[arg(long, default_value_t = 1_000_000)]
    pairs: u64,
    /// The seed of the bodies and pairs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints the bodies, one on each line, and compares nothing.
    #[arg(long)]
    print: bool,
}

fn main() {
    let Options {
        bodies,
        pairs,
        seed,
        print,
    } = Options::parse();
    let generator = Arc::new(Generator::new(seed));
    if print {
        for place in 0..bodies {
            println!("{}", generator.case(place).body);
        }
        return;
    }
    let report = by_halves(bodies, move |places| Report::of(&generator, places))
        .into_iter()
        .fold(Report::default(), Report::and);
    print!("{report}");
    let generator = Arc::new(PairGenerator::new(seed));
    let of_pairs = by_halves(pairs, move |places| PairReport::of(&generator, places))
        .into_iter()
        .fold(PairReport::default(), PairReport::and);
    print!("\n{of_pairs}");
    assert!(
        report.disagreements == 0 && of_pairs.disagreements == 0,
        "product and sandbox disagree on messages that are not listed"
    );
}

/// Runs a check on two threads, each on half of the places.
fn by_halves<T: Send + 'static>(
    many: u64,
    run: impl Fn(Range<u64>) -> T + Clone + Send + 'static,
) -> Vec<T> {
    let half = many / 2;
    let halves = [0..half, half..many].map(|places| {
        let run = run.clone();
        thread::spawn(move || run(places))
    });
    halves
        .into_iter()
        .map(|half| half.join().expect("a check panicked"))
        .collect()
}
