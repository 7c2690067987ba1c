//! Cuts a body into its changes. It interprets only what is needed to route them.

use serde_json::value::RawValue;
use thiserror::Error;
use wabakit_domain::delivery::Lane;

use crate::json::{self, Object};

/// The `object` of all WhatsApp webhooks.
const WHATSAPP: &str = "whatsapp_business_account";

/// The longest name of a field or object. A longer text is not a name.
const MAX_NAME: usize = 128;

/// One change: an element of `entry[].changes[]`, or the part of the body that takes its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawChange<'a> {
    /// `entry[].id`, also from an integer. It is the id of a WABA, and sometimes of a business.
    pub entry_id: Option<String>,
    /// `entry[].time`, in seconds since 1970.
    pub entry_time: Option<i64>,
    /// `field`, wherever Meta put it. Empty where there is none. For an object other than WhatsApp's, the object's
    /// name and `/` come before it: `page/messages`.
    pub field: String,
    /// The lane that applies the change.
    pub lane: Lane,
    /// The bytes of the change: a slice of the body, which [`parse`](crate::parse) reads.
    pub raw: &'a [u8],
}

/// The reason why a body cannot be cut into changes. It says where the fault is, and never what is written there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum UnreadableBody {
    /// The body is not UTF-8.
    #[error("the body is not UTF-8 after byte {valid_up_to}")]
    NotUtf8 {
        /// The length of the valid part, in bytes.
        valid_up_to: usize,
    },
    /// The body is not JSON.
    #[error("the body is not JSON at line {line}, column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// The body is JSON, but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
}

/// Cuts a body into its changes, in order.
///
/// It accepts the mistakes of Meta's own samples: a `field` beside `changes` or within `value`, a `value` outside of
/// `changes`, a body that is a bare change, ids as integers. An entry or a body without changes becomes one change
/// without a field, so that it is not lost.
///
/// # Errors
/// [`UnreadableBody`], for a body that is not a JSON object.
pub fn split(body: &[u8]) -> Result<Vec<RawChange<'_>>, UnreadableBody> {
    let body = std::str::from_utf8(body).map_err(|error| UnreadableBody::NotUtf8 {
        valid_up_to: error.valid_up_to(),
    })?;
    // Only a broken body, or a body that is itself a change, is read a second time.
    let whole = || {
        serde_json::from_str(body).map_err(|error| UnreadableBody::NotJson {
            line: error.line(),
            column: error.column(),
        })
    };
    let Some(delivery) = Object::read(body) else {
        let _: &RawValue = whole()?;
        return Err(UnreadableBody::NotAnObject);
    };
    let outer = Outer {
        object: name(&delivery, "object").filter(|object| object != WHATSAPP),
        field: name(&delivery, "field"),
        ..Outer::default()
    };
    let mut changes = Vec::new();
    if delivery.raw("entry").is_none() {
        changes.push(change(&outer, whole()?));
    }
    for raw in delivery.list("entry") {
        let Some(entry) = Object::of(raw) else {
            changes.push(change(&outer, raw));
            continue;
        };
        let outer = Outer {
            id: entry.id("id").filter(|id| id.len() <= MAX_NAME),
            time: entry.int("time"),
            field: name(&entry, "field").or_else(|| outer.field.clone()),
            ..outer.clone()
        };
        let inner = entry.list("changes");
        // If a value stands beside the changes, the whole entry is one change, and changes without a value only name
        // its field.
        let value_is_outside = entry.raw("value").is_some();
        let (bare, whole): (Vec<_>, Vec<_>) = inner
            .into_iter()
            .partition(|raw| value_is_outside && !has_value(raw));
        if value_is_outside || entry.raw("changes").is_none() {
            let named = || name(&Object::of(bare.first()?)?, "field");
            let field = outer.field.clone().or_else(named);
            changes.push(change(
                &Outer {
                    field,
                    ..outer.clone()
                },
                raw,
            ));
        }
        changes.extend(whole.into_iter().map(|raw| change(&outer, raw)));
    }
    Ok(changes)
}

fn has_value(raw: &RawValue) -> bool {
    Object::of(raw).is_some_and(|change| change.raw("value").is_some())
}

/// The context of a change.
#[derive(Clone, Default)]
struct Outer {
    /// The object, if it is not WhatsApp's.
    object: Option<String>,
    id: Option<String>,
    time: Option<i64>,
    field: Option<String>,
}

fn change<'a>(outer: &Outer, raw: &'a RawValue) -> RawChange<'a> {
    let change = Object::of(raw);
    let value = change.as_ref().and_then(|change| change.object("value"));
    let field = change
        .and_then(|change| name(&change, "field"))
        .or_else(|| outer.field.clone())
        .or_else(|| name(value.as_ref()?, "field"))
        .unwrap_or_default();
    let (field, lane) = match &outer.object {
        Some(object) => (format!("{object}/{field}"), Lane::Nowhere),
        None => {
            let lane = lane(outer, &field, value.as_ref());
            (field, lane)
        }
    };
    RawChange {
        entry_id: outer.id.clone(),
        entry_time: outer.time,
        field,
        lane,
        raw: raw.get().as_bytes(),
    }
}

fn lane(outer: &Outer, field: &str, value: Option<&Object<'_>>) -> Lane {
    let inner = |part: &str, id: &str| {
        let id = value?.object(part)?.id(id)?;
        (id.len() <= MAX_NAME).then_some(id)
    };
    if let Some(number) = inner("metadata", "phone_number_id") {
        return Lane::Number(number.into());
    }
    // In a partner's webhook, the entry's id is the partner's business, and the WABA's id is inside the value.
    let told_inside = match field {
        "account_update" => inner("waba_info", "waba_id"),
        _ => None,
    };
    told_inside
        .or_else(|| outer.id.clone())
        .map_or(Lane::Nowhere, |id| Lane::Waba(id.into()))
}

fn name(object: &Object<'_>, key: &str) -> Option<String> {
    let raw = object.raw(key)?;
    // Only a text is a name.
    raw.get().starts_with('"').then_some(())?;
    json::id(raw).filter(|name| name.len() <= MAX_NAME)
}
