//! Reply buttons, lists, and a button that opens a page.

use serde_json::{Map, json};

use super::InteractiveMessage;
use crate::messages::object::{json_object, list, text};

json_object! {
    /// A button that answers. A pair of id and title converts into it.
    pub struct ReplyButton;
    /// A section of a list.
    pub struct ListSection;
    /// A row of a list. A pair of id and title converts into it.
    pub struct ListRow;
}

impl InteractiveMessage {
    /// Creates a message with 1 to 3 buttons.
    pub fn buttons<B: Into<ReplyButton>>(
        body: impl Into<String>,
        buttons: impl IntoIterator<Item = B>,
    ) -> Self {
        let buttons = list(buttons.into_iter().map(Into::into));
        Self::other("button", json!({"buttons": buttons})).body(body)
    }

    /// Creates a list that a button opens: 1 to 10 sections with at most 10 rows in all. The button's text has at most
    /// 20 characters.
    pub fn list(
        body: impl Into<String>,
        button: impl Into<String>,
        sections: impl IntoIterator<Item = ListSection>,
    ) -> Self {
        let action = json!({"button": button.into(), "sections": list(sections)});
        Self::other("list", action).body(body)
    }

    /// Creates a message with a button that opens a page. The button's text has at most 20 characters.
    pub fn cta_url(
        body: impl Into<String>,
        display_text: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let parameters = json!({"display_text": display_text.into(), "url": url.into()});
        Self::named("cta_url", "cta_url", Some(parameters)).body(body)
    }
}

impl ReplyButton {
    /// Creates a button. The id, at most 256 characters, comes back with the tap; the title has at most 20.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self(Map::new())
            .set("type", "reply")
            .set("reply", json!({"id": id.into(), "title": title.into()}))
    }
}

impl<I: Into<String>, T: Into<String>> From<(I, T)> for ReplyButton {
    fn from((id, title): (I, T)) -> Self {
        Self::new(id, title)
    }
}

impl ListSection {
    /// Creates a section. Its title has at most 24 characters.
    pub fn new<R: Into<ListRow>>(
        title: impl Into<String>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        Self::untitled(rows).set("title", text(title))
    }

    /// Creates the only section of a list, which needs no title.
    pub fn untitled<R: Into<ListRow>>(rows: impl IntoIterator<Item = R>) -> Self {
        Self(Map::new()).set("rows", list(rows.into_iter().map(Into::into)))
    }
}

impl ListRow {
    /// Creates a row. The id, at most 200 characters, comes back with the choice; the title has at most 24.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self(Map::new())
            .set("id", text(id))
            .set("title", text(title))
    }

    /// Sets the second line, at most 72 characters.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.set("description", text(description))
    }
}

impl<I: Into<String>, T: Into<String>> From<(I, T)> for ListRow {
    fn from((id, title): (I, T)) -> Self {
        Self::new(id, title)
    }
}
