//! Messages in the form that a thread shows.

use uuid::Uuid;

use super::{
    Action, Contact, Header, Interactive, Media, Outbound, OutboundContent, Pin, PinAction, Words,
};
use crate::inbound::{MediaContent, MessageContent};

impl Outbound {
    /// Converts the message into the form that a thread shows. The MIME type and hash of a file are not known here.
    pub fn shown(&self) -> MessageContent {
        match &self.content {
            OutboundContent::Text(text) => MessageContent::Text {
                body: text.body.clone(),
            },
            OutboundContent::Image(media) => MessageContent::Image(file(media)),
            OutboundContent::Video(media) => MessageContent::Video(file(media)),
            OutboundContent::Audio(media) => MessageContent::Audio(file(media)),
            OutboundContent::Document(media) => MessageContent::Document(file(media)),
            OutboundContent::Sticker(media) => MessageContent::Sticker(file(media)),
            OutboundContent::Location(place) => MessageContent::Location {
                latitude: place.latitude,
                longitude: place.longitude,
                name: place.name.clone(),
                address: place.address.clone(),
                url: None,
            },
            OutboundContent::Contacts(contacts) => MessageContent::Contacts {
                contacts: contacts.iter().map(Contact::shown).collect(),
                origin: None,
            },
            OutboundContent::Reaction(reaction) => MessageContent::Reaction {
                message_id: reaction.message_id.clone(),
                emoji: Some(reaction.emoji.clone()).filter(|emoji| !emoji.is_empty()),
            },
            OutboundContent::Template(template) => MessageContent::Template {
                name: template.name.clone(),
                language: template.language.code.clone(),
                components: serde_json::to_value(&template.components).unwrap_or_default(),
            },
            OutboundContent::Interactive(interactive) => shown(interactive),
            OutboundContent::Pin(Pin {
                action,
                message_id,
                expiration_days,
                ..
            }) => MessageContent::Pin {
                message_id: message_id.clone(),
                pinned: *action == PinAction::Pin,
                expiration_days: *expiration_days,
            },
        }
    }
}

/// Our own id is not an id at Meta.
fn file(media: &Media) -> MediaContent {
    let meta_media_id = (media.id.as_deref())
        .filter(|id| id.parse::<Uuid>().is_err())
        .map(Into::into);
    MediaContent {
        meta_media_id,
        mime_type: None,
        sha256: None,
        caption: media.caption.clone(),
        filename: media.filename.clone(),
        voice: media.voice.unwrap_or_default(),
        animated: false,
        link: media.link.clone(),
    }
}

fn shown(interactive: &Interactive) -> MessageContent {
    let text = |words: &Option<Words>| words.as_ref().map(|words| words.text.clone());
    let action = &interactive.action;
    MessageContent::Interactive {
        kind: action.kind().to_owned(),
        header: interactive.header.as_ref().map(Header::shown),
        body: text(&interactive.body),
        footer: text(&interactive.footer),
        buttons: action.buttons(),
        options: action.options(),
    }
}

impl Header {
    /// Returns the header's text, or a file's name or kind.
    fn shown(&self) -> String {
        let (media, kind) = match self {
            Self::Text { text, .. } => return text.clone(),
            Self::Image { image, .. } => (image, "image"),
            Self::Video { video, .. } => (video, "video"),
            Self::Document { document, .. } => (document, "document"),
        };
        media.filename.clone().unwrap_or_else(|| kind.to_owned())
    }
}

impl Action {
    /// Returns the type's name at Meta.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Button(_) => "button",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::Flow(_) => "flow",
            Self::Product(_) => "product",
            Self::ProductList(_) => "product_list",
            Self::CatalogMessage(_) => "catalog_message",
            Self::LocationRequestMessage(_) => "location_request_message",
            Self::AddressMessage(_) => "address_message",
            Self::Carousel(_) => "carousel",
            Self::VoiceCall(_) => "voice_call",
            Self::CallPermissionRequest(_) => "call_permission_request",
            Self::RequestContactInfo(_) => "request_contact_info",
            Self::OrderDetails(_) => "order_details",
            Self::OrderStatus(_) => "order_status",
        }
    }

    /// Returns the buttons' texts that the sender can choose.
    fn buttons(&self) -> Vec<String> {
        match self {
            Self::Button(buttons) => (buttons.buttons.iter())
                .map(|button| button.reply.title.clone())
                .collect(),
            Self::List(list) => vec![list.button.clone()],
            Self::CtaUrl(cta) => (cta.parameters.iter())
                .map(|cta| cta.display_text.clone())
                .collect(),
            Self::Flow(flow) => (flow.parameters.iter())
                .map(|flow| flow.flow_cta.clone())
                .collect(),
            Self::VoiceCall(call) => (call.parameters.iter())
                .filter_map(|call| Some(call.get("display_text")?.as_str()?.to_owned()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the options besides the buttons: rows of a list, products, texts of cards.
    fn options(&self) -> Vec<String> {
        match self {
            Self::List(list) => (list.sections.iter())
                .flat_map(|section| section.rows.iter().map(|row| row.title.clone()))
                .collect(),
            Self::Product(product) => vec![product.product_retailer_id.clone()],
            Self::ProductList(list) => (list.sections.iter())
                .flat_map(|section| &section.product_items)
                .map(|item| item.product_retailer_id.clone())
                .collect(),
            Self::Carousel(carousel) => (carousel.cards.iter())
                .filter_map(|card| Some(card.body.as_ref()?.text.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }
}
