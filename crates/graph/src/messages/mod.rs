//! Messages to people: typed builders that write Meta's JSON.
//!
//! Begin with the recipient, choose the content, add options, and send it by
//! [`SendMessage`](crate::endpoints::SendMessage):
//!
//! ```
//! use wabakit_graph::messages::{Image, InteractiveMessage, NewMessage, TemplateMessage};
//!
//! let text = NewMessage::to("15550134201").text("Your table is ready.");
//! let reply = NewMessage::to("15550134201").image(Image::id("901").caption("The menu")).reply_to("wamid.HBgL");
//! let choice = NewMessage::to("15550134201")
//!     .interactive(InteractiveMessage::buttons("Tea or coffee?", [("tea", "Tea"), ("coffee", "Coffee")]));
//! let template = NewMessage::to("15550134201")
//!     .template(TemplateMessage::new("order_shipped", "en_US").body(["Zoë", "TX-1"]));
//! assert_eq!(text.to_json()["text"]["body"], "Your table is ready.");
//! # drop((reply, choice, template));
//! ```
//!
//! Each builder is a JSON object. It checks no limits: those are in the docs, and Meta refuses what breaks them.
//!
//! | what Meta has and this crate does not | how to send it |
//! |---|---|
//! | a new field of a known object | `set(field, json)`, which each builder has |
//! | a new kind of interactive message | [`InteractiveMessage::other`] |
//! | a new type of message | [`MessageDraft::other`] |
//! | a message that exists as JSON | [`NewMessage::from_json`], or [`MessageBody::Json`](crate::endpoints::MessageBody) for JSON text |
//!
//! Source: Meta, WhatsApp Cloud API, "Messages" and its pages of each type.

mod contacts;
mod draft;
mod files;
mod interactive;
mod message;
pub(crate) mod object;
mod place;
mod template;
mod words;

pub use contacts::{CardAddress, CardName, ContactShare};
pub use draft::MessageDraft;
pub use files::{Audio, Document, Image, Sticker, Video};
pub use interactive::{
    AddressRequest, FlowLaunch, InteractiveCard, InteractiveMessage, ListRow, ListSection,
    MessageHeader, ProductGroup, ReplyButton, VoiceCallButton,
};
pub use message::{DirectSendCategory, NewMessage};
pub use place::Place;
pub use template::{CardValues, TemplateMessage, TemplateValue};
pub use words::TextContent;

#[cfg(test)]
mod tests;
