//! The rules for the contents of templates that Meta documents. What Meta only judges in its review is not checked.

use serde_json::{Value, json};

use crate::graph::{GraphError, params};
use crate::put::Put as _;
use crate::state::Template;

const COMPONENTS: [&str; 7] = [
    "HEADER",
    "BODY",
    "FOOTER",
    "BUTTONS",
    "CAROUSEL",
    "LIMITED_TIME_OFFER",
    "CALL_PERMISSION_REQUEST",
];
const FORMATS: [&str; 7] = [
    "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT",
];
/// Buttons, and how many of each kind there can be.
const BUTTONS: [(&str, usize); 16] = [
    ("QUICK_REPLY", 10),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("OTP", 1),
    ("FLOW", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
    ("ORDER_DETAILS", 1),
    ("REMINDER", 1),
    ("APP", 1),
    ("POSTBACK", 10),
    ("SEND_LOCATION", 1),
];

/// Makes Meta's error: code 100, with the reason's number as subcode and words for the user.
pub(super) fn refused(subcode: i64, title: &str, text: &str) -> GraphError {
    GraphError::new(100, "Invalid parameter")
        .with_subcode(subcode)
        .for_user(title, text)
}

pub(super) fn name(name: &str) -> Result<(), GraphError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.len() <= 512 && name.bytes().all(fits) {
        return Ok(());
    }
    Err(params::wrong(
        "name",
        "1 to 512 lower case letters, digits and underscores",
    ))
}

pub(super) fn language(code: &str) -> Result<(), GraphError> {
    let mut parts = code.split('_');
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && lower(part));
    let is_country = parts
        .next()
        .is_none_or(|part| (2..=3).contains(&part.len()) && part.is_ascii());
    if is_language && is_country && parts.next().is_none() {
        return Ok(());
    }
    Err(params::wrong("language", "a language code such as en_US"))
}

fn lower(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Checks components, and returns them with types and formats in upper case.
pub(super) fn components(
    mut given: Vec<Value>,
    category: &str,
    is_named: bool,
) -> Result<Value, GraphError> {
    let mut seen: Vec<&'static str> = Vec::new();
    for component in &mut given {
        let kind = raise(component, "type", &COMPONENTS)?;
        if seen.contains(&kind) {
            let text = format!("A template has one {kind} at most.");
            return Err(refused(2_388_043, "Too many components", &text));
        }
        seen.push(kind);
        match kind {
            "HEADER" => header(component, is_named)?,
            "BODY" => body(component, category, is_named)?,
            "FOOTER" if category != "AUTHENTICATION" => footer(component)?,
            "BUTTONS" => buttons(component)?,
            "CAROUSEL" => cards(component, is_named)?,
            _ => {}
        }
    }
    if !seen.contains(&"BODY") {
        let text = "A template needs a component of type BODY.";
        return Err(refused(2_388_043, "Missing component", text));
    }
    if seen.contains(&"CAROUSEL") && category != "MARKETING" {
        let text = "Only a marketing template has a carousel.";
        return Err(refused(2_388_043, "Carousel is not allowed", text));
    }
    Ok(Value::Array(given))
}

/// Reads a name of a list in whatever case, and writes it in upper case.
fn raise(
    component: &mut Value,
    field: &str,
    known: &[&'static str],
) -> Result<&'static str, GraphError> {
    let text = component.get(field).and_then(Value::as_str);
    let text = text.ok_or_else(|| params::missing(field))?;
    let found = params::one_of(field, text, known)?;
    // This one kind is in lower case everywhere.
    let shown = match found {
        "CALL_PERMISSION_REQUEST" => json!("call_permission_request"),
        other => json!(other),
    };
    component.put(field, shown);
    Ok(found)
}

fn header(component: &mut Value, is_named: bool) -> Result<(), GraphError> {
    let format = raise(component, "format", &FORMATS)?;
    if format != "TEXT" {
        return Ok(());
    }
    let text = text_of(component, 60, 2_388_047)?;
    let found = parameters(&text, is_named, 2_388_047)?;
    if found.len() > 1 {
        let text = "A header has one parameter at most.";
        return Err(refused(
            2_388_047,
            "Message header format is incorrect",
            text,
        ));
    }
    examples(component, &found, "header_text", is_named, 2_388_047)
}

fn body(component: &Value, category: &str, is_named: bool) -> Result<(), GraphError> {
    // Meta writes the text of authentication templates.
    if category == "AUTHENTICATION" {
        return Ok(());
    }
    let text = text_of(component, 1_024, 2_388_072)?;
    let found = parameters(&text, is_named, 2_388_072)?;
    let trimmed = text.trim();
    if !found.is_empty() && (trimmed.starts_with("{{") || trimmed.ends_with("}}")) {
        let text = "Variables can't be at the start or end of the template.";
        return Err(refused(2_388_299, "Invalid variables", text));
    }
    if trimmed.contains("}}{{") || trimmed.contains("}} {{") {
        let text = "Two variables cannot stand side by side.";
        return Err(refused(2_388_293, "Too many variables", text));
    }
    examples(component, &found, "body_text", is_named, 2_388_072)
}

fn footer(component: &Value) -> Result<(), GraphError> {
    let text = text_of(component, 60, 2_388_073)?;
    if text.contains("{{") {
        let text = "A footer has no variables.";
        return Err(refused(
            2_388_073,
            "Message footer format is incorrect",
            text,
        ));
    }
    Ok(())
}

fn cards(component: &mut Value, is_named: bool) -> Result<(), GraphError> {
    let cards = component.get_mut("cards").and_then(Value::as_array_mut);
    let cards = cards.ok_or_else(|| params::missing("cards"))?;
    if !(2..=10).contains(&cards.len()) {
        let text = "A carousel has 2 to 10 cards.";
        return Err(refused(2_388_043, "Wrong number of cards", text));
    }
    for card in cards {
        let parts = card.get_mut("components").and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten() {
            match raise(part, "type", &COMPONENTS)? {
                "HEADER" => header(part, is_named)?,
                "BODY" => {
                    text_of(part, 160, 2_388_072)?;
                }
                "BUTTONS" => buttons(part)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn buttons(component: &mut Value) -> Result<(), GraphError> {
    let wrong = |text: &str| refused(2_388_043, "Buttons are not valid", text);
    let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
    let buttons = buttons.ok_or_else(|| params::missing("buttons"))?;
    if !(1..=10).contains(&buttons.len()) {
        return Err(wrong("A template has 1 to 10 buttons."));
    }
    let known: Vec<&'static str> = BUTTONS.iter().map(|(kind, _)| *kind).collect();
    let mut kinds = Vec::new();
    for button in buttons.iter_mut() {
        let kind = raise(button, "type", &known)?;
        kinds.push(kind);
        let field = |name: &str| button.get(name).and_then(Value::as_str);
        let longest = if kind == "VOICE_CALL" { 20 } else { 25 };
        match field("text") {
            Some(text) if text.chars().count() > longest => {
                let text = format!("The text of a button has {longest} characters at most.");
                return Err(refused(2_388_040, "Field is too long", &text));
            }
            None if matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER") => {
                return Err(wrong("A button needs a text."));
            }
            _ => {}
        }
        let most = |name: &str, most: usize| match field(name) {
            None => Err(wrong(&format!("A button of type {kind} needs {name}."))),
            Some(text) if text.chars().count() > most => {
                let text = format!("{name} has {most} characters at most.");
                Err(refused(2_388_040, "Field is too long", &text))
            }
            Some(text) => Ok(text),
        };
        match kind {
            "URL" => {
                let url = most("url", 2_000)?;
                let is_last = url.find("{{").is_none_or(|at| at + 5 == url.len());
                if !is_last {
                    return Err(wrong("The variable of an address stands at its end."));
                }
                if url.contains("{{") && button.get("example").is_none() {
                    return Err(wrong("The variable of an address needs an example."));
                }
            }
            "PHONE_NUMBER" => {
                most("phone_number", 20)?;
            }
            "COPY_CODE" => {
                let example = button.get("example");
                if example.is_none() {
                    return Err(wrong("A code to copy needs an example."));
                }
            }
            _ => {}
        }
    }
    for (kind, most) in BUTTONS {
        if kinds.iter().filter(|it| **it == kind).count() > most {
            return Err(wrong(&format!(
                "There are {most} buttons of type {kind} at most."
            )));
        }
    }
    let replies: Vec<bool> = kinds.iter().map(|kind| *kind == "QUICK_REPLY").collect();
    let changes = replies
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a != b));
    if changes.count() > 1 {
        return Err(wrong(
            "Quick replies stand together, before or after the other buttons.",
        ));
    }
    Ok(())
}

fn text_of(component: &Value, most: usize, subcode: i64) -> Result<String, GraphError> {
    let text = component
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let count = text.chars().count();
    if count == 0 {
        return Err(refused(
            subcode,
            "Format is incorrect",
            "The component needs a text.",
        ));
    }
    if count > most {
        let text = format!("The text has {most} characters at most.");
        return Err(refused(2_388_040, "Field is too long", &text));
    }
    Ok(text.to_owned())
}

/// Returns the parameters of a text, each once, in the order of first appearance.
fn parameters(text: &str, is_named: bool, subcode: i64) -> Result<Vec<String>, GraphError> {
    let wrong = |text: &str| refused(subcode, "Variables are not valid", text);
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let (name, behind) = after
            .split_once("}}")
            .ok_or_else(|| wrong("A variable is not closed."))?;
        let name = name.trim();
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        rest = behind;
    }
    for (at, name) in found.iter().enumerate() {
        let is_right = if is_named {
            let fits =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            !name.is_empty() && name.bytes().all(fits) && !name.bytes().all(|b| b.is_ascii_digit())
        } else {
            name.parse() == Ok(at + 1)
        };
        if !is_right {
            return Err(wrong(if is_named {
                "The name of a variable has lower case letters and underscores."
            } else {
                "Variables are numbered from 1, without gaps."
            }));
        }
    }
    Ok(found)
}

/// Requires an example for each parameter.
fn examples(
    component: &Value,
    parameters: &[String],
    name: &str,
    is_named: bool,
    subcode: i64,
) -> Result<(), GraphError> {
    if parameters.is_empty() {
        return Ok(());
    }
    let name = if is_named {
        format!("{name}_named_params")
    } else {
        name.to_owned()
    };
    let given = component.pointer(&format!("/example/{name}"));
    // A list of lists, a flat list or one text.
    let count = match given {
        Some(Value::Array(items)) => match items.first() {
            Some(Value::Array(inner)) => inner.len(),
            _ => items.len(),
        },
        Some(Value::String(_)) => 1,
        _ => 0,
    };
    if count == parameters.len() {
        return Ok(());
    }
    let text = format!(
        "{name} needs an example for each of {} variables.",
        parameters.len()
    );
    Err(refused(subcode, "Examples are missing", &text))
}

/// Counts the parameters of the body.
pub(super) fn body_parameters(components: &Value) -> usize {
    let components = components.as_array().into_iter().flatten();
    let mut bodies = components.filter(|it| it.get("type").and_then(Value::as_str) == Some("BODY"));
    let text = bodies.next().and_then(|body| body.get("text"));
    let text = text.and_then(Value::as_str).unwrap_or_default();
    let names: std::collections::BTreeSet<&str> = text
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name.trim())
        .collect();
    names.len()
}

/// Returns the components as Meta shows them: an OTP button as a URL button. A template of the control API without any
/// has a body with its parameters.
pub(super) fn shown(template: &Template) -> Value {
    let Some(components) = &template.components else {
        let count = template.body_parameters.unwrap_or_default();
        let parameters: String = (1..=count).map(|n| format!(" {{{{{n}}}}},")).collect();
        let mut body = json!({ "type": "BODY", "text": format!("Hello{parameters} bye") });
        if count > 0 {
            let row: Vec<String> = (1..=count).map(|n| format!("example {n}")).collect();
            body.put("example", json!({ "body_text": [row] }));
        }
        return json!([body]);
    };
    let mut components = components.clone();
    let all = components.as_array_mut().into_iter().flatten();
    for component in all {
        let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
        for button in buttons.into_iter().flatten() {
            if button.get("type").and_then(Value::as_str) == Some("OTP") {
                let text = button.get("text").cloned();
                *button = json!({
                    "type": "URL",
                    "text": text.unwrap_or_else(|| json!("Copy code")),
                    "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                    "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"],
                });
            }
        }
    }
    components
}
