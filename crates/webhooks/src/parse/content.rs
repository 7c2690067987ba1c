//! The content of messages.

use serde_json::value::RawValue;
use wabakit_domain::inbound::{
    ContactCard, ContactName, Labelled, MediaContent, MessageContent, OrderItem, Party,
    PostalAddress,
};

use super::{interactive, people::party, status::faults};
use crate::json::{self, Object};

/// Reads the content by the message's `type`. A type that has no typed form, or that does not fit it, is kept raw as
/// unsupported.
pub(super) fn content(item: &Object<'_>, raw: &RawValue) -> MessageContent {
    let kind = kind_of(item);
    let part = kind.as_deref().and_then(|kind| item.object(kind));
    let typed = match (kind.as_deref(), &part) {
        (Some("edit"), Some(edit)) => edited(edit),
        (Some("revoke"), Some(revoke)) => {
            revoke
                .id("original_message_id")
                .map(|id| MessageContent::Revoke {
                    original_message_id: id.into(),
                })
        }
        (Some(kind), part) => typed(kind, item, part.as_ref()),
        (None, _) => None,
    };
    typed.unwrap_or_else(|| unsupported(kind, item, raw))
}

/// Reads the type. Meta writes types in lower case; programs that forward webhooks may not.
fn kind_of(item: &Object<'_>) -> Option<String> {
    let kind = item.some("type").or_else(|| unnamed(item))?;
    let known = TYPES.iter().find(|known| kind.eq_ignore_ascii_case(known));
    Some(known.map_or(kind.clone(), |known| (*known).to_owned()))
}

/// The types whose content is in a member of the same name.
const TYPES: [&str; 17] = [
    "text",
    "image",
    "video",
    "document",
    "audio",
    "voice",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "button",
    "interactive",
    "order",
    "system",
    "edit",
    "revoke",
    "unsupported",
];

/// Finds the type of a message without `type`, by the member that holds its content. Meta's older documents show such
/// messages.
fn unnamed(item: &Object<'_>) -> Option<String> {
    let known = TYPES.iter().find(|kind| item.raw(kind).is_some());
    known.map(|kind| (*kind).to_owned())
}

fn unsupported(kind: Option<String>, item: &Object<'_>, raw: &RawValue) -> MessageContent {
    let kind = match kind.as_deref() {
        // For an unsupported message, Meta names the real type in `unsupported`.
        Some("unsupported") => item
            .object("unsupported")
            .and_then(|unsupported| unsupported.some("type")),
        Some("interactive") => {
            let inner = item.object("interactive");
            let inner = inner.and_then(|interactive| interactive.some("type"));
            Some(inner.map_or("interactive".to_owned(), |inner| {
                format!("interactive.{inner}")
            }))
        }
        _ => kind,
    };
    MessageContent::Unsupported {
        kind,
        errors: faults(item.list("errors")),
        raw: json::value(raw),
    }
}

/// Reads the new content of an edit, which cannot be an edit itself.
fn edited(edit: &Object<'_>) -> Option<MessageContent> {
    let raw = edit.raw("message")?;
    let message = Object::of(raw)?;
    let kind = kind_of(&message);
    let content = kind
        .as_deref()
        .and_then(|kind| typed(kind, &message, message.object(kind).as_ref()))
        .unwrap_or_else(|| unsupported(kind, &message, raw));
    Some(MessageContent::Edit {
        original_message_id: edit.id("original_message_id")?.into(),
        content: Box::new(content),
    })
}

/// Reads every type but edits and revokes.
fn typed(kind: &str, item: &Object<'_>, part: Option<&Object<'_>>) -> Option<MessageContent> {
    Some(match kind {
        "text" => MessageContent::Text {
            body: part?.text("body")?,
        },
        "image" => MessageContent::Image(media(part?)),
        "video" => MessageContent::Video(media(part?)),
        "document" => MessageContent::Document(media(part?)),
        "audio" => MessageContent::Audio(media(part?)),
        "voice" => MessageContent::Audio(MediaContent {
            voice: true,
            ..media(part?)
        }),
        "sticker" => MessageContent::Sticker(media(part?)),
        "media_placeholder" => MessageContent::MediaPlaceholder,
        "location" => MessageContent::Location {
            latitude: part?.number("latitude")?,
            longitude: part?.number("longitude")?,
            name: part?.some("name"),
            address: part?.some("address"),
            url: part?.some("url"),
        },
        "contacts" => {
            let cards = item.list("contacts").into_iter().filter_map(Object::of);
            let cards: Vec<_> = cards.collect();
            let told = cards.iter().find_map(|card| card.some("origin"));
            MessageContent::Contacts {
                contacts: (!cards.is_empty()).then(|| cards.iter().map(card).collect())?,
                origin: item.some("origin").or(told),
            }
        }
        "reaction" => MessageContent::Reaction {
            message_id: part?.id("message_id")?.into(),
            emoji: part?.some("emoji"),
        },
        "button" => MessageContent::Button {
            text: part?.text("text").or_else(|| part?.text("payload"))?,
            payload: part?.some("payload"),
        },
        "interactive" => interactive::reply(part?)?,
        "order" => MessageContent::Order {
            catalog_id: part?.some("catalog_id"),
            text: part?.some("text"),
            items: part?
                .list("product_items")
                .into_iter()
                .map(|product| ordered(&Object::of(product)?))
                .collect::<Option<_>>()?,
        },
        "system" => MessageContent::System {
            kind: part?.some("type").unwrap_or_else(|| "unknown".to_owned()),
            body: part?.some("body"),
            now: now(part?),
            previous: previous(part?).map(Box::new),
        },
        "request_welcome" => MessageContent::RequestWelcome,
        _ => return None,
    })
}

/// Reads the person's new identity.
fn now(system: &Object<'_>) -> Option<Party> {
    let mut now = party(system, "wa_id", "user_id", "parent_user_id");
    if now.phone.is_none() {
        // The name of the field until v12.
        now.phone = party(system, "new_wa_id", "", "").phone;
    }
    (!now.is_nobody()).then_some(now)
}

/// Reads the person's former ids. The former number is the message's `from`.
fn previous(system: &Object<'_>) -> Option<Party> {
    let before = party(
        system,
        "previous_wa_id",
        "previous_user_id",
        "previous_parent_user_id",
    );
    (!before.is_nobody()).then_some(before)
}

pub(super) fn media(part: &Object<'_>) -> MediaContent {
    MediaContent {
        meta_media_id: part.id("id").map(Into::into),
        mime_type: part.some("mime_type"),
        sha256: part.some("sha256"),
        caption: part.some("caption"),
        filename: part.some("filename"),
        voice: part.bool("voice") == Some(true),
        animated: part.bool("animated") == Some(true),
        link: part.some("url").or_else(|| part.some("link")),
    }
}

fn ordered(product: &Object<'_>) -> Option<OrderItem> {
    Some(OrderItem {
        product_retailer_id: product.some("product_retailer_id")?,
        quantity: product.number("quantity")?,
        item_price: product.number("item_price"),
        currency: product.some("currency"),
    })
}

fn card(card: &Object<'_>) -> ContactCard {
    let objects = |name: &str| card.list(name).into_iter().filter_map(Object::of);
    let labelled = |list: &str, value: &str| {
        objects(list)
            .filter_map(|entry| {
                Some(Labelled {
                    value: entry.some(value).or_else(|| entry.some("wa_id"))?,
                    label: entry.some("type"),
                    wa_id: entry.id("wa_id"),
                })
            })
            .collect()
    };
    let (name, org) = (card.object("name"), card.object("org"));
    let named = |part: &str| name.as_ref()?.some(part);
    let works = |part: &str| org.as_ref()?.some(part);
    ContactCard {
        name: ContactName {
            formatted_name: named("formatted_name"),
            first_name: named("first_name"),
            last_name: named("last_name"),
        },
        phones: labelled("phones", "phone"),
        emails: labelled("emails", "email"),
        urls: labelled("urls", "url"),
        addresses: objects("addresses")
            .map(|address| PostalAddress {
                street: address.some("street"),
                city: address.some("city"),
                state: address.some("state"),
                zip: address.some("zip"),
                country: address
                    .some("country")
                    .or_else(|| address.some("country_code")),
                label: address.some("type"),
            })
            .collect(),
        company: works("company"),
        department: works("department"),
        title: works("title"),
        birthday: card.some("birthday"),
    }
}
