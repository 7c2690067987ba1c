//! A message that has a recipient and no content yet.

use serde_json::{Value, json};

use super::object::{list, text};
use super::{
    Audio, ContactShare, Document, Image, InteractiveMessage, NewMessage, Place, Sticker,
    TemplateMessage, TextContent, Video,
};

/// A message that has a recipient and no content yet: choose one.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a draft has no content"]
pub struct MessageDraft(pub(super) NewMessage);

impl MessageDraft {
    /// Makes it a text, at most 4,096 characters. Give a [`TextContent`] for a preview of its first link.
    pub fn text(self, body: impl Into<TextContent>) -> NewMessage {
        self.other("text", body.into())
    }

    /// Makes it an image: JPEG or PNG, at most 5 MB.
    pub fn image(self, image: Image) -> NewMessage {
        self.other("image", image)
    }

    /// Makes it a video: MP4 or 3GPP, at most 16 MB.
    pub fn video(self, video: Video) -> NewMessage {
        self.other("video", video)
    }

    /// Makes it an audio file or a voice note, at most 16 MB.
    pub fn audio(self, audio: Audio) -> NewMessage {
        self.other("audio", audio)
    }

    /// Makes it a file of any other type, at most 100 MB.
    pub fn document(self, document: Document) -> NewMessage {
        self.other("document", document)
    }

    /// Makes it a sticker: WebP, at most 100 KB, or 500 KB if it moves.
    pub fn sticker(self, sticker: Sticker) -> NewMessage {
        self.other("sticker", sticker)
    }

    /// Makes it a location.
    pub fn location(self, place: Place) -> NewMessage {
        self.other("location", place)
    }

    /// Makes it contact cards, at most 257.
    pub fn contacts(self, contacts: impl IntoIterator<Item = ContactShare>) -> NewMessage {
        self.other("contacts", list(contacts))
    }

    /// Makes it an emoji on a message. Meta sends only the status `sent` for it.
    pub fn reaction(self, message_id: impl Into<String>, emoji: impl Into<String>) -> NewMessage {
        let reaction = json!({"message_id": message_id.into(), "emoji": emoji.into()});
        self.other("reaction", reaction)
    }

    /// Makes it the removal of a reaction.
    pub fn no_reaction(self, message_id: impl Into<String>) -> NewMessage {
        self.reaction(message_id, "")
    }

    /// Makes it a template: the only type that reaches a person who wrote nothing in the last 24 hours.
    pub fn template(self, template: TemplateMessage) -> NewMessage {
        self.other("template", template)
    }

    /// Makes it buttons, a list, a form, products or another interactive message.
    pub fn interactive(self, interactive: InteractiveMessage) -> NewMessage {
        self.other("interactive", interactive)
    }

    /// Pins a message in a group for 1 to 30 days. A group has at most three pins.
    pub fn pin(self, message_id: impl Into<String>, days: u8) -> NewMessage {
        let pin = json!({"type": "pin", "message_id": message_id.into(), "expiration_days": days});
        self.other("pin", pin)
    }

    /// Unpins a message in a group.
    pub fn unpin(self, message_id: impl Into<String>) -> NewMessage {
        let unpin = json!({"type": "unpin", "message_id": message_id.into()});
        self.other("pin", unpin)
    }

    /// Makes it a message of a type that this crate does not know, with the type's content as JSON.
    pub fn other(self, kind: impl Into<String>, content: impl Into<Value>) -> NewMessage {
        let kind = kind.into();
        self.0.set("type", text(kind.as_str())).set(kind, content)
    }
}
