#![doc = include_str!("../README.md")]

mod backoff;
mod batcher;
mod caught;
mod health;
mod lease;
mod rounds;
mod subscriber;
mod supervisor;

pub use backoff::Backoff;
pub use batcher::{BatchLimits, Batcher, NotWritten};
pub use health::WorkerHealth;
pub use lease::{Lease, LeaseRequest, LeaseTerm};
pub use rounds::{Every, Next, Rounds};
pub use subscriber::{Feed, Subscriber};
pub use supervisor::{Died, Supervisor};
