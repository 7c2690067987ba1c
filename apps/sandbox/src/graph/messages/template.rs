//! Checks template messages: their form, and the WABA's own templates.

use serde_json::Value;

use super::check::Object;
use crate::graph::GraphError;
use crate::state::{Template, World};

/// The template of a message.
pub(super) struct Used<'a> {
    name: &'a str,
    language: &'a str,
    body_parameters: usize,
}

/// The types of parameters.
const PARAMETERS: [&str; 15] = [
    "text",
    "currency",
    "date_time",
    "image",
    "video",
    "document",
    "gif",
    "location",
    "payload",
    "action",
    "coupon_code",
    "limited_time_offer",
    "product",
    "order_status",
    "tap_target_configuration",
];

pub(super) fn read<'a>(object: &Object<'a>) -> Result<Used<'a>, GraphError> {
    object.only(&["name", "language", "components", "namespace"])?;
    let mut used = Used {
        name: object.text("name", 512)?,
        language: "",
        body_parameters: 0,
    };
    let language = object.object("language")?;
    language.only(&["code", "policy"])?;
    used.language = language.text("code", 16)?;
    if !object.has("components") {
        return Ok(used);
    }
    for component in object.list("components", 0, 20)? {
        let kinds = [
            "header",
            "body",
            "footer",
            "button",
            "carousel",
            "limited_time_offer",
            "order_status",
        ];
        let kind = component.text("type", 64)?.to_lowercase();
        if !kinds.contains(&kind.as_str()) {
            return Err(GraphError::value(format!(
                "template['components'] cannot be of type {kind}"
            )));
        }
        if kind == "button" {
            component.text("sub_type", 64)?;
            let index = component.get("index");
            let is_index = |value: &Value| match value {
                Value::Number(number) => number.as_u64().is_some_and(|index| index < 10),
                Value::String(text) => text.parse::<u8>().is_ok_and(|index| index < 10),
                _ => false,
            };
            if !index.is_some_and(is_index) {
                return Err(GraphError::value("index of a button is from 0 to 9"));
            }
        }
        if !component.has("parameters") {
            continue;
        }
        let parameters = component.list("parameters", 0, 100)?;
        for parameter in &parameters {
            let kind = parameter.text("type", 64)?.to_lowercase();
            if !PARAMETERS.contains(&kind.as_str()) {
                return Err(GraphError::value(format!(
                    "there is no parameter of type {kind}"
                )));
            }
            if kind == "text" {
                parameter.text("text", 32_768)?;
            }
        }
        if kind == "body" {
            used.body_parameters = parameters.len();
        }
    }
    Ok(used)
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
