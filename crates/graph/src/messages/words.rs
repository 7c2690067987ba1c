//! Text messages.

use serde_json::Map;

use super::object::{json_object, text};

json_object! {
    /// The content of a text message. A string converts into it.
    pub struct TextContent;
}

impl TextContent {
    /// Creates a text, at most 4,096 characters.
    pub fn new(body: impl Into<String>) -> Self {
        Self(Map::new()).set("body", text(body))
    }

    /// Sets whether WhatsApp shows a preview of the first link.
    pub fn preview_url(self, preview: bool) -> Self {
        self.set("preview_url", preview)
    }
}

impl<T: Into<String>> From<T> for TextContent {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}
