//! A message to Meta, whole.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Contact, Extra, Interactive, Location, Media, OutboundContent, Pin, Reaction, Recipient,
    Template, Text, check,
};
use crate::{
    ids::{GroupId, ScopedUserId, Wamid},
    inbound::Context,
};

/// A message to Meta: typed, and in Meta's own shape as JSON.
///
/// ```
/// use wabakit_domain::outbound::{Interactive, Outbound};
///
/// let message = Outbound::interactive(Interactive::buttons(
///     "Coffee or tea?",
///     [("coffee", "Coffee"), ("tea", "Tea")],
/// ))
/// .to_phone("+1 555 010 0123");
/// assert!(message.validate().is_ok());
/// assert_eq!(Outbound::from_json(message.to_json()).unwrap(), message);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Outbound {
    /// For whom.
    pub recipient: Recipient,
    /// What it holds.
    pub content: OutboundContent,
    /// The message that it answers.
    pub reply_to: Option<Wamid>,
    /// Meta delivers only while the person's identity is still this one; else the message fails with 137000.
    pub recipient_identity_key_hash: Option<String>,
}

/// A message that is not addressed yet.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    content: OutboundContent,
    reply_to: Option<Wamid>,
}

/// Something about a message that Meta would not take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Invalid {
    /// Where in the message's JSON: an RFC 6901 pointer, such as `/interactive/action/buttons/0/reply/title`.
    pub pointer: String,
    /// What to do about it, as a sentence.
    pub message: String,
}

impl Outbound {
    /// Reads a message in Meta's shape. `messaging_product` may be there; a number is read by
    /// [`Recipient::phone`]. Fields of Meta's that are not modelled are kept, but for the top level, where a key
    /// that is not known is refused.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the message.
    pub fn from_json(message: impl Into<Value>) -> Result<Self, Vec<Invalid>> {
        let message = message.into();
        check::message(&message)?;
        read(message).map_err(|error| vec![error])
    }

    /// The message in Meta's shape, without `messaging_product` and `biz_opaque_callback_data`.
    pub fn to_json(&self) -> Value {
        // Serialising cannot fail: all keys are strings. Then there would be no content, which Meta refuses.
        let content = serde_json::to_value(&self.content).unwrap_or_default();
        let mut message = match content {
            Value::Object(content) => content,
            _ => Map::new(),
        };
        message.insert("type".to_owned(), self.content.kind().into());
        match &self.recipient {
            Recipient::Phone(number) => {
                let is_read = number.bytes().all(|byte| byte.is_ascii_digit());
                let plus = if is_read { "+" } else { "" };
                message.insert("to".to_owned(), format!("{plus}{number}").into());
            }
            Recipient::User(id) => {
                message.insert("recipient".to_owned(), id.as_str().into());
            }
            Recipient::Group(id) => {
                message.insert("recipient_type".to_owned(), "group".into());
                message.insert("to".to_owned(), id.as_str().into());
            }
        }
        if let Some(wamid) = &self.reply_to {
            message.insert("context".to_owned(), json!({"message_id": wamid}));
        }
        if let Some(hash) = &self.recipient_identity_key_hash {
            let key = "recipient_identity_key_hash".to_owned();
            message.insert(key, hash.as_str().into());
        }
        Value::Object(message)
    }

    /// Whether Meta's limits are kept.
    ///
    /// # Errors
    /// All that is wrong, with pointers into [`Outbound::to_json`].
    pub fn validate(&self) -> Result<(), Vec<Invalid>> {
        check::message(&self.to_json())
    }

    /// What it answers, as a thread shows it.
    pub fn context(&self) -> Option<Context> {
        self.reply_to.clone().map(|wamid| Context {
            message_id: Some(wamid),
            ..Context::default()
        })
    }

    /// As an answer to a message.
    pub fn reply_to(mut self, wamid: impl Into<Wamid>) -> Self {
        self.reply_to = Some(wamid.into());
        self
    }

    /// Only while the person's identity is this one.
    pub fn identity(mut self, key_hash: impl Into<String>) -> Self {
        self.recipient_identity_key_hash = Some(key_hash.into());
        self
    }
}

/// Reads a message that was checked. What serde alone notices has no finer pointer than the content.
fn read(message: Value) -> Result<Outbound, Invalid> {
    let Value::Object(mut message) = message else {
        return Err(invalid(String::new(), "Give an object."));
    };
    let mut text = |key: &str| match message.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let kind = text("type").unwrap_or_else(|| "text".to_owned());
    let is_group = text("recipient_type").as_deref() == Some("group");
    let recipient = match (text("to"), text("recipient")) {
        (Some(group), _) if is_group => Recipient::Group(group.into()),
        (Some(number), _) => Recipient::phone(&number),
        (None, Some(user)) => Recipient::User(user.into()),
        (None, None) => return Err(invalid("/to".to_owned(), "Say for whom the message is.")),
    };
    let recipient_identity_key_hash = text("recipient_identity_key_hash");
    let reply_to = (message.get("context"))
        .and_then(|context| context.get("message_id")?.as_str())
        .map(Wamid::from);
    let content = message.remove(&kind).unwrap_or_default();
    let tagged = Map::from_iter([(kind.clone(), content)]);
    let content = serde_json::from_value(Value::Object(tagged))
        .map_err(|error| invalid(format!("/{kind}"), format!("It cannot be read: {error}.")))?;
    Ok(Outbound {
        recipient,
        content,
        reply_to,
        recipient_identity_key_hash,
    })
}

fn invalid(pointer: String, message: impl Into<String>) -> Invalid {
    Invalid {
        pointer,
        message: message.into(),
    }
}

impl Draft {
    /// As an answer to a message.
    pub fn reply_to(mut self, wamid: impl Into<Wamid>) -> Self {
        self.reply_to = Some(wamid.into());
        self
    }

    /// To a phone number, as [`Recipient::phone`] reads it.
    pub fn to_phone(self, number: &str) -> Outbound {
        self.to(Recipient::phone(number))
    }

    /// To a person by the business-scoped id.
    pub fn to_user(self, id: impl Into<ScopedUserId>) -> Outbound {
        self.to(Recipient::User(id.into()))
    }

    /// To a group.
    pub fn to_group(self, id: impl Into<GroupId>) -> Outbound {
        self.to(Recipient::Group(id.into()))
    }

    /// To somebody.
    pub fn to(self, recipient: Recipient) -> Outbound {
        Outbound {
            recipient,
            content: self.content,
            reply_to: self.reply_to,
            recipient_identity_key_hash: None,
        }
    }
}

impl From<OutboundContent> for Draft {
    fn from(content: OutboundContent) -> Self {
        Self {
            content,
            reply_to: None,
        }
    }
}

/// Messages of each type, to be addressed.
impl Outbound {
    /// Text.
    pub fn text(body: impl Into<String>) -> Draft {
        let text = Text {
            body: body.into(),
            ..Text::default()
        };
        OutboundContent::Text(text).into()
    }

    /// A picture.
    pub fn image(image: Media) -> Draft {
        OutboundContent::Image(image).into()
    }

    /// A film.
    pub fn video(video: Media) -> Draft {
        OutboundContent::Video(video).into()
    }

    /// Sound; a voice note by [`Media::voice`].
    pub fn audio(audio: Media) -> Draft {
        OutboundContent::Audio(audio).into()
    }

    /// Any other file.
    pub fn document(document: Media) -> Draft {
        OutboundContent::Document(document).into()
    }

    /// A sticker.
    pub fn sticker(sticker: Media) -> Draft {
        OutboundContent::Sticker(sticker).into()
    }

    /// A place.
    pub fn location(location: Location) -> Draft {
        OutboundContent::Location(location).into()
    }

    /// Contact cards.
    pub fn contacts(contacts: impl IntoIterator<Item = Contact>) -> Draft {
        OutboundContent::Contacts(contacts.into_iter().collect()).into()
    }

    /// An emoji on a message; an empty one takes it back.
    pub fn reaction(message: impl Into<Wamid>, emoji: impl Into<String>) -> Draft {
        let reaction = Reaction {
            message_id: message.into(),
            emoji: emoji.into(),
            extra: Extra::new(),
        };
        OutboundContent::Reaction(reaction).into()
    }

    /// A template.
    pub fn template(template: Template) -> Draft {
        OutboundContent::Template(template).into()
    }

    /// Buttons, a list, a form, products, …
    pub fn interactive(interactive: Interactive) -> Draft {
        OutboundContent::Interactive(Box::new(interactive)).into()
    }

    /// A message of a group is pinned, or no longer so.
    pub fn pin(pin: Pin) -> Draft {
        OutboundContent::Pin(pin).into()
    }
}
