#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests and proofs use this crate, and they fail by panicking"
)]

mod compare;
mod compare_pairs;
mod generate;
mod listed;
mod meaning;
mod pairs;
mod random;
mod shape;
mod texts;

pub use compare::{Outcome, Report, compare};
pub use compare_pairs::{PairOutcome, PairReport, compare_pair};
pub use generate::{Case, Generator};
pub use listed::{LISTED, LISTED_OF_TEMPLATES, Listed};
pub use pairs::{Pair, PairGenerator};
