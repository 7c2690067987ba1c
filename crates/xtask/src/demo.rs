//! The demo: server and sandbox in one process.

use std::os::unix::process::CommandExt as _;
use std::thread;

use crate::dashboard;
use crate::project::{self, Project, Result};

/// The parts of the demo, except for the server, which embeds the dashboard. These packages are compiled while the
/// dashboard is built.
const LIBRARIES: [&str; 10] = [
    "wabakit-unified",
    "wabakit-sandbox",
    "wabakit-http",
    "wabakit-meta-gateway",
    "wabakit-storage",
    "wabakit-storage-inbox",
    "wabakit-storage-events",
    "wabakit-media-store",
    "wabakit-mailer",
    "wabakit-vault",
];

/// Replaces this process by the demo program. It returns only when that fails.
pub(crate) fn become_demo(project: &Project, options: &[&str]) -> Result<()> {
    if let Some(unknown) = options
        .iter()
        .find(|option| !["--release", "--json"].contains(option))
    {
        return Err(format!(
            "cargo xtask demo knows --release and --json, not {unknown}"
        ));
    }
    let release = options.iter().filter(|option| **option == "--release");
    match dashboard::node_is_usable() {
        Ok(()) => {
            let mut libraries = project.cargo();
            libraries.arg("build").args(release.clone());
            for library in LIBRARIES {
                libraries.args(["--package", library]);
            }
            thread::scope(|scope| {
                let dashboard = scope.spawn(|| dashboard::build_if_stale(project));
                let built = project::succeed(&mut libraries);
                let ended = Err("the dashboard's build panicked".to_owned());
                dashboard.join().unwrap_or(ended).and(built)
            })?;
        }
        Err(reason) => eprintln!("{reason}. Until then the dashboard is a placeholder page."),
    }
    let mut command = project.cargo();
    command.args(["run", "--package", "wabakit-demo"]);
    command.args(release);
    command
        .arg("--")
        .args(options.iter().filter(|option| **option == "--json"));
    // Replaces this process, so that a signal to it reaches the demo.
    Err(format!("cargo cannot run: {}", command.exec()))
}
