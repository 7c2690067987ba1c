//! Samples of fields that nothing in the sandbox causes, most of them management fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Time;
use crate::state::{Phone, World};

/// A sample. `$` marks stand for ids and times.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sample {
    pub(crate) field: String,
    /// Whether the entry has a time.
    #[serde(default)]
    pub(crate) time: bool,
    /// `business`, where the entry's id is the portfolio's.
    #[serde(default)]
    pub(crate) entry: Option<String>,
    pub(crate) value: Value,
}

/// All samples by name.
pub(crate) fn all() -> BTreeMap<String, Sample> {
    // The text is part of the program, and a test reads it.
    serde_json::from_str(include_str!("samples.json")).unwrap_or_default()
}

/// The values of the marks.
pub(crate) struct Marks<'a> {
    pub(crate) app_id: &'a str,
    pub(crate) waba_id: &'a str,
    pub(crate) phone: Option<&'a Phone>,
    pub(crate) now: Time,
}

impl Marks<'_> {
    /// Returns the value with its marks replaced.
    pub(crate) fn fill(&self, world: &World, value: &Value) -> Value {
        match value {
            Value::String(text) => self.mark(world, text).unwrap_or_else(|| value.clone()),
            Value::Array(items) => items.iter().map(|item| self.fill(world, item)).collect(),
            Value::Object(fields) => {
                let each = |(name, item): (&String, &Value)| (name.clone(), self.fill(world, item));
                Value::Object(fields.iter().map(each).collect())
            }
            other => other.clone(),
        }
    }

    fn mark(&self, world: &World, text: &str) -> Option<Value> {
        let phone_id = self.phone.map_or("", |phone| phone.id.as_str());
        let display = self.phone.map(Phone::digits).unwrap_or_default();
        Some(match text {
            "$app_id" => json!(self.app_id),
            "$waba_id" => json!(self.waba_id),
            "$business_id" => json!(world.waba(self.waba_id).map(|waba| &waba.business_id)),
            "$phone_number_id" => json!(phone_id),
            "$display_phone_number" => json!(display),
            "$metadata" => {
                json!({ "display_phone_number": display, "phone_number_id": phone_id })
            }
            "$now" => json!(self.now.timestamp()),
            "$now_text" => json!(self.now.timestamp().to_string()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_can_be_read_and_all_their_marks_are_known() {
        let samples = all();
        assert!(samples.len() > 30);
        let (world, now) = (World::default(), Time::UNIX_EPOCH);
        let marks = Marks {
            app_id: "1",
            waba_id: "2",
            phone: None,
            now,
        };
        for (name, sample) in samples {
            let filled = marks.fill(&world, &sample.value).to_string();
            assert!(!filled.contains('$'), "{name}: {filled}");
        }
    }
}
