//! Template messages: name, language, and the values of the parameters.
//!
//! Source: Meta, "Message templates" and its pages of each component.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Extra, Location, Media, content::or_empty};

/// `template`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// The values of its parts.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub components: Vec<Component>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `language`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Language {
    /// Such as `en_US`.
    pub code: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The values of one part of a template.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Component {
    /// `header`, `body`, `button`, `carousel`, `limited_time_offer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of button: `quick_reply`, `url`, `copy_code`, `flow`, `catalog`, `mpm`, `voice_call`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<String>,
    /// The button's index, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<ButtonIndex>,
    /// The values.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub parameters: Vec<Parameter>,
    /// The cards of a carousel.
    #[serde(
        default,
        deserialize_with = "or_empty",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cards: Vec<TemplateCard>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A button's index, 0 to 9. Meta writes it as text; a number is accepted as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ButtonIndex(pub u8);

impl ButtonIndex {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let index = match value {
            Value::Number(number) => number.as_u64()?,
            Value::String(text) => text.parse().ok()?,
            _ => return None,
        };
        u8::try_from(index)
            .ok()
            .filter(|index| *index < 10)
            .map(Self)
    }
}

impl Serialize for ButtonIndex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ButtonIndex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::read(&Value::deserialize(from)?)
            .ok_or_else(|| serde::de::Error::custom("not a place of a button"))
    }
}

/// A card of a template's carousel.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TemplateCard {
    /// Its index, from 0.
    pub card_index: u32,
    /// The values of its parts.
    pub components: Vec<Component>,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One value of a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Parameter {
    /// A text.
    Text {
        /// The text.
        text: String,
        /// The parameter's name, if the template has named parameters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// An amount of money.
    Currency {
        /// The value.
        currency: Currency,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A date.
    DateTime {
        /// The value.
        date_time: DateTime,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// An image.
    Image {
        /// The value.
        image: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A video.
    Video {
        /// The value.
        video: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A document.
    Document {
        /// The value.
        document: Media,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A location.
    Location {
        /// The value.
        location: Location,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// The payload that returns when a quick reply is tapped.
    Payload {
        /// The value.
        payload: String,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A code to copy, up to 20 characters.
    CouponCode {
        /// The value.
        coupon_code: String,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// The action of a flow, catalog or products button.
    Action {
        /// The action, in Meta's form for the button.
        action: Extra,
        /// Fields that are not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// Any other value, unchanged: a product, an offer's end, …
    #[serde(untagged)]
    Other(Extra),
}

/// An amount of money: a fallback text, the ISO 4217 code, and thousandths.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Currency {
    /// The text to show where the phone cannot format the amount.
    pub fallback_value: String,
    /// ISO 4217.
    pub code: String,
    /// The amount times 1000.
    pub amount_1000: i64,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A date, as text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DateTime {
    /// The text to show.
    pub fallback_value: String,
    /// Fields that are not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Template {
    /// Creates a template message by name and language, such as `en_US`.
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: Language {
                code: language.into(),
                ..Language::default()
            },
            components: Vec::new(),
            extra: Extra::new(),
        }
    }

    /// Adds the values of one part.
    pub fn component(mut self, component: Component) -> Self {
        self.components.push(component);
        self
    }

    /// Sets the value of the header.
    pub fn header(self, value: Parameter) -> Self {
        self.component(Component::of("header", [value]))
    }

    /// Sets the values of the body, in order.
    pub fn body(self, values: impl IntoIterator<Item = Parameter>) -> Self {
        self.component(Component::of("body", values))
    }

    /// Sets the payload of a quick reply button. `index` counts all buttons from 0.
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        let payload = Parameter::Payload {
            payload: payload.into(),
            extra: Extra::new(),
        };
        self.component(Component::button("quick_reply", index, [payload]))
    }

    /// Sets the end of a link button's address.
    pub fn url(self, index: u8, suffix: impl Into<String>) -> Self {
        self.component(Component::button("url", index, [Parameter::text(suffix)]))
    }

    /// Sets the code that a button copies.
    pub fn copy_code(self, index: u8, code: impl Into<String>) -> Self {
        let code = Parameter::CouponCode {
            coupon_code: code.into(),
            extra: Extra::new(),
        };
        self.component(Component::button("copy_code", index, [code]))
    }

    /// Sets the cards of a carousel, each as its components. It numbers the cards.
    pub fn carousel(self, cards: impl IntoIterator<Item = Vec<Component>>) -> Self {
        let cards = ((0..).zip(cards))
            .map(|(card_index, components)| TemplateCard {
                card_index,
                components,
                extra: Extra::new(),
            })
            .collect();
        self.component(Component {
            kind: "carousel".to_owned(),
            cards,
            ..Component::default()
        })
    }
}

impl Component {
    /// Creates the values of a part: `header`, `body`, `limited_time_offer`.
    pub fn of(kind: impl Into<String>, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        Self {
            kind: kind.into(),
            parameters: parameters.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Creates the values of a button.
    pub fn button(
        sub_type: impl Into<String>,
        index: u8,
        parameters: impl IntoIterator<Item = Parameter>,
    ) -> Self {
        Self {
            sub_type: Some(sub_type.into()),
            index: Some(ButtonIndex(index)),
            ..Self::of("button", parameters)
        }
    }
}

impl Parameter {
    /// Creates a text for a parameter by position.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            parameter_name: None,
            extra: Extra::new(),
        }
    }

    /// Creates a text for a named parameter.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            parameter_name: Some(name.into()),
            extra: Extra::new(),
        }
    }

    /// Creates an image.
    pub fn image(image: Media) -> Self {
        Self::Image {
            image,
            extra: Extra::new(),
        }
    }

    /// Creates a video.
    pub fn video(video: Media) -> Self {
        Self::Video {
            video,
            extra: Extra::new(),
        }
    }

    /// Creates a document.
    pub fn document(document: Media) -> Self {
        Self::Document {
            document,
            extra: Extra::new(),
        }
    }

    /// Creates a location.
    pub fn location(location: Location) -> Self {
        Self::Location {
            location,
            extra: Extra::new(),
        }
    }
}
