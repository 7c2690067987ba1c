//! The rules of the batcher, the backoff, the rounds, the subscriber and the supervisor.
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
