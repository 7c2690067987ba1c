#![doc = include_str!("../README.md")]

pub mod account;
pub mod audit;
pub mod connect;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod event;
pub mod explain;
pub mod grant;
pub mod group;
pub mod identity;
pub mod ids;
pub mod inbound;
pub mod inbox;
pub mod media;
pub mod message;
pub mod meta_app;
pub mod meta_error;
pub mod outbound;
pub mod phone;
pub mod principal;
pub mod search;
pub mod second_factor;
pub mod secret;
pub mod standing;
pub mod teardown;
pub mod template;
pub mod template_record;

/// A point in time, in UTC. Our clocks truncate to microseconds, which both databases store exactly.
pub type Time = chrono::DateTime<chrono::Utc>;
