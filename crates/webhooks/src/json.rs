//! A lenient JSON reader that reads one level at a time. A value of another type than expected is absent, ids and
//! numbers may be texts or numbers, and every text can be read.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

/// The longest id. Meta's ids are shorter than 200 bytes, and a longer one would not fit into an index.
const MAX_ID: usize = 512;

/// The longest text that becomes a tree: a tree of values takes up to a hundred times the bytes of its text.
const MAX_TREE: usize = 256 * 1024;

/// The deepest tree. Readers stop at 128, and the stored form wraps the tree in some levels of its own.
const MAX_DEPTH: usize = 64;

/// The members of an object, each as it was written. Of members with the same name the last one counts.
pub(crate) struct Object<'a>(Vec<(Bytes<'a>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads an object, if the value is one.
    pub(crate) fn of(raw: &'a RawValue) -> Option<Self> {
        // A raw value is valid JSON, so one that begins like an object is an object.
        raw.get().starts_with('{').then_some(())?;
        Self::read(raw.get())
    }

    /// Reads an object, if the text is one.
    pub(crate) fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Iterates over the members.
    pub(crate) fn members(&self) -> impl Iterator<Item = (Cow<'_, str>, &'a RawValue)> {
        self.0
            .iter()
            .map(|(name, raw)| (String::from_utf8_lossy(&name.0), *raw))
    }

    /// Returns a member that is not null.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let mut members = self.0.iter().rev();
        let (_, raw) = members.find(|(key, _)| *key.0 == *name.as_bytes())?;
        (raw.get() != "null").then_some(*raw)
    }

    /// Returns a member that is an object.
    pub(crate) fn object(&self, name: &str) -> Option<Object<'a>> {
        Object::of(self.raw(name)?)
    }

    /// Returns the elements of a member that is an array. A member of another type is its own only element; an absent
    /// one gives none.
    pub(crate) fn list(&self, name: &str) -> Vec<&'a RawValue> {
        self.raw(name).map(list).unwrap_or_default()
    }

    /// Returns a text, or a number as it was written.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        text(self.raw(name)?)
    }

    /// Returns a text that is not empty.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// Returns an id: a text or an integer, not empty and of bounded length.
    pub(crate) fn id(&self, name: &str) -> Option<String> {
        id(self.raw(name)?)
    }

    /// Returns an integer, also from a text.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        let text = text.trim();
        text.parse().ok().or_else(|| {
            // Meta writes some integers as 1.0 or 1e3.
            let number: f64 = text.parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0)
                .then_some(number as i64)
        })
    }

    /// Returns a finite number, also from a text.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        let number: f64 = self.text(name)?.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// Returns a boolean, also from a text.
    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        match self.raw(name)?.get().trim_matches('"') {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Returns any value, unchanged.
    pub(crate) fn value(&self, name: &str) -> Value {
        self.raw(name).map(value).unwrap_or_default()
    }
}

/// Returns the elements of an array. Another value is its own only element.
pub(crate) fn list(raw: &RawValue) -> Vec<&RawValue> {
    match raw.get().starts_with('[') {
        true => serde_json::from_str(raw.get()).unwrap_or_default(),
        false => vec![raw],
    }
}

/// Reads a text, or a number as it was written.
pub(crate) fn text(raw: &RawValue) -> Option<String> {
    let json = raw.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Bytes<'_>>(json)
            .ok()
            .map(|bytes| readable(&bytes.0)),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

/// Reads an id: a text or an integer, not empty and of bounded length.
pub(crate) fn id(raw: &RawValue) -> Option<String> {
    if raw.get().len() > 6 * MAX_ID {
        return None;
    }
    text(raw).filter(|id| !id.is_empty() && id.len() <= MAX_ID)
}

/// Reads any value, unchanged. A value that is too deep or too large for a tree is returned as its text.
pub(crate) fn value(raw: &RawValue) -> Value {
    let json = raw.get();
    let mut value = match json.len() > MAX_TREE {
        true => None,
        false => serde_json::from_str(json)
            .ok()
            .filter(|tree| is_at_most(MAX_DEPTH, tree)),
    }
    .unwrap_or_else(|| Value::String(json.to_owned()));
    if json.contains("\\u0000") {
        without_nul(&mut value);
    }
    value
}

/// Decodes the bytes of a JSON string. Databases refuse NUL, and UTF-8 refuses half an emoji: both become U+FFFD.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // The first byte of an invalid sequence stands for all of it; the bytes that follow are 10xxxxxx.
        if chunk.invalid().first().is_some_and(|byte| *byte >= 0xc0) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}"),
        false => text,
    }
}

fn is_at_most(depth: usize, tree: &Value) -> bool {
    let Some(below) = depth.checked_sub(1) else {
        return false;
    };
    match tree {
        Value::Array(items) => items.iter().all(|item| is_at_most(below, item)),
        Value::Object(members) => members.values().all(|member| is_at_most(below, member)),
        _ => true,
    }
}

fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(without_nul),
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(name, mut member)| {
                    without_nul(&mut member);
                    (name.replace('\0', "\u{fffd}"), member)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The bytes of a JSON string. Unlike a `str`, they may hold half a surrogate pair.
struct Bytes<'a>(Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Bytes<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Borrowed(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Owned(bytes.to_owned())))
            }
        }
        deserializer.deserialize_bytes(Any)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Any)
    }
}
