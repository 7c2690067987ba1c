//! Readers for Meta's JSON, which is looser than its documentation.

mod expiry;
mod extra;
pub(crate) mod lenient;
mod open_enum;
pub(crate) mod sha256;

pub use expiry::Expiry;
pub use extra::Extra;
pub(crate) use open_enum::open_enum;
