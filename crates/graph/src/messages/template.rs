//! Template messages: name, language, and the values of the parameters.

use serde_json::{Map, Value, json};

use super::object::{json_object, list, text};
use super::{Document, Image, Place, ProductGroup, Video};

json_object! {
    /// A template message. The template itself is made by [`CreateTemplate`](crate::endpoints::CreateTemplate).
    pub struct TemplateMessage;
    /// The value of one parameter. A string converts into a text, by position.
    pub struct TemplateValue;
    /// The values of one card of a carousel.
    pub struct CardValues;
}

/// The parts that a template and each card of a carousel have.
macro_rules! parts {
    ($($name:ident)+) => {$(
        impl $name {
            /// Sets the value of the header.
            pub fn header(self, value: impl Into<TemplateValue>) -> Self {
                self.component(part("header", [value.into()]))
            }

            /// Sets the values of the body, in their order or by name.
            pub fn body<V: Into<TemplateValue>>(self, values: impl IntoIterator<Item = V>) -> Self {
                self.component(part("body", values.into_iter().map(Into::into)))
            }

            /// Sets what comes back when a quick reply is tapped. `index` counts all buttons from 0.
            pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
                let payload = json!({"type": "payload", "payload": payload.into()});
                self.button("quick_reply", index, [payload])
            }

            /// Sets the end of a link button's address.
            pub fn url(self, index: u8, suffix: impl Into<String>) -> Self {
                self.button("url", index, [TemplateValue::text(suffix)])
            }

            /// Sets the values of a button of any kind, in Meta's form.
            pub fn button<V: Into<Value>>(
                self,
                sub_type: impl Into<String>,
                index: u8,
                parameters: impl IntoIterator<Item = V>,
            ) -> Self {
                let mut button = part("button", parameters);
                if let Value::Object(fields) = &mut button {
                    fields.insert("sub_type".to_owned(), text(sub_type));
                    fields.insert("index".to_owned(), text(index.to_string()));
                }
                self.component(button)
            }

            /// Adds the values of a part of any kind, in Meta's form.
            pub fn component(mut self, component: impl Into<Value>) -> Self {
                let components = self.0.entry("components").or_insert_with(|| json!([]));
                if let Value::Array(components) = components {
                    components.push(component.into());
                }
                self
            }
        }
    )+};
}

parts! { TemplateMessage CardValues }

fn part<V: Into<Value>>(kind: &str, parameters: impl IntoIterator<Item = V>) -> Value {
    json!({"type": kind, "parameters": list(parameters)})
}

impl TemplateMessage {
    /// Creates a template message by name and language, such as `en_US`. The template must be approved in exactly this
    /// language (132001).
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self(Map::new())
            .set("name", text(name))
            .set("language", json!({"code": language.into()}))
    }

    /// Creates an authentication message: the code goes into the body and into the button.
    pub fn one_time_code(
        name: impl Into<String>,
        language: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        let code = code.into();
        Self::new(name, language).body([code.as_str()]).url(0, code)
    }

    /// Sets the code that a button copies, at most 15 characters.
    pub fn copy_code(self, index: u8, code: impl Into<String>) -> Self {
        let code = json!({"type": "coupon_code", "coupon_code": code.into()});
        self.button("copy_code", index, [code])
    }

    /// Sets the token of a form, and the data of its first screen: an object, or null for none.
    pub fn flow(self, index: u8, token: impl Into<String>, data: impl Into<Value>) -> Self {
        let mut action = Map::from_iter([("flow_token".to_owned(), text(token))]);
        let data = data.into();
        if !data.is_null() {
            action.insert("flow_action_data".to_owned(), data);
        }
        self.button("flow", index, [json!({"type": "action", "action": action})])
    }

    /// Sets the product whose picture a catalog button shows.
    pub fn catalog(self, index: u8, thumbnail: impl Into<String>) -> Self {
        let action = json!({"thumbnail_product_retailer_id": thumbnail.into()});
        self.button(
            "catalog",
            index,
            [json!({"type": "action", "action": action})],
        )
    }

    /// Sets the products of a button that shows several: at most 30 in 10 sections.
    pub fn products(
        self,
        index: u8,
        thumbnail: impl Into<String>,
        sections: impl IntoIterator<Item = ProductGroup>,
    ) -> Self {
        let action = json!({
            "thumbnail_product_retailer_id": thumbnail.into(),
            "sections": list(sections),
        });
        self.button("mpm", index, [json!({"type": "action", "action": action})])
    }

    /// Sets when a limited-time offer ends, in Unix milliseconds.
    pub fn offer_ends(self, unix_ms: i64) -> Self {
        let offer = json!({
            "type": "limited_time_offer",
            "limited_time_offer": {"expiration_time_ms": unix_ms},
        });
        self.component(part("limited_time_offer", [offer]))
    }

    /// Sets the cards of a carousel. It numbers them. Meta wants as many as the template has.
    pub fn carousel(self, cards: impl IntoIterator<Item = CardValues>) -> Self {
        let cards: Value = ((0..).zip(cards))
            .map(|(index, card): (u32, _)| Value::from(card.set("card_index", index)))
            .collect();
        self.component(json!({"type": "carousel", "cards": cards}))
    }

    /// Sets the page that a tap on the message opens. Only fully verified businesses may.
    pub fn tap_target(self, url: impl Into<String>, title: impl Into<String>) -> Self {
        let target = json!([{"url": url.into(), "title": title.into()}]);
        let parameter = json!({
            "type": "tap_target_configuration",
            "tap_target_configuration": target,
        });
        self.component(part("tap_target_configuration", [parameter]))
    }
}

impl CardValues {
    /// Creates a card without values.
    pub fn new() -> Self {
        Self(Map::new())
    }
}

impl Default for CardValues {
    fn default() -> Self {
        Self::new()
    }
}

impl TemplateValue {
    /// Creates a value of a kind that this crate does not know.
    pub fn other(kind: impl Into<String>, value: impl Into<Value>) -> Self {
        let kind = kind.into();
        Self(Map::new())
            .set("type", text(kind.as_str()))
            .set(kind, value)
    }

    /// Creates a text for a parameter by position. It must hold no line break, tab or run of spaces.
    pub fn text(value: impl Into<String>) -> Self {
        Self::other("text", text(value))
    }

    /// Creates a text for a named parameter.
    pub fn named(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::text(value).set("parameter_name", text(name))
    }

    /// Creates an amount of money: the text to show, the ISO 4217 code, and the amount times 1,000.
    pub fn currency(
        fallback_value: impl Into<String>,
        code: impl Into<String>,
        amount_1000: i64,
    ) -> Self {
        let currency = json!({
            "fallback_value": fallback_value.into(),
            "code": code.into(),
            "amount_1000": amount_1000,
        });
        Self::other("currency", currency)
    }

    /// Creates a date by the text to show.
    pub fn date_time(fallback_value: impl Into<String>) -> Self {
        Self::other(
            "date_time",
            json!({"fallback_value": fallback_value.into()}),
        )
    }

    /// Creates a product, for a header.
    pub fn product(catalog_id: impl Into<String>, product_retailer_id: impl Into<String>) -> Self {
        let product = json!({
            "catalog_id": catalog_id.into(),
            "product_retailer_id": product_retailer_id.into(),
        });
        Self::other("product", product)
    }
}

impl<T: Into<String>> From<T> for TemplateValue {
    fn from(value: T) -> Self {
        Self::text(value)
    }
}

macro_rules! values {
    ($($name:ident $kind:literal)+) => {$(
        impl From<$name> for TemplateValue {
            fn from(value: $name) -> Self {
                Self::other($kind, value)
            }
        }
    )+};
}

values! { Image "image" Video "video" Document "document" Place "location" }
