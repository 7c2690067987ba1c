//! Headers of interactive messages and cards.

use serde_json::{Map, Value};

use crate::messages::object::{json_object, text};
use crate::messages::{Document, Image, Video};

json_object! {
    /// A header: a text, an image, a video or a document. Each of them converts into it.
    pub struct MessageHeader;
}

impl MessageHeader {
    /// Creates a header of a kind that this crate does not know.
    pub fn other(kind: impl Into<String>, content: impl Into<Value>) -> Self {
        let kind = kind.into();
        Self(Map::new())
            .set("type", text(kind.as_str()))
            .set(kind, content)
    }
}

impl<T: Into<String>> From<T> for MessageHeader {
    fn from(header: T) -> Self {
        Self::other("text", text(header))
    }
}

impl From<Image> for MessageHeader {
    fn from(image: Image) -> Self {
        Self::other("image", image)
    }
}

impl From<Video> for MessageHeader {
    fn from(video: Video) -> Self {
        Self::other("video", video)
    }
}

impl From<Document> for MessageHeader {
    fn from(document: Document) -> Self {
        Self::other("document", document)
    }
}
