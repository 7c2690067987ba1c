//! What goes over the wire: one type per JSON object of the contract, made from the domain's.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod contact;
pub(crate) mod content;
pub(crate) mod conversation;
pub(crate) mod event;
pub(crate) mod lists;
pub(crate) mod message;
pub(crate) mod meta_app;
pub(crate) mod org;
pub(crate) mod queue;
pub(crate) mod send;
pub(crate) mod sending;
pub(crate) mod session;
pub(crate) mod team;
pub(crate) mod webhook;

#[cfg(test)]
mod pins;
