#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "what both engines do alike is written once and compiled once for each engine"
)]

pub mod audit;
mod database;
pub mod error;
mod migrations;
mod pool;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod types;
pub mod values;

pub use database::{Database, StoreOptions};
pub use error::SetupError;
