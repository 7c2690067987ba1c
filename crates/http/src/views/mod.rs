//! The bodies and queries of requests. Answers are the types of [`wabakit_wire`].

pub(crate) mod account;
pub(crate) mod auth;
pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod contact;
pub(crate) mod conversation;
mod given;
pub(crate) mod lists;
pub(crate) mod meta_app;
pub(crate) mod org;
pub(crate) mod send;
pub(crate) mod session;
pub(crate) mod team;
pub(crate) mod template;
pub(crate) mod two_factor;
pub(crate) mod webhook;
