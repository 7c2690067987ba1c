//! A template in one language, as Meta's node tells it.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::{
    ParameterFormat, TemplateBody, TemplateButton, TemplateCategory, TemplateComponent,
    TemplateHeader, TemplateOddity, TemplateQuality, TemplateRejection, TemplateStatus, component,
    read::Place,
};
use crate::ids::MetaTemplateId;

/// A template in one language. What was read is written back equal: unknown fields and values are kept as they came.
///
/// ```
/// use serde_json::json;
/// use wabakit_domain::template::{TemplateCategory, TemplateDefinition, TemplateStatus};
///
/// let node = json!({
///     "id": "1", "name": "order_shipped", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
///     "components": [{"type": "BODY", "text": "Order {{1}} is on its way.", "example": {"body_text": [["TX-1"]]}}],
///     "something_new": {"a": 1},
/// });
/// let mut template = TemplateDefinition::read(node.clone());
/// assert_eq!(template.parameters()[0].key, "body.1");
/// assert_eq!(template.to_json(), node);
/// template.category = Some(TemplateCategory::Marketing);
/// assert_eq!(template.to_json()["category"], "MARKETING");
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateDefinition {
    /// Meta's id.
    pub meta_id: Option<MetaTemplateId>,
    /// The name, which all languages share.
    pub name: String,
    /// The language, such as `en_US`.
    pub language: String,
    /// The status.
    pub status: Option<TemplateStatus>,
    /// The category, which decides price and route.
    pub category: Option<TemplateCategory>,
    /// The category before Meta changed it.
    pub previous_category: Option<TemplateCategory>,
    /// The category that Meta will change it to.
    pub correct_category: Option<TemplateCategory>,
    /// The kind within the category, such as `ORDER_STATUS`.
    pub sub_category: Option<String>,
    /// The rating by people.
    pub quality: Option<TemplateQuality>,
    /// Meta's word for why it was rejected. `NONE` is none.
    pub rejected_reason: Option<String>,
    /// The form of its variables.
    pub parameter_format: Option<ParameterFormat>,
    /// For how many seconds Meta tries to deliver a message. -1 means 30 days.
    pub ttl_seconds: Option<i64>,
    components: Vec<TemplateComponent>,
    oddities: Vec<TemplateOddity>,
    node: Map<String, Value>,
}

impl TemplateDefinition {
    /// Reads Meta's node, or the body of a create or edit. It never fails: what it does not understand is kept, and
    /// told by [`oddities`](Self::oddities).
    pub fn read(node: impl Into<Value>) -> Self {
        let node = node.into();
        let odd = RefCell::default();
        let root = Place::root(&node, &odd);
        if !node.is_object() {
            root.note("The template is no object.");
        }
        let category = |key: &str| {
            let word = root.get(key).word();
            word.map(|word| TemplateCategory::read(&word))
        };
        let quality = root.get("quality_score");
        let quality = match quality.value() {
            Some(Value::String(_)) => quality.word(),
            Some(Value::Object(_)) => quality.get("score").word(),
            Some(_) => {
                quality.note("It is no object.");
                None
            }
            None => None,
        };
        let components = component::read(&root.get("components"));
        let read = Self {
            meta_id: root.get("id").word().map(MetaTemplateId::from),
            name: root.get("name").text().unwrap_or_default(),
            language: root.get("language").text().unwrap_or_default(),
            status: root
                .get("status")
                .word()
                .map(|word| TemplateStatus::read(&word)),
            category: category("category"),
            previous_category: category("previous_category"),
            correct_category: category("correct_category"),
            sub_category: root.get("sub_category").word(),
            quality: quality.map(|word| TemplateQuality::read(&word)),
            rejected_reason: (root.get("rejected_reason").word())
                .filter(|reason| !reason.eq_ignore_ascii_case("NONE")),
            parameter_format: (root.get("parameter_format").word())
                .map(|word| ParameterFormat::read(&word)),
            ttl_seconds: root.get("message_send_ttl_seconds").integer(),
            components,
            oddities: Vec::new(),
            node: Map::new(),
        };
        Self {
            oddities: odd.into_inner(),
            node: match node {
                Value::Object(node) => node,
                other => Map::from_iter([("node".to_owned(), other)]),
            },
            ..read
        }
    }

    /// Returns the node as it was read, with the fields that were changed since.
    pub fn to_json(&self) -> Value {
        let was = Self::read(self.node.clone());
        let mut node = self.node.clone();
        let mut put = |key: &str, is_same: bool, value: Option<Value>| {
            if is_same {
                return;
            }
            match value {
                Some(value) => node.insert(key.to_owned(), value),
                None => node.remove(key),
            };
        };
        macro_rules! words {
            ($($key:literal $field:ident)+) => {$(
                let word = self.$field.as_ref().map(|word| Value::from(word.as_str()));
                put($key, self.$field == was.$field, word);
            )+};
        }
        words! {
            "id" meta_id "status" status "category" category "previous_category" previous_category
            "correct_category" correct_category "sub_category" sub_category
            "rejected_reason" rejected_reason "parameter_format" parameter_format
        }
        put(
            "name",
            self.name == was.name,
            Some(self.name.as_str().into()),
        );
        let language = Some(self.language.as_str().into());
        put("language", self.language == was.language, language);
        let ttl = self.ttl_seconds.map(Value::from);
        put(
            "message_send_ttl_seconds",
            self.ttl_seconds == was.ttl_seconds,
            ttl,
        );
        let score = self.quality.as_ref().map(|score| {
            Value::from(Map::from_iter([(
                "score".to_owned(),
                score.as_str().into(),
            )]))
        });
        put("quality_score", self.quality == was.quality, score);
        Value::Object(node)
    }

    /// Returns the components in their order.
    pub fn components(&self) -> &[TemplateComponent] {
        &self.components
    }

    /// Returns the components as they came.
    pub fn components_json(&self) -> &Value {
        self.node.get("components").unwrap_or(&Value::Null)
    }

    /// Replaces the components.
    pub fn set_components(&mut self, components: Value) {
        let odd = RefCell::default();
        self.components = component::read(&Place::root(&components, &odd).at("/components"));
        self.oddities
            .retain(|odd| !odd.pointer.starts_with("/components"));
        self.oddities.extend(odd.into_inner());
        self.node.insert("components".to_owned(), components);
    }

    /// Returns what could not be understood.
    pub fn oddities(&self) -> &[TemplateOddity] {
        &self.oddities
    }

    /// Explains why Meta rejected it.
    pub fn rejection(&self) -> Option<TemplateRejection> {
        TemplateRejection::of(self.rejected_reason.as_deref()?)
    }

    /// Tells whether Meta accepts messages with it.
    pub fn is_sendable(&self) -> bool {
        self.status == Some(TemplateStatus::Approved)
    }

    /// Tells whether its variables have names. Where Meta tells no format, its texts do.
    pub fn is_named(&self) -> bool {
        match &self.parameter_format {
            Some(format) => *format == ParameterFormat::Named,
            None => self.components.iter().any(|component| match component {
                TemplateComponent::Header(TemplateHeader::Text(text)) => text.is_named(),
                TemplateComponent::Body(body) => body
                    .text
                    .as_ref()
                    .is_some_and(super::TemplateText::is_named),
                _ => false,
            }),
        }
    }

    /// Tells whether it hands over a one-time code, so that each message names the code twice.
    pub fn is_one_time_code(&self) -> bool {
        self.category == Some(TemplateCategory::Authentication)
            || self
                .buttons()
                .iter()
                .any(|button| button.kind.is_one_time_code())
    }

    /// Returns the header.
    pub fn header(&self) -> Option<&TemplateHeader> {
        header_of(&self.components)
    }

    /// Returns the body.
    pub fn body(&self) -> Option<&TemplateBody> {
        body_of(&self.components)
    }

    /// Returns the buttons in their order.
    pub fn buttons(&self) -> &[TemplateButton] {
        buttons_of(&self.components)
    }

    /// Returns the components of each card of the carousel. Empty without a carousel.
    pub fn cards(&self) -> &[Vec<TemplateComponent>] {
        let mut carousels = self
            .components
            .iter()
            .filter_map(|component| match component {
                TemplateComponent::Carousel(cards) => Some(cards.as_slice()),
                _ => None,
            });
        carousels.next().unwrap_or_default()
    }

    /// Tells whether the cards show products: then a message may have other numbers of cards than the template.
    pub fn has_product_cards(&self) -> bool {
        let is_product = |card: &Vec<TemplateComponent>| {
            matches!(header_of(card), Some(TemplateHeader::Product))
        };
        self.cards().first().is_some_and(is_product)
    }

    /// Returns the limited-time offer: whether a message tells when it ends.
    pub fn offer(&self) -> Option<bool> {
        self.components
            .iter()
            .find_map(|component| match component {
                TemplateComponent::LimitedTimeOffer { has_expiration, .. } => Some(*has_expiration),
                _ => None,
            })
    }
}

pub(super) fn header_of(components: &[TemplateComponent]) -> Option<&TemplateHeader> {
    components.iter().find_map(|component| match component {
        TemplateComponent::Header(header) => Some(header),
        _ => None,
    })
}

pub(super) fn body_of(components: &[TemplateComponent]) -> Option<&TemplateBody> {
    components.iter().find_map(|component| match component {
        TemplateComponent::Body(body) => Some(body),
        _ => None,
    })
}

pub(super) fn buttons_of(components: &[TemplateComponent]) -> &[TemplateButton] {
    let mut buttons = components.iter().filter_map(|component| match component {
        TemplateComponent::Buttons(buttons) => Some(buttons.as_slice()),
        _ => None,
    });
    buttons.next().unwrap_or_default()
}
