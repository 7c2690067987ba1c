#![doc = include_str!("../README.md")]

pub mod blob;
pub mod bus;
#[cfg(feature = "fakes")]
pub mod fakes;
pub mod mail;
pub mod meta;
pub mod store;
pub mod system;
pub mod vault;
