//! Installs the programs that the tests need.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::project::{self, Project, Result};
use crate::{dashboard, postgres};

/// Installs missing packages. The error is one sentence that says how to install them by hand.
pub(crate) fn install_what_is_missing(project: &Project) -> Result<()> {
    let mut packages = Vec::new();
    if !postgres::is_installed() {
        packages.push("postgresql");
    }
    if chromium().is_none() {
        // Chromium only recommends its fonts, and pages without fonts are blank.
        packages.extend(["chromium", "fonts-liberation"]);
    }
    if project::on_path(&["node"]).is_none() {
        packages.push("nodejs");
    }
    if project::on_path(&["npm"]).is_none() {
        packages.push("npm");
    }
    if python().is_none() {
        packages.extend(["python3", "python3-pytest"]);
    }
    if !packages.is_empty() {
        install(&packages)?;
    }
    if python().is_none() {
        return Err("no python3 here can import pytest: install pytest for it".to_owned());
    }
    dashboard::node_is_usable()?;
    dashboard::install_packages(project)
}

/// Finds the browser of the browser tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    project::on_path(&["chromium", "chromium-browser", "google-chrome"])
}

/// Finds a Python that has pytest: that of the `PATH`, or the system's.
pub(crate) fn python() -> Option<PathBuf> {
    let system = PathBuf::from("/usr/bin/python3");
    let candidates = project::on_path(&["python3"]).into_iter().chain([system]);
    candidates.into_iter().find(|python| {
        let mut import = Command::new(python);
        import.args(["-c", "import pytest"]).stdin(Stdio::null());
        import.stdout(Stdio::null()).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    })
}

fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!(
        "the tests need what is not installed here: apt-get install {}",
        packages.join(" ")
    );
    let prefix = privilege().ok_or_else(|| by_hand.clone())?;
    let apt_get = |arguments: &[&str]| {
        let mut words = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        let program = words.next().ok_or_else(|| by_hand.clone())?;
        project::succeed(Command::new(program).args(words).args(arguments))
    };
    if let Err(reason) = apt_get(&["update", "-q"]) {
        eprintln!("{reason}; the package lists may be old");
    }
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    apt_get(&[&install, packages].concat()).map_err(|reason| format!("{by_hand} ({reason})"))
}

/// Returns the words before a command that run it as root, if root needs no password.
fn privilege() -> Option<&'static [&'static str]> {
    project::on_path(&["apt-get"])?;
    let user = project::output(Command::new("id").arg("-u")).ok()?;
    if user.trim_ascii() == b"0" {
        return Some(&[]);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    sudo.status()
        .is_ok_and(|status| status.success())
        .then_some(&["sudo", "-n"])
}
