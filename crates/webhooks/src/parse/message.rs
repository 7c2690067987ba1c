//! `messages[]`, and the fields that all messages have.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{
        Context, Fact, MessageContent, MessageFact, Origin, Party, Referral, ReferredProduct,
    },
    message::Direction,
};

use super::{
    ItemError, Scene,
    content::content,
    people::{digits, party},
    required_id, required_time,
};
use crate::json::Object;

/// Reads a customer's message.
pub(super) fn received(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let mut from = sender(item);
    if from.is_nobody() {
        // Some system messages name the person only inside `system`.
        from.phone = item
            .object("system")
            .and_then(|system| party(&system, "customer", "", "").phone);
    }
    let content = content(item, raw);
    match content {
        MessageContent::System {
            kind,
            body,
            now,
            previous,
        } => {
            let mut now = now.unwrap_or_default();
            scene
                .people
                .tell_change(&mut from, &mut now, previous.as_deref());
            let now = (now != Party::default()).then_some(now);
            let content = MessageContent::System {
                kind,
                body,
                now,
                previous,
            };
            of_content(item, Direction::Inbound, from, Origin::Live, content)
        }
        content => {
            let mut from = scene.people.complete(from);
            from.phone = from.phone.or_else(|| own_number(&content));
            of_content(item, Direction::Inbound, from, Origin::Live, content)
        }
    }
}

/// Reads the number from a contact card that the person sent in answer to a request for their number. Any other card
/// may be somebody else's.
fn own_number(content: &MessageContent) -> Option<String> {
    let MessageContent::Contacts { contacts, origin } = content else {
        return None;
    };
    let [card] = contacts.as_slice() else {
        return None;
    };
    let [phone] = card.phones.as_slice() else {
        return None;
    };
    if !matches!(
        origin.as_deref(),
        Some("contact_request" | "request_contact_info")
    ) {
        return None;
    }
    let written = phone.value.trim_start().starts_with('+');
    let written = written.then_some(&phone.value);
    phone
        .wa_id
        .as_ref()
        .or(written)
        .and_then(|number| digits(number))
}

/// Reads the sender.
pub(super) fn sender(item: &Object<'_>) -> Party {
    party(item, "from", "from_user_id", "from_parent_user_id")
}

/// Reads the recipient.
pub(super) fn addressee(item: &Object<'_>) -> Party {
    party(item, "to", "to_user_id", "to_parent_user_id")
}

pub(super) fn message(
    item: &Object<'_>,
    raw: &RawValue,
    direction: Direction,
    party: Party,
    origin: Origin,
) -> Result<Fact, ItemError> {
    of_content(item, direction, party, origin, content(item, raw))
}

fn of_content(
    item: &Object<'_>,
    direction: Direction,
    party: Party,
    origin: Origin,
    content: MessageContent,
) -> Result<Fact, ItemError> {
    Ok(Fact::Message(Box::new(MessageFact {
        wamid: required_id(item, "id")?.into(),
        direction,
        party,
        group_id: item.id("group_id").map(Into::into),
        at: required_time(item, "timestamp")?,
        origin,
        context: item.object("context").and_then(|it| context(&it)),
        referral: item.object("referral").and_then(|it| referral(&it)),
        content,
    })))
}

fn context(it: &Object<'_>) -> Option<Context> {
    let product = it.object("referred_product").and_then(|product| {
        Some(ReferredProduct {
            catalog_id: product.some("catalog_id")?,
            product_retailer_id: product.some("product_retailer_id")?,
        })
    });
    let context = Context {
        message_id: it.id("id").map(Into::into),
        from: it.id("from"),
        forwarded: it.bool("forwarded") == Some(true),
        frequently_forwarded: it.bool("frequently_forwarded") == Some(true),
        referred_product: product,
    };
    (context != Context::default()).then_some(context)
}

fn referral(it: &Object<'_>) -> Option<Referral> {
    let referral = Referral {
        source_url: it.some("source_url"),
        source_id: it.some("source_id"),
        source_type: it.some("source_type"),
        headline: it.some("headline"),
        body: it.some("body"),
        media_type: it.some("media_type"),
        image_url: it.some("image_url"),
        video_url: it.some("video_url"),
        thumbnail_url: it.some("thumbnail_url"),
        ctwa_clid: it.some("ctwa_clid"),
        welcome_message: match it.object("welcome_message") {
            Some(message) => message.some("text"),
            None => it.some("welcome_message"),
        },
    };
    (referral != Referral::default()).then_some(referral)
}
