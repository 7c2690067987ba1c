//! `messages[]`, and the fields that all messages have.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{Context, Fact, MessageFact, Origin, Party, Referral, ReferredProduct},
    message::Direction,
};

use super::{ItemError, Scene, content::content, people::party, required_id, required_time};
use crate::json::Object;

/// Reads a customer's message.
pub(super) fn received(
    scene: &Scene<'_>,
    raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let mut from = sender(item);
    if from.is_nobody() {
        // Some system messages name the person only inside.
        from.phone = item
            .object("system")
            .and_then(|system| party(&system, "customer", "", "").phone);
    }
    message(
        item,
        raw,
        Direction::Inbound,
        scene.people.complete(from),
        Origin::Live,
    )
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
    Ok(Fact::Message(Box::new(MessageFact {
        wamid: required_id(item, "id")?.into(),
        direction,
        party,
        group_id: item.id("group_id").map(Into::into),
        at: required_time(item, "timestamp")?,
        origin,
        context: item.object("context").and_then(|it| context(&it)),
        referral: item.object("referral").and_then(|it| referral(&it)),
        content: content(item, raw),
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
