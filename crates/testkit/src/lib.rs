#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests use this crate, and tests fail by panicking"
)]

mod database;
pub mod postgres;
mod smtp;

pub use database::TestDatabase;
pub use smtp::{CaughtMail, SmtpCatcher};
