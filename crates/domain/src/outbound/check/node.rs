//! A place in a message's JSON, with the checks of its value.

use std::{borrow::Cow, cell::RefCell, collections::HashSet, ops::RangeInclusive};

use serde_json::Value;

use super::Invalid;
use crate::outbound::content::as_number;

/// A place in a message's JSON. Null counts as absent.
pub(super) struct Node<'a> {
    value: Option<&'a Value>,
    pointer: String,
    found: &'a RefCell<Vec<Invalid>>,
}

impl<'a> Node<'a> {
    pub(super) const fn root(value: &'a Value, found: &'a RefCell<Vec<Invalid>>) -> Self {
        Self {
            value: Some(value),
            pointer: String::new(),
            found,
        }
    }

    /// Begins at a place within a message.
    pub(super) fn at(value: &'a Value, pointer: &str, found: &'a RefCell<Vec<Invalid>>) -> Self {
        Self {
            value: Some(value).filter(|value| !value.is_null()),
            pointer: pointer.to_owned(),
            found,
        }
    }

    /// Returns a field, present or not.
    pub(super) fn get(&self, key: &str) -> Self {
        let value = self.value.and_then(|value| value.get(key));
        self.child(value.filter(|value| !value.is_null()), key)
    }

    fn child(&self, value: Option<&'a Value>, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self {
            value,
            pointer: format!("{}/{key}", self.pointer),
            found: self.found,
        }
    }

    pub(super) const fn value(&self) -> Option<&'a Value> {
        self.value
    }

    pub(super) const fn is_there(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn refuse(&self, message: impl Into<String>) {
        self.found.borrow_mut().push(Invalid {
            pointer: self.pointer.clone(),
            message: message.into(),
        });
    }

    /// Iterates over the fields that are present.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> {
        (self.value.and_then(Value::as_object).into_iter().flatten())
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.as_str(), self.child(Some(value), key)))
    }

    /// Tells whether no field has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.entries().next().is_none()
    }

    /// Refuses all other fields.
    pub(super) fn only(&self, keys: &[&str], message: &str) {
        for (key, field) in self.entries() {
            if !keys.contains(&key) {
                field.refuse(message);
            }
        }
    }

    /// Refuses the NUL character in all values below: no phone shows it, and PostgreSQL does not store it.
    pub(super) fn without_nul(&self) {
        let has_nul = |text: &str| text.contains('\0');
        match self.value {
            Some(Value::String(text)) if has_nul(text) => {
                self.refuse("Remove the NUL character.");
            }
            Some(Value::Object(_)) => {
                for (key, field) in self.entries() {
                    if has_nul(key) {
                        field.refuse("Remove the NUL character from the name.");
                    }
                    field.without_nul();
                }
            }
            Some(Value::Array(_)) => {
                for item in self.optional_items() {
                    item.without_nul();
                }
            }
            _ => {}
        }
    }

    /// Requires an object.
    pub(super) fn object(&self) -> bool {
        let is_object = self.value.is_some_and(Value::is_object);
        if !is_object {
            self.refuse(match self.value {
                Some(_) => "Give an object.",
                None => "Give it: it is missing.",
            });
        }
        is_object
    }

    /// Reads an optional text.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self.value? {
            Value::String(text) => Some(text),
            _ => {
                self.refuse("Give a text.");
                None
            }
        }
    }

    /// Reads an optional text of at most `most` characters.
    pub(super) fn text_upto(&self, most: usize) -> Option<&'a str> {
        let text = self.text()?;
        let long = text.chars().count();
        if long > most {
            self.refuse(format!("Shorten it to {most} characters: it has {long}."));
        }
        Some(text)
    }

    /// Reads a required text.
    pub(super) fn required(&self) -> Option<&'a str> {
        self.text_of(usize::MAX)
    }

    /// Reads a required text of at most `most` characters.
    pub(super) fn text_of(&self, most: usize) -> Option<&'a str> {
        if !self.is_there() {
            self.refuse("Give it: it is missing.");
            return None;
        }
        let text = self.text_upto(most)?;
        if text.is_empty() {
            self.refuse("Give it: it is empty.");
        }
        Some(text)
    }

    /// Reads a required text of at most `most` characters that shows something.
    pub(super) fn shown_of(&self, most: usize) -> Option<&'a str> {
        let text = self.text_of(most)?;
        if !text.is_empty() && text.trim().is_empty() {
            self.refuse("Give it: it holds white space only.");
        }
        Some(text)
    }

    /// Reads a required value that stands within a template's line: Meta refuses line breaks, tabs, and more than four
    /// spaces in a row.
    pub(super) fn in_line_of(&self, most: usize) -> Option<&'a str> {
        let text = self.shown_of(most)?;
        if text.contains(['\n', '\r', '\t']) {
            self.refuse("Remove the line breaks and tabs: a template's value stands in one line.");
        }
        if text.contains("     ") {
            self.refuse("Leave at most four spaces in a row.");
        }
        Some(text)
    }

    /// Reads a required id. Graph takes a whole number for an id as well as its text.
    pub(super) fn id(&self) -> Option<Cow<'a, str>> {
        match self.value.and_then(Value::as_u64) {
            Some(number) => Some(Cow::Owned(number.to_string())),
            None => self.required().map(Cow::Borrowed),
        }
    }

    /// Checks an optional id, which may be empty.
    pub(super) fn optional_id(&self) {
        if self.value.and_then(Value::as_u64).is_none() {
            self.text();
        }
    }

    /// Reads a required text that is one of these words.
    pub(super) fn one_of(&self, words: &[&str]) -> Option<&'a str> {
        let word = self.value.and_then(Value::as_str);
        if word.is_some_and(|word| words.contains(&word)) {
            return word;
        }
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let words = words.join(", ");
        self.refuse(match words.contains(',') {
            true => format!("Give one of {words}."),
            false => format!("Give {words}."),
        });
        None
    }

    /// Checks an optional boolean.
    pub(super) fn boolean(&self) {
        if self.value.is_some_and(|value| !value.is_boolean()) {
            self.refuse("Give true or false.");
        }
    }

    /// Checks a required number, also one written as a text.
    pub(super) fn number(&self, range: RangeInclusive<f64>) {
        let number = self.value.and_then(as_number);
        if !number.is_some_and(|number| range.contains(&number)) {
            let (least, most) = (range.start(), range.end());
            self.refuse(format!("Give a number from {least} to {most}."));
        }
    }

    /// Checks an optional integer.
    pub(super) fn whole(&self, range: RangeInclusive<u64>) {
        let Some(value) = self.value else { return };
        if !value.as_u64().is_some_and(|number| range.contains(&number)) {
            let (least, most) = (range.start(), range.end());
            self.refuse(format!("Give a whole number from {least} to {most}."));
        }
    }

    /// Checks a required integer.
    pub(super) fn needs_whole(&self, range: RangeInclusive<u64>, missing: &str) {
        match self.is_there() {
            true => self.whole(range),
            false => self.refuse(missing),
        }
    }

    /// Reads the items of a required array with a number of items in this range.
    pub(super) fn items(&self, range: RangeInclusive<usize>) -> Vec<Self> {
        if !self.is_there() {
            self.refuse("Give it: it is missing.");
            return Vec::new();
        }
        let items = self.optional_items();
        let (least, most) = (range.start(), range.end());
        if self.value.is_some_and(Value::is_array) && !range.contains(&items.len()) {
            let many = items.len();
            self.refuse(format!("Give {least} to {most}: there are {many}."));
        }
        items
    }

    /// Reads the items of an optional array.
    pub(super) fn optional_items(&self) -> Vec<Self> {
        match self.value {
            None => Vec::new(),
            Some(Value::Array(items)) => ((0..).zip(items))
                .map(|(at, item): (usize, _)| self.child(Some(item), &at.to_string()))
                .collect(),
            Some(_) => {
                self.refuse("Give a list.");
                Vec::new()
            }
        }
    }
}

/// Refuses repeated ids and titles: an answer is recognised by them.
#[derive(Default)]
pub(super) struct Unique<'a>(HashSet<&'a str>);

impl<'a> Unique<'a> {
    pub(super) fn see(&mut self, node: &Node<'a>, value: Option<&'a str>) {
        if value.is_some_and(|value| !self.0.insert(value)) {
            node.refuse("Give another: an earlier one has the same.");
        }
    }
}
