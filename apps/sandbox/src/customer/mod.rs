//! Customers: people who write to businesses from a phone of their own.

mod chat;
mod compose;
mod kinds;
mod person;
mod system;

pub(crate) use chat::{By, Call, Chat, Event};
pub(crate) use compose::{ComposeError, MessageOrder, Scene, attach, compose};
pub(crate) use kinds::KINDS;
pub(crate) use person::{
    Identity, Person, Settings, contact, contact_of_echo, contact_of_sent, contacts, digits,
    free_number, pass_on,
};
pub(crate) use system::moves_to;
