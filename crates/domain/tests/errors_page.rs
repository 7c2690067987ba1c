//! The page of Meta's errors agrees with the table.
#![allow(dead_code, reason = "the example's own main is not called here")]

#[path = "../examples/errors.rs"]
mod errors;

#[test]
fn the_page_is_up_to_date() {
    let written = include_str!("../../../docs/errors.md");
    assert_eq!(
        errors::page(),
        written,
        "write it anew: cargo run -p wabakit-domain --example errors > docs/errors.md"
    );
}
