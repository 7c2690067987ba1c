//! Customers: people who write to businesses from a phone of their own.

mod chat;
mod compose;
mod kinds;
mod person;

pub(crate) use chat::{Chat, Event};
pub(crate) use compose::{ComposeError, MessageOrder, compose, contacts, message_id};
pub(crate) use kinds::KINDS;
pub(crate) use person::{Identity, Person, Settings, digits};
