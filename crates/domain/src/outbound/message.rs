//! Messages to Meta.

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

/// A message to Meta: typed, and in Meta's own form as JSON.
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
    /// The recipient.
    pub recipient: Recipient,
    /// The content.
    pub content: OutboundContent,
    /// The message that it answers.
    pub reply_to: Option<Wamid>,
    /// The person's expected identity. If it is another one, Meta fails the message with 137000.
    pub recipient_identity_key_hash: Option<String>,
}

/// A message without a recipient.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    content: OutboundContent,
    reply_to: Option<Wamid>,
}

/// A fault in a message that Meta would refuse.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Invalid {
    /// The place in the message's JSON: an RFC 6901 pointer, such as `/interactive/action/buttons/0/reply/title`.
    pub pointer: String,
    /// The advice about it, as a sentence.
    pub message: String,
}

impl Outbound {
    /// Reads a message in Meta's form. `messaging_product` is allowed, and a number is read by [`Recipient::phone`].
    /// Fields that are not modelled are kept, except at the top level, where an unknown field is refused.
    ///
    /// # Errors
    /// All faults, in the order of the message.
    pub fn from_json(message: impl Into<Value>) -> Result<Self, Vec<Invalid>> {
        let message = message.into();
        check::message(&message)?;
        read(message).map_err(|error| vec![error])
    }

    /// Returns the message in Meta's form, without `messaging_product` and `biz_opaque_callback_data`.
    pub fn to_json(&self) -> Value {
        // Serialising cannot fail: all keys are strings. If it did, there would be no content, which Meta refuses.
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

    /// Checks Meta's limits.
    ///
    /// # Errors
    /// All faults, with pointers into [`Outbound::to_json`].
    pub fn validate(&self) -> Result<(), Vec<Invalid>> {
        check::message(&self.to_json())
    }

    /// Returns the message that it answers, as a thread shows it.
    pub fn context(&self) -> Option<Context> {
        self.reply_to.clone().map(|wamid| Context {
            message_id: Some(wamid),
            ..Context::default()
        })
    }

    /// Makes it an answer to a message.
    pub fn reply_to(mut self, wamid: impl Into<Wamid>) -> Self {
        self.reply_to = Some(wamid.into());
        self
    }

    /// Sets the person's expected identity.
    pub fn identity(mut self, key_hash: impl Into<String>) -> Self {
        self.recipient_identity_key_hash = Some(key_hash.into());
        self
    }
}

/// Reads a checked message. For faults that only serde notices, the pointer is no finer than the content.
fn read(message: Value) -> Result<Outbound, Invalid> {
    let Value::Object(mut message) = message else {
        return Err(invalid(String::new(), "Give an object."));
    };
    let mut text = |key: &str| match message.remove(key) {
        Some(Value::String(text)) => Some(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let kind = text("type").unwrap_or_else(|| "text".to_owned());
    let is_group = text("recipient_type").as_deref() == Some("group");
    let recipient = match (text("to"), text("recipient")) {
        (Some(group), _) if is_group => Recipient::Group(group.into()),
        (Some(number), user) if !number.is_empty() || user.is_none() => Recipient::phone(&number),
        (_, Some(user)) => Recipient::User(user.into()),
        (_, None) => return Err(invalid("/to".to_owned(), "Say for whom the message is.")),
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
    /// Makes it an answer to a message.
    pub fn reply_to(mut self, wamid: impl Into<Wamid>) -> Self {
        self.reply_to = Some(wamid.into());
        self
    }

    /// Addresses it to a phone number, as [`Recipient::phone`] reads it.
    pub fn to_phone(self, number: &str) -> Outbound {
        self.to(Recipient::phone(number))
    }

    /// Addresses it to a person by the business-scoped id.
    pub fn to_user(self, id: impl Into<ScopedUserId>) -> Outbound {
        self.to(Recipient::User(id.into()))
    }

    /// Addresses it to a group.
    pub fn to_group(self, id: impl Into<GroupId>) -> Outbound {
        self.to(Recipient::Group(id.into()))
    }

    /// Addresses it to a recipient.
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

/// Creates messages of each type, without a recipient.
impl Outbound {
    /// Creates a text.
    pub fn text(body: impl Into<String>) -> Draft {
        let text = Text {
            body: body.into(),
            ..Text::default()
        };
        OutboundContent::Text(text).into()
    }

    /// Creates an image.
    pub fn image(image: Media) -> Draft {
        OutboundContent::Image(image).into()
    }

    /// Creates a video.
    pub fn video(video: Media) -> Draft {
        OutboundContent::Video(video).into()
    }

    /// Creates an audio message, or a voice note with [`Media::voice`].
    pub fn audio(audio: Media) -> Draft {
        OutboundContent::Audio(audio).into()
    }

    /// Creates a document.
    pub fn document(document: Media) -> Draft {
        OutboundContent::Document(document).into()
    }

    /// Creates a sticker.
    pub fn sticker(sticker: Media) -> Draft {
        OutboundContent::Sticker(sticker).into()
    }

    /// Creates a location.
    pub fn location(location: Location) -> Draft {
        OutboundContent::Location(location).into()
    }

    /// Creates contact cards.
    pub fn contacts(contacts: impl IntoIterator<Item = Contact>) -> Draft {
        OutboundContent::Contacts(contacts.into_iter().collect()).into()
    }

    /// Creates a reaction to a message. An empty emoji removes the reaction.
    pub fn reaction(message: impl Into<Wamid>, emoji: impl Into<String>) -> Draft {
        let reaction = Reaction {
            message_id: message.into(),
            emoji: emoji.into(),
            extra: Extra::new(),
        };
        OutboundContent::Reaction(reaction).into()
    }

    /// Creates a template message.
    pub fn template(template: Template) -> Draft {
        OutboundContent::Template(template).into()
    }

    /// Creates an interactive message: buttons, a list, a form, products, …
    pub fn interactive(interactive: Interactive) -> Draft {
        OutboundContent::Interactive(Box::new(interactive)).into()
    }

    /// Pins or unpins a group's message.
    pub fn pin(pin: Pin) -> Draft {
        OutboundContent::Pin(pin).into()
    }
}
