//! The files that a message refers to, wherever they are in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outbound;

/// The kind of a file at Meta.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// An image.
    Image,
    /// A video.
    Video,
    /// An audio file.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// Returns Meta's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// Reads [`MediaKind::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Image,
            Self::Video,
            Self::Audio,
            Self::Document,
            Self::Sticker,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }
}

/// A file that a message refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MediaRef {
    /// The kind of file.
    pub kind: MediaKind,
    /// The file.
    pub source: MediaSource,
    /// Its place in the message's JSON: an RFC 6901 pointer to the file's object.
    pub pointer: String,
}

/// The source of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaSource {
    /// An uploaded file: Meta's id, or ours.
    Id(String),
    /// A link from which Meta downloads it.
    Link(String),
}

impl Outbound {
    /// Returns the files that it refers to: the message's own, those of headers, and those of a template's values and
    /// cards.
    pub fn media(&self) -> Vec<MediaRef> {
        let mut found = Vec::new();
        let mut message = self.to_json();
        walk(&mut message, "", &mut |kind, file, pointer| {
            let text = |key: &str| file.get(key)?.as_str().map(str::to_owned);
            let source =
                (text("id").map(MediaSource::Id)).or_else(|| text("link").map(MediaSource::Link));
            if let Some(source) = source {
                found.push(MediaRef {
                    kind,
                    source,
                    pointer: pointer.to_owned(),
                });
            }
        });
        found
    }
}

/// Replaces our id of a file by Meta's in a message's JSON. The same text in any other place stays. Text that is not
/// JSON stays unchanged.
pub fn with_media_id(body: &str, our_id: &str, meta_id: &str) -> String {
    let Ok(mut message) = serde_json::from_str(body) else {
        return body.to_owned();
    };
    walk(&mut message, "", &mut |_, file, _| {
        if let Some(id) = file.get_mut("id").filter(|id| **id == *our_id) {
            *id = meta_id.into();
        }
    });
    message.to_string()
}

/// Visits each file: an object under the name of a kind of file.
fn walk(value: &mut Value, at: &str, visit: &mut impl FnMut(MediaKind, &mut Value, &str)) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let below = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                match MediaKind::from_name(key) {
                    Some(kind) if value.is_object() => visit(kind, value, &below),
                    _ => walk(value, &below, visit),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}
