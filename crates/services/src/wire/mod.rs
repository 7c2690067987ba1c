//! Conversions from the domain to the wire forms. Each file converts to the types of the file of that name in
//! [`wabakit_wire`].

mod account;
mod audit;
mod auth;
mod connect;
mod connection;
mod contact;
mod content;
mod conversation;
mod event;
mod export;
mod management;
mod message;
mod meta_app;
mod org;
mod queue;
mod send;
mod sending;
mod session;
mod team;
mod template;
mod two_factor;
mod webhook;

use serde_json::Value;
use uuid::Uuid;
use wabakit_domain::{Time, ids};

pub use audit::audit_event;
pub use auth::{auth_answer, me, sign_in};
pub use connect::{connect_start, oauth_answer};
pub use connection::connection_status;
pub use conversation::{bare_conversation, conversation};
pub use event::event;
pub use message::message;
pub use meta_app::meta_app;
pub use org::org;
pub use send::{known_errors, uploaded};
pub use session::{connect_session, refusals};
pub use team::{invitation, reset_link};
pub use template::template_detail;
pub use two_factor::{recovery_codes, two_factor, two_factor_setup};
pub use webhook::{raw_change, raw_delivery, raw_parked_item};

/// A value that converts to its wire form without further input.
pub trait IntoWire<W> {
    /// Converts the value.
    fn into_wire(self) -> W;
}

/// Converts a value to its wire form `W`.
pub fn form<W>(known: impl IntoWire<W>) -> W {
    known.into_wire()
}

/// A value that is read from a word of a request.
pub trait FromWire<W> {
    /// Converts the word.
    fn from_wire(wire: W) -> Self;
}

impl<W, T: IntoWire<W>> IntoWire<Option<W>> for Option<T> {
    fn into_wire(self) -> Option<W> {
        self.map(T::into_wire)
    }
}

impl<W, T: IntoWire<W>> IntoWire<Vec<W>> for Vec<T> {
    fn into_wire(self) -> Vec<W> {
        self.into_iter().map(T::into_wire).collect()
    }
}

impl<W, T: IntoWire<W>> IntoWire<Box<W>> for Box<T> {
    fn into_wire(self) -> Box<W> {
        Box::new((*self).into_wire())
    }
}

/// Values that are their own wire form.
macro_rules! as_is {
    ($($type:ty),* $(,)?) => {$(
        impl IntoWire<$type> for $type {
            fn into_wire(self) -> $type {
                self
            }
        }
    )*};
}

as_is!(
    bool, f64, i32, i64, u8, u16, usize, String, Time, Uuid, Value
);

macro_rules! ours {
    ($($id:ident),* $(,)?) => {$(
        impl IntoWire<Uuid> for ids::$id {
            fn into_wire(self) -> Uuid {
                self.uuid()
            }
        }
    )*};
}

ours!(
    AccountId,
    AuditEventId,
    ChangeId,
    ConnectSessionId,
    ContactId,
    ConversationId,
    DeliveryId,
    EventId,
    GrantId,
    LinkId,
    MediaId,
    MessageId,
    MetaAppId,
    OrgId,
    ParkedItemId,
    TemplateHistoryId,
    TemplateId,
    TemplateSyncId,
    UploadId,
    UserId,
);

macro_rules! metas {
    ($($id:ident),* $(,)?) => {$(
        impl IntoWire<String> for ids::$id {
            fn into_wire(self) -> String {
                self.into_string()
            }
        }
    )*};
}

metas!(
    AppId,
    BusinessId,
    GroupId,
    MetaMediaId,
    MetaTemplateId,
    PhoneNumberId,
    ScopedUserId,
    WabaId,
    Wamid,
);

/// Converts a struct field by field. Each field is taken from the one of the same name, or of the name after the colon.
macro_rules! record {
    ($from:ty => $to:ty { $($field:ident $(: $source:ident)?),* $(,)? }) => {
        impl $crate::wire::IntoWire<$to> for $from {
            fn into_wire(self) -> $to {
                type Told = $to;
                Told {
                    $($field: $crate::wire::IntoWire::into_wire(
                        $crate::wire::record!(@take self $field $($source)?)
                    ),)*
                }
            }
        }
    };
    (@take $this:ident $field:ident) => { $this.$field };
    (@take $this:ident $field:ident $source:ident) => { $this.$source };
}

/// Converts an enum whose variants have the same names and fields on the wire.
macro_rules! variants {
    ($from:ty => $to:ty { $($name:ident $fields:tt),* $(,)? }) => {
        impl $crate::wire::IntoWire<$to> for $from {
            fn into_wire(self) -> $to {
                type Told = $to;
                match self {
                    $($crate::wire::variants!(@from $name $fields) => {
                        $crate::wire::variants!(@to Told $name $fields)
                    })*
                }
            }
        }
    };
    (@from $name:ident ($field:ident)) => { Self::$name($field) };
    (@from $name:ident { $($field:ident),* $(,)? }) => { Self::$name { $($field),* } };
    (@to $to:ident $name:ident ($field:ident)) => { $to::$name($crate::wire::IntoWire::into_wire($field)) };
    (@to $to:ident $name:ident { $($field:ident),* $(,)? }) => {
        $to::$name { $($field: $crate::wire::IntoWire::into_wire($field)),* }
    };
}

/// Converts an enum without fields whose variants have the same names on the wire. `both` also converts back, for words
/// in requests.
macro_rules! words {
    ($from:ty => $to:ty { $($name:ident),* $(,)? }) => {
        impl $crate::wire::IntoWire<$to> for $from {
            fn into_wire(self) -> $to {
                match self {
                    $(<$from>::$name => <$to>::$name,)*
                }
            }
        }
    };
    (both $known:ty => $wire:ty { $($name:ident),* $(,)? }) => {
        $crate::wire::words!($known => $wire { $($name),* });
        impl $crate::wire::FromWire<$wire> for $known {
            fn from_wire(wire: $wire) -> Self {
                match wire {
                    $(<$wire>::$name => Self::$name,)*
                }
            }
        }
    };
}

pub(crate) use {record, variants, words};
