//! `GET /message_template_library`, and templates made of its entries.
//!
//! Source: Meta's page on the template library (A) for the shapes; the entries are the sandbox's own, after Meta's.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::check;
use crate::call::Call;
use crate::graph::{GraphError, auth, paging, params};
use crate::state::World;

/// An entry of the library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    id: String,
    name: String,
    language: String,
    category: String,
    topic: String,
    usecase: String,
    industry: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    body: String,
    body_params: Vec<String>,
    body_param_types: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<Value>,
}

fn entries() -> Vec<Entry> {
    // The text is part of the program, and a test reads it.
    serde_json::from_str(include_str!("library.json")).unwrap_or_default()
}

/// Answers `GET /message_template_library`.
pub(in crate::graph) fn list(world: &World, call: &Call) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, world.now())?;
    auth::require_scope(&token, auth::MANAGE_WHATSAPP)?;
    let is = |name: &str, value: &str| {
        call.param(name)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let has = |name: &str, values: &[String]| {
        call.param(name).is_none_or(|wanted| {
            values
                .iter()
                .any(|value| value.eq_ignore_ascii_case(wanted))
        })
    };
    let found = call.param("search").map(str::to_lowercase);
    let fits = |entry: &Entry| {
        let text = || format!("{} {}", entry.name, entry.body).to_lowercase();
        is("topic", &entry.topic)
            && is("usecase", &entry.usecase)
            && is("language", &entry.language)
            && is("name", &entry.name)
            && has("industry", &entry.industry)
            && found.as_ref().is_none_or(|found| text().contains(found))
    };
    let all = entries().into_iter().filter(fits);
    paging::page(call, all.map(|entry| json!(entry)).collect())
}

/// Makes the components of a template out of an entry.
pub(super) fn components(
    call: &Call,
    name: &str,
    language: &str,
    category: &str,
) -> Result<Vec<Value>, GraphError> {
    let mut all = entries().into_iter();
    let entry = all.find(|entry| entry.name == name && entry.language == language);
    let entry = entry.ok_or_else(|| {
        let text = format!("The library has no template {name} in {language}.");
        params::wrong("library_template_name", "the name of a library template")
            .for_user("Invalid parameter", &text)
    })?;
    if category != entry.category {
        return Err(params::wrong("category", &entry.category));
    }
    let given = params::list(call, "library_template_button_inputs")?.unwrap_or_default();
    if given.len() != entry.buttons.len() {
        let text = format!(
            "library_template_button_inputs needs {} buttons.",
            entry.buttons.len()
        );
        return Err(check::refused(2_388_043, "Buttons are not valid", &text));
    }
    let mut all = Vec::new();
    if let Some(header) = &entry.header {
        all.push(json!({ "type": "HEADER", "format": "TEXT", "text": header }));
    }
    all.push(json!({
        "type": "BODY",
        "text": entry.body,
        "example": { "body_text": [entry.body_params] },
    }));
    let buttons = entry.buttons.iter().zip(&given).map(|(button, input)| {
        let mut button = button.clone();
        let field = |pointer: &str| input.pointer(pointer).and_then(Value::as_str);
        let parts = [
            ("url", field("/url/base_url").or_else(|| field("/url"))),
            ("example", field("/url/url_suffix_example")),
            ("phone_number", field("/phone_number")),
        ];
        for (name, text) in parts {
            if let (Some(text), Some(fields)) = (text, button.as_object_mut()) {
                fields.insert(name.to_owned(), json!(text));
            }
        }
        button
    });
    let buttons: Vec<Value> = buttons.collect();
    if !buttons.is_empty() {
        all.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    }
    Ok(all)
}

/// Checks the values of a body against the types of a library template's parameters.
pub(in crate::graph) fn typed(name: &str, values: &[&str]) -> Result<(), GraphError> {
    let mut all = entries().into_iter();
    let Some(entry) = all.find(|entry| entry.name == name) else {
        return Ok(());
    };
    for (kind, value) in entry.body_param_types.iter().zip(values) {
        let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
        let is_right = match kind.as_str() {
            "NUMBER" | "AMOUNT" | "DATE" | "PHONE NUMBER" => has_digit,
            "EMAIL" => value.contains('@'),
            _ => true,
        };
        if !is_right {
            let text = format!("body: a value must be of type {kind}");
            return Err(GraphError::detailed(132_018, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_has_a_type_for_each_value_and_buttons_of_their_kind() {
        let entries = entries();
        assert!(entries.len() >= 6);
        for entry in entries {
            let count = entry.body.matches("{{").count();
            assert_eq!(entry.body_params.len(), count, "{}", entry.name);
            assert_eq!(entry.body_param_types.len(), count, "{}", entry.name);
            assert_eq!(entry.category, "UTILITY");
        }
    }
}
