//! What a message to Meta holds, in Meta's own shape. Fields of Meta's that are not modelled are kept in `extra`
//! and go along.
//!
//! Source: Meta, "Messages" and its pages of each type.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Contact, Interactive, Template};
use crate::ids::Wamid;

/// Fields of an object that are not modelled.
pub type Extra = Map<String, Value>;

/// What a message holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboundContent {
    /// Text.
    Text(Text),
    /// A picture: JPEG or PNG, to 5 MB.
    Image(Media),
    /// A film: MP4 or 3GPP, to 16 MB.
    Video(Media),
    /// Sound, or a voice note; to 16 MB.
    Audio(Media),
    /// Any other file, to 100 MB.
    Document(Media),
    /// A sticker: WebP.
    Sticker(Media),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Contact>),
    /// An emoji on a message.
    Reaction(Reaction),
    /// A template, which alone is sent outside the 24-hour window.
    Template(Template),
    /// Buttons, a list, a form, products, …
    Interactive(Box<Interactive>),
    /// A message of a group is pinned, or no longer so.
    Pin(Pin),
}

impl OutboundContent {
    /// The types, as Meta names them.
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

    /// Its type, as Meta names it.
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
    /// Whether WhatsApp shows a preview of the first link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<bool>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A file: `image`, `video`, `audio`, `document`, `sticker`, and within headers and parameters of templates.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Media {
    /// Meta's id of an uploaded file; or ours, which is replaced before the request (see
    /// [`with_media_id`](super::with_media_id)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where Meta fetches it, instead of `id`. Meta keeps what it fetched for ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// To 1024 characters; not of sound and stickers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The file's name, of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice note: Ogg with Opus. Only of `audio`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Media {
    /// An uploaded file.
    pub fn id(id: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }

    /// A file that Meta fetches itself.
    pub fn link(link: impl Into<String>) -> Self {
        Self {
            link: Some(link.into()),
            ..Self::default()
        }
    }

    /// With words to it.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    /// With the name that the recipient sees.
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
    }

    /// Sent as a voice note.
    pub const fn voice(mut self) -> Self {
        self.voice = Some(true);
        self
    }
}

/// `location`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, -90 to 90. Read from a number, or from one written as text, as Meta's examples have it.
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
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Location {
    /// A place by its coordinates in degrees.
    pub fn at(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
            ..Self::default()
        }
    }

    /// With a name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With an address.
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
    /// The emoji; an empty one takes the reaction back.
    pub emoji: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `pin`, of groups.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pin {
    /// `pin` or `unpin`.
    #[serde(rename = "type")]
    pub action: PinAction,
    /// The message.
    pub message_id: Wamid,
    /// For how long: 1 to 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_days: Option<u8>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is done to a pin.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinAction {
    /// The message is pinned.
    Pin,
    /// It is pinned no longer.
    Unpin,
}

/// A number, or a text that holds one.
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
