//! Reads a change into facts, item by item.

mod calls;
mod coexistence;
mod content;
mod groups;
mod interactive;
mod management;
mod message;
mod people;
mod status;
mod waba;

use serde_json::{Map, Value, value::RawValue};
use thiserror::Error;
use wabakit_domain::{
    Time,
    inbound::{Fact, MetaFault},
};

use crate::json::{self, Object};
use people::People;

/// One item of a change: a message, a status, an update.
#[derive(Clone, PartialEq, Debug)]
pub struct ParsedItem<'a> {
    /// Its index among the change's items, from 0. It is the same whenever the same change is parsed.
    pub index: usize,
    /// The bytes of the item: a slice of the change.
    pub raw: &'a [u8],
    /// The fact, or why there is none. An error does not affect the item's siblings.
    pub fact: Result<Fact, ItemError>,
    /// The parts of the item that the fact has no place for, in Meta's shape. The first item's `change` holds the parts
    /// of the change that are in no item.
    pub extra: Option<Value>,
}

/// The reason why an item cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum ItemError {
    /// The change is no JSON.
    #[error("it is not JSON")]
    NotJson,
    /// A value that must be an object has another type.
    #[error("it is not an object")]
    NotAnObject,
    /// A required field is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A required field has a wrong value.
    #[error("{0} is not readable")]
    Invalid(&'static str),
}

impl ItemError {
    /// Returns the stable name of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::Missing(_) => "missing_part",
            Self::Invalid(_) => "invalid_part",
        }
    }
}

/// Reads a change. `field` and `raw` are those that [`split`](crate::split) returned.
///
/// Returns at least one item, except for a change that says nothing at all. A field, type or part that is not
/// modelled is no error: it becomes a [`Fact::Unsupported`], or a message of unsupported content.
pub fn parse<'a>(field: &str, raw: &'a [u8]) -> Vec<ParsedItem<'a>> {
    let json = std::str::from_utf8(raw).unwrap_or_default();
    let (mut items, told) = json::traced(|| read(field, raw, json));
    add_extras(&mut items.0, json, told);
    items.0
}

fn read<'a>(field: &str, raw: &'a [u8], json: &'a str) -> ParsedItems<'a> {
    let mut items = ParsedItems(Vec::new());
    match Object::read(json) {
        Some(change) => match change.raw("value") {
            Some(value) => items.read(field, json, value),
            None if is_modelled(field) => items.push(json, Err(ItemError::Missing("value"))),
            None => items.push(json, Ok(unsupported(field, None))),
        },
        None => {
            let is_json = serde_json::from_str::<&RawValue>(json).is_ok();
            items.0.push(ParsedItem {
                index: 0,
                raw,
                fact: match is_json {
                    true if is_modelled(field) => Err(ItemError::NotAnObject),
                    true => Ok(unsupported(field, None)),
                    false => Err(ItemError::NotJson),
                },
                extra: None,
            });
        }
    }
    items
}

/// Adds the unread rest of each item to its `extra`, and the unread rest of the change to the first item's.
fn add_extras(items: &mut [ParsedItem<'_>], change: &str, mut told: json::Told) {
    let Some(value) = Object::read(change).and_then(|change| change.raw("value")) else {
        return;
    };
    for item in items.iter_mut() {
        let Ok(json) = std::str::from_utf8(item.raw) else {
            continue;
        };
        item.extra = match serde_json::from_str(json) {
            _ if item.fact.is_err() => None,
            // The item is the whole change.
            _ if json.len() == change.len() => told.rest(value),
            Ok(raw) => told.rest(raw),
            Err(_) => None,
        };
    }
    told.skip(items.iter().map(|item| item.raw));
    let Some(first) = items.iter_mut().find(|item| item.fact.is_ok()) else {
        return;
    };
    if let Some(beside) = told.rest(value) {
        let extra = first.extra.get_or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(extra) = extra {
            extra.insert("change".to_owned(), beside);
        }
    }
}

/// The fields whose values are lists about people; each list is read by its own name.
const OF_PEOPLE: [&str; 8] = [
    "messages",
    "smb_message_echoes",
    "message_echoes",
    "history",
    "smb_app_state_sync",
    "user_id_update",
    "user_preferences",
    "calls",
];

fn is_modelled(field: &str) -> bool {
    OF_PEOPLE.contains(&field) || groups::is_field(field) || management::is_modelled(field)
}

struct ParsedItems<'a>(Vec<ParsedItem<'a>>);

impl<'a> ParsedItems<'a> {
    fn push(&mut self, json: &'a str, fact: Result<Fact, ItemError>) {
        self.0.push(ParsedItem {
            index: self.0.len(),
            raw: json.as_bytes(),
            fact,
            extra: None,
        });
    }

    fn read(&mut self, field: &str, change: &'a str, value: &'a RawValue) {
        if groups::is_field(field) {
            return groups::read(field, change, value, self);
        }
        if !OF_PEOPLE.contains(&field) {
            return management::read(field, change, value, self);
        }
        let Some(value) = Object::of(value) else {
            return self.push(change, Err(ItemError::NotAnObject));
        };
        let scene = Scene {
            field,
            number: number_of(&value),
            people: People::of(&value),
            faults: match field {
                "calls" => status::faults(value.list("errors")),
                _ => Vec::new(),
            },
        };
        for (part, raw) in value.members() {
            if raw.get() != "null" {
                self.part(&scene, &part, raw);
            }
        }
        scene.people.forget_strangers();
        if self.0.is_empty() {
            self.push(change, Ok(unsupported(field, None)));
        }
    }

    fn part(&mut self, scene: &Scene<'_>, part: &str, raw: &'a RawValue) {
        type Read = fn(&Scene<'_>, &RawValue, &Object<'_>) -> Result<Fact, ItemError>;
        let read: Read = match part {
            "messaging_product" | "metadata" | "contacts" => return,
            "messages" => match scene.field {
                "history" => coexistence::imported,
                "smb_message_echoes" | "message_echoes" => coexistence::echo,
                _ => message::received,
            },
            "message_echoes" => coexistence::echo,
            "statuses" => status::status,
            "calls" => calls::call,
            "state_sync" => coexistence::contact_book,
            "user_id_update" => people::user_id_change,
            "user_preferences" => people::preference,
            "errors" => {
                return self.push(raw.get(), Ok(Fact::Faults(status::faults(json::list(raw)))));
            }
            "history" => {
                for chunk in json::list(raw) {
                    coexistence::history(scene, chunk, self);
                }
                return;
            }
            // Items come in lists. Any other new member describes them, and stays in the raw change.
            _ if raw.get().starts_with('[') && raw.get() != "[]" => {
                return self.push(raw.get(), Ok(unsupported(scene.field, Some(part))));
            }
            _ => return,
        };
        for raw in json::list(raw) {
            let fact = Object::of(raw)
                .ok_or(ItemError::NotAnObject)
                .and_then(|item| read(scene, raw, &item));
            self.push(raw.get(), fact);
        }
    }
}

/// The context that all items of a change share.
struct Scene<'s> {
    field: &'s str,
    /// `metadata.display_phone_number`.
    number: Option<String>,
    people: People<'s>,
    /// Errors beside `calls[]`, which belong to the calls.
    faults: Vec<MetaFault>,
}

/// Reads `metadata.display_phone_number`.
fn number_of(value: &Object<'_>) -> Option<String> {
    let metadata = value.object("metadata")?;
    // The splitter routes by this id, so it counts as read.
    metadata.id("phone_number_id");
    metadata.text("display_phone_number")
}

fn unsupported(field: &str, part: Option<&str>) -> Fact {
    let what = match part {
        Some(part) => format!("{field}.{part}"),
        None => field.to_owned(),
    };
    Fact::Unsupported {
        what: what.chars().take(200).collect(),
    }
}

/// Reads an id that the item requires.
fn required_id(object: &Object<'_>, name: &'static str) -> Result<String, ItemError> {
    object.raw(name).ok_or(ItemError::Missing(name))?;
    object.id(name).ok_or(ItemError::Invalid(name))
}

/// Reads a time that the item requires.
fn required_time(object: &Object<'_>, name: &'static str) -> Result<Time, ItemError> {
    object.raw(name).ok_or(ItemError::Missing(name))?;
    time(object, name).ok_or(ItemError::Invalid(name))
}

/// Reads seconds since 1970. A number far beyond the year 5000 is read as milliseconds, which phones sometimes send.
fn time(object: &Object<'_>, name: &str) -> Option<Time> {
    match object.int(name)? {
        seconds @ 0..100_000_000_000 => Time::from_timestamp(seconds, 0),
        millis @ 100_000_000_000..100_000_000_000_000 => Time::from_timestamp_millis(millis),
        _ => None,
    }
}
