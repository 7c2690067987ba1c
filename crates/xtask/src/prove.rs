//! Runs proofs against release builds. They take too long for every test run.

use crate::dashboard;
use crate::project::{self, Project, Result};

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
        "kill -9 under load loses, repeats and reorders nothing",
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
        "kill -9, a database restart and every fault of Meta's send nothing twice and lose nothing",
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
        "footprint",
        "memory of the idle programs, and the server's start",
    ),
];

const PACKAGES: [&str; 3] = ["wabakit-server", "wabakit-sandbox", "wabakit-prove"];

/// Runs the named proof, or lists all without a name. The words after the name go to the proof.
pub(crate) fn prove(project: &Project, words: &[&str]) -> Result<()> {
    let Some((name, options)) = words.split_first() else {
        for (name, shows) in PROOFS {
            println!("{name:18} {shows}");
        }
        return Ok(());
    };
    if !PROOFS.iter().any(|(known, _)| known == name) {
        return Err(format!(
            "no proof is called {name}: cargo xtask prove lists them"
        ));
    }
    dashboard::build_if_stale(project)?;
    let mut build = project.cargo();
    build.args(["build", "--release", "--locked"]);
    for package in PACKAGES {
        build.args(["--package", package]);
    }
    project::succeed(&mut build)?;
    let built = |program| project::built_for_release(program);
    let mut proof = std::process::Command::new(built("wabakit-prove")?);
    proof.arg("--server").arg(built("wabakit")?);
    proof.arg("--sandbox").arg(built("wabakit-sandbox")?);
    project::succeed(proof.arg(name).args(options))
}
