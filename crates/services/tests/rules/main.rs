//! The rules that a few mocks can show. Those that need a store are in `wabakit-scenarios`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod overview;
mod support;
