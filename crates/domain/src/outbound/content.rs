//! The content of a message to Meta, in Meta's own form. Fields that are not modelled are kept in `extra` and sent
//! along.
//!
//! Source: Meta, "Messages" and its pages of each type.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Contact, Interactive, Template};
use crate::ids::Wamid;

/// Fields of an object that are not modelled.
pub type Extra = Map<String, Value>;

/// The content of a message to Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboundContent {
    /// Text.
    Text(Text),
    /// An image: JPEG or PNG, up to 5 MB.
    Image(Media),
    /// A video: MP4 or 3GPP, up to 16 MB.
    Video(Media),
    /// An audio file or a voice note, up to 16 MB.
    Audio(Media),
    /// Any other file, up to 100 MB.
    Document(Media),
    /// A sticker: WebP.
    Sticker(Media),
    /// A location.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Contact>),
    /// An emoji on a message.
    Reaction(Reaction),
    /// A template: the only type that can be sent outside the 24-hour window.
    Template(Template),
    /// Buttons, a list, a form, products, …
    Interactive(Box<Interactive>),
    /// A pin of a group's message, or its removal.
    Pin(Pin),
}

impl OutboundContent {
    /// The names of the types at Meta.
    pub const TYPES: [&'static str; 12] = [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "template",
        "interactive",
        "pin",
    ];

    /// Returns the type's name at Meta.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::Template(_) => "template",
            Self::Interactive(_) => "interactive",
            Self::Pin(_) => "pin",
        }
    }
}

/// `text`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Text {
    /// 1 to 4096 characters.
    pub body: String,
    /// Tells whether WhatsApp shows a preview of the first link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<bool>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file: `image`, `video`, `audio`, `document`, `sticker`, and within headers and parameters of templates.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Media {
    /// The id of an uploaded file: Meta's, or ours, which is replaced before the request (see
    /// [`with_media_id`](super::with_media_id)).
    #[serde(
        default,
        deserialize_with = "optional_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// The link from which Meta downloads the file, instead of `id`. Meta caches the download for ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The caption, up to 1024 characters. Not for audio and stickers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file name of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Tells whether it is a voice note: Ogg with Opus. Only for `audio`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Media {
    /// Creates a reference to an uploaded file.
    pub fn id(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// Creates a reference to a file that Meta downloads.
    pub fn link(link: impl Into<String>) -> Self {
        Self {
            link: Some(link.into()),
            ..Self::default()
        }
    }

    /// Sets the caption.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    /// Sets the name that the recipient sees.
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
    }

    /// Marks it as a voice note.
    pub const fn voice(mut self) -> Self {
        self.voice = Some(true);
        self
    }
}

/// `location`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, -90 to 90. Read from a number or, as in Meta's examples, from a text.
    #[serde(deserialize_with = "number")]
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    #[serde(deserialize_with = "number")]
    pub longitude: f64,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Location {
    /// Creates a location by its coordinates in degrees.
    pub fn at(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
            ..Self::default()
        }
    }

    /// Sets the name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the address.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }
}

/// `reaction`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reaction {
    /// The message.
    pub message_id: Wamid,
    /// The emoji. An empty one removes the reaction.
    pub emoji: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `pin`, for groups.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pin {
    /// `pin` or `unpin`.
    #[serde(rename = "type")]
    pub action: PinAction,
    /// The message.
    pub message_id: Wamid,
    /// The duration: 1 to 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_days: Option<u8>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An act on a pin.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinAction {
    /// Pin the message.
    Pin,
    /// Unpin the message.
    Unpin,
}

/// Reads a number, also one written as a text.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    as_number(&Value::deserialize(from)?).ok_or_else(|| serde::de::Error::custom("not a number"))
}

/// Reads an id from a text or, as Graph does, from a whole number.
pub(super) fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    optional_id(from)?.ok_or_else(|| serde::de::Error::custom("no id"))
}

/// Reads an id that may be missing.
pub(super) fn optional_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("not an id")),
    }
}

/// Reads null as an empty list or object.
pub(super) fn or_empty<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
