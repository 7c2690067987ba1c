//! What handlers take: who asks, and what they sent.

mod caller;
mod client;
mod id;
mod json;
mod page;

pub(crate) use caller::{Admin, Member, Operator, check_origin, viewer};
pub(crate) use client::client;
pub(crate) use id::Id;
pub(crate) use json::{Json, OptionalJson};
pub(crate) use page::{PageQuery, Query};
