//! The components of a template.

use super::{TemplateButton, TemplateText, button, read::Place};

/// A component of a template or of a card.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplateComponent {
    /// `HEADER`.
    Header(TemplateHeader),
    /// `BODY`.
    Body(TemplateBody),
    /// `FOOTER`.
    Footer(TemplateFooter),
    /// `BUTTONS`.
    Buttons(Vec<TemplateButton>),
    /// `CAROUSEL`: the components of each card.
    Carousel(Vec<Vec<Self>>),
    /// `LIMITED_TIME_OFFER`.
    LimitedTimeOffer {
        /// The offer's text.
        text: Option<String>,
        /// Tells whether a message tells when the offer ends.
        has_expiration: bool,
    },
    /// `call_permission_request`.
    CallPermissionRequest,
    /// A component that is not known here, or could not be read, by its type in capitals.
    Other(String),
}

/// The header of a template or of a card.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplateHeader {
    /// A text with at most one variable.
    Text(TemplateText),
    /// A file, which each message must bring. The link of the example dies, and Meta does not fetch it.
    Media(HeaderMedia),
    /// A location, which each message must bring.
    Location,
    /// A product of a catalog, which each message must bring.
    Product,
    /// A format that is not known here, in capitals.
    Other(String),
}

/// The kind of file of a header.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HeaderMedia {
    /// An image.
    Image,
    /// A video.
    Video,
    /// A document: PDF.
    Document,
    /// A moving picture: MP4 of at most 3.5 MB, by the Marketing Messages API only.
    Gif,
}

impl HeaderMedia {
    /// Returns the type of the parameter in a message.
    pub const fn parameter_type(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
            Self::Gif => "gif",
        }
    }
}

/// The body of a template or of a card.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TemplateBody {
    /// The text. An authentication template that was not read back from Meta has none: the text is Meta's own.
    pub text: Option<TemplateText>,
    /// Tells whether Meta adds its security recommendation.
    pub add_security_recommendation: Option<bool>,
}

/// The footer of a template.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TemplateFooter {
    /// The text.
    pub text: Option<String>,
    /// The minutes after which a one-time code expires. Meta writes the text.
    pub code_expiration_minutes: Option<i64>,
}

/// Reads the components of a template.
pub(super) fn read(list: &Place<'_>) -> Vec<TemplateComponent> {
    list.items()
        .iter()
        .map(|place| component(place, true))
        .collect()
}

fn component(place: &Place<'_>, may_have_cards: bool) -> TemplateComponent {
    let Some(kind) = place.get("type").text() else {
        place.note("The component has no type.");
        return TemplateComponent::Other(String::new());
    };
    let kind = kind.to_ascii_uppercase();
    match kind.as_str() {
        "HEADER" => TemplateComponent::Header(header(place)),
        "BODY" => TemplateComponent::Body(body(place)),
        "FOOTER" => TemplateComponent::Footer(TemplateFooter {
            text: place.get("text").text(),
            code_expiration_minutes: place.get("code_expiration_minutes").integer(),
        }),
        "BUTTONS" => {
            let buttons = place.get("buttons").items();
            TemplateComponent::Buttons(buttons.iter().map(button::read).collect())
        }
        "CAROUSEL" if may_have_cards => {
            let cards = place.get("cards").items();
            let card = |card: &Place<'_>| {
                let parts = card.get("components").items();
                parts.iter().map(|part| component(part, false)).collect()
            };
            TemplateComponent::Carousel(cards.iter().map(card).collect())
        }
        "LIMITED_TIME_OFFER" => {
            let offer = place.get("limited_time_offer");
            TemplateComponent::LimitedTimeOffer {
                text: offer.get("text").text(),
                has_expiration: offer.get("has_expiration").boolean().unwrap_or(false),
            }
        }
        "CALL_PERMISSION_REQUEST" => TemplateComponent::CallPermissionRequest,
        _ => {
            place.note(format!("Components of type {kind} are not known here."));
            TemplateComponent::Other(kind)
        }
    }
}

fn header(place: &Place<'_>) -> TemplateHeader {
    let format = place
        .get("format")
        .text()
        .unwrap_or_default()
        .to_ascii_uppercase();
    match format.as_str() {
        "TEXT" => {
            let mut text = TemplateText::new(place.get("text").text().unwrap_or_default());
            examples(place, &mut text, "header_text");
            TemplateHeader::Text(text)
        }
        "IMAGE" => TemplateHeader::Media(HeaderMedia::Image),
        "VIDEO" => TemplateHeader::Media(HeaderMedia::Video),
        "DOCUMENT" => TemplateHeader::Media(HeaderMedia::Document),
        "GIF" => TemplateHeader::Media(HeaderMedia::Gif),
        "LOCATION" => TemplateHeader::Location,
        "PRODUCT" => TemplateHeader::Product,
        _ => {
            place.note(format!(
                "Headers of the format {format:?} are not known here."
            ));
            TemplateHeader::Other(format)
        }
    }
}

fn body(place: &Place<'_>) -> TemplateBody {
    let text = place.get("text").text().map(|text| {
        let mut text = TemplateText::new(text);
        examples(place, &mut text, "body_text");
        text
    });
    TemplateBody {
        text,
        add_security_recommendation: place.get("add_security_recommendation").boolean(),
    }
}

/// Adds the examples, which Meta writes as `body_text` by place or as `body_text_named_params` by name.
fn examples(place: &Place<'_>, text: &mut TemplateText, key: &str) {
    let example = place.get("example");
    for (at, example) in example.get(key).texts().into_iter().enumerate() {
        text.set_example(at, example);
    }
    for named in example.get(&format!("{key}_named_params")).items() {
        let (name, example) = (named.get("param_name").text(), named.get("example").text());
        if let (Some(name), Some(example)) = (name, example) {
            text.set_named_example(&name, &example);
        }
    }
}
