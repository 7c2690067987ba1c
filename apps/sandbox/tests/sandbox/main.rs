//! The sandbox over real HTTP. Each test has a sandbox of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod assets;
mod callback;
mod control;
mod customers;
mod dialog;
mod embedded_signup;
mod faults;
mod guard;
mod har;
mod kept;
mod media;
mod numbers;
mod oauth;
mod pages;
#[cfg(unix)]
mod program;
mod requests;
mod scenarios;
mod sending;
mod support;
mod tokens;
mod webhooks;
