//! Faults of everything that a server depends on, from a seed: the process, the network to the database, the database,
//! the disk, the clock, and Meta.

mod clock;
mod disk;
mod field;
mod limit;
mod plan;
mod postgres;
mod relay;
mod server;

pub(crate) use clock::WallClock;
pub(crate) use disk::SmallDisk;
pub(crate) use field::{Field, Strikes};
pub(crate) use plan::{Plan, Sizes};
pub(crate) use postgres::small_tablespace;
pub(crate) use relay::Relay;
pub(crate) use server::Server;
