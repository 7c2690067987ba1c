//! Fakes of small ports, and a store that fails as a test orders.

mod blobs;
mod faults;
mod system;

pub use blobs::MemoryBlobs;
pub use faults::{Fate, FaultyStore, down};
pub use system::{SeededRandom, SequentialIds, TestClock};
