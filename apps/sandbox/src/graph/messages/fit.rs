//! Compares the values of a template message with the template's components.
//!
//! Source: Meta's pages of components (A). The codes for what is missing are from public threads (C): a value of an
//! address 131008, of a text 132000, of a media header 132012, a name of a named value 100, an empty payload 132018.

use serde_json::Value;

use crate::graph::GraphError;

/// The `sub_type`s of buttons in messages.
const SUB_TYPES: [&str; 16] = [
    "quick_reply",
    "url",
    "phone_number",
    "copy_code",
    "otp",
    "flow",
    "voice_call",
    "request_contact_info",
    "catalog",
    "mpm",
    "spm",
    "order_details",
    "reminder",
    "app",
    "postback",
    "send_location",
];
/// The most characters of a header, a body, the body of a card, an address and a one-time code.
const HEADER: usize = 60;
const BODY: usize = 1_024;
const CARD: usize = 160;
const ADDRESS: usize = 2_000;
const CODE: usize = 15;
/// The most characters of a code to copy beside an offer.
const OFFER_CODE: usize = 15;
/// The most sections and products of a list of products.
const SECTIONS: usize = 10;
const PRODUCTS: usize = 30;

type Checked = Result<(), GraphError>;

/// The traits of the whole template.
#[derive(Clone, Copy)]
struct Traits {
    is_named: bool,
    is_code: bool,
    has_offer: bool,
}

/// Checks the components of a message, whose form is right, against those of its template.
pub(super) fn check(
    template: &[Value],
    is_named: bool,
    is_code: bool,
    message: &[Value],
) -> Checked {
    let offer = component(template, "limited_time_offer");
    let traits = Traits {
        is_named,
        is_code,
        has_offer: offer.is_some(),
    };
    part(template, message, traits, BODY)?;
    limited_time_offer(offer, component(message, "limited_time_offer"))?;
    let cards = component(template, "carousel").map(|it| list(it, "cards"));
    match (cards, component(message, "carousel")) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(excess("carousel: the template has no cards")),
        (Some(_), None) => Err(missing("carousel: the template needs its cards")),
        (Some(cards), Some(given)) => carousel(cards, list(given, "cards"), traits),
    }
}

/// Checks header, body and buttons of a template or of a card.
fn part(template: &[Value], message: &[Value], traits: Traits, longest: usize) -> Checked {
    for kind in ["header", "body", "limited_time_offer", "carousel"] {
        if message.iter().filter(|it| kind_of(it) == kind).count() > 1 {
            let text = format!("There are two components of type {kind}");
            return Err(GraphError::parameter(text));
        }
    }
    let given = |kind: &str| component(message, kind).map_or(&[][..], |it| list(it, "parameters"));
    header(component(template, "header"), given("header"), traits)?;
    let body = component(template, "body");
    let body = body.map_or("", |body| text(body, "text"));
    texts("body", body, given("body"), longest, traits)?;
    if traits.is_code {
        given("body")
            .iter()
            .try_for_each(|value| code(shown(value)))?;
    }
    let buttons = component(template, "buttons");
    let buttons = buttons.map_or(&[][..], |it| list(it, "buttons"));
    self::buttons(buttons, message, traits)
}

fn header(template: Option<&Value>, given: &[Value], traits: Traits) -> Checked {
    let format = template.map(|header| text(header, "format").to_ascii_uppercase());
    let format = format.as_deref().unwrap_or_default();
    let kinds: &[&str] = match format {
        "TEXT" | "" => {
            let text = template.map_or("", |header| text(header, "text"));
            return texts("header", text, given, HEADER, traits);
        }
        "IMAGE" => &["image"],
        "VIDEO" => &["video"],
        "DOCUMENT" => &["document"],
        "GIF" => &["gif", "video"],
        "LOCATION" => &["location"],
        "PRODUCT" => &["product"],
        _ => return Ok(()),
    };
    let mismatch = |received: &str| {
        let received = received.to_ascii_uppercase();
        let text = format!("header: Format mismatch, expected {format}, received {received}");
        GraphError::detailed(132_012, text)
    };
    match given {
        // Of an offer the header may be left out.
        [] if traits.has_offer => Ok(()),
        [] => Err(mismatch("UNKNOWN")),
        [one] if !kinds.contains(&text(one, "type")) => Err(mismatch(text(one, "type"))),
        [one] if format == "PRODUCT" => product(one),
        [_] => Ok(()),
        many => Err(count("header", many.len(), 1)),
    }
}

fn product(parameter: &Value) -> Checked {
    let names = ["product_retailer_id", "catalog_id"];
    match names
        .iter()
        .find(|name| !is_given(&parameter["product"], name))
    {
        Some(name) => Err(missing(&format!("header: the product needs {name}"))),
        None => Ok(()),
    }
}

/// Checks the values of a text, and the length of the text with them.
fn texts(at: &str, template: &str, given: &[Value], longest: usize, traits: Traits) -> Checked {
    let variables = variables(template);
    if given.len() != variables.len() {
        return Err(count(at, given.len(), variables.len()));
    }
    for value in given {
        let kind = text(value, "type");
        if !matches!(kind, "text" | "currency" | "date_time") {
            let kind = kind.to_ascii_uppercase();
            let text = format!("{at}: Format mismatch, expected TEXT, received {kind}");
            return Err(GraphError::detailed(132_012, text));
        }
    }
    let mut length = template.chars().count();
    for (place, variable) in variables.iter().enumerate() {
        let by_name = |value: &&Value| text(value, "parameter_name") == variable.name;
        let value = match traits.is_named {
            true => given.iter().find(by_name).ok_or_else(|| {
                let name = variable.name;
                GraphError::parameter(format!("{at}: no value has the parameter_name {name}"))
            })?,
            false => given.get(place).unwrap_or(&Value::Null),
        };
        length = length.saturating_sub(variable.characters);
        length += shown(value).chars().count() * variable.times;
    }
    if length > longest {
        let text =
            format!("{at}: the text with its values has {length} characters. Max: {longest}");
        return Err(GraphError::detailed(132_005, text));
    }
    Ok(())
}

/// Returns the texts that a message gives for the body.
pub(super) fn texts_of_body(message: &[Value]) -> Vec<&str> {
    let values = component(message, "body").map_or(&[][..], |it| list(it, "parameters"));
    values.iter().map(shown).collect()
}

/// Returns the text that a value puts into the message.
fn shown(value: &Value) -> &str {
    match text(value, "type") {
        "text" => text(value, "text"),
        kind => text(&value[kind], "fallback_value"),
    }
}

fn buttons(template: &[Value], message: &[Value], traits: Traits) -> Checked {
    let mut given: Vec<Option<&Value>> = vec![None; template.len()];
    for component in message.iter().filter(|it| kind_of(it) == "button") {
        let sub_type = text(component, "sub_type").to_ascii_lowercase();
        if !SUB_TYPES.contains(&sub_type.as_str()) {
            let list = SUB_TYPES.join(", ");
            let text = format!("sub_type must be one of {list} - got \"{sub_type}\".");
            return Err(GraphError::parameter(text));
        }
        let at = index(component);
        let place = at.and_then(|at| given.get_mut(at)).ok_or_else(|| {
            GraphError::value(format!(
                "buttons: the template has {} buttons",
                template.len()
            ))
        })?;
        *place = Some(component);
    }
    for (at, (button, component)) in template.iter().zip(given).enumerate() {
        let kind = text(button, "type").to_ascii_uppercase();
        if let Some(component) = component {
            let sub_type = text(component, "sub_type").to_ascii_lowercase();
            let is_right = match kind.as_str() {
                "OTP" => matches!(sub_type.as_str(), "url" | "otp"),
                kind => kind.eq_ignore_ascii_case(&sub_type),
            };
            if !is_right {
                let text = format!("buttons: Button at index {at} is of type {kind}");
                return Err(GraphError::detailed(132_012, text));
            }
        }
        let values = component.map_or(&[][..], |it| list(it, "parameters"));
        self::button(at, &kind, button, values, traits)?;
    }
    Ok(())
}

fn button(at: usize, kind: &str, button: &Value, values: &[Value], traits: Traits) -> Checked {
    let needs = || {
        missing(&format!(
            "buttons: Button at index {at} of type {kind} requires a parameter"
        ))
    };
    let one = |expected: &str| match values {
        [] => Ok(None),
        [value] if text(value, "type") == expected => Ok(Some(value)),
        [value] => {
            let received = text(value, "type");
            let text = format!(
                "buttons: Button at index {at}: Format mismatch, expected {expected}, received {received}"
            );
            Err(GraphError::detailed(132_012, text))
        }
        many => Err(count("button", many.len(), 1)),
    };
    match kind {
        "QUICK_REPLY" => match one("payload")? {
            Some(value) if text(value, "payload").is_empty() => {
                Err(excess("buttons: the payload is empty"))
            }
            _ => Ok(()),
        },
        "OTP" => code(text(one("text")?.ok_or_else(needs)?, "text")),
        "URL" if text(button, "url").contains("{{") => {
            let value = text(one("text")?.ok_or_else(needs)?, "text");
            if traits.is_code {
                code(value)?;
            }
            let url = text(button, "url");
            let holes: usize = variables(url).iter().map(|it| it.characters).sum();
            let length = url.chars().count().saturating_sub(holes) + value.chars().count();
            if length > ADDRESS {
                let text = format!("buttons: the address has {length} characters. Max: {ADDRESS}");
                return Err(GraphError::detailed(132_005, text));
            }
            Ok(())
        }
        "URL" | "PHONE_NUMBER" | "REQUEST_CONTACT_INFO" => match values {
            [] => Ok(()),
            _ => Err(excess(&format!(
                "buttons: Button at index {at} of type {kind} does not require parameters"
            ))),
        },
        "COPY_CODE" => {
            let value = text(one("coupon_code")?.ok_or_else(needs)?, "coupon_code");
            match traits.has_offer && value.chars().count() > OFFER_CODE {
                true => Err(excess(
                    "buttons: the code of an offer has 15 characters at most",
                )),
                false => Ok(()),
            }
        }
        "FLOW" | "CATALOG" => one("action").map(|_| ()),
        "MPM" => sections(&one("action")?.ok_or_else(needs)?["action"]),
        _ => Ok(()),
    }
}

fn code(value: &str) -> Checked {
    match value.chars().count() > CODE {
        true => Err(excess("buttons: a one-time code has 15 characters at most")),
        false => Ok(()),
    }
}

/// Checks the sections of a list of products.
fn sections(action: &Value) -> Checked {
    let sections = list(action, "sections");
    let products = sections
        .iter()
        .map(|section| list(section, "product_items"));
    let is_right = (1..=SECTIONS).contains(&sections.len())
        && products.clone().all(|items| {
            let named = |item: &Value| is_given(item, "product_retailer_id");
            !items.is_empty() && items.iter().all(named)
        });
    if !is_right {
        return Err(missing(
            "buttons: an action of 1 to 10 sections with products is required",
        ));
    }
    let all: usize = products.map(<[Value]>::len).sum();
    if all > PRODUCTS {
        return Err(GraphError::value(format!(
            "buttons: there are {all} products. Max: {PRODUCTS}"
        )));
    }
    Ok(())
}

fn limited_time_offer(template: Option<&Value>, given: Option<&Value>) -> Checked {
    let expires = |offer: &Value| {
        let inner = offer.get("limited_time_offer").unwrap_or(offer);
        inner["has_expiration"] == true
    };
    match (template, given) {
        (None, Some(_)) => Err(excess("limited_time_offer: the template has no offer")),
        (Some(offer), None) if expires(offer) => Err(missing(
            "limited_time_offer: the offer's expiration is required",
        )),
        _ => Ok(()),
    }
}

/// Checks the cards: as many as the template has. Those of products are created with two, and there can be ten.
fn carousel(template: &[Value], given: &[Value], traits: Traits) -> Checked {
    let is_of_products = template.first().is_some_and(|card| {
        let header = component(list(card, "components"), "header");
        header.is_some_and(|it| text(it, "format").eq_ignore_ascii_case("PRODUCT"))
    });
    if !is_of_products && given.len() != template.len() {
        return Err(count("carousel", given.len(), template.len()));
    }
    let mut places: Vec<u64> = given
        .iter()
        .filter_map(|card| card["card_index"].as_u64())
        .collect();
    places.sort_unstable();
    if !places
        .iter()
        .enumerate()
        .all(|(at, place)| at as u64 == *place)
    {
        return Err(GraphError::value(
            "carousel: card_index counts the cards from 0",
        ));
    }
    for card in given {
        let at = card["card_index"]
            .as_u64()
            .and_then(|at| usize::try_from(at).ok());
        let known = at
            .and_then(|at| template.get(at))
            .or_else(|| template.first());
        let known = known.map_or(&[][..], |card| list(card, "components"));
        part(known, list(card, "components"), traits, CARD)?;
    }
    Ok(())
}

/// A variable of a text.
struct Variable<'a> {
    name: &'a str,
    times: usize,
    /// The characters of its marks, all together.
    characters: usize,
}

/// Returns the variables of a text, each once: by number, or in the order of first appearance where they have names.
fn variables(template: &str) -> Vec<Variable<'_>> {
    let mut found: Vec<Variable<'_>> = Vec::new();
    for mark in template.split("{{").skip(1) {
        let Some((inner, _)) = mark.split_once("}}") else {
            continue;
        };
        let (name, characters) = (inner.trim(), inner.chars().count() + 4);
        match found.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.times += 1;
                known.characters += characters;
            }
            None => found.push(Variable {
                name,
                times: 1,
                characters,
            }),
        }
    }
    found.sort_by_key(|variable| variable.name.parse::<usize>().unwrap_or_default());
    found
}

fn kind_of(component: &Value) -> String {
    text(component, "type").to_ascii_lowercase()
}

fn component<'a>(all: &'a [Value], kind: &str) -> Option<&'a Value> {
    all.iter()
        .find(|it| text(it, "type").eq_ignore_ascii_case(kind))
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Tells whether a field is a text that is not empty, or a whole number.
fn is_given(object: &Value, name: &str) -> bool {
    match object.get(name) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Number(number)) => number.is_u64(),
        _ => false,
    }
}

fn index(button: &Value) -> Option<usize> {
    match button.get("index")? {
        Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn count(at: &str, given: usize, expected: usize) -> GraphError {
    let text = format!(
        "{at}: number of localizable_params ({given}) does not match the expected number of \
         params ({expected})"
    );
    GraphError::detailed(132_000, text)
}

fn missing(details: &str) -> GraphError {
    GraphError::missing(details)
}

/// Makes the error of a value that does not belong there.
fn excess(details: &str) -> GraphError {
    GraphError::detailed(132_018, details)
}
