//! Interactive messages: a text with something to tap.

mod cards;
mod choices;
mod header;
mod products;
mod requests;

use serde_json::{Map, Value, json};

pub use cards::InteractiveCard;
pub use choices::{ListRow, ListSection, ReplyButton};
pub use header::MessageHeader;
pub use products::ProductGroup;
pub use requests::{AddressRequest, FlowLaunch, VoiceCallButton};

use super::object::{json_object, text};

json_object! {
    /// An interactive message.
    ///
    /// The body has at most 1,024 characters (4,096 in a list), the footer and a text header 60.
    pub struct InteractiveMessage;
}

impl InteractiveMessage {
    /// Creates a message of a kind that this crate does not know. `kind` is Meta's `interactive.type`.
    pub fn other(kind: impl Into<String>, action: impl Into<Value>) -> Self {
        Self(Map::new())
            .set("type", text(kind))
            .set("action", action)
    }

    /// Creates a message whose action is named and has parameters, as most kinds have.
    fn named(kind: &str, name: &str, parameters: Option<Value>) -> Self {
        let mut action = Map::from_iter([("name".to_owned(), text(name))]);
        if let Some(parameters) = parameters {
            action.insert("parameters".to_owned(), parameters);
        }
        Self::other(kind, action)
    }

    /// Sets the text. Each kind with a text takes it where it is created.
    pub fn body(self, body: impl Into<String>) -> Self {
        self.set("body", json!({"text": body.into()}))
    }

    /// Sets the header: a text, an image, a video or a document. A list and a product list take a text only.
    pub fn header(self, header: impl Into<MessageHeader>) -> Self {
        self.set("header", header.into())
    }

    /// Sets the footer.
    pub fn footer(self, footer: impl Into<String>) -> Self {
        self.set("footer", json!({"text": footer.into()}))
    }
}
