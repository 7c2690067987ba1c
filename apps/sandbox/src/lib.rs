#![doc = include_str!("../README.md")]

mod call;
mod clock;
mod config;
mod context;
mod control;
mod customer;
mod dialog;
mod dice;
mod download;
mod entry;
mod faults;
mod graph;
mod guard;
mod har;
mod ledger;
mod media;
mod meter;
mod pages;
mod put;
mod records;
mod scenarios;
mod secrets;
mod sending;
mod server;
mod state;
mod wamid;
mod webhooks;

pub use config::{App, SandboxConfig};
pub use graph::{MessageRefusal, judge_message, judge_template};
pub use scenarios::{PlayError, play_scenario, scenario_list};
pub use server::{RunningSandbox, Sandbox, SandboxStartError};
pub use state::{Seed, SeedError, StateError};
