#![doc = include_str!("../README.md")]

pub mod blob;
#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "memory")]
pub mod memory;
pub mod meta;
pub mod store;
pub mod system;
pub mod vault;
