//! Checks that programs and tests ask for the same features of third-party crates, so that each crate is compiled once.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Lists `package|features` of everything outside the workspace that the selected packages are built from.
fn asked(selection: &[&str]) -> BTreeSet<String> {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--no-dedupe"])
        .args(["--prefix", "none", "--format", "{p}|{f}"])
        .args(selection)
        // With it, every selection has the features of the whole workspace.
        .env_remove("CARGO_RESOLVER_FEATURE_UNIFICATION")
        .current_dir(manifest.ancestors().nth(2).unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.replace(" (proc-macro)", ""))
        .filter(|line| !line.contains("(/"))
        .collect()
}

#[test]
fn programs_ask_for_the_features_that_the_tests_ask_for() {
    let tests = asked(&["--workspace", "--edges", "normal,build,dev"]);
    for program in ["wabakit-demo", "wabakit-server"] {
        let own = asked(&["--package", program, "--edges", "normal,build"]);
        assert!(own.len() > 100, "{program}");
        let others: Vec<_> = own.difference(&tests).collect();
        assert!(
            others.is_empty(),
            "crates/unified lacks features that the tests ask for and {program} does not: {others:#?}"
        );
    }
}

#[test]
fn the_readme_of_the_graph_client_says_how_many_crates_it_is_built_from() {
    let readme = include_str!("../../graph/README.md");
    let crates = asked(&["--package", "wabakit-graph", "--edges", "normal"]).len();
    let said = format!("| {crates} besides itself (");
    assert!(readme.contains(&said), "the README does not say {crates}");
}
