//! Proofs of sending: never twice and never lost, at Meta's pace, on any number of replicas, replies first.

mod bare;
mod books;
mod feed;
mod site;
mod spans;

pub(crate) mod broken;
pub(crate) mod chaos;
pub(crate) mod overtake;
pub(crate) mod rate;
pub(crate) mod replicas;

pub(crate) use bare::Bare;
pub(crate) use books::{dispatching, hex_of};
pub(crate) use site::free_port;

use crate::bars::{Bar, judge};
