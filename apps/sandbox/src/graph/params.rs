//! Checks of single parameters, with Meta's code 100.

use serde_json::Value;

use super::GraphError;
use crate::call::Call;

/// Requires `messaging_product: whatsapp`.
pub(super) fn product(call: &Call) -> Result<(), GraphError> {
    if call.param("messaging_product") == Some("whatsapp") {
        return Ok(());
    }
    Err(missing("messaging_product"))
}

/// Returns a parameter that must be there.
pub(super) fn required<'a>(call: &'a Call, name: &str) -> Result<&'a str, GraphError> {
    call.param(name).ok_or_else(|| missing(name))
}

pub(super) fn missing(name: &str) -> GraphError {
    GraphError::new(100, format!("(#100) The parameter {name} is required."))
}

/// Makes the error of a parameter that is not what it must be.
pub(super) fn wrong(name: &str, must: &str) -> GraphError {
    GraphError::new(100, format!("(#100) Param {name} must be {must}"))
}

/// Checks the length of a text, in characters.
pub(super) fn length(name: &str, text: &str, least: usize, most: usize) -> Result<(), GraphError> {
    if (least..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    let must = match least {
        0 => format!("at most {most} characters long"),
        _ => format!("{least} to {most} characters long"),
    };
    Err(wrong(name, &must))
}

/// Returns the known value that a text is, in whatever case it was written.
pub(super) fn one_of(
    name: &str,
    text: &str,
    known: &[&'static str],
) -> Result<&'static str, GraphError> {
    let found = known.iter().find(|each| each.eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let must = format!("one of {{{}}} - got \"{text}\".", known.join(", "));
        wrong(name, &must)
    })
}

/// Returns a parameter that must be a list, if it is there.
pub(super) fn list(call: &Call, name: &str) -> Result<Option<Vec<Value>>, GraphError> {
    match call.value(name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(wrong(name, "an array.")),
    }
}

/// Returns a parameter that must be a list of texts, if it is there.
pub(super) fn texts(call: &Call, name: &str) -> Result<Option<Vec<String>>, GraphError> {
    let Some(items) = list(call, name)? else {
        return Ok(None);
    };
    let text = |item: Value| match item {
        Value::String(text) => Ok(text),
        _ => Err(wrong(name, "an array of strings.")),
    };
    items
        .into_iter()
        .map(text)
        .collect::<Result<_, _>>()
        .map(Some)
}
