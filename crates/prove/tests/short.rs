//! Short versions of the long proofs. They run on the programs that the workspace's tests have built, and hold every
//! rule but speed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Finds a program of another package, built beside this one.
fn beside(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_wabakit-prove")).with_file_name(program);
    assert!(
        path.is_file(),
        "{program} is not built: run the tests of the whole workspace, or build it first"
    );
    path
}

fn prove(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_wabakit-prove"))
        .arg("--server")
        .arg(beside("wabakit"))
        .arg("--sandbox")
        .arg(beside("wabakit-sandbox"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?}\n{out}\n{error}");
}

#[test]
fn what_was_answered_200_is_applied_once_after_kills() {
    prove(&["receive-crash", "--kills", "3", "--short"]);
}

#[test]
fn every_delivery_under_load_is_answered_and_every_item_applied() {
    prove(&[
        "receive-load",
        "--seconds",
        "1",
        "--sustained",
        "3",
        "--lenient",
    ]);
}

#[test]
fn a_listener_sees_every_message_once_and_in_order() {
    prove(&["receive-live", "--seconds", "3", "--lenient"]);
}

#[test]
fn pages_and_deliveries_work_while_more_is_stored() {
    prove(&[
        "receive-scale",
        "--small",
        "4000",
        "--large",
        "20000",
        "--lenient",
    ]);
}

#[test]
fn no_message_is_accepted_twice_or_lost_after_kills() {
    prove(&[
        "send-chaos",
        "--messages",
        "400",
        "--kills",
        "2",
        "--proof",
        "2",
        "--short",
        "--lenient",
    ]);
}

#[test]
fn every_queued_message_is_sent_once_at_its_numbers_pace() {
    prove(&[
        "send-rate",
        "--seconds",
        "1",
        "--top",
        "1",
        "--numbers",
        "2",
        "--most",
        "400",
        "--lenient",
    ]);
}

#[test]
fn replicas_send_nothing_twice_when_one_sleeps_or_dies() {
    prove(&[
        "send-replicas",
        "--sleep",
        "8",
        "--calm",
        "1",
        "--pace",
        "100",
        "--lenient",
    ]);
}

#[test]
fn a_reply_overtakes_a_campaign() {
    prove(&[
        "send-overtake",
        "--bulk",
        "1200",
        "--replies",
        "3",
        "--lenient",
    ]);
}

#[test]
fn mutated_webhooks_break_no_rule() {
    prove(&["fuzz", "--runs", "10000"]);
}
