//! `wabakit-checks`: compares the product's and the sandbox's checks of messages on many bodies.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a proof fails by panicking, and talks to a person at a terminal"
)]

use std::{sync::Arc, thread};

use clap::Parser;
use wabakit_checks::{Generator, Report};

/// Compares the product's and the sandbox's checks of messages on generated bodies.
#[derive(Parser)]
#[command(name = "wabakit-checks")]
struct Options {
    /// The number of bodies.
    #[arg(long, default_value_t = 100_000)]
    bodies: u64,
    /// The seed of the bodies.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Prints the bodies, one on each line, and compares nothing.
    #[arg(long)]
    print: bool,
}

fn main() {
    let Options {
        bodies,
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
    let half = bodies / 2;
    let halves = [0..half, half..bodies].map(|places| {
        let generator = Arc::clone(&generator);
        thread::spawn(move || Report::of(&generator, places))
    });
    let report = halves
        .into_iter()
        .map(|half| half.join().expect("a check panicked"))
        .fold(Report::default(), Report::and);
    print!("{report}");
    assert!(
        report.disagreements == 0,
        "product and sandbox disagree on bodies that are not listed"
    );
}
