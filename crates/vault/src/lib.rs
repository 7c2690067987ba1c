#![doc = include_str!("../README.md")]

mod associated;
mod check;
mod keyring;
mod material;
mod rotate;
mod salt;
mod sealed;
mod start;
mod vault;
mod wrap;

pub use check::{CheckReport, RingKeyUse, Unreadable, Why, check};
pub use keyring::{KeyError, KeyPlace, KeyRing, Weakness};
pub use rotate::{MAX_CHUNK, RotateError, Rotated, rotate};
pub use salt::passphrase_salt;
pub use start::StartError;
pub use vault::EnvelopeVault;
