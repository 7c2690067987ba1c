#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests and proofs use this crate, and they fail by panicking"
)]

mod compare;
mod generate;
mod listed;
mod meaning;
mod random;
mod shape;
mod texts;

pub use compare::{Outcome, Report, compare};
pub use generate::{Case, Generator};
pub use listed::{LISTED, Listed};
