#![doc = include_str!("../README.md")]

pub mod blob;
pub mod bus;
#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "memory")]
pub mod faults;
#[cfg(feature = "memory")]
pub mod memory;
pub mod meta;
pub mod store;
pub mod system;
pub mod vault;
