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

pub use check::{CheckReport, RingKeyUse, UnreadableDataKey, UnwrapFailure, check};
pub use keyring::{KeyError, KeyPlace, KeyRing, KeyWeakness};
pub use rotate::{MAX_CHUNK, RotateError, RotationReport, rotate};
pub use salt::passphrase_salt;
pub use start::VaultStartError;
pub use vault::EnvelopeVault;
