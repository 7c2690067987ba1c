//! The format of a scenario's file.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::With;

/// The most steps of a scenario.
const MOST_STEPS: usize = 200;
/// The longest wait of a step, milliseconds.
const LONGEST_MS: u64 = 120_000;
/// The parameters that each play has, whether or not the file names them.
pub(crate) const USUAL: [&str; 4] = ["app", "customer", "number", "waba"];

/// A scenario, with its placeholders.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) title: String,
    /// A description: what a client sees, and what it should do.
    #[serde(default)]
    pub(crate) about: String,
    /// The parameters and their defaults.
    #[serde(default)]
    pub(crate) with: With,
    steps: Vec<Value>,
}

/// One step, with its placeholders filled.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) act: Act,
}

/// The act of a step.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Act {
    /// A customer writes.
    Write(Write),
    /// A fault is ordered.
    Fault(Value),
    /// All faults are lifted, or none with `false`.
    LiftFaults(bool),
    /// Knobs of sending, laid over those in force.
    Sending(Map<String, Value>),
    /// Knobs of webhooks, laid over those in force.
    Webhooks(Map<String, Value>),
    /// A template is added, or the one of its WABA, name and language changed.
    Template(Map<String, Value>),
    /// Limits and status of a number.
    Number(NumberAct),
    /// Tokens are revoked.
    Revoke(Value),
    /// The sandbox's clock goes forward by so many seconds.
    Advance(i64),
    /// Any webhook.
    Webhook(Value),
    /// Waits for what the client does.
    Wait(Wait),
    /// Any call of the control API.
    Control(Control),
}

#[derive(Debug, Deserialize)]
pub(crate) struct Write {
    pub(crate) customer: String,
    #[serde(flatten)]
    pub(crate) order: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NumberAct {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) order: Map<String, Value>,
}

/// A wait for one of three conditions. What the client did is counted from the beginning of the play.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wait {
    /// So many accepted messages.
    pub(crate) sends: Option<usize>,
    /// So many Graph calls of a kind.
    pub(crate) calls: Option<Calls>,
    /// No webhook is on its way or due.
    #[serde(default)]
    pub(crate) settled: bool,
    #[serde(default = "ten_seconds")]
    pub(crate) timeout_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Calls {
    pub(crate) count: usize,
    pub(crate) method: Option<String>,
    /// Part of the path.
    pub(crate) path: Option<String>,
    pub(crate) status: Option<u16>,
    /// Meta's error code.
    pub(crate) code: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Control {
    #[serde(default)]
    pub(crate) method: Verb,
    /// The path below `/_sandbox/`, with its query.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) body: Value,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verb {
    Get,
    #[default]
    Post,
    Delete,
}

fn ten_seconds() -> u64 {
    10_000
}

impl Scenario {
    /// Parses a file, and checks each step with the defaults in place. The error is a sentence that names the step.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let scenario: Self =
            serde_json::from_str(text).map_err(|error| format!("it is no scenario: {error}"))?;
        if scenario.steps.len() > MOST_STEPS {
            return Err(format!("a scenario has {MOST_STEPS} steps at most"));
        }
        if let Some((name, _)) = scenario.with.iter().find(|(_, it)| !is_scalar(it)) {
            return Err(format!("with.{name} must be a text, a number or a boolean"));
        }
        let mut with = scenario.with.clone();
        for name in USUAL {
            with.entry(name.to_owned()).or_insert_with(|| json!("0"));
        }
        scenario.steps(&with)?;
        Ok(scenario)
    }

    /// Lays given parameters over the defaults. A text for a number or a boolean is read as one.
    pub(crate) fn with(&self, usual: With, given: With) -> Result<With, String> {
        let mut with = usual;
        with.extend(self.with.clone());
        for (name, value) in given {
            let Some(default) = with.get(&name) else {
                let known: Vec<&str> = with.keys().map(String::as_str).collect();
                return Err(format!(
                    "there is no parameter {name}, only {}",
                    known.join(", ")
                ));
            };
            let value =
                alike(default, value).ok_or_else(|| format!("{name} is not like {default}"))?;
            with.insert(name, value);
        }
        Ok(with)
    }

    /// Returns the steps with their placeholders filled.
    pub(crate) fn steps(&self, with: &With) -> Result<Vec<Step>, String> {
        let number = 1..;
        let steps = self.steps.iter().zip(number);
        steps
            .map(|(step, n)| {
                fill(step, with)
                    .and_then(Step::read)
                    .map_err(|error| format!("step {n}: {error}"))
            })
            .collect()
    }
}

impl Step {
    fn read(step: Value) -> Result<Self, String> {
        let Value::Object(mut fields) = step else {
            return Err("a step is an object".to_owned());
        };
        let note = match fields.remove("note") {
            None => None,
            Some(Value::String(note)) => Some(note),
            Some(_) => return Err("note must be a text".to_owned()),
        };
        let name = match fields.keys().next() {
            Some(name) if fields.len() == 1 => name.clone(),
            _ => return Err("a step has one act, and a note if you like".to_owned()),
        };
        let act: Act = serde_json::from_value(Value::Object(fields))
            .map_err(|error| format!("{name}: {error}"))?;
        match act.objection() {
            Some(objection) => Err(format!("{name}: {objection}")),
            None => Ok(Self { name, note, act }),
        }
    }
}

impl Act {
    /// Returns why the act cannot be done, if so.
    fn objection(&self) -> Option<&'static str> {
        match self {
            Self::Wait(wait) => {
                let conditions = [wait.sends.is_some(), wait.calls.is_some(), wait.settled];
                if conditions.iter().filter(|it| **it).count() != 1 {
                    Some("one of sends, calls and settled")
                } else if wait.timeout_ms > LONGEST_MS {
                    Some("timeoutMs must be 120000 at most")
                } else {
                    None
                }
            }
            Self::Control(control) => {
                let path = control.path.split('?').next().unwrap_or_default();
                let is_below = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
                if !is_below || path.contains(['#', '\\', '%']) {
                    Some("path is a control route without /_sandbox/")
                } else if path.split('/').next() == Some("scenarios") {
                    Some("a scenario plays no other")
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

/// Returns the value as one of the default's kind.
fn alike(default: &Value, value: Value) -> Option<Value> {
    match (default, value) {
        (Value::String(_), Value::String(text)) => Some(Value::String(text)),
        (Value::String(_), Value::Number(number)) => Some(Value::String(number.to_string())),
        (Value::Number(_), Value::Number(number)) => Some(Value::Number(number)),
        (Value::Bool(_), Value::Bool(truth)) => Some(Value::Bool(truth)),
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => {
            let read: Value = serde_json::from_str(&text).ok()?;
            let fits = read.is_number() == default.is_number() && is_scalar(&read);
            fits.then_some(read)
        }
        _ => None,
    }
}

/// Fills `{{name}}` in all texts. A text that is one placeholder becomes the value itself, a number for example.
fn fill(value: &Value, with: &With) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => fill_text(text, with)?,
        Value::Array(items) => {
            let filled: Result<Vec<Value>, String> =
                items.iter().map(|it| fill(it, with)).collect();
            Value::Array(filled?)
        }
        Value::Object(fields) => {
            let filled = fields
                .iter()
                .map(|(name, it)| Ok((name.clone(), fill(it, with)?)));
            Value::Object(filled.collect::<Result<Map<String, Value>, String>>()?)
        }
        other => other.clone(),
    })
}

fn fill_text(text: &str, with: &With) -> Result<Value, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after
            .split_once("}}")
            .ok_or_else(|| format!("a placeholder in {text:?} does not end"))?;
        let value = with
            .get(name.trim())
            .ok_or_else(|| format!("there is no parameter {name}"))?;
        filled.push_str(before);
        match value {
            whole if before.is_empty() && behind.is_empty() && filled.is_empty() => {
                return Ok(whole.clone());
            }
            Value::String(part) => filled.push_str(part),
            part => filled.push_str(&part.to_string()),
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(Value::String(filled))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{Scenario, With, fill};

    fn with(pairs: Value) -> With {
        serde_json::from_value(pairs).unwrap()
    }

    #[test]
    fn a_placeholder_is_filled_in_texts_and_keeps_its_kind_alone() {
        let with = with(json!({ "n": 3, "who": "Ava" }));
        let filled = fill(
            &json!({ "a": ["{{n}}", "{{who}}", "{{ who }} has {{n}}", "{n}", 5], "b": null }),
            &with,
        );
        let expected = json!({ "a": [3, "Ava", "Ava has 3", "{n}", 5], "b": null });
        assert_eq!(filled.unwrap(), expected);
        assert!(fill(&json!("{{nobody}}"), &with).is_err());
        assert!(fill(&json!("{{n"), &with).is_err());
    }

    #[rstest]
    #[case::no_json("{", "no scenario")]
    #[case::no_steps(r#"{"title":"t"}"#, "steps")]
    #[case::unknown_field(r#"{"title":"t","steps":[],"step":[]}"#, "step")]
    #[case::unknown_act(r#"{"title":"t","steps":[{"advance":1},{"dance":1}]}"#, "step 2")]
    #[case::two_acts(
        r#"{"title":"t","steps":[{"advance":1,"liftFaults":true}]}"#,
        "one act"
    )]
    #[case::no_object(r#"{"title":"t","steps":["advance"]}"#, "object")]
    #[case::wait_for_nothing(r#"{"title":"t","steps":[{"wait":{}}]}"#, "one of sends")]
    #[case::wait_for_two(
        r#"{"title":"t","steps":[{"wait":{"sends":1,"settled":true}}]}"#,
        "one of"
    )]
    #[case::endless_wait(
        r#"{"title":"t","steps":[{"wait":{"sends":1,"timeoutMs":999999}}]}"#,
        "at most"
    )]
    #[case::unknown_parameter(
        r#"{"title":"t","steps":[{"fault":{"seed":"{{x}}"}}]}"#,
        "parameter x"
    )]
    #[case::list_as_parameter(r#"{"title":"t","with":{"x":[]},"steps":[]}"#, "with.x")]
    #[case::itself(
        r#"{"title":"t","steps":[{"control":{"path":"scenarios/t/play"}}]}"#,
        "no other"
    )]
    #[case::elsewhere(
        r#"{"title":"t","steps":[{"control":{"path":"../v25.0/me"}}]}"#,
        "control route"
    )]
    #[case::elsewhere_escaped(
        r#"{"title":"t","steps":[{"control":{"path":"%2e%2e/me"}}]}"#,
        "control route"
    )]
    fn a_file_that_cannot_be_played_says_why(#[case] text: &str, #[case] reason: &str) {
        let error = Scenario::parse(text).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn a_file_with_too_many_steps_is_refused() {
        let steps = vec![json!({ "advance": 1 }); 201];
        let text = json!({ "title": "t", "steps": steps }).to_string();
        assert!(Scenario::parse(&text).unwrap_err().contains("200 steps"));
    }

    #[test]
    fn a_given_parameter_takes_the_kind_of_its_default() {
        let text = r#"{"title":"t","with":{"count":5,"loud":false,"code":"131026"},"steps":[]}"#;
        let scenario = Scenario::parse(text).unwrap();
        let usual = || with(json!({ "customer": "15550100001" }));
        let laid = |given: Value| scenario.with(usual(), with(given));
        let given =
            json!({ "count": "7", "loud": "true", "code": 131000, "customer": 4915112345678_u64 });
        let expected =
            json!({ "count": 7, "loud": true, "code": "131000", "customer": "4915112345678" });
        assert_eq!(laid(given).unwrap(), with(expected));
        assert_eq!(laid(json!({})).unwrap()["count"], 5);
        for wrong in [
            json!({ "count": "many" }),
            json!({ "loud": "1" }),
            json!({ "other": 1 }),
        ] {
            assert!(laid(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
