//! `wabakit-prove`: runs one proof against built programs. `cargo xtask prove` builds them and calls it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a proof fails by panicking, and talks to a person at a terminal"
)]

mod crash;
mod footprint;
mod stage;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Proofs that drive the built programs from outside.
#[derive(Parser)]
#[command(name = "wabakit-prove")]
struct Options {
    /// The built `wabakit`.
    #[arg(long)]
    server: PathBuf,
    /// The built `wabakit-sandbox`.
    #[arg(long)]
    sandbox: PathBuf,
    #[command(subcommand)]
    proof: Proof,
}

#[derive(Subcommand)]
enum Proof {
    /// `kill -9` of the server at random moments of connecting.
    OnboardingCrash {
        /// How often, on each database.
        #[arg(long, default_value_t = 40)]
        kills: u32,
        /// Makes the same moments again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Memory of the idle programs, and the server's start.
    Footprint,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let programs = stage::Programs {
        server: options.server,
        sandbox: options.sandbox,
    };
    match options.proof {
        Proof::OnboardingCrash { kills, seed } => crash::prove(&programs, kills, seed).await,
        Proof::Footprint => footprint::prove(&programs).await,
    }
}
