//! Carousels.

use serde_json::{Map, Value, json};

use super::requests::link;
use super::{InteractiveMessage, MessageHeader};
use crate::messages::object::{json_object, text};

json_object! {
    /// A card of a carousel.
    pub struct InteractiveCard;
}

impl InteractiveMessage {
    /// Creates 2 to 10 cards side by side, all of one kind. It numbers them.
    pub fn carousel(
        body: impl Into<String>,
        cards: impl IntoIterator<Item = InteractiveCard>,
    ) -> Self {
        let cards: Value = ((0..).zip(cards))
            .map(|(index, card): (u32, _)| Value::from(card.set("card_index", index)))
            .collect();
        Self::other("carousel", json!({"cards": cards})).body(body)
    }
}

impl InteractiveCard {
    /// Creates a card of a kind that this crate does not know.
    pub fn other(kind: impl Into<String>, action: impl Into<Value>) -> Self {
        Self(Map::new())
            .set("type", text(kind))
            .set("action", action)
    }

    /// Creates a card with an image or a video, and a button that opens a page.
    pub fn cta_url(
        header: impl Into<MessageHeader>,
        display_text: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        Self::other("cta_url", link(display_text.into(), url.into())).set("header", header.into())
    }

    /// Creates a card with a product of a catalog.
    pub fn product(catalog_id: impl Into<String>, product_retailer_id: impl Into<String>) -> Self {
        let action = json!({
            "catalog_id": catalog_id.into(),
            "product_retailer_id": product_retailer_id.into(),
        });
        Self::other("product", action)
    }

    /// Sets the text, at most 160 characters with two line breaks.
    pub fn body(self, body: impl Into<String>) -> Self {
        self.set("body", json!({"text": body.into()}))
    }
}
