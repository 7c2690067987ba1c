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
fn only_the_broken_server_breaks_promises() {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let root = manifest.ancestors().nth(2).unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--no-deps",
        ])
        .current_dir(root)
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names = |value: &serde_json::Value| -> Vec<String> {
        let names = value.as_array().into_iter().flatten();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let mut broken = Vec::new();
    for package in packages {
        let package_name = package["name"].as_str().unwrap();
        for (feature, turns_on) in package["features"].as_object().unwrap() {
            let asks = names(turns_on).iter().any(|other| other.contains("broken"));
            assert!(!asks, "{feature} of {package_name} turns on a broken one");
            if feature.contains("broken") {
                broken.push(package_name);
            }
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let asks = names(&dependency["features"]);
            let asks = asks.iter().any(|feature| feature.contains("broken"));
            assert!(
                !asks,
                "{package_name} asks for a broken {}",
                dependency["name"]
            );
        }
        for target in package["targets"].as_array().unwrap() {
            let needs = names(&target["required-features"]).contains(&"broken".to_owned());
            assert_eq!(needs, target["name"] == "wabakit-broken", "{target}");
        }
    }
    assert_eq!(broken, ["wabakit-server"]);
}

#[test]
fn the_readme_of_the_graph_client_says_how_many_crates_it_is_built_from() {
    let readme = include_str!("../../graph/README.md");
    let crates = asked(&["--package", "wabakit-graph", "--edges", "normal"]).len();
    let said = format!("| {crates} besides itself (");
    assert!(readme.contains(&said), "the README does not say {crates}");
}
