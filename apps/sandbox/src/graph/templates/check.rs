//! The rules for the contents of templates that Meta documents. What Meta only judges in its review is not checked: words,
//! emoji, duplicates, the density of variables.

use serde_json::{Value, json};

use super::words;
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
const BUTTONS: [(&str, usize); 17] = [
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
    ("EXTENSION", 1),
    ("POSTBACK", 10),
    ("SEND_LOCATION", 1),
];
/// Error subcodes, by what is wrong.
const LONG: i64 = 2_388_040;
const LACKING: i64 = 2_388_043;
const HEADER: i64 = 2_388_047;
const BODY: i64 = 2_388_072;
const FOOTER: i64 = 2_388_073;
const SIDE_BY_SIDE: i64 = 2_388_293;
const FIRST_OR_LAST: i64 = 2_388_299;

type Checked = Result<(), GraphError>;

/// Finds the type of the file of a handle.
pub(super) type Handles<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The traits of the whole template.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) category: &'a str,
    pub(super) language: &'a str,
    pub(super) is_named: bool,
    pub(super) handles: Handles<'a>,
}

/// Makes Meta's error: code 100, with the reason's number as subcode and words for the user.
pub(super) fn refused(subcode: i64, title: &str, text: &str) -> GraphError {
    GraphError::new(100, "Invalid parameter")
        .with_subcode(subcode)
        .for_user(title, text)
}

/// Makes the error of a parameter whose fault has no number of its own.
fn wrong(name: &str, must: &str) -> GraphError {
    let text = format!("{name} must be {must}.");
    params::wrong(name, must).for_user("Invalid parameter", &text)
}

pub(super) fn name(name: &str) -> Checked {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    match name.len() <= 512 && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(wrong(
            "name",
            "1 to 512 lower case letters, digits and underscores",
        )),
    }
}

pub(super) fn language(code: &str) -> Checked {
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut parts = code.split('_');
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && lower(part));
    let is_country = parts
        .next()
        .is_none_or(|part| (2..=3).contains(&part.len()) && part.is_ascii());
    match is_language && is_country && parts.next().is_none() {
        true => Ok(()),
        false => Err(wrong("language", "a language code such as en_US")),
    }
}

/// Checks `message_send_ttl_seconds` against the range of the category.
pub(super) fn time_to_live(category: &str, given: Option<&Value>) -> Checked {
    let Some(given) = given.filter(|given| !given.is_null()) else {
        return Ok(());
    };
    let seconds = match given {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let (range, has_month) = match category {
        "AUTHENTICATION" => (30..=900, true),
        "UTILITY" => (30..=43_200, true),
        _ => (43_200..=2_592_000, false),
    };
    match seconds {
        Some(-1) if has_month => Ok(()),
        Some(seconds) if range.contains(&seconds) => Ok(()),
        _ => {
            let must = format!("from {} to {} seconds", range.start(), range.end());
            Err(wrong("message_send_ttl_seconds", &must))
        }
    }
}

/// Checks components, and returns them with types and formats in upper case, and with Meta's own words where Meta writes
/// them.
pub(super) fn components(mut given: Vec<Value>, rules: Rules<'_>) -> Result<Value, GraphError> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut kinds: Vec<&'static str> = Vec::new();
    for component in &mut given {
        let kind = raise(component, "type", &COMPONENTS)?;
        if seen.contains(&kind) {
            let text = format!("A template has one {kind} at most.");
            return Err(refused(LACKING, "Too many components", &text));
        }
        seen.push(kind);
        if kind == "BUTTONS" {
            kinds = buttons(component, rules)?;
        }
    }
    if !seen.contains(&"BODY") {
        let text = "A template needs a component of type BODY.";
        return Err(refused(LACKING, "Missing component", text));
    }
    together(&seen, &kinds, &given, rules)?;
    if rules.category == "AUTHENTICATION" {
        for component in &mut given {
            authentication(component, rules.language)?;
        }
        return Ok(Value::Array(given));
    }
    let longest = match () {
        () if kinds.contains(&"SPM") => 160,
        () if seen.contains(&"LIMITED_TIME_OFFER") => 600,
        () => 1_024,
    };
    for component in &mut given {
        match component["type"].as_str() {
            Some("HEADER") => {
                header(component, rules)?;
            }
            Some("BODY") => body(component, longest, rules)?,
            Some("FOOTER") => footer(component)?,
            Some("CAROUSEL") => cards(component, rules)?,
            Some("LIMITED_TIME_OFFER") => offer(component)?,
            _ => {}
        }
    }
    Ok(Value::Array(given))
}

/// Checks which components and buttons stand together in which category.
fn together(seen: &[&str], kinds: &[&str], given: &[Value], rules: Rules<'_>) -> Checked {
    let category = rules.category;
    let has = |kind: &str| seen.contains(&kind);
    let refuse = |text: &str| Err(refused(LACKING, "Components do not go together", text));
    let format = given.iter().find(|it| it["type"] == "HEADER");
    let format = format.and_then(|header| header.get("format")?.as_str());
    let format = format.unwrap_or_default().to_ascii_uppercase();
    let is_one_of = |list: &[&str]| kinds.iter().any(|kind| list.contains(kind));
    let products = ["CATALOG", "MPM", "SPM"];
    if category == "AUTHENTICATION" {
        let known = ["BODY", "FOOTER", "BUTTONS"];
        return match seen.iter().all(|kind| known.contains(kind)) && kinds == ["OTP"] {
            true => Ok(()),
            false => refuse("An authentication template has a body, a footer and one OTP button."),
        };
    }
    if is_one_of(&["OTP"]) {
        return refuse("Only an authentication template has an OTP button.");
    }
    let is_for_marketing =
        has("CAROUSEL") || has("LIMITED_TIME_OFFER") || is_one_of(&products) || format == "GIF";
    if is_for_marketing && category != "MARKETING" {
        return refuse("Carousels, offers, GIFs and products belong to marketing templates.");
    }
    if has("CALL_PERMISSION_REQUEST")
        && (has("BUTTONS") || has("CAROUSEL") || has("LIMITED_TIME_OFFER"))
    {
        return refuse("A request to call has no buttons, carousel or offer beside it.");
    }
    if has("CAROUSEL") && has("LIMITED_TIME_OFFER") {
        return refuse("An offer has no carousel beside it.");
    }
    if has("LIMITED_TIME_OFFER") {
        if has("FOOTER") {
            return refuse("An offer has no footer.");
        }
        if !matches!(format.as_str(), "" | "IMAGE" | "VIDEO") {
            return refuse("The header of an offer is an image or a video.");
        }
        if kinds != ["COPY_CODE", "URL"] && kinds != ["URL"] {
            return refuse("An offer has a code to copy and then one address.");
        }
    }
    if is_one_of(&["MPM"]) && format != "TEXT" {
        return refuse("A list of products needs a header with a text.");
    }
    if (format == "PRODUCT") != is_one_of(&["SPM"]) {
        return refuse("A single product has a header of format PRODUCT and a button of type SPM.");
    }
    Ok(())
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

/// Checks a header, and returns its format.
fn header(component: &mut Value, rules: Rules<'_>) -> Result<&'static str, GraphError> {
    let format = raise(component, "format", &FORMATS)?;
    let wrong = |text: &str| refused(HEADER, "Message header format is incorrect", text);
    let types: &[&str] = match format {
        "TEXT" => {
            let text = text_of(component, 60, HEADER)?;
            let found = parameters(&text, rules.is_named, HEADER)?;
            if found.len() > 1 {
                return Err(wrong("A header has one parameter at most."));
            }
            examples(component, &found, "header_text", rules.is_named, HEADER)?;
            return Ok(format);
        }
        "IMAGE" => &["image/jpeg", "image/jpg", "image/png"],
        "VIDEO" | "GIF" => &["video/mp4"],
        "DOCUMENT" => &["application/pdf"],
        _ => return Ok(format),
    };
    let handle = component.pointer("/example/header_handle/0");
    let handle = handle.or_else(|| component.pointer("/example/header_handle"));
    let handle = handle.and_then(Value::as_str);
    let handle = handle.ok_or_else(|| {
        wrong("A header with a file needs an example: a header_handle of a resumable upload.")
    })?;
    // Meta's own examples have several handles in one text, each on a line.
    let handle = handle.lines().next().unwrap_or_default();
    match (rules.handles)(handle) {
        None => Err(wrong("The header_handle is of no resumable upload.")),
        Some(kind) if types.contains(&kind.as_str()) => Ok(format),
        Some(kind) => {
            let text = format!("A file of type {kind} is no {format}.");
            Err(wrong(&text))
        }
    }
}

fn body(component: &Value, longest: usize, rules: Rules<'_>) -> Checked {
    let text = text_of(component, longest, BODY)?;
    let found = parameters(&text, rules.is_named, BODY)?;
    let trimmed = text.trim();
    if !found.is_empty() && (trimmed.starts_with("{{") || trimmed.ends_with("}}")) {
        let text = "Variables can't be at the start or end of the template.";
        return Err(refused(FIRST_OR_LAST, "Invalid variables", text));
    }
    let mut between = trimmed.split("}}").skip(1);
    if between.any(|rest| rest.trim_start().starts_with("{{")) {
        let text = "Two variables cannot stand side by side.";
        return Err(refused(SIDE_BY_SIDE, "Too many variables", text));
    }
    examples(component, &found, "body_text", rules.is_named, BODY)
}

fn footer(component: &Value) -> Checked {
    let text = text_of(component, 60, FOOTER)?;
    if text.contains("{{") {
        let text = "A footer has no variables.";
        return Err(refused(FOOTER, "Message footer format is incorrect", text));
    }
    Ok(())
}

fn offer(component: &Value) -> Checked {
    let wrong = |text: &str| refused(LACKING, "Offer is not valid", text);
    let offer = component.get("limited_time_offer");
    let offer = offer.ok_or_else(|| wrong("The component needs limited_time_offer."))?;
    let text = offer
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if text.is_empty() {
        return Err(wrong("An offer needs a text."));
    }
    if text.chars().count() > 16 {
        let text = "The text of an offer has 16 characters at most.";
        return Err(refused(LONG, "Field is too long", text));
    }
    match offer.get("has_expiration") {
        None | Some(Value::Null | Value::Bool(_)) => Ok(()),
        Some(_) => Err(wrong("has_expiration is true or false.")),
    }
}

/// Checks the cards of a carousel. All have the same components and buttons.
fn cards(component: &mut Value, rules: Rules<'_>) -> Checked {
    let wrong = |text: &str| refused(LACKING, "Cards are not valid", text);
    let cards = component.get_mut("cards").and_then(Value::as_array_mut);
    let cards = cards.ok_or_else(|| params::missing("cards"))?;
    if !(2..=10).contains(&cards.len()) {
        return Err(wrong("A carousel has 2 to 10 cards."));
    }
    let mut forms: Vec<Vec<&'static str>> = Vec::new();
    for card in cards {
        let parts = card.get_mut("components").and_then(Value::as_array_mut);
        let parts = parts.ok_or_else(|| wrong("A card needs components."))?;
        let (mut format, mut kinds, mut form) = ("", Vec::new(), Vec::new());
        for part in parts {
            let kind = raise(part, "type", &COMPONENTS)?;
            if form.contains(&kind) {
                return Err(wrong("A card has one component of each type at most."));
            }
            form.push(kind);
            match kind {
                "HEADER" => format = header(part, rules)?,
                "BODY" => body(part, 160, rules)?,
                "BUTTONS" => kinds = buttons(part, rules)?,
                _ => return Err(wrong("A card has a header, a body and buttons.")),
            }
        }
        let of_media = ["QUICK_REPLY", "URL", "PHONE_NUMBER"];
        let is_right = match format {
            "IMAGE" | "VIDEO" => {
                (1..=2).contains(&kinds.len()) && kinds.iter().all(|kind| of_media.contains(kind))
            }
            "PRODUCT" => kinds == ["SPM"] || kinds == ["URL"],
            _ => {
                return Err(wrong(
                    "The header of a card is an image, a video or a product.",
                ));
            }
        };
        if !is_right {
            let text = "A card has 1 or 2 buttons: quick replies, addresses, a number; or one for \
                        its product.";
            return Err(wrong(text));
        }
        form.sort_unstable();
        form.push(format);
        form.extend(kinds);
        forms.push(form);
    }
    match forms
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
    {
        true => Ok(()),
        false => Err(wrong("All cards have the same components and buttons.")),
    }
}

/// Checks buttons, and returns their kinds.
fn buttons(component: &mut Value, rules: Rules<'_>) -> Result<Vec<&'static str>, GraphError> {
    let wrong = |text: &str| refused(LACKING, "Buttons are not valid", text);
    let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
    let buttons = buttons.ok_or_else(|| params::missing("buttons"))?;
    if !(1..=10).contains(&buttons.len()) {
        return Err(wrong("A template has 1 to 10 buttons."));
    }
    let known: Vec<&'static str> = BUTTONS.iter().map(|(kind, _)| *kind).collect();
    let mut kinds = Vec::new();
    for button in buttons.iter_mut() {
        let kind = raise(button, "type", &known)?;
        self::button(kind, button, rules)?;
        kinds.push(kind);
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
    Ok(kinds)
}

fn button(kind: &str, button: &Value, rules: Rules<'_>) -> Checked {
    let wrong = |text: &str| refused(LACKING, "Buttons are not valid", text);
    let field = |name: &str| button.get(name).and_then(Value::as_str);
    let upto = |name: &str, most: usize| match field(name) {
        Some(text) if text.chars().count() > most => {
            let text = format!("{name} of a button has {most} characters at most.");
            Err(refused(LONG, "Field is too long", &text))
        }
        Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        None => Ok(None),
    };
    let needs = |name: &str, most: usize| {
        let missing = || wrong(&format!("A button of type {kind} needs {name}."));
        upto(name, most)?.ok_or_else(missing)
    };
    upto("text", if kind == "VOICE_CALL" { 20 } else { 25 })?;
    if matches!(
        kind,
        "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "FLOW" | "VOICE_CALL"
    ) {
        needs("text", usize::MAX)?;
    }
    match kind {
        "URL" => {
            let url = needs("url", 2_000)?;
            let Some(at) = url.find("{{") else {
                return Ok(());
            };
            if url.get(at..) != Some("{{1}}") {
                return Err(wrong(
                    "The variable of an address is {{1}} and stands at its end.",
                ));
            }
            let example = button.get("example").filter(|it| !it.is_null());
            example
                .map(|_| ())
                .ok_or_else(|| wrong("The variable of an address needs an example."))
        }
        "PHONE_NUMBER" => needs("phone_number", 20).map(|_| ()),
        "COPY_CODE" => {
            let example = button.get("example").map(|it| it.get(0).unwrap_or(it));
            match example.and_then(Value::as_str) {
                None | Some("") => Err(wrong("A code to copy needs an example.")),
                // Meta's pages say 15 or 20.
                Some(code) if code.chars().count() > 20 => {
                    let text = "A code to copy has 20 characters at most.";
                    Err(refused(LONG, "Field is too long", text))
                }
                Some(_) => Ok(()),
            }
        }
        "FLOW" => {
            let names = ["flow_id", "flow_name", "flow_json"];
            let given = |name: &&&str| button.get(**name).is_some_and(|it| !it.is_null());
            if names.iter().filter(given).count() != 1 {
                return Err(wrong("A flow has one of flow_id, flow_name and flow_json."));
            }
            let action = field("flow_action").unwrap_or("navigate");
            let navigates = action.eq_ignore_ascii_case("navigate");
            match navigates && field("flow_action").is_some() && field("navigate_screen").is_none()
            {
                true => Err(wrong("The action navigate needs a navigate_screen.")),
                false => Ok(()),
            }
        }
        "VOICE_CALL" => match button.get("ttl_minutes") {
            None | Some(Value::Null) => Ok(()),
            Some(minutes)
                if minutes
                    .as_i64()
                    .is_some_and(|it| (1_440..=43_200).contains(&it)) =>
            {
                Ok(())
            }
            Some(_) => Err(wrong("ttl_minutes is from 1440 to 43200.")),
        },
        "REQUEST_CONTACT_INFO" if rules.category == "AUTHENTICATION" => Err(wrong(
            "An authentication template does not ask for contacts.",
        )),
        "OTP" => one_time_code(button),
        _ => Ok(()),
    }
}

/// Checks the button of a one-time code.
fn one_time_code(button: &Value) -> Checked {
    let wrong = |text: &str| refused(LACKING, "OTP button is not valid", text);
    let field = |name: &str| button.get(name).and_then(Value::as_str);
    let kind = field("otp_type").ok_or_else(|| wrong("An OTP button needs otp_type."))?;
    let kind = params::one_of("otp_type", kind, &["COPY_CODE", "ONE_TAP", "ZERO_TAP"])?;
    if field("autofill_text").is_some_and(|text| text.chars().count() > 25) {
        let text = "autofill_text has 25 characters at most.";
        return Err(refused(LONG, "Field is too long", text));
    }
    if kind == "COPY_CODE" {
        return Ok(());
    }
    if kind == "ZERO_TAP" && button.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) {
        return Err(wrong("zero_tap_terms_accepted must be true."));
    }
    let apps = match button.get("supported_apps") {
        // The form before supported_apps, which Meta's OpenAPI still has.
        None if field("package_name").is_some() && field("signature_hash").is_some() => {
            return Ok(());
        }
        None => return Err(wrong("The button needs supported_apps.")),
        Some(apps) => apps.as_array().map_or(&[][..], Vec::as_slice),
    };
    if !(1..=5).contains(&apps.len()) {
        return Err(wrong("There are 1 to 5 supported_apps."));
    }
    for app in apps {
        let field = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
        if !is_package(field("package_name")) {
            let text = "package_name has two or more segments, each of which starts with a letter.";
            return Err(wrong(text));
        }
        let hash = field("signature_hash");
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if hash.len() != 11 || !hash.bytes().all(fits) {
            return Err(wrong("signature_hash has 11 characters."));
        }
    }
    Ok(())
}

fn is_package(name: &str) -> bool {
    let is_segment = |segment: &str| {
        let mut letters = segment.bytes();
        letters
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic())
            && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    name.len() <= 224 && name.contains('.') && name.split('.').all(is_segment)
}

/// Checks a component of an authentication template, and adds Meta's own words.
fn authentication(component: &mut Value, language: &str) -> Checked {
    let flag = component.get("add_security_recommendation").cloned();
    let minutes = component.get("code_expiration_minutes").cloned();
    match component["type"].as_str() {
        Some("BODY") => {
            let warns = match flag {
                None | Some(Value::Null) => false,
                Some(Value::Bool(warns)) => warns,
                Some(_) => {
                    let text = "add_security_recommendation is true or false.";
                    return Err(refused(BODY, "Message body format is incorrect", text));
                }
            };
            component.put("text", json!(words::body(language, warns)));
            component.put("example", json!({ "body_text": [["123456"]] }));
        }
        Some("FOOTER") => {
            let minutes = minutes.filter(|minutes| !minutes.is_null());
            let Some(minutes) = minutes else {
                return Ok(());
            };
            let minutes = minutes.as_u64().filter(|it| (1..=90).contains(it));
            let minutes = minutes.ok_or_else(|| {
                let text = "code_expiration_minutes is from 1 to 90.";
                refused(FOOTER, "Message footer format is incorrect", text)
            })?;
            component.put("text", json!(words::footer(language, minutes)));
        }
        _ => {}
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
        return Err(refused(LONG, "Field is too long", &text));
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
) -> Checked {
    if parameters.is_empty() {
        return Ok(());
    }
    let missing = |name: &str| {
        let text = format!(
            "{name} needs an example for each of {} variables.",
            parameters.len()
        );
        Err(refused(subcode, "Examples are missing", &text))
    };
    if is_named {
        let name = format!("{name}_named_params");
        let given = component.pointer(&format!("/example/{name}"));
        let given = given
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let has = |parameter: &String| {
            let mut given = given.iter();
            given.any(|it| it["param_name"] == parameter.as_str() && it["example"].is_string())
        };
        return match given.len() == parameters.len() && parameters.iter().all(has) {
            true => Ok(()),
            false => missing(&name),
        };
    }
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
    match count == parameters.len() {
        true => Ok(()),
        false => missing(name),
    }
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

/// Returns the components as Meta shows them: an OTP button as a URL button, files of examples as links. A template of
/// the control API without any has a body with its parameters.
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
    show(&mut components, &template.id);
    components
}

fn show(components: &mut Value, id: &str) {
    for component in components.as_array_mut().into_iter().flatten() {
        if let Some(handle) = component.pointer_mut("/example/header_handle") {
            *handle = json!([format!(
                "https://scontent.whatsapp.net/v/t61.29466-34/{id}_n?ccb=1-7&_nc_sid=8b1bef&oe=6B7A5C00"
            )]);
        }
        let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
        for button in buttons.into_iter().flatten() {
            if button.get("type").and_then(Value::as_str) == Some("OTP") {
                *button = shown_code(button);
            }
        }
        let cards = component.get_mut("cards").and_then(Value::as_array_mut);
        for card in cards.into_iter().flatten() {
            if let Some(parts) = card.get_mut("components") {
                show(parts, id);
            }
        }
    }
}

/// Returns an OTP button as Meta shows it.
fn shown_code(button: &Value) -> Value {
    let field = |name: &str| button.get(name).cloned();
    let kind = field("otp_type").unwrap_or_else(|| json!("COPY_CODE"));
    let kind = kind.as_str().unwrap_or_default().to_ascii_uppercase();
    let mut url = format!("https://www.whatsapp.com/otp/code/?otp_type={kind}");
    if let Some(text) = field("autofill_text").as_ref().and_then(Value::as_str) {
        let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        url.push_str("&cta_display_name=");
        url.push_str(&text);
    }
    json!({
        "type": "URL",
        "text": field("text").unwrap_or_else(|| json!("Copy code")),
        "url": format!("{url}&code=otp{{{{1}}}}"),
        "example": [format!("{url}&code=otp123456")],
    })
}
