//! Runs proofs against release builds. They take too long for every test run.

use std::{fs, path::PathBuf, process::Command, time::Instant};

use crate::project::{self, Project, Result};
use crate::{clients, dashboard};

/// A proof of `wabakit-prove`, or of a program of its own.
struct Proof {
    name: &'static str,
    /// What it shows.
    shows: &'static str,
    /// The options of a short run. It shows that the proof works, and proves no rate.
    short: &'static [&'static str],
}

const fn proof(name: &'static str, shows: &'static str, short: &'static [&'static str]) -> Proof {
    Proof { name, shows, short }
}

const PROOFS: &[Proof] = &[
    proof(
        "onboarding-crash",
        "kill -9 at any moment of connecting leaves nothing half-done",
        &["--kills", "2"],
    ),
    proof(
        "receive-load",
        "how many deliveries a second are taken and applied",
        &["--seconds", "1", "--sustained", "3", "--lenient"],
    ),
    proof(
        "receive-crash",
        "faults of every kind under load lose, repeat and reorder nothing",
        &["--kills", "2", "--short"],
    ),
    proof(
        "receive-live",
        "how soon what was posted is seen on a WebSocket",
        &["--seconds", "3", "--lenient"],
    ),
    proof(
        "receive-scale",
        "what pages and deliveries cost while five million messages are stored",
        &["--small", "4000", "--large", "20000", "--lenient"],
    ),
    proof(
        "send-chaos",
        "faults of every kind while messages are sent send nothing twice and lose nothing",
        &[
            "--messages",
            "400",
            "--kills",
            "2",
            "--proof",
            "2",
            "--short",
            "--lenient",
        ],
    ),
    proof(
        "send-rate",
        "how exactly numbers hold their pace, and how fast sending is",
        &[
            "--seconds",
            "1",
            "--top",
            "1",
            "--numbers",
            "2",
            "--most",
            "400",
            "--lenient",
        ],
    ),
    proof(
        "send-replicas",
        "replicas that die or sleep break no rate and send nothing twice",
        &["--sleep", "8", "--calm", "1", "--pace", "100", "--lenient"],
    ),
    proof(
        "send-overtake",
        "a reply goes out within a second behind a campaign of 100,000",
        &["--bulk", "1200", "--replies", "3", "--lenient"],
    ),
    proof(
        BROKEN,
        "a server that breaks a promise on purpose is seen by the judge of histories",
        &["--messages", "400"],
    ),
    proof(
        "peers",
        "a receiver with Express and pg beside the product, kill -9 included (needs the npm registry)",
        &[
            "--seconds",
            "1",
            "--sustained",
            "3",
            "--kills",
            "1",
            "--lenient",
        ],
    ),
    proof(
        "speed",
        "every ratio by which the speed is judged; --save FILE keeps it, --against FILE compares",
        &[
            "--seconds",
            "1",
            "--sustained",
            "3",
            "--numbers",
            "2",
            "--most",
            "400",
            "--small",
            "4000",
            "--large",
            "8000",
            "--lenient",
        ],
    ),
    proof(
        "fuzz",
        "mutated webhooks break no rule",
        &["--runs", "10000"],
    ),
    proof(
        CHECKS,
        "product and sandbox take and refuse the same messages",
        &[],
    ),
    proof(
        "footprint",
        "memory of the idle programs, and the server's start",
        &[],
    ),
];

/// Proves servers that break a promise, which only this builds.
const BROKEN: &str = "broken";
/// The proofs that run the Express server.
const WITH_EXPRESS: [&str; 2] = ["peers", "speed"];
const EXPRESS: &str = "crates/prove/peers/express";
/// Compares two libraries, and so has a program of its own and needs no server.
const CHECKS: &str = "checks";
/// Judges a recorded history, and so is no proof of its own.
const JUDGE: &str = "judge";
/// The page that holds the results of all proofs.
const PAGE: &str = "docs/PROOFS.md";

/// The server of the proof [`BROKEN`].
const BROKEN_SERVER: &str = "wabakit-broken";
const CHECKS_PACKAGE: &str = "wabakit-checks";
const PACKAGES: [&str; 4] = [
    "wabakit-server",
    "wabakit-sandbox",
    "wabakit-prove",
    CHECKS_PACKAGE,
];

/// Runs the named proof, or all of them, or lists them without a name. The words after the name go to the proof.
pub(crate) fn prove(project: &Project, words: &[&str]) -> Result<()> {
    let Some((name, options)) = words.split_first() else {
        for Proof { name, shows, .. } in PROOFS {
            println!("{name:18} {shows}");
        }
        println!("{:18} {}", clients::PROOF.0, clients::PROOF.1);
        println!("{JUDGE:18} whether a recorded history breaks a rule of docs/history.md");
        println!(
            "{:18} each of the proofs, with their results in {PAGE}; all --short runs each for a moment, on debug \
             builds, and writes no page",
            "all"
        );
        return Ok(());
    };
    if *name == clients::PROOF.0 {
        return clients::prove(project);
    }
    let known = PROOFS.iter().any(|proof| proof.name == *name);
    if !known && !["all", JUDGE].contains(name) {
        return Err(format!(
            "no proof is called {name}: cargo xtask prove lists them"
        ));
    }
    let build = match (*name, options) {
        ("all", ["--short"]) => Build::Debug,
        ("all", [other, ..]) => return Err(format!("all knows --short, and no {other}")),
        _ => Build::Release,
    };
    if *name == CHECKS {
        build.cargo(project, &["--package", CHECKS_PACKAGE])?;
        return project::succeed(program(project, build, name)?.args(options));
    }
    dashboard::build_if_stale(project)?;
    let packages: Vec<&str> = PACKAGES
        .iter()
        .flat_map(|package| ["--package", package])
        .collect();
    build.cargo(project, &packages)?;
    match *name {
        "all" => all(project, build),
        _ => {
            prepare(project, build, name)?;
            project::succeed(program(project, build, name)?.args(options))
        }
    }
}

/// The kind of build that is proved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Build {
    Release,
    Debug,
}

impl Build {
    fn cargo(self, project: &Project, what: &[&str]) -> Result<()> {
        let mut cargo = project.cargo();
        cargo.args(["build", "--locked"]);
        if self == Self::Release {
            cargo.arg("--release");
        }
        project::succeed(cargo.args(what))
    }

    fn built(self, program: &str) -> Result<PathBuf> {
        match self {
            Self::Release => project::built_for_release(program),
            Self::Debug => project::built(program),
        }
    }
}

/// Builds or installs what this proof needs besides the programs of all proofs.
fn prepare(project: &Project, build: Build, proof: &str) -> Result<()> {
    if proof == BROKEN {
        let server = ["--package", "wabakit-server", "--bin", BROKEN_SERVER];
        build.cargo(project, &[&server[..], &["--features", "broken"]].concat())?;
    }
    if WITH_EXPRESS.contains(&proof) {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund"]);
        project::succeed(install.current_dir(project.path(EXPRESS)))?;
    }
    Ok(())
}

/// Returns the program that runs a proof.
fn program(project: &Project, build: Build, name: &str) -> Result<Command> {
    if name == CHECKS {
        return Ok(Command::new(build.built(CHECKS_PACKAGE)?));
    }
    let server = match name {
        BROKEN => BROKEN_SERVER,
        _ => "wabakit",
    };
    let mut proof = Command::new(build.built("wabakit-prove")?);
    proof.arg("--server").arg(build.built(server)?);
    proof.arg("--sandbox").arg(build.built("wabakit-sandbox")?);
    proof.arg(name);
    if WITH_EXPRESS.contains(&name) {
        proof.arg("--express").arg(project.path(EXPRESS));
    }
    Ok(proof)
}

/// Runs every proof, one after the other, and writes their results to the page, also of those that fail.
fn all(project: &Project, build: Build) -> Result<()> {
    let mut page = heading()?;
    let mut failed = Vec::new();
    for Proof { name, shows, short } in PROOFS {
        println!("\n{name}: {shows}");
        let begun = Instant::now();
        let mut table = String::new();
        let held = prepare(project, build, name).and_then(|()| {
            let mut proof = program(project, build, name)?;
            if build == Build::Debug {
                proof.args(*short);
            }
            project::succeed_reading(&mut proof, |line| {
                table.push_str(line);
                table.push('\n');
            })
        });
        if let Err(reason) = &held {
            println!("{reason}");
        }
        let minutes = begun.elapsed().as_secs_f64() / 60.0;
        let result = if held.is_ok() { "held" } else { "did not hold" };
        page.push_str(&format!(
            "\n## {name}\n\nIt shows {shows}. `cargo xtask prove {name}` {result} after {minutes:.1} minutes.\n\n\
             ```text\n{}\n```\n",
            table.trim()
        ));
        if held.is_err() {
            failed.push(*name);
        }
        if build == Build::Release {
            fs::write(project.path(PAGE), &page).map_err(|error| format!("{PAGE}: {error}"))?;
        }
    }
    if build == Build::Debug {
        println!("\n{page}");
    }
    match failed[..] {
        [] => Ok(()),
        _ => Err(format!("these proofs did not hold: {}", failed.join(", "))),
    }
}

fn heading() -> Result<String> {
    let asked = |program: &str, arguments: &[&str]| -> Result<String> {
        let output = project::output(Command::new(program).args(arguments))?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    };
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next())
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "# What the proofs showed\n\n`cargo xtask prove all` runs every proof in full, against release builds, and \
         writes this page.\n\nCommit {}, {}, {cores} cores of {}, {} of memory.\n",
        asked("git", &["rev-parse", "--short", "HEAD"])?,
        asked("date", &["-u", "+%F"])?,
        cpu.map_or("an unknown kind", |(_, name)| name),
        memory.map_or("an unknown amount".to_owned(), |kilobytes| {
            format!("{:.0} GB", kilobytes as f64 / 1e6)
        }),
    ))
}
