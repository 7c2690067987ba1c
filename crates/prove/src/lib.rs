#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests and proofs use this crate, and they fail by panicking"
)]

mod client;
mod database;
mod flow;
pub mod history;
mod meta;
mod process;
mod settings;
mod wait;

pub use client::{Answer, Client, Transcript, http};
pub use database::{Engine, Probe};
pub use flow::Landing;
pub use meta::Meta;
pub use process::{Process, cpu_of, run_to_end};
pub use settings::{APP_ID, settings};
pub use wait::until;
