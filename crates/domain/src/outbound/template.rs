//! Templates as they are sent: name, language, and the values for their places.
//!
//! Source: Meta, "Message templates" and its pages of each component.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Extra, Location, Media};

/// `template`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Values for its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `language`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Language {
    /// Such as `en_US`.
    pub code: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Values for one part of a template.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Component {
    /// `header`, `body`, `button`, `carousel`, `limited_time_offer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which kind of button: `quick_reply`, `url`, `copy_code`, `flow`, `catalog`, `mpm`, `voice_call`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<String>,
    /// Which button: its place, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<ButtonIndex>,
    /// The values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// The cards of a carousel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<TemplateCard>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A button's place, 0 to 9. Meta writes it as text; a number is read as well.
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
    /// Its place, from 0.
    pub card_index: u32,
    /// Values for its parts.
    pub components: Vec<Component>,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One value.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Parameter {
    /// Words.
    Text {
        /// They.
        text: String,
        /// The place's name, of a template with names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// Money.
    Currency {
        /// It.
        currency: Currency,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A date.
    DateTime {
        /// It.
        date_time: DateTime,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A picture.
    Image {
        /// It.
        image: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A film.
    Video {
        /// It.
        video: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A file.
    Document {
        /// It.
        document: Media,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A place.
    Location {
        /// It.
        location: Location,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// What comes back when a quick reply is tapped.
    Payload {
        /// It.
        payload: String,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A code to be copied, to 15 characters.
    CouponCode {
        /// It.
        coupon_code: String,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// What a flow, catalog or products button opens.
    Action {
        /// As Meta describes it for the button.
        action: Extra,
        /// What is not modelled.
        #[serde(flatten)]
        extra: Extra,
    },
    /// A product, an offer's end, and whatever else Meta takes, as it is.
    #[serde(untagged)]
    Other(Extra),
}

/// Money: what is shown where the phone cannot format it, ISO 4217, and thousandths.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Currency {
    /// As text.
    pub fallback_value: String,
    /// ISO 4217.
    pub code: String,
    /// The amount times 1000.
    pub amount_1000: i64,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A date as text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DateTime {
    /// As text.
    pub fallback_value: String,
    /// What is not modelled.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Template {
    /// A template by its name and language, such as `en_US`.
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

    /// With values for one of its parts.
    pub fn component(mut self, component: Component) -> Self {
        self.components.push(component);
        self
    }

    /// With the value of its header.
    pub fn header(self, value: Parameter) -> Self {
        self.component(Component::of("header", [value]))
    }

    /// With the values of its text, in their order.
    pub fn body(self, values: impl IntoIterator<Item = Parameter>) -> Self {
        self.component(Component::of("body", values))
    }

    /// With what a quick reply button brings back; `index` is its place among the buttons, from 0.
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        let payload = Parameter::Payload {
            payload: payload.into(),
            extra: Extra::new(),
        };
        self.component(Component::button("quick_reply", index, [payload]))
    }

    /// With the end of a link button's address.
    pub fn url(self, index: u8, suffix: impl Into<String>) -> Self {
        self.component(Component::button("url", index, [Parameter::text(suffix)]))
    }

    /// With the code that a button copies.
    pub fn copy_code(self, index: u8, code: impl Into<String>) -> Self {
        let code = Parameter::CouponCode {
            coupon_code: code.into(),
            extra: Extra::new(),
        };
        self.component(Component::button("copy_code", index, [code]))
    }

    /// With a carousel's cards, each its components; their places are counted here.
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
    /// Values for a part: `header`, `body`, `limited_time_offer`.
    pub fn of(kind: impl Into<String>, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        Self {
            kind: kind.into(),
            parameters: parameters.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Values for a button.
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
    /// Words, by their place.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            parameter_name: None,
            extra: Extra::new(),
        }
    }

    /// Words, by the name of their place.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            parameter_name: Some(name.into()),
            extra: Extra::new(),
        }
    }

    /// A picture.
    pub fn image(image: Media) -> Self {
        Self::Image {
            image,
            extra: Extra::new(),
        }
    }

    /// A film.
    pub fn video(video: Media) -> Self {
        Self::Video {
            video,
            extra: Extra::new(),
        }
    }

    /// A file.
    pub fn document(document: Media) -> Self {
        Self::Document {
            document,
            extra: Extra::new(),
        }
    }

    /// A place.
    pub fn location(location: Location) -> Self {
        Self::Location {
            location,
            extra: Extra::new(),
        }
    }
}
