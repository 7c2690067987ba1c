//! The routes, in process, over the real services over SQLite and a scripted Meta.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "tests fail by panicking, and their modules are their own"
)]

mod connecting;
mod contacts;
mod conversations;
mod cross_site;
mod document;
mod edge;
mod events;
mod files;
mod messages;
mod older_clients;
mod operations;
mod problems;
mod recorded;
mod secrets;
mod sign_in;
mod support;
mod templates;
mod webhook_ingest;
mod webhooks;
