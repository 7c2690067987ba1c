//! Preview: what the person will see, with Meta's formatting left in the texts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    TemplateButton, TemplateButtonKind, TemplateComponent, TemplateDefinition, TemplateFooter,
    TemplateHeader, TemplateText,
    definition::{body_of, buttons_of, header_of},
    parameters::key,
};

/// A template with values filled in. A variable without a value stays in its braces.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TemplatePreview {
    /// The header.
    pub header: Option<PreviewHeader>,
    /// The body.
    pub body: Option<String>,
    /// The footer.
    pub footer: Option<String>,
    /// The limited-time offer.
    pub offer: Option<PreviewOffer>,
    /// The buttons.
    pub buttons: Vec<PreviewButton>,
    /// The cards.
    pub cards: Vec<PreviewCard>,
    /// Whether it asks for permission to call.
    pub asks_to_call: bool,
}

/// A header of a preview.
#[derive(Clone, PartialEq, Debug)]
pub struct PreviewHeader {
    /// `text`, `image`, `video`, `document`, `gif`, `location`, `product`, or Meta's word for another format.
    pub kind: String,
    /// The text.
    pub text: Option<String>,
    /// The file, location or product that was given.
    pub value: Option<Value>,
}

/// A limited-time offer of a preview.
#[derive(Clone, PartialEq, Debug)]
pub struct PreviewOffer {
    /// The text.
    pub text: Option<String>,
    /// Its end in milliseconds since 1970.
    pub ends_at: Option<u64>,
}

/// A button of a preview.
#[derive(Clone, PartialEq, Debug)]
pub struct PreviewButton {
    /// Meta's word for the kind, such as `QUICK_REPLY`.
    pub kind: String,
    /// The label.
    pub text: String,
    /// The address that it opens, the number that it calls, the code that it copies or the payload that returns.
    pub value: Option<String>,
}

/// A card of a preview.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PreviewCard {
    /// The header.
    pub header: Option<PreviewHeader>,
    /// The body.
    pub body: Option<String>,
    /// The buttons.
    pub buttons: Vec<PreviewButton>,
}

impl TemplateDefinition {
    /// Renders the template with named values, those of [`parameters`](Self::parameters). It never fails: values of a
    /// wrong type and unknown ones are left out.
    pub fn preview(&self, values: &Map<String, Value>) -> TemplatePreview {
        let view = View {
            values,
            is_named: self.is_named(),
            is_code: self.is_one_time_code(),
        };
        let PreviewCard {
            header,
            body,
            buttons,
        } = view.part(self.components(), None);
        let mut preview = TemplatePreview {
            header,
            body,
            buttons,
            ..TemplatePreview::default()
        };
        for component in self.components() {
            match component {
                TemplateComponent::Footer(footer) => preview.footer = words_of_footer(footer),
                TemplateComponent::LimitedTimeOffer { text, .. } => {
                    let ends_at = values.get("limited_time_offer.1").and_then(Value::as_u64);
                    preview.offer = Some(PreviewOffer {
                        text: text.clone(),
                        ends_at,
                    });
                }
                TemplateComponent::CallPermissionRequest => preview.asks_to_call = true,
                _ => {}
            }
        }
        let known = self.cards();
        let is_there = |place: u8| {
            let prefix = format!("card.{place}.");
            values.keys().any(|key| key.starts_with(&prefix))
        };
        for place in 0..10_u8 {
            match (known.get(usize::from(place)), known.first()) {
                (Some(card), _) => preview.cards.push(view.part(card, Some(place))),
                (None, Some(card)) if self.has_product_cards() && is_there(place) => {
                    preview.cards.push(view.part(card, Some(place)));
                }
                _ => break,
            }
        }
        preview
    }
}

fn words_of_footer(footer: &TemplateFooter) -> Option<String> {
    footer.text.clone().or_else(|| {
        let minutes = footer.code_expiration_minutes?;
        Some(format!("This code expires in {minutes} minutes."))
    })
}

struct View<'v> {
    values: &'v Map<String, Value>,
    is_named: bool,
    is_code: bool,
}

impl View<'_> {
    fn text_of(&self, key: &str) -> Option<Cow<'_, str>> {
        self.values
            .get(key)
            .and_then(Value::as_str)
            .map(Cow::Borrowed)
    }

    fn part(&self, template: &[TemplateComponent], card: Option<u8>) -> PreviewCard {
        let header = header_of(template).map(|header| {
            let own = |kind: &str| PreviewHeader {
                kind: kind.to_owned(),
                text: None,
                value: self.values.get(&key(card, "header.1")).cloned(),
            };
            match header {
                TemplateHeader::Text(text) => PreviewHeader {
                    kind: "text".to_owned(),
                    text: Some(self.filled(text, "header", card)),
                    value: None,
                },
                TemplateHeader::Media(media) => own(media.parameter_type()),
                TemplateHeader::Location => own("location"),
                TemplateHeader::Product => own("product"),
                TemplateHeader::Other(format) => own(format),
            }
        });
        let body = body_of(template).and_then(|body| match &body.text {
            Some(text) => Some(self.filled(text, "body", card)),
            None if self.is_code => {
                // Meta's own text, as its English pages show it.
                let text = TemplateText::new("*{{1}}* is your verification code.");
                let mut text = self.filled(&text, "body", card);
                if body.add_security_recommendation == Some(true) {
                    text.push_str(" For your security, do not share this code.");
                }
                Some(text)
            }
            None => None,
        });
        let buttons = (buttons_of(template).iter().enumerate())
            .map(|(at, button)| self.button(button, &key(card, &format!("button.{at}.1"))))
            .collect();
        PreviewCard {
            header,
            body,
            buttons,
        }
    }

    fn filled(&self, text: &TemplateText, word: &str, card: Option<u8>) -> String {
        text.filled(|variable| {
            let key = match self.is_named && !self.is_code {
                true => key(card, variable),
                false => {
                    let at = text.variables().iter().position(|it| it.name == variable)?;
                    key(card, &format!("{word}.{}", at + 1))
                }
            };
            self.text_of(&key)
        })
    }

    fn button(&self, button: &TemplateButton, key: &str) -> PreviewButton {
        let key = match self.is_code {
            true => "body.1",
            false => key,
        };
        let given = self.text_of(key).map(Cow::into_owned);
        let (label, value) = match &button.kind {
            TemplateButtonKind::Url(url) => ("", Some(url.filled(|_| self.text_of(key)))),
            TemplateButtonKind::PhoneNumber(number) => ("", number.clone()),
            TemplateButtonKind::CopyCode { .. } => ("Copy offer code", given),
            TemplateButtonKind::Otp { otp_type } => match otp_type.as_deref() {
                Some(kind) if kind.eq_ignore_ascii_case("ONE_TAP") => ("Autofill", given),
                _ => ("Copy code", given),
            },
            TemplateButtonKind::QuickReply => ("", given),
            TemplateButtonKind::RequestContactInfo => ("Share contact info", None),
            TemplateButtonKind::Catalog => ("View catalog", None),
            TemplateButtonKind::Products => ("View items", None),
            TemplateButtonKind::Product => ("View", None),
            TemplateButtonKind::Flow
            | TemplateButtonKind::VoiceCall
            | TemplateButtonKind::Other(_) => ("", None),
        };
        PreviewButton {
            kind: button.kind.as_str().to_owned(),
            text: button.text.clone().unwrap_or_else(|| label.to_owned()),
            value,
        }
    }
}
