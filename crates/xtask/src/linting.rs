//! Lints and documents the crates while their tests are built.
//!
//! `cargo clippy` and `cargo doc` each check every crate once more, third-party ones included. Both can do their work
//! while the tests are compiled instead: clippy's driver is a compiler, and cargo calls rustdoc for the doctests.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::project::{self, Project, Result};

/// The variable with the path of the real rustdoc, set when this program stands in for rustdoc.
const RUSTDOC: &str = "WABAKIT_XTASK_RUSTDOC";

/// Returns the folder of the toolchain's programs.
fn toolchain() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let root = project::output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(Path::new(String::from_utf8_lossy(&root).trim()).join("bin"))
}

/// Makes a cargo command whose builds lint the workspace's crates, and whose doctests document them. A warning is an
/// error.
pub(crate) fn cargo(project: &Project) -> Result<Command> {
    let toolchain = toolchain()?;
    let driver = toolchain.join("clippy-driver");
    if !driver.is_file() {
        return Err("clippy is missing: rustup component add clippy".to_owned());
    }
    let mut cargo = project.cargo();
    cargo
        .env("RUSTC_WORKSPACE_WRAPPER", driver)
        // cargo-clippy passes a list of arguments to its driver in this form.
        .env(
            "CLIPPY_ARGS",
            "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
        )
        .env("RUSTDOC", project::built("xtask")?)
        .env(RUSTDOC, toolchain.join("rustdoc"));
    Ok(cargo)
}

/// Stands in for rustdoc if [`cargo`] told cargo so: documents a crate, and then runs its doctests.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    let rustdoc = env::var_os(RUSTDOC)?;
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let run = |arguments: &[OsString]| {
        let status = Command::new(&rustdoc).args(arguments).status();
        status.is_ok_and(|status| status.success())
    };
    let is_well =
        documenting(&arguments).is_none_or(|documenting| run(&documenting)) && run(&arguments);
    Some(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the arguments that document the crate whose doctests `arguments` run. `None` when they run none.
fn documenting(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let mut rest = arguments.iter();
    let mut kept = Vec::new();
    let mut is_test = false;
    while let Some(argument) = rest.next() {
        match argument.to_str() {
            Some("--test") => is_test = true,
            Some("--no-run") => {}
            Some("--test-run-directory" | "--test-args" | "--test-builder") => drop(rest.next()),
            _ => kept.push(argument.clone()),
        }
    }
    let out = project::built("doc").ok()?;
    kept.extend(["-Dwarnings".into(), "--out-dir".into(), out.into()]);
    is_test.then_some(kept)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::documenting;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_crate_is_documented_as_its_doctests_are_compiled() {
        let call = "--crate-name a --test src/lib.rs --test-run-directory /a --test-args x -L dependency=d";
        let found = documenting(&words(call)).unwrap();
        let kept = words("--crate-name a src/lib.rs -L dependency=d -Dwarnings --out-dir");
        assert_eq!(found[..kept.len()], kept);
        assert_eq!(found.len(), kept.len() + 1);
    }

    #[test]
    fn other_calls_of_rustdoc_document_nothing_more() {
        assert_eq!(documenting(&words("--version")), None);
        assert_eq!(documenting(&words("--crate-name a src/lib.rs")), None);
    }
}
