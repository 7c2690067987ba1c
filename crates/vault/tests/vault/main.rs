//! The vault over rows in memory, as its users see it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod keys;
mod rotation;
mod rows;
mod sealing;
mod secrecy;
mod start;
mod support;
