//! The dashboard's packages and its build.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::project::{self, Project, Result};

/// The oldest Node.js that the dashboard's tools support.
const NODE: (u32, u32) = (20, 19);

/// Checks that Node.js and npm are installed and new enough. The error says what is wrong and what to do.
pub(crate) fn node_is_usable() -> Result<()> {
    let remedy = format!("install Node.js {}.{} or newer with npm", NODE.0, NODE.1);
    let version = project::output(Command::new("node").arg("--version"))
        .map_err(|_| format!("Node.js is missing: {remedy}"))?;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    if parse_version(&version) < Some(NODE) {
        return Err(format!("Node.js {version} is too old: {remedy}"));
    }
    project::output(Command::new("npm").arg("--version"))
        .map(drop)
        .map_err(|_| format!("npm is missing: {remedy}"))
}

/// Reads `v20.19.4` as (20, 19).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs the packages of `package-lock.json`, unless these are installed already.
pub(crate) fn install_packages(project: &Project) -> Result<()> {
    let _lock = lock(project)?;
    install_packages_unlocked(project)
}

fn install_packages_unlocked(project: &Project) -> Result<()> {
    let folder = project.dashboard();
    let wanted = folder.join("package-lock.json");
    // `npm ci` removes the folder first, so this copy proves a complete installation.
    let installed = folder.join("node_modules/.installed-package-lock.json");
    let read = |path: &Path| fs::read(path).ok();
    if read(&wanted).is_some() && read(&wanted) == read(&installed) {
        return Ok(());
    }
    project::succeed(project.npm().args(["ci", "--no-audit", "--no-fund"]))?;
    fs::copy(&wanted, &installed)
        .map(drop)
        .map_err(|error| format!("{} cannot be written: {error}", installed.display()))
}

/// Builds the dashboard if a source is newer than the last build.
pub(crate) fn build_if_stale(project: &Project) -> Result<()> {
    let _lock = lock(project)?;
    let folder = project.dashboard();
    let built = modified(&folder.join("dist/index.html"));
    if built.is_some() && newest_source(&folder) <= built {
        return Ok(());
    }
    node_is_usable()?;
    install_packages_unlocked(project)?;
    project::succeed(project.npm().args(["run", "build"]))
}

/// Locks the packages and the build: two demos may start at the same time.
fn lock(project: &Project) -> Result<File> {
    let path = project.scratch()?.join("dashboard.lock");
    File::create(&path)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| format!("{} cannot be locked: {error}", path.display()))
}

/// Returns when the newest source of the build changed. The time of a folder shows that a file in it was removed.
fn newest_source(dashboard: &Path) -> Option<SystemTime> {
    entries(dashboard)
        .into_iter()
        .filter(|path| !is_no_source(path))
        .filter_map(|path| {
            if path.is_dir() {
                newest_below(&path)
            } else {
                modified(&path)
            }
        })
        .max()
}

fn newest_below(folder: &Path) -> Option<SystemTime> {
    entries(folder)
        .into_iter()
        .filter_map(|path| {
            if path.is_dir() {
                newest_below(&path)
            } else {
                modified(&path)
            }
        })
        .chain(modified(folder))
        .max()
}

fn is_no_source(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    matches!(name, "node_modules" | "dist" | "e2e") || name.ends_with(".tsbuildinfo")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{is_no_source, parse_version};
    use std::path::Path;

    #[test]
    fn node_s_version_compares_by_number_and_an_unreadable_one_is_too_old() {
        assert!(parse_version("v20.20.0") > parse_version("v20.19.9"));
        assert!(parse_version("v100.0.0") > parse_version("v20.19.0"));
        assert_eq!(parse_version("v20.19.4"), Some((20, 19)));
        assert_eq!(parse_version("twenty"), None);
        assert!(None < Some((0, 0)));
    }

    #[test]
    fn what_the_build_writes_is_not_its_source() {
        assert!(is_no_source(Path::new("dashboard/dist")));
        assert!(is_no_source(Path::new(
            "dashboard/tsconfig.app.tsbuildinfo"
        )));
        assert!(!is_no_source(Path::new("dashboard/src")));
        assert!(!is_no_source(Path::new("dashboard/package-lock.json")));
    }
}
