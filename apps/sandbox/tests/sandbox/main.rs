//! The sandbox over real HTTP. Each test has a sandbox of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod answers;
mod assets;
mod callback;
mod calls;
mod control;
mod customers;
mod dialog;
mod edges;
mod embedded_signup;
mod faults;
mod forms;
mod groups;
mod guard;
mod har;
mod ids;
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
