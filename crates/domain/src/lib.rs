#![doc = include_str!("../README.md")]

pub mod account;
pub mod audit;
pub mod connect;
pub mod grant;
pub mod identity;
pub mod ids;
pub mod meta_app;
pub mod meta_error;
pub mod secret;
pub mod teardown;

/// A point in time, UTC. Clocks of ours truncate to microseconds, which both databases keep exactly.
pub type Time = chrono::DateTime<chrono::Utc>;
