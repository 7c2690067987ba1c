//! Extractors: the caller and the request's content.

mod caller;
mod client;
mod id;
mod json;
mod page;
mod time_key;

pub(crate) use caller::{
    AccountsRead, AccountsWrite, AuditRead, ConnectWrite, ContactsRead, ContactsWrite,
    ConversationsRead, ConversationsWrite, EventsRead, GraphCall, MediaRead, MediaWrite, Member,
    MessagesRead, MessagesSend, Operator, QueuesWrite, TeamRead, TeamWrite, TemplatesRead,
    TemplatesWrite, WebhooksRead, WebhooksWrite, check_origin, identify_listener, viewer,
};
pub(crate) use client::{address, client};
pub(crate) use id::Id;
pub(crate) use json::{Json, NoInput, OptionalJson};
pub(crate) use page::{NoQuery, PageQuery, Query, rows_of};
pub(crate) use time_key::TimeKey;
