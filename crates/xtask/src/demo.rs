//! The demo: server and sandbox in one process.

use std::os::unix::process::CommandExt as _;

use crate::dashboard;
use crate::project::{Project, Result};

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
    match dashboard::node_is_usable() {
        Ok(()) => dashboard::build_if_stale(project)?,
        Err(reason) => eprintln!("{reason}. Until then the dashboard is a placeholder page."),
    }
    let mut command = project.cargo();
    command.args(["run", "--package", "wabakit-demo"]);
    command.args(options.iter().filter(|option| **option == "--release"));
    command
        .arg("--")
        .args(options.iter().filter(|option| **option == "--json"));
    // Replaces this process, so that a signal to it reaches the demo.
    Err(format!("cargo cannot run: {}", command.exec()))
}
