//! Dependencies between the workspace's crates run in one direction, and some crates are banned.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod rules;

use std::path::PathBuf;
use std::process::Command;

use rules::{Dependency, Kind, QUICK, banned_packages, violation, way_to};
use serde_json::Value;

/// Finds the workspace. Cargo names it at run time: checkouts may share a target folder.
fn root() -> PathBuf {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    manifest.ancestors().nth(2).unwrap().to_owned()
}

/// Lists every dependency that a crate of the workspace declares.
fn declared() -> Vec<Dependency> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--no-deps",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut all = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            all.push(Dependency {
                from: package["name"].as_str().unwrap().to_owned(),
                to: dependency["name"].as_str().unwrap().to_owned(),
                ours: dependency["path"].is_string(),
                kind: match dependency["kind"].as_str() {
                    Some("dev") => Kind::Dev,
                    _ => Kind::Shipped,
                },
            });
        }
    }
    all
}

#[test]
fn no_arrow_of_the_workspace_runs_the_wrong_way() {
    let declared = declared();
    assert!(
        declared
            .iter()
            .any(|d| d.from == "wabakit-services" && d.to == "wabakit-ports")
    );
    let violations: Vec<String> = declared.iter().filter_map(violation).collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn testing_a_crate_of_rules_compiles_no_database() {
    let declared = declared();
    for (tested, family) in QUICK {
        assert_eq!(way_to(&declared, tested, family), None);
    }
}

#[test]
fn a_way_to_a_database_is_found_through_the_crates_of_tests() {
    let arrow = |from: &str, to: &str, ours, kind| Dependency {
        from: from.to_owned(),
        to: to.to_owned(),
        ours,
        kind,
    };
    let (dev, shipped) = (Kind::Dev, Kind::Shipped);
    let engine = arrow("wabakit-storage", "diesel-async", false, shipped);
    let kit = |kind| arrow("wabakit-testkit", "wabakit-storage", true, kind);
    let way = |declared: &[Dependency]| way_to(declared, "wabakit-services", "diesel");
    let by_kit = || arrow("wabakit-services", "wabakit-testkit", true, dev);
    assert_eq!(
        way(&[by_kit(), kit(shipped), engine]).unwrap(),
        [
            "wabakit-services",
            "wabakit-testkit",
            "wabakit-storage",
            "diesel-async"
        ]
    );
    let direct = arrow("wabakit-services", "diesel", false, dev);
    assert_eq!(way(&[direct]).unwrap(), ["wabakit-services", "diesel"]);
    // The dev dependencies of another crate are not compiled.
    let engine = arrow("wabakit-storage", "diesel", false, shipped);
    assert_eq!(way(&[by_kit(), kit(dev), engine]), None);
}

#[test]
fn no_package_brings_a_c_library_for_tls_or_postgresql() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert!(lock.contains("name = \"rustls\""));
    let banned = banned_packages(&lock);
    assert!(banned.is_empty(), "{banned:?} are banned: see deny.toml");
}

fn ours(from: &str, to: &str, kind: Kind) -> Option<String> {
    violation(&Dependency {
        from: from.to_owned(),
        to: to.to_owned(),
        ours: true,
        kind,
    })
}

fn theirs(from: &str, to: &str, kind: Kind) -> Option<String> {
    violation(&Dependency {
        from: from.to_owned(),
        to: to.to_owned(),
        ours: false,
        kind,
    })
}

#[test]
fn an_arrow_against_the_layers_is_found() {
    for (from, to) in [
        ("wabakit-domain", "wabakit-ports"),
        ("wabakit-ports", "wabakit-services"),
        ("wabakit-services", "wabakit-storage"),
        ("wabakit-services", "wabakit-graph"),
        ("wabakit-services", "wabakit-vault"),
        ("wabakit-services", "wabakit-http"),
        ("wabakit-http", "wabakit-storage"),
        ("wabakit-http", "wabakit-graph"),
        ("wabakit-graph", "wabakit-domain"),
        ("wabakit-work", "wabakit-domain"),
        ("wabakit-wire", "wabakit-domain"),
        ("wabakit-stored", "wabakit-wire"),
        ("wabakit-services", "wabakit-stored"),
        ("wabakit-storage", "wabakit-wire"),
        ("wabakit-sandbox", "wabakit-graph"),
        ("wabakit-server", "wabakit-sandbox"),
        ("wabakit-server", "wabakit-testkit"),
        ("wabakit-storage", "wabakit-store-contract"),
        ("wabakit-store-contract", "wabakit-storage"),
        ("wabakit-services", "wabakit-scenarios"),
        ("wabakit-http", "wabakit-scenarios"),
        ("wabakit-server", "wabakit-demo"),
        ("xtask", "wabakit-testkit"),
    ] {
        let found = ours(from, to, Kind::Shipped).unwrap_or_default();
        assert!(
            found.contains(from) && found.contains(to),
            "{from} → {to}: {found:?}"
        );
    }
    assert_eq!(
        ours("wabakit-services", "wabakit-ports", Kind::Shipped),
        None
    );
    assert_eq!(
        ours("wabakit-meta-gateway", "wabakit-graph", Kind::Shipped),
        None
    );
}

#[test]
fn a_crate_that_the_rules_do_not_know_is_found() {
    assert!(ours("wabakit-new", "wabakit-domain", Kind::Shipped).is_some());
    assert!(ours("wabakit-new", "wabakit-domain", Kind::Dev).is_some());
}

#[test]
fn tests_may_reach_further_but_not_everywhere() {
    assert_eq!(ours("wabakit-storage", "wabakit-testkit", Kind::Dev), None);
    assert_eq!(
        ours("wabakit-storage", "wabakit-store-contract", Kind::Dev),
        None
    );
    assert_eq!(ours("wabakit-http", "wabakit-scenarios", Kind::Dev), None);
    assert_eq!(ours("wabakit-graph", "wabakit-sandbox", Kind::Dev), None);
    assert!(ours("wabakit-sandbox", "wabakit-graph", Kind::Dev).is_some());
    assert!(ours("wabakit-testkit", "wabakit-demo", Kind::Dev).is_some());
    assert_eq!(theirs("wabakit-domain", "tokio", Kind::Dev), None);
}

#[test]
fn a_crate_from_outside_that_a_layer_bans_is_found() {
    for (from, to) in [
        ("wabakit-domain", "tokio"),
        ("wabakit-domain", "tokio-util"),
        ("wabakit-domain", "async-trait"),
        ("wabakit-domain", "diesel"),
        ("wabakit-domain", "reqwest"),
        ("wabakit-services", "diesel-async"),
        ("wabakit-services", "diesel_migrations"),
        ("wabakit-services", "actix-web"),
        ("wabakit-services", "reqwest"),
        ("wabakit-http", "diesel"),
        ("wabakit-http", "reqwest"),
        ("wabakit-ports", "actix-web"),
        ("xtask", "serde_json"),
    ] {
        assert!(
            theirs(from, to, Kind::Shipped).is_some(),
            "{from} → {to} must not be allowed"
        );
    }
    assert_eq!(theirs("wabakit-http", "actix-web", Kind::Shipped), None);
    assert_eq!(theirs("wabakit-services", "tokio", Kind::Shipped), None);
    assert_eq!(theirs("wabakit-services", "dieselish", Kind::Shipped), None);
}

#[test]
fn a_banned_package_in_the_lock_file_is_found() {
    let lock =
        "[[package]]\nname = \"openssl-sys\"\nversion = \"0.9\"\n\n[[package]]\nname = \"ring\"\n";
    assert_eq!(banned_packages(lock), ["openssl-sys"]);
    assert!(banned_packages("[[package]]\nname = \"ring\"\n").is_empty());
}
