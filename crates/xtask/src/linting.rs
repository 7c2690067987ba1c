//! Lints and documentation as a by-product of building the tests.
//!
//! `cargo clippy` and `cargo doc` each check every crate once more, third-party ones included. Both can look on
//! while the tests are compiled instead: clippy's driver is a compiler, and rustdoc is called for the doctests.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::project::{self, Project, Result};

/// Names rustdoc where this program stands in for it.
const RUSTDOC: &str = "WABAKIT_XTASK_RUSTDOC";

/// The folder of the toolchain's programs.
fn toolchain() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let root = project::output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(Path::new(String::from_utf8_lossy(&root).trim()).join("bin"))
}

/// A cargo whose builds lint the workspace's crates, and whose doctests document them. A warning is an error.
pub(crate) fn cargo(project: &Project) -> Result<Command> {
    let toolchain = toolchain()?;
    let driver = toolchain.join("clippy-driver");
    if !driver.is_file() {
        return Err("clippy is missing: rustup component add clippy".to_owned());
    }
    let mut cargo = project.cargo();
    cargo
        .env("RUSTC_WORKSPACE_WRAPPER", driver)
        // How cargo-clippy gives its driver a list of arguments.
        .env(
            "CLIPPY_ARGS",
            "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
        )
        .env("RUSTDOC", project::built("xtask")?)
        .env(RUSTDOC, toolchain.join("rustdoc"));
    Ok(cargo)
}

/// Stands in for rustdoc where cargo was told so: a crate whose doctests are wanted is documented first.
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

/// The arguments that document the crate whose doctests `arguments` run.
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
