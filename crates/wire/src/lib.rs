#![doc = include_str!("../README.md")]
#![allow(
    missing_docs,
    reason = "a field is documented where its name does not say it: what is said here goes into the OpenAPI document"
)]

pub mod account;
pub mod audit;
pub mod auth;
pub mod connect;
pub mod connection;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod event;
pub mod export;
pub mod lists;
pub mod management;
pub mod message;
pub mod meta_app;
pub mod org;
pub mod problem;
pub mod queue;
pub mod send;
pub mod sending;
pub mod session;
pub mod team;
pub mod template;
pub mod two_factor;
pub mod webhook;
