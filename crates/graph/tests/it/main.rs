//! The client against a server that answers as Meta does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod advice;
mod assets;
mod errors;
mod management;
mod media;
mod numbers;
mod oauth;
mod paging;
mod resilience;
mod retries;
mod secrecy;
mod sends;
mod support;
mod uploads;
mod webhooks;
