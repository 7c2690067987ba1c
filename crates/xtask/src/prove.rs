//! Runs proofs against release builds. They take too long for every test run.

use std::{fs, process::Command, time::Instant};

use crate::project::{self, Project, Result};
use crate::{clients, dashboard};

/// Each proof's name, and what it shows.
const PROOFS: &[(&str, &str)] = &[
    (
        "onboarding-crash",
        "kill -9 at any moment of connecting leaves nothing half-done",
    ),
    (
        "receive-load",
        "how many deliveries a second are taken and applied",
    ),
    (
        "receive-crash",
        "faults of every kind under load lose, repeat and reorder nothing",
    ),
    (
        "receive-live",
        "how soon what was posted is seen on a WebSocket",
    ),
    (
        "receive-scale",
        "what pages and deliveries cost while five million messages are stored",
    ),
    (
        "send-chaos",
        "faults of every kind while messages are sent send nothing twice and lose nothing",
    ),
    (
        "send-rate",
        "how exactly numbers hold their pace, and how fast sending is",
    ),
    (
        "send-replicas",
        "replicas that die or sleep break no rate and send nothing twice",
    ),
    (
        "send-overtake",
        "a reply goes out within a second behind a campaign of 100,000",
    ),
    ("fuzz", "mutated webhooks break no rule"),
    (
        CHECKS,
        "product and sandbox take and refuse the same messages",
    ),
    (
        "footprint",
        "memory of the idle programs, and the server's start",
    ),
];

/// Compares two libraries, and so has a program of its own and needs no server.
const CHECKS: &str = "checks";
/// Judges a recorded history, and so is no proof of its own.
const JUDGE: &str = "judge";
/// The page that holds the results of all proofs.
const PAGE: &str = "docs/PROOFS.md";

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
        for (name, shows) in PROOFS {
            println!("{name:18} {shows}");
        }
        println!("{:18} {}", clients::PROOF.0, clients::PROOF.1);
        println!("{JUDGE:18} whether a recorded history breaks a rule of docs/history.md");
        println!(
            "{:18} each of the proofs, with their results in {PAGE}",
            "all"
        );
        return Ok(());
    };
    if *name == clients::PROOF.0 {
        return clients::prove(project);
    }
    let known = PROOFS.iter().any(|(known, _)| known == name);
    if !known && !["all", JUDGE].contains(name) {
        return Err(format!(
            "no proof is called {name}: cargo xtask prove lists them"
        ));
    }
    if *name == CHECKS {
        let mut build = project.cargo();
        build.args([
            "build",
            "--release",
            "--locked",
            "--package",
            CHECKS_PACKAGE,
        ]);
        project::succeed(&mut build)?;
        return project::succeed(program(name)?.args(options));
    }
    dashboard::build_if_stale(project)?;
    let mut build = project.cargo();
    build.args(["build", "--release", "--locked"]);
    for package in PACKAGES {
        build.args(["--package", package]);
    }
    project::succeed(&mut build)?;
    match *name {
        "all" => all(project),
        _ => project::succeed(program(name)?.args(options)),
    }
}

/// Returns the program that runs a proof.
fn program(proof: &str) -> Result<Command> {
    let built = |program| project::built_for_release(program);
    if proof == CHECKS {
        return Ok(Command::new(built(CHECKS_PACKAGE)?));
    }
    let name = proof;
    let mut proof = Command::new(built("wabakit-prove")?);
    proof.arg("--server").arg(built("wabakit")?);
    proof.arg("--sandbox").arg(built("wabakit-sandbox")?);
    proof.arg(name);
    Ok(proof)
}

/// Runs every proof, one after the other, and writes their results to the page, also of those that fail.
fn all(project: &Project) -> Result<()> {
    let mut page = heading()?;
    let mut failed = Vec::new();
    for (name, shows) in PROOFS {
        println!("\n{name}: {shows}");
        let begun = Instant::now();
        let mut table = String::new();
        let held = project::succeed_reading(&mut program(name)?, |line| {
            table.push_str(line);
            table.push('\n');
        });
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
        fs::write(project.path(PAGE), &page).map_err(|error| format!("{PAGE}: {error}"))?;
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
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "# What the proofs showed\n\n`cargo xtask prove all` runs every proof in full, against release builds, and \
         writes this page.\n\nCommit {}, {}, {cores} cores of {}.\n",
        asked("git", &["rev-parse", "--short", "HEAD"])?,
        asked("date", &["-u", "+%F"])?,
        cpu.map_or("an unknown kind", |(_, name)| name),
    ))
}
