#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "the queries are written once and compiled once for each engine"
)]

mod database;
mod error;
mod migrations;
mod pool;
mod rows;
mod schema;
mod types;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use database::{Database, StoreOptions, open};
pub use error::SetupError;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
