//! The pieces of background jobs, each by its rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod backoff;
mod batcher;
mod rounds;
mod subscriber;
mod supervisor;
