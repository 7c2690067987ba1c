#![doc = include_str!("../README.md")]

mod challenge;
mod envelope;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod json;
mod parse;
mod signature;

pub use challenge::{ChallengeRefusal, challenge};
pub use envelope::{RawChange, UnreadableBody, split};
pub use parse::{ItemError, ParsedItem, parse};
pub use signature::{SIGNATURE_HEADER, Signature, SignatureRefusal, SignatureVerifier, sign};
pub use wabakit_domain::delivery::Lane;
pub use wabakit_domain::ids;
pub use wabakit_domain::inbound as facts;
pub use wabakit_domain::secret::{ExposeSecret, SecretString};
