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
    /// Tells whether the entry has a time.
    #[serde(default)]
    pub(crate) time: bool,
    /// `business`, where the entry's id is the portfolio's.
    #[serde(default)]
    pub(crate) entry: Option<String>,
    /// Meta's page that it is from, or who saw it.
    pub(crate) source: String,
    /// The grade of the source, as `FORMS.md` explains.
    pub(crate) grade: String,
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

    /// Returns a time in a week.
    fn later(&self) -> Time {
        self.now + chrono::Duration::days(7)
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
            "$now_date" => json!(date(self.now)),
            "$later" => json!(self.later().timestamp()),
            "$later_text" => json!(self.later().timestamp().to_string()),
            "$later_date" => json!(date(self.later())),
            _ => return None,
        })
    }
}

/// Formats a date as Meta writes it in texts: `April 17, 2025`.
fn date(time: Time) -> String {
    time.format("%B %-d, %Y").to_string()
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

    #[test]
    fn dates_in_texts_are_words_and_what_runs_out_lies_ahead() {
        let (world, now) = (World::default(), Time::UNIX_EPOCH);
        let marks = Marks {
            app_id: "1",
            waba_id: "2",
            phone: None,
            now,
        };
        let samples = all();
        let filled = |name: &str| marks.fill(&world, &samples[name].value);
        for (name, date) in [
            ("account_update.disabled", "January 8, 1970"),
            ("account_update.disabled_now", "January 1, 1970"),
            ("account_update.reinstated", "January 1, 1970"),
        ] {
            assert_eq!(filled(name)["ban_info"]["waba_ban_date"], date, "{name}");
        }
        for (name, sample) in &samples {
            let value = marks.fill(&world, &sample.value);
            let restrictions = value["restriction_info"].as_array();
            for restriction in restrictions.into_iter().flatten() {
                let end = &restriction["expiration"];
                let end = end.as_i64().or_else(|| end.as_str()?.parse().ok());
                assert!(end > Some(now.timestamp()), "{name}: {restriction}");
            }
        }
    }

    #[test]
    fn languages_of_templates_are_written_as_they_are_sent() {
        for (name, sample) in all() {
            let Some(language) = sample.value["message_template_language"].as_str() else {
                continue;
            };
            // Meta's examples of one page write them otherwise, and one sample does so too.
            let is_odd = name == "template_category_update.hyphenated";
            assert_eq!(language.contains('-'), is_odd, "{name}: {language}");
        }
    }
}
