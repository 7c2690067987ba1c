//! A place in a message's JSON, with the checks of its value.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::HashSet,
    ops::RangeInclusive,
};

use serde_json::Value;

use super::Invalid;
use crate::outbound::content::as_number;

/// The faults of a message, and the way to each place that has places within it. Only a fault writes its pointer out.
#[derive(Default)]
pub(super) struct Found {
    faults: RefCell<Vec<Invalid>>,
    steps: RefCell<Vec<Step>>,
}

/// A step from one place to a place within it.
struct Step {
    /// The step before it. `None` at the beginning.
    before: Option<usize>,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Name(&'static str),
    /// A name that the message gives.
    Given(Box<str>),
    Index(usize),
}

impl Found {
    /// Returns the faults.
    pub(super) fn into_faults(self) -> Vec<Invalid> {
        self.faults.into_inner()
    }

    fn step(&self, before: Option<usize>, key: Key) -> usize {
        let mut steps = self.steps.borrow_mut();
        steps.push(Step { before, key });
        steps.len() - 1
    }

    fn pointer(&self, at: Option<usize>) -> String {
        let steps = self.steps.borrow();
        let mut keys = Vec::new();
        let mut next = at;
        while let Some(step) = next.and_then(|at| steps.get(at)) {
            keys.push(match &step.key {
                Key::Name(name) => escaped(name),
                Key::Given(name) => escaped(name),
                Key::Index(index) => index.to_string(),
            });
            next = step.before;
        }
        keys.iter().rev().fold(String::new(), |mut pointer, key| {
            pointer.push('/');
            pointer.push_str(key);
            pointer
        })
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A place in a message's JSON. Null counts as absent.
pub(super) struct Node<'a> {
    value: Option<&'a Value>,
    before: Option<usize>,
    /// `None` at the beginning.
    key: Option<Key>,
    /// The step to this place, once there is one.
    at: Cell<Option<usize>>,
    found: &'a Found,
}

impl<'a> Node<'a> {
    pub(super) const fn root(value: &'a Value, found: &'a Found) -> Self {
        Self {
            value: Some(value),
            before: None,
            key: None,
            at: Cell::new(None),
            found,
        }
    }

    /// Begins at a field of a message that is not there itself.
    pub(super) fn within(value: &'a Value, field: &'static str, found: &'a Found) -> Self {
        Self {
            value: Some(value).filter(|value| !value.is_null()),
            before: None,
            key: Some(Key::Name(field)),
            at: Cell::new(None),
            found,
        }
    }

    /// Returns a field, present or not.
    pub(super) fn get(&self, key: &'static str) -> Self {
        self.child(self.inner(key), Key::Name(key))
    }

    /// Returns a field whose name the message gives, present or not.
    pub(super) fn named(&self, key: &str) -> Self {
        self.child(self.inner(key), Key::Given(key.into()))
    }

    fn inner(&self, key: &str) -> Option<&'a Value> {
        let value = self.value.and_then(|value| value.get(key));
        value.filter(|value| !value.is_null())
    }

    fn child(&self, value: Option<&'a Value>, key: Key) -> Self {
        Self {
            value,
            before: self.step(),
            key: Some(key),
            at: Cell::new(None),
            found: self.found,
        }
    }

    fn step(&self) -> Option<usize> {
        let key = self.key.as_ref()?;
        if self.at.get().is_none() {
            self.at.set(Some(self.found.step(self.before, key.clone())));
        }
        self.at.get()
    }

    pub(super) const fn value(&self) -> Option<&'a Value> {
        self.value
    }

    pub(super) const fn is_there(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn refuse(&self, message: impl Into<String>) {
        let fault = Invalid {
            pointer: self.found.pointer(self.step()),
            message: message.into(),
        };
        self.found.faults.borrow_mut().push(fault);
    }

    /// Iterates over the fields that are present.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> {
        (self.value.and_then(Value::as_object).into_iter().flatten())
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| {
                (
                    key.as_str(),
                    self.child(Some(value), Key::Given(key.as_str().into())),
                )
            })
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
        if self.value.is_some_and(holds_nul) {
            self.refuse_nul();
        }
    }

    fn refuse_nul(&self) {
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
                    field.refuse_nul();
                }
            }
            Some(Value::Array(_)) => {
                for item in self.optional_items() {
                    item.refuse_nul();
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
                .map(|(at, item): (usize, _)| self.child(Some(item), Key::Index(at)))
                .collect(),
            Some(_) => {
                self.refuse("Give a list.");
                Vec::new()
            }
        }
    }
}

/// Tells whether the NUL character stands anywhere in a value.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Object(fields) => {
            (fields.iter()).any(|(key, value)| key.contains('\0') || holds_nul(value))
        }
        Value::Array(items) => items.iter().any(holds_nul),
        _ => false,
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
