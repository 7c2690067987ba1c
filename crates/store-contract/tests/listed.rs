//! Checks that every rule of the suites is in a macro.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{fs, path::Path};

/// No test runs a rule that the macro does not name.
#[test]
fn every_rule_of_the_suites_is_made_a_test() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert!(rules_listed_in(&contract) > 100, "the suite was not found");
    for part in ["receive", "outbox"] {
        let rules = rules_listed_in(&contract.join(part));
        assert!(rules > 20, "the suite was not found");
    }
}

fn rules_listed_in(folder: &Path) -> usize {
    let mut names = ["mod.rs", "lib.rs"].into_iter();
    let suite = names.find_map(|name| fs::read_to_string(folder.join(name)).ok());
    let suite = suite.unwrap();
    let mut rules = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        // The suite's macro lists it, or one of its own file.
        let own = fs::read_to_string(path).unwrap();
        let listed: Vec<_> = suite.lines().chain(own.lines()).map(str::trim).collect();
        for line in own.lines() {
            let name = line.strip_prefix("pub async fn ");
            if let Some((rule, _)) = name.and_then(|rest| rest.split_once('(')) {
                assert!(listed.contains(&rule), "{rule} is in no macro");
                rules += 1;
            }
        }
    }
    rules
}
