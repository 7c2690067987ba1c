//! Reads a message's JSON, with Meta's errors for wrong parts.

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
    /// Reads a required object of the body.
    pub(super) fn of_body(body: &'a Map<String, Value>, name: &str) -> Found<Self> {
        let value = body
            .get(name)
            .ok_or_else(|| GraphError::missing(format!("{name} is required")))?;
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
        format!("{}['{name}']", self.path)
    }

    /// Refuses fields with other names.
    pub(super) fn only(&self, names: &[&str]) -> Found<()> {
        let stray = self
            .fields
            .keys()
            .find(|name| !names.contains(&name.as_str()));
        match stray {
            Some(name) => Err(GraphError::new(
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

    /// Reads a required, non-empty text of at most this many characters.
    pub(super) fn text(&self, name: &str, most: usize) -> Found<&'a str> {
        let text = self.string(name, self.need(name)?, most)?;
        if text.trim().is_empty() {
            let at = self.at(name);
            return Err(GraphError::parameter(format!(
                "Param {at} must not be empty"
            )));
        }
        Ok(text)
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

    /// Reads an http or https address.
    pub(super) fn address(&self, name: &str) -> Found<&'a str> {
        let text = self.text(name, 2_048)?;
        let is_web = url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if is_web {
            return Ok(text);
        }
        let at = self.at(name);
        Err(GraphError::parameter(format!(
            "Param {at} is not a valid URI."
        )))
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

    /// Reads the id of a message.
    pub(super) fn message_id(&self, name: &str) -> Found<&'a str> {
        let id = self.text(name, 1_024)?;
        if id.starts_with("wamid.") {
            return Ok(id);
        }
        let at = self.at(name);
        Err(GraphError::value(format!("{at} is no id of a message")))
    }
}
