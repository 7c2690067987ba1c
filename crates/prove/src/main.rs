//! `wabakit-prove`: runs one proof against built programs. `cargo xtask prove` builds them and calls it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a proof fails by panicking, and talks to a person at a terminal"
)]

mod bars;
mod crash;
mod faults;
mod footprint;
mod fuzz;
mod listener;
mod receive;
mod send;
mod speed;
mod stage;

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Parser, Subcommand};
use wabakit_prove::history;

/// Proofs that drive the built programs over HTTP and signals.
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
        /// How many kills, on each database.
        #[arg(long, default_value_t = 100)]
        kills: u32,
        /// The seed of the random moments.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// How many deliveries a second are accepted and applied, compared with a minimal handler.
    ReceiveLoad {
        /// The seconds of each row.
        #[arg(long, default_value_t = 8)]
        seconds: u64,
        /// The seconds for which the processor must sustain its rate.
        #[arg(long, default_value_t = 60)]
        sustained: u64,
        /// Only shows the measurements: a short run proves no rate.
        #[arg(long)]
        lenient: bool,
    },
    /// Faults of every kind under load: killed servers, a cut network, refused writes, full disks, a clock that steps.
    ReceiveCrash {
        /// How many kills, on each database.
        #[arg(long, default_value_t = 30)]
        kills: u32,
        /// The seed of the faults.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The longest pause between two faults, in milliseconds.
        #[arg(long, default_value_t = 6_000)]
        pause: u64,
        /// Makes one fault of each kind or a few, and short ones.
        #[arg(long)]
        short: bool,
    },
    /// The time from a POST to the WebSocket, at 1,000 items a second.
    ReceiveLive {
        /// The seconds of the run.
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// Only shows the measurements.
        #[arg(long)]
        lenient: bool,
    },
    /// The cost of pages and deliveries when much is stored.
    ReceiveScale {
        /// The number of messages at first.
        #[arg(long, default_value_t = 50_000)]
        small: u64,
        /// The number of messages later.
        #[arg(long, default_value_t = 5_000_000)]
        large: u64,
        /// Only shows the measurements.
        #[arg(long)]
        lenient: bool,
    },
    /// A receiver with Express and pg beside the product.
    Peers {
        /// The folder of the Express server, with its packages.
        #[arg(long)]
        express: PathBuf,
        /// The seconds of each row.
        #[arg(long, default_value_t = 8)]
        seconds: u64,
        /// The seconds of the sustained rows.
        #[arg(long, default_value_t = 60)]
        sustained: u64,
        /// How many kills of each server.
        #[arg(long, default_value_t = 5)]
        kills: u32,
        /// Only shows the measurements. It still fails when something that was answered 200 is lost.
        #[arg(long)]
        lenient: bool,
    },
    /// Every ratio by which the speed is judged, in one run.
    Speed {
        /// The folder of the Express server, with its packages.
        #[arg(long)]
        express: PathBuf,
        /// The seconds of each row.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// The seconds of the sustained rows, and of the numbers that keep their pace.
        #[arg(long, default_value_t = 60)]
        sustained: u64,
        /// How many numbers keep 80 a second at once, and share the top rate.
        #[arg(long, default_value_t = 20)]
        numbers: usize,
        /// The most messages of a row.
        #[arg(long, default_value_t = 1_000_000)]
        most: usize,
        /// The number of messages with which deliveries are measured at first.
        #[arg(long, default_value_t = 50_000)]
        small: u64,
        /// The number of messages later.
        #[arg(long, default_value_t = 5_000_000)]
        large: u64,
        /// The file to which the table is saved.
        #[arg(long)]
        save: Option<PathBuf>,
        /// A saved table: fails where a row lost more than 5 %.
        #[arg(long)]
        against: Option<PathBuf>,
        /// Only shows the targets that are not reached.
        #[arg(long)]
        lenient: bool,
    },
    /// Faults of every kind while messages are sent, to a sandbox that fails in every way.
    SendChaos {
        /// The number of messages, on each database.
        #[arg(long, default_value_t = 20_000)]
        messages: usize,
        /// How many kills, on each database.
        #[arg(long, default_value_t = 20)]
        kills: u32,
        /// The seed of the faults.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The longest pause between two faults, in milliseconds.
        #[arg(long, default_value_t = 16_000)]
        pause: u64,
        /// The seconds to wait for a proof.
        #[arg(long, default_value_t = 20)]
        proof: u64,
        /// Makes one fault of each kind or a few, and short ones.
        #[arg(long)]
        short: bool,
        /// Only shows the counts. It still fails when a message is sent twice or lost.
        #[arg(long)]
        lenient: bool,
    },
    /// How exactly numbers keep their pace, and how fast sending is, compared with a loop that stores nothing.
    SendRate {
        /// The seconds for which a pace is kept.
        #[arg(long, default_value_t = 60)]
        seconds: usize,
        /// The seconds of each row of the top rates.
        #[arg(long, default_value_t = 10)]
        top: u64,
        /// How many numbers keep 80 a second at once, and share the top rate.
        #[arg(long, default_value_t = 20)]
        numbers: usize,
        /// The most messages of a row.
        #[arg(long, default_value_t = 1_000_000)]
        most: usize,
        /// Only shows the measurements: a short run proves no rate.
        #[arg(long)]
        lenient: bool,
    },
    /// Replicas that share numbers, while one dies and one sleeps.
    SendReplicas {
        /// The seconds for which one replica sleeps.
        #[arg(long, default_value_t = 60)]
        sleep: u64,
        /// The seconds before a replica dies or sleeps.
        #[arg(long, default_value_t = 10)]
        calm: u64,
        /// Messages a second, all six numbers together: a little more than they may send.
        #[arg(long, default_value_t = 500.0)]
        pace: f64,
        /// Only shows the rates. It still fails when a message is sent twice or lost.
        #[arg(long)]
        lenient: bool,
    },
    /// A reply behind a campaign of the same number.
    SendOvertake {
        /// The number of messages of the campaign.
        #[arg(long, default_value_t = 100_000)]
        bulk: usize,
        /// The number of replies.
        #[arg(long, default_value_t = 20)]
        replies: usize,
        /// Only shows the measurements.
        #[arg(long)]
        lenient: bool,
    },
    /// Servers that break one promise on purpose, which the judge of histories must see.
    Broken {
        /// The messages of each run.
        #[arg(long, default_value_t = 800)]
        messages: usize,
    },
    /// Mutated webhooks through signature, splitting and parsing.
    Fuzz {
        /// The number of bodies.
        #[arg(long, default_value_t = 20_000_000)]
        runs: u64,
        /// The seed of the bodies.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Judges a history of any system by the rules of docs/history.md.
    Judge {
        /// The file, a JSON document on each line.
        file: PathBuf,
    },
    /// The minimal handler, which other proofs start.
    #[command(hide = true)]
    BareHandler {
        /// The secret that bodies are signed with.
        secret: String,
    },
    /// The memory of the idle programs, and the time of the server's start.
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
            let times = receive::load::LoadTimes {
                row: Duration::from_secs(seconds),
                sustained: Duration::from_secs(sustained),
            };
            receive::load::prove(&programs, &times, !lenient).await;
        }
        Proof::ReceiveCrash {
            kills,
            seed,
            pause,
            short,
        } => {
            let faults = faults::Sizes {
                full_media: if short { 1 } else { 3 },
                ..faults::Sizes::of(kills, pause, short)
            };
            receive::crash::prove(&programs, &faults, seed).await;
        }
        Proof::ReceiveLive { seconds, lenient } => {
            receive::live::prove(&programs, Duration::from_secs(seconds), !lenient).await;
        }
        Proof::ReceiveScale {
            small,
            large,
            lenient,
        } => receive::scale::prove(&programs, small, large, !lenient).await,
        Proof::Peers {
            express,
            seconds,
            sustained,
            kills,
            lenient,
        } => {
            let setup = receive::peers::PeersSetup {
                express,
                row: Duration::from_secs(seconds),
                sustained: Duration::from_secs(sustained),
                kills,
            };
            receive::peers::prove(&programs, &setup, !lenient).await;
        }
        Proof::Speed {
            express,
            seconds,
            sustained,
            numbers,
            most,
            small,
            large,
            save,
            against,
            lenient,
        } => {
            let setup = speed::SpeedSetup {
                express,
                send: send::rate::RateTimes {
                    paced: usize::try_from(sustained).unwrap(),
                    top: seconds,
                    numbers,
                    most,
                },
                load: receive::load::LoadTimes {
                    row: Duration::from_secs(seconds),
                    sustained: Duration::from_secs(sustained),
                },
                scale: (small, large),
                save,
                against,
            };
            speed::prove(&programs, &setup, !lenient).await;
        }
        Proof::SendChaos {
            messages,
            kills,
            seed,
            pause,
            proof,
            short,
            lenient,
        } => {
            let chaos = send::chaos::Chaos {
                messages,
                seed,
                faults: faults::Sizes::of(kills, pause, short),
                proof,
                hangs: !short,
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
            let times = send::rate::RateTimes {
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
            let times = send::replicas::ReplicaTimes { calm, sleep, pace };
            send::replicas::prove(&programs, &times, !lenient).await;
        }
        Proof::SendOvertake {
            bulk,
            replies,
            lenient,
        } => send::overtake::prove(&programs, bulk, replies, !lenient).await,
        Proof::Broken { messages } => send::broken::prove(&programs, messages).await,
        Proof::Fuzz { runs, seed } => fuzz::prove(runs, seed),
        Proof::BareHandler { secret } => receive::bare::serve(&secret).await,
        Proof::Judge { file } => judge(&file),
        Proof::Footprint => footprint::prove(&programs).await,
    }
}

fn judge(file: &Path) {
    let source = File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = history::read(BufReader::new(source))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let verdict = history::judge(&lines);
    print!("{verdict}");
    assert!(verdict.holds(), "the history breaks a rule");
}
