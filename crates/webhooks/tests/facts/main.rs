//! The facts that each field, type and odd case of Meta's webhooks gives.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod calls;
mod challenge;
mod coexistence;
mod contents;
mod envelope;
mod example;
mod extras;
mod groups;
mod management;
mod messages;
mod odd;
mod people;
mod properties;
mod replies;
mod signature;
mod statuses;
mod support;
mod templates;
