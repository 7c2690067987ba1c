//! Checks template messages: their form, and the WABA's own templates.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::check::Object;
use super::content::{self, MediaUse};
use super::{Route, Sender, fit};
use crate::graph::{GraphError, templates};
use crate::state::{Template, World};

/// The template of a message.
pub(super) struct Used<'a> {
    pub(super) name: &'a str,
    language: &'a str,
    /// The components as they were given. Their form is right.
    components: &'a [Value],
    /// The media objects in the values.
    pub(super) media: Vec<MediaUse<'a>>,
}

/// The way and the price of a template message.
pub(super) struct Way {
    /// The pricing category.
    pub(super) category: &'static str,
    pub(super) is_marketing: bool,
    /// The id of the template, if Meta paces it.
    pub(super) paced: Option<String>,
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
        components: &[],
        media: Vec::new(),
    };
    if object.has("components") {
        let list = object.list("components", 0, usize::MAX)?;
        components(&list, false, &mut used.media)?;
        let given = object.get("components").and_then(Value::as_array);
        used.components = given.map_or(&[], Vec::as_slice);
    }
    Ok(used)
}

/// The types of components whose fields are known.
const KNOWN: [&str; 5] = ["header", "body", "button", "carousel", "limited_time_offer"];

/// Checks the components of a message or of a card, and collects their media. A type that is not known here is taken,
/// as are types of parameters: Meta adds some, and publishes no whole list.
fn components<'a>(
    list: &[Object<'a>],
    is_card: bool,
    media: &mut Vec<MediaUse<'a>>,
) -> Result<(), GraphError> {
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
            "header" => values(&parameters, 60, media)?,
            "button" => {
                component.given("sub_type", usize::MAX)?;
                let wrong = || GraphError::value("index of a button is from 0 to 9");
                if !places.insert(index.ok_or_else(wrong)?) {
                    return Err(GraphError::value("two buttons have the same index"));
                }
                buttons += 1;
                values(&parameters, 2_000, media)?;
            }
            "carousel" if is_card => {
                return Err(GraphError::value("A card cannot hold a carousel"));
            }
            "carousel" => {
                for card in component.list("cards", 2, 10)? {
                    card.needs_whole("card_index", 0..=9)?;
                    components(&card.list("components", 0, usize::MAX)?, true, media)?;
                }
            }
            "limited_time_offer" => offer(component)?,
            _ => values(&parameters, TEXT, media)?,
        }
    }
    if buttons > 10 {
        return Err(GraphError::value("A template has at most 10 buttons"));
    }
    Ok(())
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

/// Checks the values of a component, whose texts have at most so many characters, and collects their media.
fn values<'a>(
    parameters: &[Object<'a>],
    most: usize,
    found: &mut Vec<MediaUse<'a>>,
) -> Result<(), GraphError> {
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
            "image" => found.extend(content::media("image", &parameter.object("image")?)?),
            "video" => found.extend(content::media("video", &parameter.object("video")?)?),
            "document" => found.extend(content::media("document", &parameter.object("document")?)?),
            "location" => content::place(&parameter.object("location")?)?,
            "payload" => {
                let payload = parameter.text_or_none("payload", usize::MAX)?;
                if payload.is_some_and(str::is_empty) {
                    let details = "buttons: the payload of a quick reply is empty";
                    return Err(GraphError::detailed(132_018, details));
                }
                parameter.given("payload", usize::MAX)?;
            }
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

/// Finds the way of a template message, if the template can be sent so. Any name is a utility template in any
/// language, unless the WABA has templates of that name.
pub(super) fn way(
    world: &World,
    sender: &Sender,
    used: &Used<'_>,
    by_user_id: bool,
    route: Route,
) -> Result<Way, GraphError> {
    let mut named = world
        .templates
        .iter()
        .filter(|it| it.name == used.name && *it.waba_id == *sender.waba_id)
        .peekable();
    if named.peek().is_none() {
        return match route {
            Route::Messages => Ok(Way {
                category: "utility",
                is_marketing: false,
                paced: None,
            }),
            Route::Marketing => Err(GraphError::of(134_100)),
        };
    }
    let template = named
        .find(|it| it.language == used.language)
        .ok_or_else(|| absent(used))?;
    is_sendable(&template.status, used)?;
    let has_price = template.fields.contains_key("optimization_spec");
    let category = match (template.category.as_str(), route) {
        ("MARKETING", Route::Marketing) if !world.sending.is_synced(&template.name) => {
            return Err(GraphError::of(134_101));
        }
        ("MARKETING", _) if has_price && by_user_id => return Err(GraphError::of(131_062)),
        ("MARKETING", Route::Marketing) if sender.is_onboarded => "marketing_lite",
        ("MARKETING", Route::Marketing) => "marketing",
        (_, Route::Marketing) => return Err(GraphError::of(134_100)),
        ("MARKETING", Route::Messages) if sender.bars_marketing => {
            return Err(GraphError::of(131_063));
        }
        ("MARKETING", Route::Messages) if has_price => return Err(GraphError::of(131_061)),
        ("MARKETING", Route::Messages) => "marketing",
        ("AUTHENTICATION", _) if by_user_id => return Err(GraphError::of(131_062)),
        ("AUTHENTICATION", _) => "authentication",
        _ if sender.is_misclassified => return Err(GraphError::of(131_064)),
        _ => "utility",
    };
    fits(template, used)?;
    goes_by_flow(world, template)?;
    if let Some(entry) = template
        .fields
        .get("library_template_name")
        .and_then(Value::as_str)
    {
        templates::typed(entry, &fit::texts_of_body(used.components))?;
    }
    Ok(Way {
        category,
        is_marketing: template.category == "MARKETING",
        paced: template.pacing.map(|_| template.id.clone()),
    })
}

/// Checks the values of the message against the template.
fn fits(template: &Template, used: &Used<'_>) -> Result<(), GraphError> {
    let (is_named, is_code) = (
        is_named(&template.fields),
        template.category == "AUTHENTICATION",
    );
    match (&template.components, template.body_parameters) {
        (Some(Value::Array(known)), _) => fit::check(known, is_named, is_code, used.components),
        (None, Some(count)) => {
            let text: String = (1..=count).map(|n| format!("{{{{{n}}}}}")).collect();
            let body = [json!({ "type": "BODY", "text": text })];
            fit::check(&body, is_named, is_code, used.components)
        }
        // A template of the control API that says nothing of its contents.
        _ => Ok(()),
    }
}

/// Refuses a template with a flow that Meta has blocked or throttled.
fn goes_by_flow(world: &World, template: &Template) -> Result<(), GraphError> {
    let components = template.components.iter().filter_map(Value::as_array);
    let buttons = components
        .flatten()
        .filter_map(|component| component.get("buttons")?.as_array());
    for id in buttons.flatten().filter_map(|button| button.get("flow_id")) {
        let is_it = |own: &str| match id {
            Value::String(id) => id == own,
            id => id.as_u64().is_some() && id.as_u64() == own.parse().ok(),
        };
        let flow = world.flows.iter().find(|flow| is_it(&flow.id));
        match flow.map(|flow| flow.status.as_str()) {
            Some("BLOCKED") => return Err(GraphError::of(132_068)),
            Some("THROTTLED") => return Err(GraphError::of(132_069)),
            _ => {}
        }
    }
    Ok(())
}

fn is_named(fields: &Map<String, Value>) -> bool {
    let format = fields.get("parameter_format").and_then(Value::as_str);
    format.is_some_and(|format| format.eq_ignore_ascii_case("NAMED"))
}

fn is_sendable(status: &str, used: &Used<'_>) -> Result<(), GraphError> {
    match status {
        "APPROVED" => Ok(()),
        "PAUSED" => Err(GraphError::of(132_015)),
        "DISABLED" => Err(GraphError::of(132_016)),
        _ => Err(absent(used)),
    }
}

fn absent(used: &Used<'_>) -> GraphError {
    let (name, language) = (used.name, used.language);
    let details = format!("template name ({name}) does not exist in {language}");
    GraphError::detailed(132_001, details)
}

/// Judges the `template` object of a message against Meta's node of the template.
pub(super) fn judge(node: &Value, template: &Value) -> Result<(), GraphError> {
    let used = read(&Object::named(template, "template")?)?;
    let field = |name: &str| node.get(name).and_then(Value::as_str);
    let is_other = |name: &str, own: &str| field(name).is_some_and(|known| known != own);
    if is_other("name", used.name) || is_other("language", used.language) {
        return Err(absent(&used));
    }
    is_sendable(field("status").unwrap_or("APPROVED"), &used)?;
    let format = field("parameter_format").unwrap_or_default();
    let category = field("category").unwrap_or_default();
    let known = node.get("components").and_then(Value::as_array);
    fit::check(
        known.map_or(&[], Vec::as_slice),
        format.eq_ignore_ascii_case("NAMED"),
        category.eq_ignore_ascii_case("AUTHENTICATION"),
        used.components,
    )
}
