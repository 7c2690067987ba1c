//! Reads a message's JSON, with Meta's errors for wrong parts.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::graph::GraphError;

/// An object in the body, with its path.
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

type Found<T> = Result<T, GraphError>;

/// The longest `biz_opaque_callback_data`, in characters.
const OPAQUE: usize = 512;

/// Reads the message's `biz_opaque_callback_data`.
pub(super) fn opaque(body: &Map<String, Value>) -> Found<Option<&str>> {
    match body.get("biz_opaque_callback_data") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= OPAQUE => Ok(Some(text)),
        Some(_) => Err(GraphError::parameter(
            "Param biz_opaque_callback_data must be a string of at most 512 characters",
        )),
    }
}

impl<'a> Object<'a> {
    /// Makes the body itself an object to read from.
    pub(super) const fn body(fields: &'a Map<String, Value>) -> Self {
        Self {
            path: String::new(),
            fields,
        }
    }

    /// Reads a required object of the body.
    pub(super) fn of_body(body: &'a Map<String, Value>, name: &str) -> Found<Self> {
        let value = body
            .get(name)
            .ok_or_else(|| GraphError::missing(format!("{name} is required")))?;
        Self::of(value, name.to_owned())
    }

    /// Reads an object under a name of its own.
    pub(super) fn named(value: &'a Value, name: &str) -> Found<Self> {
        Self::of(value, name.to_owned())
    }

    fn of(value: &'a Value, path: String) -> Found<Self> {
        match value {
            Value::Object(fields) => Ok(Self { path, fields }),
            _ => Err(GraphError::parameter(format!(
                "Param {path} must be a JSON object"
            ))),
        }
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            return name.to_owned();
        }
        format!("{}['{name}']", self.path)
    }

    /// Refuses fields with other names, unless they are null.
    pub(super) fn only(&self, names: &[&str]) -> Found<()> {
        let stray = self
            .fields
            .iter()
            .find(|(name, value)| !value.is_null() && !names.contains(&name.as_str()));
        match stray {
            Some((name, _)) => Err(GraphError::new(
                100,
                format!(
                    "(#100) Unexpected key \"{name}\" on param \"{}\".",
                    self.path
                ),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns the field, if it is present and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    fn need(&self, name: &str) -> Found<&'a Value> {
        self.get(name).ok_or_else(|| {
            GraphError::missing(format!("The parameter {} is required.", self.at(name)))
        })
    }

    /// Reads a required text that shows something, of at most this many characters.
    pub(super) fn text(&self, name: &str, most: usize) -> Found<&'a str> {
        let text = self.given(name, most)?;
        if text.trim().is_empty() {
            return Err(self.empty(name));
        }
        Ok(text)
    }

    /// Reads a required text of one character up to this many. It may be white space.
    pub(super) fn given(&self, name: &str, most: usize) -> Found<&'a str> {
        let text = self.string(name, self.need(name)?, most)?;
        if text.is_empty() {
            return Err(self.empty(name));
        }
        Ok(text)
    }

    fn empty(&self, name: &str) -> GraphError {
        GraphError::parameter(format!("Param {} must not be empty", self.at(name)))
    }

    /// Reads a required id. Graph takes a whole number for one as well as its text.
    pub(super) fn id(&self, name: &str) -> Found<Cow<'a, str>> {
        match self.need(name)? {
            Value::Number(number) if number.is_u64() => Ok(Cow::Owned(number.to_string())),
            _ => self.given(name, usize::MAX).map(Cow::Borrowed),
        }
    }

    /// Checks an optional id, which may be empty.
    pub(super) fn id_or_none(&self, name: &str) -> Found<()> {
        match self.get(name) {
            Some(Value::Number(number)) if number.is_u64() => Ok(()),
            _ => self.text_or_none(name, usize::MAX).map(|_| ()),
        }
    }

    /// Checks optional texts of any length.
    pub(super) fn texts(&self, names: &[&str]) -> Found<()> {
        names
            .iter()
            .try_for_each(|name| self.text_or_none(name, usize::MAX).map(|_| ()))
    }

    /// Reads a value that stands within a line of a template.
    ///
    /// Public threads saw Meta refuse line breaks, tabs and more than four spaces in a row, with 132018 since v23.
    pub(super) fn in_line(&self, name: &str, most: usize) -> Found<()> {
        let text = self.text(name, most)?;
        if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
            let details = format!(
                "Param {} cannot have new-line/tab characters or more than 4 consecutive spaces",
                self.at(name)
            );
            return Err(GraphError::detailed(132_018, details));
        }
        Ok(())
    }

    /// Checks a whole number, if it is present.
    pub(super) fn whole(&self, name: &str, range: RangeInclusive<u64>) -> Found<()> {
        let Some(value) = self.get(name) else {
            return Ok(());
        };
        if value.as_u64().is_some_and(|number| range.contains(&number)) {
            return Ok(());
        }
        let (at, least, most) = (self.at(name), range.start(), range.end());
        Err(GraphError::value(format!(
            "{at} must be a whole number from {least} to {most}"
        )))
    }

    /// Checks a required whole number.
    pub(super) fn needs_whole(&self, name: &str, range: RangeInclusive<u64>) -> Found<()> {
        self.need(name)?;
        self.whole(name, range)
    }

    /// Refuses a field that stands in the wrong kind of object.
    pub(super) fn without(&self, name: &str) -> Found<()> {
        match self.get(name) {
            None => Ok(()),
            Some(_) => Err(GraphError::parameter(format!(
                "Unexpected key \"{name}\" on param \"{}\".",
                self.path
            ))),
        }
    }

    /// Tells whether no field has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.values().all(Value::is_null)
    }

    /// Reads an optional text.
    pub(super) fn text_or_none(&self, name: &str, most: usize) -> Found<Option<&'a str>> {
        self.get(name)
            .map(|value| self.string(name, value, most))
            .transpose()
    }

    fn string(&self, name: &str, value: &'a Value, most: usize) -> Found<&'a str> {
        let Value::String(text) = value else {
            let at = self.at(name);
            return Err(GraphError::parameter(format!(
                "Param {at} must be a string"
            )));
        };
        if text.len() > most && text.chars().count() > most {
            let at = self.at(name);
            return Err(GraphError::parameter(format!(
                "Param {at} must be at most {most} characters long."
            )));
        }
        Ok(text)
    }

    /// Reads a text that must be one of these.
    pub(super) fn one_of(&self, name: &str, known: &[&str]) -> Found<&'a str> {
        let text = self.text(name, usize::MAX)?;
        if known.contains(&text) {
            return Ok(text);
        }
        let (at, list) = (self.at(name), known.join(", "));
        Err(GraphError::value(format!("{at} must be one of {list}")))
    }

    /// Reads an optional boolean.
    pub(super) fn flag(&self, name: &str) -> Found<bool> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => {
                let at = self.at(name);
                Err(GraphError::parameter(format!(
                    "Param {at} must be a boolean"
                )))
            }
        }
    }

    pub(super) fn object(&self, name: &str) -> Found<Self> {
        Self::of(self.need(name)?, self.at(name))
    }

    pub(super) fn object_or_none(&self, name: &str) -> Found<Option<Self>> {
        self.get(name)
            .map(|value| Self::of(value, self.at(name)))
            .transpose()
    }

    /// Reads a list of `least` to `most` objects.
    pub(super) fn list(&self, name: &str, least: usize, most: usize) -> Found<Vec<Self>> {
        let at = self.at(name);
        let Value::Array(items) = self.need(name)? else {
            return Err(GraphError::parameter(format!(
                "Param {at} must be an array."
            )));
        };
        self.sized(name, items.len(), least, most)?;
        let each = |(index, item)| Self::of(item, format!("{at}[{index}]"));
        items.iter().enumerate().map(each).collect()
    }

    fn sized(&self, name: &str, count: usize, least: usize, most: usize) -> Found<()> {
        if (least..=most).contains(&count) {
            return Ok(());
        }
        let at = self.at(name);
        Err(GraphError::value(format!(
            "{at} has {count} items. Min: {least}, max: {most}"
        )))
    }

    /// Reads an http or https address with a host. The rest is left to the download.
    pub(super) fn address(&self, name: &str) -> Found<()> {
        let text = self.given(name, usize::MAX)?;
        let host = text.split_once("://").and_then(|(scheme, rest)| {
            let is_web = ["http", "https"]
                .iter()
                .any(|web| web.eq_ignore_ascii_case(scheme));
            rest.split(['/', '?', '#']).next().filter(|_| is_web)
        });
        match host {
            Some(host) if !host.trim().is_empty() => Ok(()),
            _ => {
                let at = self.at(name);
                Err(GraphError::parameter(format!(
                    "Param {at} is not a valid URI."
                )))
            }
        }
    }

    /// Reads a number from `-most` to `most`, also from a string.
    pub(super) fn number(&self, name: &str, most: f64) -> Found<f64> {
        let number = match self.need(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let at = self.at(name);
        number.filter(|number| number.abs() <= most).ok_or_else(|| {
            GraphError::value(format!("{at} must be a number from -{most} to {most}"))
        })
    }
}

/// Refuses the character NUL anywhere in the message.
///
/// A guess: Meta says nothing of it, and no phone shows it.
pub(super) fn without_nul(body: &Map<String, Value>) -> Found<()> {
    fn has_nul(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items.iter().any(has_nul),
            Value::Object(fields) => in_fields(fields),
            _ => false,
        }
    }
    fn in_fields(fields: &Map<String, Value>) -> bool {
        let mut fields = fields.iter().filter(|(_, value)| !value.is_null());
        fields.any(|(name, value)| name.contains('\0') || has_nul(value))
    }
    match in_fields(body) {
        true => Err(GraphError::parameter("A text has the character NUL")),
        false => Ok(()),
    }
}
