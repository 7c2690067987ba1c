//! The whole server against the sandbox, from outside: over HTTP, as browsers and programs would.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod attacks;
mod audit;
mod browsers;
mod canaries;
mod cli;
mod connect;
mod disconnect;
mod faults;
mod kill;
mod listening;
mod mail;
mod meta_forms;
mod operations;
mod order;
mod origins;
mod receive;
mod receive_files;
mod receive_ingest;
mod receive_kill;
mod receive_live;
mod receive_replay;
mod refusals;
mod refused_writes;
mod send;
mod sign_in;
mod strangers;
mod supervision;
mod takeover;
mod team;
mod templates;
mod upgrade;
mod world;
