//! Checks template messages: their form, and the WABA's own templates.

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::Object;
use super::content;
use crate::graph::GraphError;
use crate::state::{Template, World};

/// The template of a message.
pub(super) struct Used<'a> {
    name: &'a str,
    language: &'a str,
    body_parameters: usize,
}

/// The most characters of a body's value.
const TEXT: usize = 32_768;

pub(super) fn read<'a>(object: &Object<'a>) -> Result<Used<'a>, GraphError> {
    object.only(&["name", "language", "components", "namespace"])?;
    let name = object.given("name", 512)?;
    let is_plain = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if !name.bytes().all(is_plain) {
        return Err(GraphError::value(
            "template['name'] has lower case letters, digits and underscores only",
        ));
    }
    let language = object.object("language")?;
    language.only(&["code", "policy"])?;
    let mut used = Used {
        name,
        language: language.given("code", usize::MAX)?,
        body_parameters: 0,
    };
    if object.has("components") {
        used.body_parameters = components(&object.list("components", 0, usize::MAX)?, false)?;
    }
    Ok(used)
}

/// The types of components whose fields are known.
const KNOWN: [&str; 5] = ["header", "body", "button", "carousel", "limited_time_offer"];

/// Checks the components of a message or of a card, and counts the body's values. A type that is not known here is
/// taken, as are types of parameters: Meta adds some, and publishes no whole list.
fn components(list: &[Object<'_>], is_card: bool) -> Result<usize, GraphError> {
    let mut of_body = 0;
    let mut places = BTreeSet::new();
    let mut buttons = 0;
    for component in list {
        let kind = component.given("type", usize::MAX)?.to_ascii_lowercase();
        if KNOWN.contains(&kind.as_str()) {
            component.only(&["type", "sub_type", "index", "parameters", "cards"])?;
        }
        component.texts(&["sub_type"])?;
        let index = place(component)?;
        if kind != "carousel" {
            component.without("cards")?;
        }
        let parameters = match component.has("parameters") {
            true => component.list("parameters", 0, usize::MAX)?,
            false => Vec::new(),
        };
        match kind.as_str() {
            "header" if parameters.len() > 1 => {
                return Err(GraphError::detailed(
                    132_000,
                    "header: number of localizable_params does not match the expected number of \
                     params",
                ));
            }
            "header" => values(&parameters, 60)?,
            "button" => {
                component.given("sub_type", usize::MAX)?;
                let wrong = || GraphError::value("index of a button is from 0 to 9");
                if !places.insert(index.ok_or_else(wrong)?) {
                    return Err(GraphError::value("two buttons have the same index"));
                }
                buttons += 1;
                values(&parameters, 2_000)?;
            }
            "carousel" if is_card => {
                return Err(GraphError::value("A card cannot hold a carousel"));
            }
            "carousel" => {
                for card in component.list("cards", 2, 10)? {
                    card.needs_whole("card_index", 0..=9)?;
                    components(&card.list("components", 0, usize::MAX)?, true)?;
                }
            }
            "limited_time_offer" => offer(component)?,
            _ => values(&parameters, TEXT)?,
        }
        if kind == "body" {
            of_body = parameters.len();
        }
    }
    if buttons > 10 {
        return Err(GraphError::value("A template has at most 10 buttons"));
    }
    Ok(of_body)
}

/// Reads the place of a button: a number or a text from 0 to 9.
fn place(component: &Object<'_>) -> Result<Option<u8>, GraphError> {
    let Some(value) = component.get("index") else {
        return Ok(None);
    };
    let place = match value {
        Value::Number(number) => number.as_u64().and_then(|place| u8::try_from(place).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match place {
        Some(0..=9) => Ok(place),
        _ => Err(GraphError::value("index of a button is from 0 to 9")),
    }
}

fn offer(component: &Object<'_>) -> Result<(), GraphError> {
    for parameter in component.list("parameters", 1, 1)? {
        parameter.one_of("type", &["limited_time_offer"])?;
        let offer = parameter.object("limited_time_offer")?;
        offer.needs_whole("expiration_time_ms", 1..=u64::MAX)?;
    }
    Ok(())
}

/// Checks the values of a component, whose texts have at most so many characters.
fn values(parameters: &[Object<'_>], most: usize) -> Result<(), GraphError> {
    let (mut named, mut plain) = (0, 0);
    for parameter in parameters {
        let kind = parameter.given("type", usize::MAX)?;
        match kind {
            "text" => {
                parameter.in_line("text", most)?;
                match parameter.text_or_none("parameter_name", usize::MAX)? {
                    Some(_) => named += 1,
                    None => plain += 1,
                }
            }
            "currency" => {
                let currency = parameter.object("currency")?;
                currency.in_line("fallback_value", usize::MAX)?;
                currency.given("code", usize::MAX)?;
                if !currency.get("amount_1000").is_some_and(Value::is_i64) {
                    return Err(GraphError::value("amount_1000 must be a whole number"));
                }
            }
            "date_time" => {
                let date_time = parameter.object("date_time")?;
                date_time.in_line("fallback_value", usize::MAX)?;
            }
            "image" => content::media("image", &parameter.object("image")?).map(|_| ())?,
            "video" => content::media("video", &parameter.object("video")?).map(|_| ())?,
            "document" => content::media("document", &parameter.object("document")?).map(|_| ())?,
            "location" => content::place(&parameter.object("location")?)?,
            "payload" => parameter.given("payload", usize::MAX).map(|_| ())?,
            // Meta's pages say 15 or 20.
            "coupon_code" => parameter.in_line("coupon_code", 20)?,
            "action" => parameter.object("action").map(|_| ())?,
            _ => {}
        }
    }
    if named > 0 && plain > 0 {
        return Err(GraphError::parameter(
            "Some texts of a component have a parameter_name, and some have none",
        ));
    }
    Ok(())
}

/// Returns the pricing category of the template, if it can be sent. Any name is a template in any language, unless
/// the WABA has templates of that name.
pub(super) fn category(
    world: &World,
    waba_id: &str,
    used: &Used<'_>,
    by_user_id: bool,
) -> Result<&'static str, GraphError> {
    let mut named = world
        .templates
        .iter()
        .filter(|it| it.waba_id == waba_id && it.name == used.name)
        .peekable();
    if named.peek().is_none() {
        return Ok("utility");
    }
    let (name, language) = (used.name, used.language);
    let absent = || {
        let details = format!("template name ({name}) does not exist in {language}");
        GraphError::detailed(132_001, details)
    };
    let template: &Template = named
        .find(|it| it.language == language)
        .ok_or_else(absent)?;
    match template.status.as_str() {
        "APPROVED" => {}
        "PAUSED" => return Err(GraphError::of(132_015)),
        "DISABLED" => return Err(GraphError::of(132_016)),
        _ => return Err(absent()),
    }
    if let Some(expected) = template.body_parameters
        && expected != used.body_parameters
    {
        let given = used.body_parameters;
        return Err(GraphError::detailed(
            132_000,
            format!(
                "body: number of localizable_params ({given}) does not match the expected number \
                 of params ({expected})"
            ),
        ));
    }
    match template.category.as_str() {
        "MARKETING" => Ok("marketing"),
        "AUTHENTICATION" if by_user_id => Err(GraphError::of(131_062)),
        "AUTHENTICATION" => Ok("authentication"),
        _ => Ok("utility"),
    }
}
