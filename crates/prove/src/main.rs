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
mod fuzz;
mod receive;
mod send;
mod stage;

use std::{path::PathBuf, time::Duration};

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
    /// How many deliveries a second are taken and applied, against a handler that does the least.
    ReceiveLoad {
        /// Seconds of each row.
        #[arg(long, default_value_t = 8)]
        seconds: u64,
        /// Seconds for which the processor must sustain its rate.
        #[arg(long, default_value_t = 60)]
        sustained: u64,
        /// Only shows what was measured: a short run proves no rate.
        #[arg(long)]
        lenient: bool,
    },
    /// `kill -9` of the server at random moments under load, alone and beside a replica.
    ReceiveCrash {
        /// How often, on each database.
        #[arg(long, default_value_t = 30)]
        kills: u32,
        /// Makes the same moments again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// From posted to seen on a WebSocket, at 1,000 items a second.
    ReceiveLive {
        /// Seconds.
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// Only shows what was measured.
        #[arg(long)]
        lenient: bool,
    },
    /// What pages and deliveries cost while much is stored.
    ReceiveScale {
        /// Messages at first.
        #[arg(long, default_value_t = 50_000)]
        small: u64,
        /// Messages then.
        #[arg(long, default_value_t = 5_000_000)]
        large: u64,
        /// Only shows what was measured.
        #[arg(long)]
        lenient: bool,
    },
    /// `kill -9` of the server at random moments of sending, to a sandbox that fails in every way.
    SendChaos {
        /// Messages, on each database.
        #[arg(long, default_value_t = 20_000)]
        messages: usize,
        /// How often, on each database.
        #[arg(long, default_value_t = 24)]
        kills: u32,
        /// Makes the same moments again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Milliseconds that the server lives at most between two kills.
        #[arg(long, default_value_t = 16_000)]
        life: u64,
        /// Seconds for which a proof is waited for.
        #[arg(long, default_value_t = 20)]
        proof: u64,
        /// No answer stays away while its connection stays open.
        #[arg(long)]
        no_hangs: bool,
        /// Only shows the counts; that nothing is sent twice or lost is held all the same.
        #[arg(long)]
        lenient: bool,
    },
    /// How exactly numbers hold their pace, and how fast sending is, against a loop that writes nothing down.
    SendRate {
        /// Seconds for which a pace is held.
        #[arg(long, default_value_t = 60)]
        seconds: usize,
        /// Seconds of each row of the top rates.
        #[arg(long, default_value_t = 10)]
        top: u64,
        /// Numbers that hold 80 a second at once, and that share the top rate.
        #[arg(long, default_value_t = 20)]
        numbers: usize,
        /// Messages of a row at most.
        #[arg(long, default_value_t = 1_000_000)]
        most: usize,
        /// Only shows what was measured: a short run proves no rate.
        #[arg(long)]
        lenient: bool,
    },
    /// Replicas that share numbers, while one dies and one sleeps.
    SendReplicas {
        /// Seconds for which one sleeps.
        #[arg(long, default_value_t = 60)]
        sleep: u64,
        /// Seconds before something happens.
        #[arg(long, default_value_t = 10)]
        calm: u64,
        /// Messages a second, all six numbers together: a little more than they may send.
        #[arg(long, default_value_t = 500.0)]
        pace: f64,
        /// Only shows the rates; that nothing is sent twice or lost is held all the same.
        #[arg(long)]
        lenient: bool,
    },
    /// A reply behind a campaign of the same number.
    SendOvertake {
        /// Messages of the campaign.
        #[arg(long, default_value_t = 100_000)]
        bulk: usize,
        /// Replies.
        #[arg(long, default_value_t = 20)]
        replies: usize,
        /// Only shows what was measured.
        #[arg(long)]
        lenient: bool,
    },
    /// Mutated webhooks through signature, splitting and parsing.
    Fuzz {
        /// How many.
        #[arg(long, default_value_t = 20_000_000)]
        runs: u64,
        /// Makes the same ones again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The handler that does the least; other proofs start it.
    #[command(hide = true)]
    BareHandler {
        /// What bodies are signed with.
        secret: String,
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
        Proof::ReceiveLoad {
            seconds,
            sustained,
            lenient,
        } => {
            let times = receive::load::Times {
                row: Duration::from_secs(seconds),
                sustained: Duration::from_secs(sustained),
            };
            receive::load::prove(&programs, &times, !lenient).await;
        }
        Proof::ReceiveCrash { kills, seed } => receive::crash::prove(&programs, kills, seed).await,
        Proof::ReceiveLive { seconds, lenient } => {
            receive::live::prove(&programs, Duration::from_secs(seconds), !lenient).await;
        }
        Proof::ReceiveScale {
            small,
            large,
            lenient,
        } => receive::scale::prove(&programs, small, large, !lenient).await,
        Proof::SendChaos {
            messages,
            kills,
            seed,
            life,
            proof,
            no_hangs,
            lenient,
        } => {
            let chaos = send::chaos::Chaos {
                messages,
                kills,
                seed,
                life,
                proof,
                hangs: !no_hangs,
            };
            send::chaos::prove(&programs, &chaos, !lenient).await;
        }
        Proof::SendRate {
            seconds,
            top,
            numbers,
            most,
            lenient,
        } => {
            let times = send::rate::Times {
                paced: seconds,
                top,
                numbers,
                most,
            };
            send::rate::prove(&programs, &times, !lenient).await;
        }
        Proof::SendReplicas {
            sleep,
            calm,
            pace,
            lenient,
        } => {
            let times = send::replicas::Times { calm, sleep, pace };
            send::replicas::prove(&programs, &times, !lenient).await;
        }
        Proof::SendOvertake {
            bulk,
            replies,
            lenient,
        } => send::overtake::prove(&programs, bulk, replies, !lenient).await,
        Proof::Fuzz { runs, seed } => fuzz::prove(runs, seed),
        Proof::BareHandler { secret } => receive::bare::serve(&secret).await,
        Proof::Footprint => footprint::prove(&programs).await,
    }
}
