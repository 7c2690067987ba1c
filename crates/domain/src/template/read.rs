//! Reads Meta's JSON without failing: what cannot be understood is noted with its place.

use std::cell::RefCell;

use serde_json::Value;

/// A part of a template that could not be understood. It is kept as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateOddity {
    /// The place in the template's JSON: an RFC 6901 pointer, such as `/components/1/buttons/0/url`.
    pub pointer: String,
    /// The part that could not be understood, as a sentence.
    pub words: String,
}

/// A place in the template's JSON. Null counts as absent.
#[derive(Clone)]
pub(super) struct Place<'a> {
    value: Option<&'a Value>,
    pointer: String,
    odd: &'a RefCell<Vec<TemplateOddity>>,
}

impl<'a> Place<'a> {
    pub(super) fn root(value: &'a Value, odd: &'a RefCell<Vec<TemplateOddity>>) -> Self {
        Self {
            value: Some(value),
            pointer: String::new(),
            odd,
        }
    }

    pub(super) fn at(mut self, pointer: &str) -> Self {
        self.pointer.push_str(pointer);
        self
    }

    pub(super) fn get(&self, key: &str) -> Self {
        let value = self.value.and_then(|value| value.get(key));
        Self {
            value: value.filter(|value| !value.is_null()),
            pointer: format!("{}/{key}", self.pointer),
            odd: self.odd,
        }
    }

    pub(super) const fn value(&self) -> Option<&'a Value> {
        self.value
    }

    pub(super) fn note(&self, words: impl Into<String>) {
        self.odd.borrow_mut().push(TemplateOddity {
            pointer: self.pointer.clone(),
            words: words.into(),
        });
    }

    /// Reads an optional text. Ids may be whole numbers.
    pub(super) fn text(&self) -> Option<String> {
        match self.value? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.is_u64() => Some(number.to_string()),
            _ => {
                self.note("It is no text.");
                None
            }
        }
    }

    /// Reads an optional text. An empty one is none.
    pub(super) fn word(&self) -> Option<String> {
        self.text().filter(|text| !text.trim().is_empty())
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        let value = self.value?;
        let read = match value {
            Value::String(word) => word.to_ascii_lowercase().parse().ok(),
            other => other.as_bool(),
        };
        if read.is_none() {
            self.note("It is neither true nor false.");
        }
        read
    }

    pub(super) fn integer(&self) -> Option<i64> {
        let value = self.value?;
        let read = match value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        };
        if read.is_none() {
            self.note("It is no whole number.");
        }
        read
    }

    /// Reads the items of an optional list.
    pub(super) fn items(&self) -> Vec<Self> {
        match self.value {
            None => Vec::new(),
            Some(Value::Array(items)) => (items.iter().enumerate())
                .map(|(at, item)| Self {
                    value: Some(item),
                    pointer: format!("{}/{at}", self.pointer),
                    odd: self.odd,
                })
                .collect(),
            Some(_) => {
                self.note("It is no list.");
                Vec::new()
            }
        }
    }

    /// Reads texts that Meta writes as a list of lists, a list, or one text.
    pub(super) fn texts(&self) -> Vec<&'a str> {
        match self.value {
            None => Vec::new(),
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => match items.first() {
                Some(Value::Array(inner)) => inner.iter().filter_map(Value::as_str).collect(),
                _ => items.iter().filter_map(Value::as_str).collect(),
            },
            Some(_) => {
                self.note("It is no list of texts.");
                Vec::new()
            }
        }
    }
}
