//! The parameters of a template: what a message must give.

use super::{
    TemplateButton, TemplateButtonKind, TemplateComponent, TemplateDefinition, TemplateHeader,
    TemplateText,
    definition::{body_of, buttons_of, header_of},
};

/// The most characters of a header, filled.
pub(super) const HEADER: usize = 60;
/// The most characters of a body, filled. A body without other components may be longer.
pub(super) const BODY: usize = 1024;
/// The most characters of a body without other components, filled.
pub(super) const BODY_ALONE: usize = 32_768;
/// The most characters of a body beside a limited-time offer, filled.
pub(super) const BODY_OF_OFFER: usize = 600;
/// The most characters of the body of a card or of a product's template, filled.
pub(super) const BODY_OF_CARD: usize = 160;
/// The most characters of an address, filled.
pub(super) const URL: usize = 2000;
/// The most characters of a one-time code.
pub(super) const CODE: usize = 15;
/// The most characters of a code to copy. An older page says 15.
pub(super) const COUPON: usize = 20;
/// The most cards of a message.
pub(super) const CARDS: usize = 10;

/// A value that a message with the template gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateParameter {
    /// The name, if the template has named parameters, else the place: `header.1`, `body.1`, `button.0.1`,
    /// `card.0.body.1`. Cards and buttons count from 0, variables from 1.
    pub key: String,
    /// The component that it belongs to.
    pub component: ParameterComponent,
    /// The card, from 0.
    pub card: Option<u8>,
    /// The button, from 0.
    pub index: Option<u8>,
    /// The type of its value.
    pub kind: ParameterKind,
    /// The example that was given to Meta. A file has none: the example's link dies.
    pub example: Option<String>,
    /// Tells whether a message must give it.
    pub is_required: bool,
    /// The most characters (code points) that fit, if the other values of the text have one character.
    pub max_length: Option<usize>,
}

/// The component that a parameter belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParameterComponent {
    /// The header.
    Header,
    /// The body.
    Body,
    /// A button.
    Button,
    /// The limited-time offer.
    LimitedTimeOffer,
}

impl ParameterComponent {
    /// Returns Meta's word in a message.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Body => "body",
            Self::Button => "button",
            Self::LimitedTimeOffer => "limited_time_offer",
        }
    }
}

/// The type of a parameter's value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParameterKind {
    /// A text in one line.
    Text,
    /// A one-time code. The message names it twice, which is done for the caller.
    Code,
    /// An image: `{id}` or `{link}`.
    Image,
    /// A video: `{id}` or `{link}`.
    Video,
    /// A document: `{id}` or `{link}`, and `filename`.
    Document,
    /// A moving picture: `{id}` or `{link}`.
    Gif,
    /// A location: `{latitude, longitude, name?, address?}`.
    Location,
    /// A product: `{product_retailer_id, catalog_id}`.
    Product,
    /// The end of an address.
    Url,
    /// The payload that returns when a quick reply is tapped.
    Payload,
    /// A code to copy.
    CouponCode,
    /// The token and data of a form: `{flow_token?, flow_action_data?}`.
    Flow,
    /// The product whose picture a catalog button shows: `{thumbnail_product_retailer_id}`.
    Catalog,
    /// The products of a button: `{thumbnail_product_retailer_id, sections}`.
    Products,
    /// The end of a limited-time offer, in milliseconds since 1970.
    OfferEnd,
}

impl ParameterKind {
    /// Returns the type's name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
            Self::Gif => "gif",
            Self::Location => "location",
            Self::Product => "product",
            Self::Url => "url",
            Self::Payload => "payload",
            Self::CouponCode => "coupon_code",
            Self::Flow => "flow",
            Self::Catalog => "catalog",
            Self::Products => "products",
            Self::OfferEnd => "offer_end",
        }
    }
}

impl TemplateDefinition {
    /// Returns what a message with this template gives: header, body, offer, buttons, then the cards.
    ///
    /// A carousel of products lists ten cards: those that the template has must be given, the others may.
    pub fn parameters(&self) -> Vec<TemplateParameter> {
        let mut found = Vec::new();
        let is_named = self.is_named();
        if self.is_one_time_code() {
            found.push(self.code());
            return found;
        }
        if let Some(header) = self.header() {
            of_header(header, None, is_named, &mut found);
            // Public threads saw offers without their header accepted.
            if self.offer().is_some() {
                let others = found.iter_mut().filter(|it| it.kind != ParameterKind::Text);
                others.for_each(|other| other.is_required = false);
            }
        }
        if let Some(text) = self.body().and_then(|body| body.text.as_ref()) {
            let most = self.longest_body();
            of_text(
                text,
                ParameterComponent::Body,
                None,
                is_named,
                most,
                &mut found,
            );
        }
        if self.offer() == Some(true) {
            found.push(TemplateParameter {
                key: "limited_time_offer.1".to_owned(),
                component: ParameterComponent::LimitedTimeOffer,
                card: None,
                index: None,
                kind: ParameterKind::OfferEnd,
                example: None,
                is_required: true,
                max_length: None,
            });
        }
        of_buttons(self.buttons(), None, &mut found);
        if self.offer().is_some() {
            let codes = found
                .iter_mut()
                .filter(|it| it.kind == ParameterKind::CouponCode);
            codes.for_each(|code| code.max_length = Some(CODE));
        }
        let cards = self.cards();
        let many = match self.has_product_cards() {
            true => CARDS,
            false => cards.len(),
        };
        for at in 0..many {
            let (Some(card), Ok(place)) =
                (cards.get(at).or_else(|| cards.first()), u8::try_from(at))
            else {
                break;
            };
            let from = found.len();
            of_card(card, place, is_named, &mut found);
            if at >= cards.len() {
                for parameter in found.iter_mut().skip(from) {
                    parameter.is_required = false;
                }
            }
        }
        found
    }

    /// The one-time code, which stands in the body and in the button.
    fn code(&self) -> TemplateParameter {
        let text = self.body().and_then(|body| body.text.as_ref());
        let example = text.and_then(|text| text.variables().first()?.example.clone());
        TemplateParameter {
            key: "body.1".to_owned(),
            component: ParameterComponent::Body,
            card: None,
            index: None,
            kind: ParameterKind::Code,
            example,
            is_required: true,
            max_length: Some(CODE),
        }
    }

    /// Returns the most characters of the body, filled, that Meta's pages allow in one place or another.
    pub(super) fn longest_body(&self) -> usize {
        match self.components() {
            [_] => BODY_ALONE,
            _ => BODY,
        }
    }

    /// Returns the most characters of the body, filled, that Meta's pages allow in every place. The shorter limits beside
    /// an offer and of one product are those of the template's own text.
    pub(super) fn advised_body(&self) -> usize {
        let is_single = self
            .buttons()
            .iter()
            .any(|button| button.kind == TemplateButtonKind::Product);
        match (self.offer().is_some(), is_single) {
            (true, _) => BODY_OF_OFFER,
            (_, true) => BODY_OF_CARD,
            _ => BODY,
        }
    }
}

fn of_card(
    card: &[TemplateComponent],
    place: u8,
    is_named: bool,
    found: &mut Vec<TemplateParameter>,
) {
    if let Some(header) = header_of(card) {
        of_header(header, Some(place), is_named, found);
    }
    if let Some(text) = body_of(card).and_then(|body| body.text.as_ref()) {
        let component = ParameterComponent::Body;
        of_text(text, component, Some(place), is_named, BODY_OF_CARD, found);
    }
    of_buttons(buttons_of(card), Some(place), found);
}

/// Returns the key of a value: its name or its place, within a card or not.
pub(super) fn key(card: Option<u8>, place: &str) -> String {
    match card {
        Some(card) => format!("card.{card}.{place}"),
        None => place.to_owned(),
    }
}

fn of_header(
    header: &TemplateHeader,
    card: Option<u8>,
    is_named: bool,
    found: &mut Vec<TemplateParameter>,
) {
    let kind = match header {
        TemplateHeader::Text(text) => {
            let component = ParameterComponent::Header;
            return of_text(text, component, card, is_named, HEADER, found);
        }
        TemplateHeader::Media(media) => match media {
            super::HeaderMedia::Image => ParameterKind::Image,
            super::HeaderMedia::Video => ParameterKind::Video,
            super::HeaderMedia::Document => ParameterKind::Document,
            super::HeaderMedia::Gif => ParameterKind::Gif,
        },
        TemplateHeader::Location => ParameterKind::Location,
        TemplateHeader::Product => ParameterKind::Product,
        TemplateHeader::Other(_) => return,
    };
    found.push(TemplateParameter {
        key: key(card, "header.1"),
        component: ParameterComponent::Header,
        card,
        index: None,
        kind,
        example: None,
        is_required: true,
        max_length: None,
    });
}

fn of_text(
    text: &TemplateText,
    component: ParameterComponent,
    card: Option<u8>,
    is_named: bool,
    most: usize,
    found: &mut Vec<TemplateParameter>,
) {
    let shortest: usize = text.variables().iter().map(|it| it.count).sum();
    let room = most.saturating_sub(text.fixed_length());
    for (at, variable) in text.variables().iter().enumerate() {
        let key = match is_named {
            true => key(card, &variable.name),
            false => key(card, &format!("{}.{}", component.as_str(), at + 1)),
        };
        let others = shortest.saturating_sub(variable.count);
        let max_length = room.saturating_sub(others) / variable.count.max(1);
        // A name that stands in header and body is one value, and has to fit into both.
        if let Some(known) = found.iter_mut().find(|known| known.key == key) {
            known.max_length = known.max_length.map(|known| known.min(max_length));
            continue;
        }
        found.push(TemplateParameter {
            key,
            component,
            card,
            index: None,
            kind: ParameterKind::Text,
            example: variable.example.clone(),
            is_required: true,
            max_length: Some(max_length),
        });
    }
}

fn of_buttons(buttons: &[TemplateButton], card: Option<u8>, found: &mut Vec<TemplateParameter>) {
    use TemplateButtonKind as Button;
    for (index, button) in (0_u8..).zip(buttons) {
        let (kind, is_required, example, max_length) = match &button.kind {
            Button::Url(url) => {
                let Some(variable) = url.variables().first() else {
                    continue;
                };
                let most = URL.saturating_sub(url.fixed_length());
                (
                    ParameterKind::Url,
                    true,
                    variable.example.clone(),
                    Some(most),
                )
            }
            Button::CopyCode { example } => (
                ParameterKind::CouponCode,
                true,
                example.clone(),
                Some(COUPON),
            ),
            Button::QuickReply => (ParameterKind::Payload, false, None, None),
            Button::Flow => (ParameterKind::Flow, false, None, None),
            Button::Catalog => (ParameterKind::Catalog, false, None, None),
            Button::Products => (ParameterKind::Products, true, None, None),
            Button::PhoneNumber(_)
            | Button::Otp { .. }
            | Button::VoiceCall
            | Button::RequestContactInfo
            | Button::Product
            | Button::Other(_) => continue,
        };
        found.push(TemplateParameter {
            key: key(card, &format!("button.{index}.1")),
            component: ParameterComponent::Button,
            card,
            index: Some(index),
            kind,
            example,
            is_required,
            max_length,
        });
    }
}
