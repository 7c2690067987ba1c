#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "what both engines do alike is written once and compiled once for each engine"
)]

pub mod among;
pub mod audit;
pub mod bulk;
mod columns;
mod database;
pub mod error;
pub mod events;
mod health;
mod migrations;
mod pool;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod schema;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod types;
pub mod values;

pub use database::{Database, ServerLock, StoreOptions};
pub use error::SetupError;
