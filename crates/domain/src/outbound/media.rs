//! Files that a message refers to, wherever they stand in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outbound;

/// What kind of file, as Meta tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// As Meta names it.
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
    /// What kind of file.
    pub kind: MediaKind,
    /// Which.
    pub source: MediaSource,
    /// Where in the message's JSON: an RFC 6901 pointer to the file's object.
    pub pointer: String,
}

/// Which file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaSource {
    /// An uploaded one: Meta's id, or ours.
    Id(String),
    /// One that Meta fetches.
    Link(String),
}

impl Outbound {
    /// The files that it refers to: the message's own, of a header, of a template's values and cards.
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

/// A message's JSON with Meta's id of a file in the place of ours. Anything else that happens to be the same text
/// stays. What is no JSON stays as it is.
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
