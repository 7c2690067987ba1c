//! The in-memory store keeps every rule that the databases keep.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{fs, path::Path};

use wabakit_ports::{memory::MemoryStore, store_contract};

store_contract!(async { (MemoryStore::default(), ()) });

/// A rule that the macro does not name would be run by nobody.
#[test]
fn every_rule_of_the_suite_is_made_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let listed: Vec<_> = list.lines().map(str::trim).collect();
    let mut rules = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in source.lines() {
            let name = line.strip_prefix("pub async fn ");
            if let Some((rule, _)) = name.and_then(|rest| rest.split_once('(')) {
                assert!(listed.contains(&rule), "{rule} is not in store_contract!");
                rules += 1;
            }
        }
    }
    assert!(rules > 100, "the suite was not found");
}
