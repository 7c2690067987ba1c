//! A short run of the fuzzer. `wabakit-prove fuzz` makes the long one.

use wabakit_webhooks::fuzz::{body, fuzz};

#[test]
fn no_mutant_breaks_a_rule() {
    let report = fuzz(1, 50_000);
    assert_eq!(report.failure, None, "{report:?}");
    assert_eq!(report.runs, 50_000);
    // A fuzzer that makes only garbage proves nothing.
    assert!(report.changes > 30_000, "{report:?}");
    assert!(report.facts > 20_000, "{report:?}");
    assert!(report.refused > 500, "{report:?}");
    assert!(report.unsupported > 500, "{report:?}");
    assert!(report.unreadable > 500, "{report:?}");
}

#[test]
fn a_run_can_be_repeated() {
    assert_eq!(body(7, 12_345), body(7, 12_345));
    assert_ne!(body(7, 12_345), body(8, 12_345));
    assert_eq!(fuzz(3, 200), fuzz(3, 200));
}
