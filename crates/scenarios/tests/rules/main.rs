//! The rules of the use cases, each over SQLite and a scripted Meta.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod accounts;
mod addresses;
mod apps;
mod audit;
mod blame;
mod choice;
mod chosen;
mod confirmation;
mod connect;
mod crash;
mod disconnect;
mod giving_up;
mod mail;
mod manual;
mod principals;
mod races;
mod receive_applying;
mod receive_facts;
mod receive_files;
mod receive_inbox;
mod receive_ingest;
mod receive_leaves;
mod receive_live;
mod receive_log;
mod receive_splitting;
mod receive_workers;
mod reconnect;
mod refusals;
mod registration;
mod secrets;
mod send_engine;
mod send_guards;
mod send_order;
mod send_stuck;
mod send_submitting;
mod sign_in;
mod support;
mod takeover;
mod team;
mod telling;
mod templates;
mod two_factor;
mod warnings;
