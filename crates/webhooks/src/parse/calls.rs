//! Calls, which are recorded and not answered.

use serde_json::value::RawValue;
use wabakit_domain::{
    inbound::{Call, Fact},
    phone::canonical,
};

use super::{
    ItemError, Scene,
    message::{addressee, sender},
    required_id, required_time,
    status::recipient,
    time,
};
use crate::json::Object;

/// Reads an element of `calls[]`.
pub(super) fn call(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    let from = sender(item);
    let by_customer = match item.text("direction").as_deref() {
        Some("USER_INITIATED") => true,
        Some("BUSINESS_INITIATED") => false,
        // The party who is not the business.
        _ => match (&from.phone, &scene.number) {
            (Some(from), Some(number)) => canonical(from) != canonical(number),
            _ => true,
        },
    };
    let at = required_time(item, "timestamp");
    Ok(Fact::Call(Box::new(Call {
        call_id: required_id(item, "id")?.into(),
        party: scene.people.complete(match by_customer {
            true => from,
            false => addressee(item),
        }),
        group_id: item.id("group_id").map(Into::into),
        by_customer,
        event: item.some("event").ok_or(ItemError::Missing("event"))?,
        status: item.some("status").or_else(|| {
            let first = item.list("status").into_iter().next()?;
            crate::json::text(first)
        }),
        at: at.or_else(|error| {
            time(item, "end_time")
                .or_else(|| time(item, "start_time"))
                .ok_or(error)
        })?,
        started_at: time(item, "start_time"),
        ended_at: time(item, "end_time"),
        duration: item.int("duration"),
    })))
}

/// Reads an element of `statuses[]` of type `call`: the progress of a call by the business.
pub(super) fn status(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    Ok(Fact::Call(Box::new(Call {
        call_id: required_id(item, "id")?.into(),
        party: scene.people.complete(recipient(item)),
        group_id: item.id("group_id").map(Into::into),
        by_customer: false,
        event: item.some("status").ok_or(ItemError::Missing("status"))?,
        status: None,
        at: required_time(item, "timestamp")?,
        started_at: None,
        ended_at: None,
        duration: None,
    })))
}
