//! A lenient JSON reader that reads one level at a time. It treats a value of another type than expected as absent,
//! reads ids and numbers from texts or numbers, and can read every text. It can also record which parts it read, to
//! return the rest.

use std::{borrow::Cow, cell::RefCell, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

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

    /// Returns a member that is an object, or a list that begins with one.
    pub(crate) fn first(&self, name: &str) -> Option<Object<'a>> {
        self.list(name).first().and_then(|raw| Object::of(raw))
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
        let raw = self.raw(name)?;
        let text = plain(raw)?;
        let text = text.trim();
        let int = text.parse().ok().or_else(|| {
            // Meta writes some integers as 1.0 or 1e3.
            let number: f64 = text.parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0)
                .then_some(number as i64)
        });
        told(raw, int)
    }

    /// Returns a finite number, also from a text. One with more digits than it keeps does not count as read, so that
    /// the rest has all its digits.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        let raw = self.raw(name)?;
        let text = plain(raw)?;
        let number: f64 = text.trim().parse().ok()?;
        let number = number.is_finite().then_some(number)?;
        if digits_of(&text) <= EXACT_DIGITS {
            mark(raw);
        }
        Some(number)
    }

    /// Returns a boolean, also from a text.
    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        let raw = self.raw(name)?;
        let word = raw.get().trim_matches('"').to_ascii_lowercase();
        told(
            raw,
            match word.as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
        )
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
    told(raw, plain(raw))
}

fn plain(raw: &RawValue) -> Option<String> {
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
    let id = plain(raw).filter(|id| !id.is_empty() && id.len() <= MAX_ID);
    told(raw, id)
}

/// Reads any value, unchanged. A value that is too deep or too large for a tree is returned as its text, and so is a
/// number whose digits do not fit into a JSON reader's number.
pub(crate) fn value(raw: &RawValue) -> Value {
    mark(raw);
    tree(raw)
}

fn tree(raw: &RawValue) -> Value {
    let json = raw.get();
    let mut value = match json.len() > MAX_TREE {
        true => None,
        false => match has_long_number(json) {
            true => exact(raw, MAX_DEPTH),
            false => serde_json::from_str(json)
                .ok()
                .filter(|tree| is_at_most(MAX_DEPTH, tree)),
        },
    }
    .unwrap_or_else(|| Value::String(json.to_owned()));
    if json.contains("\\u0000") {
        without_nul(&mut value);
    }
    value
}

/// The digits that a 64-bit number always keeps.
const EXACT_DIGITS: usize = 15;

/// Counts the digits of a number, without those of its exponent.
fn digits_of(number: &str) -> usize {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    mantissa.bytes().filter(u8::is_ascii_digit).count()
}

/// Tells whether a text may hold a number of more digits than a 64-bit number keeps.
fn has_long_number(json: &str) -> bool {
    let bytes = json.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    bytes
        .split(|byte| !is_part(byte))
        .any(|run| run.len() > EXACT_DIGITS)
}

/// Reads a value, in which a number that would change its digits becomes its text.
fn exact(raw: &RawValue, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let json = raw.get();
    Some(match json.as_bytes().first()? {
        b'{' => {
            let object = Object::of(raw)?;
            let members = object
                .members()
                .map(|(name, raw)| Some((name.into_owned(), exact(raw, depth)?)));
            Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
        b'[' => {
            let items = list(raw).into_iter().map(|raw| exact(raw, depth));
            Value::Array(items.collect::<Option<_>>()?)
        }
        b'-' | b'0'..=b'9' => {
            let is_whole = json.parse::<i64>().is_ok() || json.parse::<u64>().is_ok();
            match is_whole || digits_of(json) <= EXACT_DIGITS {
                true => serde_json::from_str(json).ok()?,
                false => Value::String(json.to_owned()),
            }
        }
        _ => serde_json::from_str(json).ok()?,
    })
}

thread_local! {
    /// The values that were read since a trace began, by the addresses of their text. It is a thread-local, because the
    /// readers are many small functions over borrowed values: a trace in their hands would be a parameter of every one.
    static TRACE: RefCell<Option<Vec<(usize, usize)>>> = const { RefCell::new(None) };
}

fn place(json: &str) -> (usize, usize) {
    let start = json.as_ptr().addr();
    (start, start + json.len())
}

/// Records that a value was read as a whole.
fn mark(raw: &RawValue) {
    TRACE.with_borrow_mut(|trace| {
        if let Some(trace) = trace {
            trace.push(place(raw.get()));
        }
    });
}

/// Records that a value was read, if the reader understood it.
fn told<T>(raw: &RawValue, read: Option<T>) -> Option<T> {
    if read.is_some() {
        mark(raw);
    }
    read
}

/// Takes back that these values were read. They are in the order of their places in the text.
pub(crate) fn forget(values: &[&RawValue]) {
    let ranges: Vec<_> = values.iter().map(|raw| place(raw.get())).collect();
    TRACE.with_borrow_mut(|trace| {
        if let Some(trace) = trace
            && !ranges.is_empty()
        {
            trace.retain(|read| !holds(&ranges, *read));
        }
    });
}

/// The parts of a text that a traced reader read.
pub(crate) struct Told {
    /// Sorted; none within another.
    parts: Vec<(usize, usize)>,
    /// Sorted; none within another.
    items: Vec<(usize, usize)>,
}

/// Runs a reader, and returns its result with the parts of the text that it read.
pub(crate) fn traced<T>(read: impl FnOnce() -> T) -> (T, Told) {
    TRACE.set(Some(Vec::new()));
    let value = read();
    let parts = outermost(TRACE.take().unwrap_or_default());
    let items = Vec::new();
    (value, Told { parts, items })
}

/// Sorts parts, and drops those within others.
fn outermost(mut parts: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    parts.sort_unstable_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
    let mut until = 0;
    parts.retain(|(_, end)| {
        let is_outer = *end > until;
        until = until.max(*end);
        is_outer
    });
    parts
}

fn holds(parts: &[(usize, usize)], (start, end): (usize, usize)) -> bool {
    let at = parts.partition_point(|(other, _)| *other <= start);
    let before = at.checked_sub(1).and_then(|at| parts.get(at));
    before.is_some_and(|(_, until)| end <= *until)
}

impl Told {
    /// Marks these items as read.
    pub(crate) fn skip<'a>(&mut self, items: impl Iterator<Item = &'a [u8]>) {
        let range = items.map(<[u8]>::as_ptr_range);
        let range = range.map(|range| (range.start.addr(), range.end.addr()));
        self.items = outermost(range.collect());
    }

    fn holds(&self, json: &str) -> bool {
        let place = place(json);
        holds(&self.parts, place) || holds(&self.items, place)
    }

    /// Returns the unread rest of a value, in its shape. A list element that was read becomes null.
    pub(crate) fn rest(&self, raw: &RawValue) -> Option<Value> {
        self.rest_of(raw, MAX_DEPTH / 2)
    }

    fn rest_of(&self, raw: &RawValue, depth: usize) -> Option<Value> {
        let json = raw.get();
        if json == "null" || self.holds(json) {
            return None;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Some(tree(raw));
        };
        match json.as_bytes().first()? {
            b'{' => {
                let mut rest = Map::new();
                for (name, raw) in Object::of(raw)?.members() {
                    if NOT_TOLD.contains(&&*name) {
                        continue;
                    }
                    if let Some(part) = self.rest_of(raw, depth) {
                        rest.insert(name.replace('\0', "\u{fffd}"), part);
                    }
                }
                (!rest.is_empty()).then_some(Value::Object(rest))
            }
            b'[' => {
                let items = list(raw).into_iter();
                let mut rest: Vec<_> = items
                    .map(|raw| self.rest_of(raw, depth).unwrap_or_default())
                    .collect();
                while rest.last().is_some_and(Value::is_null) {
                    rest.pop();
                }
                (!rest.is_empty()).then_some(Value::Array(rest))
            }
            b'"' if json == "\"\"" => None,
            _ => Some(tree(raw)),
        }
    }
}

/// Members that the rest leaves out: a call's connection data, which only its endpoints need, and the product's name.
const NOT_TOLD: [&str; 2] = ["sdp", "messaging_product"];

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
