//! Message templates: `{waba}/message_templates` and `{template}`.
//!
//! Source: OpenAPI v23 for paths and shapes, Meta's pages as of 2026-03 for limits, states and codes (A), a public client's
//! transcript of Meta's pages of 2026-09 for the fields of a node (B). Two choices where the pages say nothing: an edited
//! template is in review until it is approved again, and `name` finds templates of exactly this name.

mod check;

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::fields::Node;
use super::messages::is_generated;
use super::params::{self, one_of, required};
use super::{GraphError, auth, paging};
use crate::call::Call;
use crate::clock::Time;
use crate::put::Put as _;
use crate::state::{DeletedTemplate, Template, World};
use crate::webhooks::Update;

/// The templates of a WABA: 6,000 where the portfolio is verified, else 250.
const MOST: (usize, usize) = (6_000, 250);
/// The templates that one call can delete.
const MOST_DELETED: usize = 100;
/// The deleted names that are kept.
const KEPT_NAMES: usize = 10_000;
const CATEGORIES: [&str; 3] = ["AUTHENTICATION", "MARKETING", "UTILITY"];
/// Fields of create and edit that are kept as they are.
const KEPT: [&str; 9] = [
    "cta_url_link_tracking_opted_out",
    "creative_sourcing_spec",
    "degrees_of_freedom_spec",
    "display_format",
    "is_primary_device_delivery_only",
    "library_template_name",
    "message_send_ttl_seconds",
    "optimization_spec",
    "sub_category",
];

/// Answers `GET {waba}/message_templates`.
pub(super) fn list(world: &World, call: &Call, waba_id: &str) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let of_waba = world.templates.iter().filter(|it| it.waba_id == waba_id);
    let wanted = Filter::read(call);
    let found: Vec<&Template> = of_waba.clone().filter(|it| wanted.meets(it)).collect();
    let total = found.len();
    let items: Result<Vec<Value>, GraphError> = found
        .into_iter()
        .map(|template| view(template).pick(world, call))
        .collect();
    let mut page = paging::page(call, items?)?;
    if call.param("summary").is_some() {
        page.put(
            "summary",
            json!({
                "total_count": total,
                "message_template_count": of_waba.count(),
                "message_template_limit": limit(world, waba_id),
                "are_translations_complete": true,
            }),
        );
    }
    Ok(page)
}

/// Answers `GET {template}`.
pub(super) fn node(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    view(find(world, call, id)?).pick(world, call)
}

/// Tells whether an id is a template's.
pub(super) fn is_one(world: &World, id: &str) -> bool {
    world.templates.iter().any(|template| template.id == id)
}

/// Answers `POST {waba}/message_templates`. The answer tells the category, which a review may change.
pub(super) fn create(
    world: &mut World,
    call: &Call,
    now: Time,
    waba_id: &str,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let name = required(call, "name")?;
    check::name(name)?;
    let language = required(call, "language")?;
    check::language(language)?;
    let category = one_of("category", required(call, "category")?, &CATEGORIES)?;
    let (components, format) = contents(call, category)?;
    free(world, waba_id, name, language, now)?;
    let of_waba = |it: &&Template| it.waba_id == waba_id;
    if world.templates.iter().filter(of_waba).count() >= limit(world, waba_id) {
        let text = "The WhatsApp Business Account has reached its limit of templates.";
        return Err(check::refused(2_388_019, "Message template limit", text));
    }
    let mut template = Template {
        id: world.new_id(920),
        waba_id: waba_id.to_owned(),
        name: name.to_owned(),
        language: language.to_owned(),
        status: "PENDING".to_owned(),
        category: category.to_owned(),
        body_parameters: Some(check::body_parameters(&components)),
        components: Some(components),
        fields: Map::new(),
        edits: Vec::new(),
    };
    take_fields(&mut template, call, format, now);
    let answer = json!({
        "id": template.id,
        "status": template.status,
        "category": template.category,
    });
    let id = template.id.clone();
    world.templates.push(template);
    review(world, &id, now);
    Ok(answer)
}

/// Answers `POST {template}`: replaces its components, or its category.
pub(super) fn edit(world: &mut World, call: &Call, now: Time, id: &str) -> Result<(), GraphError> {
    let mut template = find(world, call, id)?.clone();
    let is_approved = template.status == "APPROVED";
    if is_generated(&template) {
        let text = "A template that Direct Send made cannot be edited.";
        return Err(check::refused(2_388_318, "Template cannot be edited", text));
    }
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        let text = "Only approved, rejected and paused templates can be edited.";
        return Err(check::refused(2_388_039, "Template cannot be edited", text));
    }
    if let Some(category) = call.param("category") {
        let category = one_of("category", category, &CATEGORIES)?;
        if is_approved && category != template.category {
            let text = "The category of an approved template cannot be changed.";
            return Err(check::refused(2_388_039, "Template cannot be edited", text));
        }
        category.clone_into(&mut template.category);
    }
    let has_components = call.param("components").is_some();
    if has_components {
        let (components, format) = contents(call, &template.category)?;
        template.body_parameters = Some(check::body_parameters(&components));
        template.components = Some(components);
        take_fields(&mut template, call, format, now);
    } else if KEPT.iter().any(|name| call.param(name).is_some()) || call.param("category").is_some()
    {
        take_fields(&mut template, call, None, now);
    } else {
        return Err(params::missing("components"));
    }
    if is_approved {
        template
            .edits
            .retain(|time| *time + Duration::days(30) > now);
        let today = template
            .edits
            .iter()
            .filter(|time| **time + Duration::days(1) > now);
        if today.count() >= 1 || template.edits.len() >= 10 {
            let text =
                "An approved template can be edited once in 24 hours and 10 times in 30 days.";
            return Err(check::refused(2_388_039, "Template cannot be edited", text));
        }
        template.edits.push(now);
    }
    "PENDING".clone_into(&mut template.status);
    template.fields.remove("rejected_reason");
    if has_components {
        let update = update(
            &template,
            "message_template_components_update",
            elements(&template),
            now,
        );
        world.said.push(update);
    }
    keep(world, template);
    review(world, id, now);
    Ok(())
}

/// Answers `POST {template}/unpause`.
pub(super) fn unpause(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Value, GraphError> {
    let template = find(world, call, id)?;
    if template.status != "PAUSED" {
        return Ok(json!({ "success": false, "reason": "The template is not paused." }));
    }
    shift(
        world,
        id,
        &Shift {
            status: Some("APPROVED".to_owned()),
            ..Shift::default()
        },
        now,
    );
    Ok(json!({ "success": true }))
}

/// Answers `DELETE {waba}/message_templates`: by `name` all languages, with `hsm_id` one, by `hsm_ids` several.
pub(super) fn remove(
    world: &mut World,
    call: &Call,
    now: Time,
    waba_id: &str,
) -> Result<(), GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let (name, one) = (call.param("name"), call.param("hsm_id"));
    let many = match call.value("hsm_ids") {
        None => None,
        Some(given) => Some(ids(&given)?),
    };
    let is_wanted = |template: &Template| match (&many, name, one) {
        (Some(ids), _, _) => ids.contains(&template.id),
        (None, Some(name), one) => {
            template.name == name && one.is_none_or(|one| template.id == one)
        }
        (None, None, _) => false,
    };
    match (&many, name) {
        (None, None) => return Err(params::missing("name")),
        (Some(_), Some(_)) => {
            let text = "hsm_ids cannot be given together with name or hsm_id";
            return Err(GraphError::parameter(text));
        }
        (Some(_), None) if one.is_some() => {
            let text = "hsm_ids cannot be given together with name or hsm_id";
            return Err(GraphError::parameter(text));
        }
        _ => {}
    }
    let of_waba = world.templates.iter().filter(|it| it.waba_id == waba_id);
    let gone: Vec<Template> = of_waba.filter(|it| is_wanted(it)).cloned().collect();
    if gone.is_empty() || many.as_ref().is_some_and(|ids| ids.len() != gone.len()) {
        let text = "The template does not exist in this WhatsApp Business Account.";
        return Err(check::refused(
            2_593_002,
            "Message Template Not Found",
            text,
        ));
    }
    if gone.iter().any(is_generated) {
        let text = "A template that Direct Send made cannot be deleted.";
        return Err(check::refused(
            2_388_330,
            "Template cannot be deleted",
            text,
        ));
    }
    if gone.iter().any(|template| template.status == "DISABLED") {
        let text = "A disabled template cannot be deleted.";
        return Err(check::refused(
            2_388_039,
            "Template cannot be deleted",
            text,
        ));
    }
    let ids: BTreeSet<&str> = gone.iter().map(|template| template.id.as_str()).collect();
    world
        .templates
        .retain(|template| !ids.contains(template.id.as_str()));
    for template in &gone {
        let event = json!({ "event": "DELETED", "reason": null });
        let update = update(template, "message_template_status_update", event, now);
        world.said.push(update);
        // The name of one that was never approved is free at once.
        if matches!(template.status.as_str(), "APPROVED" | "PAUSED") {
            world.deleted_templates.push_back(DeletedTemplate {
                waba_id: template.waba_id.clone(),
                name: template.name.clone(),
                language: template.language.clone(),
                until: now + Duration::days(30),
            });
        }
    }
    while world.deleted_templates.len() > KEPT_NAMES {
        world.deleted_templates.pop_front();
    }
    Ok(())
}

/// A change of a template that Meta makes.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Shift {
    /// The status or, of those that are none, the event: `FLAGGED`, `REINSTATED`, `UNARCHIVED`.
    pub(crate) status: Option<String>,
    /// Why it was rejected, for example `INVALID_FORMAT`.
    reason: Option<String>,
    /// The new category.
    category: Option<String>,
    /// The category that it will have in a day.
    correct_category: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    quality_score: Option<String>,
    /// Fields that are laid over the status webhook's value, such as `other_info`.
    webhook: Option<Map<String, Value>>,
}

/// Changes a template as Meta would, and tells it by webhooks. `None` when there is no such template.
pub(crate) fn shift(world: &mut World, id: &str, shift: &Shift, now: Time) -> Option<()> {
    let mut template = world.templates.iter().find(|it| it.id == id)?.clone();
    let mut said = Vec::new();
    if let Some(event) = &shift.status {
        let status = match event.as_str() {
            "REINSTATED" | "UNARCHIVED" => "APPROVED",
            "FLAGGED" | "LOCKED" => template.status.as_str(),
            other => other,
        };
        template.status = status.to_owned();
        let reason = shift.reason.as_deref().unwrap_or("NONE");
        template
            .fields
            .insert("rejected_reason".to_owned(), json!(reason));
        let reason = match event.as_str() {
            "DELETED" | "PENDING_DELETION" => Value::Null,
            _ => json!(reason),
        };
        let mut value = json!({ "event": event, "reason": reason });
        value.put("message_template_category", json!(template.category));
        if let Some(info) = rejection(shift) {
            value.put("rejection_info", info);
        }
        for (name, part) in shift.webhook.iter().flatten() {
            value.put(name, part.clone());
        }
        said.push(update(
            &template,
            "message_template_status_update",
            value,
            now,
        ));
    }
    if let Some(correct) = &shift.correct_category {
        template
            .fields
            .insert("correct_category".to_owned(), json!(correct));
        let value = json!({
            "new_category": template.category,
            "correct_category": correct,
            "category_update_timestamp": (now + Duration::days(1)).timestamp(),
        });
        said.push(update(&template, "template_category_update", value, now));
    }
    if let Some(category) = &shift.category {
        let old = std::mem::replace(&mut template.category, category.clone());
        template
            .fields
            .insert("previous_category".to_owned(), json!(old));
        template.fields.remove("correct_category");
        // Meta drops the time to live when it changes the category.
        template.fields.remove("message_send_ttl_seconds");
        let value = json!({ "previous_category": old, "new_category": category });
        said.push(update(&template, "template_category_update", value, now));
    }
    if let Some(score) = &shift.quality_score {
        let known = template.fields.get("quality_score");
        let old = known.and_then(|known| known.get("score")).cloned();
        let value = json!({
            "previous_quality_score": old.unwrap_or_else(|| json!("UNKNOWN")),
            "new_quality_score": score,
        });
        let quality = json!({ "score": score, "date": now.timestamp() });
        template.fields.insert("quality_score".to_owned(), quality);
        said.push(update(
            &template,
            "message_template_quality_update",
            value,
            now,
        ));
    }
    touch(&mut template, now);
    keep(world, template);
    world.said.extend(said);
    Some(())
}

/// Returns `rejection_info`, which comes with the reason `INVALID_FORMAT`.
fn rejection(shift: &Shift) -> Option<Value> {
    let reason = shift
        .reason
        .as_deref()
        .filter(|it| *it == "INVALID_FORMAT")?;
    Some(json!({
        "reason": format!("The template was rejected: {reason}"),
        "recommendation": "Compare the template with the rules for its category and edit it.",
    }))
}

/// Reviews a template at once, if a quirk says so.
fn review(world: &mut World, id: &str, now: Time) {
    let Some(event) = world.quirks.template_review.clone() else {
        return;
    };
    let reason = (event == "REJECTED").then(|| "INVALID_FORMAT".to_owned());
    let result = Shift {
        status: Some(event),
        reason,
        ..Shift::default()
    };
    shift(world, id, &result, now);
}

/// Makes a webhook about a template.
fn update(template: &Template, field: &str, value: Value, now: Time) -> Update {
    let mut value = value;
    let id = template.id.parse::<u64>();
    value.put(
        "message_template_id",
        id.map_or(json!(template.id), |id| json!(id)),
    );
    value.put("message_template_name", json!(template.name));
    value.put("message_template_language", json!(template.language));
    Update {
        waba_id: template.waba_id.clone(),
        phone_id: None,
        time: Some(now.timestamp()),
        field: field.to_owned(),
        value,
    }
}

/// Returns the contents in the form of `message_template_components_update`.
fn elements(template: &Template) -> Value {
    let mut value = json!({});
    let components = template.components.as_ref().and_then(Value::as_array);
    for component in components.into_iter().flatten() {
        let field = |name: &str| component.get(name).cloned().unwrap_or_default();
        match component.get("type").and_then(Value::as_str) {
            Some("BODY") => value.put("message_template_element", field("text")),
            Some("HEADER") if component.get("text").is_some() => {
                value.put("message_template_title", field("text"));
            }
            Some("FOOTER") => value.put("message_template_footer", field("text")),
            Some("BUTTONS") => {
                let buttons = component.get("buttons").and_then(Value::as_array);
                let buttons = buttons.into_iter().flatten().map(button).collect();
                value.put("message_template_buttons", buttons);
            }
            _ => {}
        }
    }
    value
}

fn button(button: &Value) -> Value {
    let mut told = json!({});
    for name in ["type", "text", "url", "phone_number"] {
        if let Some(part) = button.get(name) {
            told.put(&format!("message_template_button_{name}"), part.clone());
        }
    }
    told
}

/// Reads and checks components and `parameter_format`.
fn contents(call: &Call, category: &str) -> Result<(Value, Option<&'static str>), GraphError> {
    let format = call.param("parameter_format");
    let format = format.map(|it| one_of("parameter_format", it, &["NAMED", "POSITIONAL"]));
    let format = format.transpose()?;
    let components = params::list(call, "components")?;
    let components = components.ok_or_else(|| params::missing("components"))?;
    let components = check::components(components, category, format == Some("NAMED"))?;
    Ok((components, format))
}

fn take_fields(template: &mut Template, call: &Call, format: Option<&str>, now: Time) {
    for name in KEPT {
        if let Some(value) = call.value(name) {
            template.fields.insert(name.to_owned(), value);
        }
    }
    let known = template.fields.get("parameter_format").cloned();
    let format = format.map(|format| json!(format)).or(known);
    let format = format.unwrap_or_else(|| json!("POSITIONAL"));
    template
        .fields
        .insert("parameter_format".to_owned(), format);
    touch(template, now);
}

/// Sets the time of the last change.
pub(super) fn touch(template: &mut Template, now: Time) {
    let time = now.format("%Y-%m-%dT%H:%M:%S+0000").to_string();
    template
        .fields
        .insert("last_updated_time".to_owned(), json!(time));
}

fn keep(world: &mut World, template: Template) {
    if let Some(known) = world.templates.iter_mut().find(|it| it.id == template.id) {
        *known = template;
    }
}

fn limit(world: &World, waba_id: &str) -> usize {
    let business = world
        .waba(waba_id)
        .and_then(|waba| world.business(&waba.business_id));
    match business.is_some_and(|business| business.verification_status == "verified") {
        true => MOST.0,
        false => MOST.1,
    }
}

/// Requires that the WABA has no template of this name and language, and had none lately.
fn free(
    world: &World,
    waba_id: &str,
    name: &str,
    language: &str,
    now: Time,
) -> Result<(), GraphError> {
    let is_it =
        |waba: &str, its: &str, code: &str| waba == waba_id && its == name && code == language;
    let known = world.templates.iter();
    if known
        .clone()
        .any(|it| is_it(&it.waba_id, &it.name, &it.language))
    {
        let text = format!("There is already {language} content for this template.");
        let title = "Content in this language already exists";
        return Err(check::refused(2_388_024, title, &text));
    }
    let gone = world.deleted_templates.iter();
    if gone
        .filter(|it| it.until > now)
        .any(|it| is_it(&it.waba_id, &it.name, &it.language))
    {
        let text =
            format!("New {language} content cannot be added while the old is being deleted.");
        let title = "Message template language is being deleted";
        return Err(check::refused(2_388_023, title, &text));
    }
    Ok(())
}

fn find<'a>(world: &'a World, call: &Call, id: &str) -> Result<&'a Template, GraphError> {
    let token = auth::holder(world, call, world.now())?;
    let absent = || GraphError::no_object(id, &call.verb());
    let template = world.templates.iter().find(|it| it.id == id);
    let template = template.ok_or_else(absent)?;
    auth::waba(world, &token, &template.waba_id, &call.verb()).map_err(|error| {
        let is_hidden = error.subcode() == Some(33);
        if is_hidden { absent() } else { error }
    })?;
    Ok(template)
}

/// Reads `hsm_ids`: a list, or a text with commas.
fn ids(given: &Value) -> Result<BTreeSet<String>, GraphError> {
    let text = |item: &Value| match item {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let ids: BTreeSet<String> = match given {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::String(list) => list.split(',').map(|id| id.trim().to_owned()).collect(),
        _ => return Err(params::wrong("hsm_ids", "an array.")),
    };
    if ids.is_empty() || ids.len() > MOST_DELETED {
        return Err(params::wrong("hsm_ids", "an array of 1 to 100 ids"));
    }
    Ok(ids)
}

fn view(template: &Template) -> Node {
    let mut values = json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": "POSITIONAL",
        "components": check::shown(template),
        "quality_score": { "score": "UNKNOWN" },
        "health_status": {
            "can_send_message": if template.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" },
            "entities": [
                { "entity_type": "MESSAGE_TEMPLATE", "id": template.id },
                { "entity_type": "WABA", "id": template.waba_id, "can_send_message": "AVAILABLE" },
            ],
        },
    });
    for (name, value) in &template.fields {
        values.put(name, value.clone());
    }
    Node {
        kind: "WhatsAppMessageTemplate",
        values,
        defaults: &[
            "name",
            "parameter_format",
            "components",
            "language",
            "status",
            "category",
            "sub_category",
            "previous_category",
            "id",
        ],
        silent: &[
            "correct_category",
            "creative_sourcing_spec",
            "cta_url_link_tracking_opted_out",
            "degrees_of_freedom_spec",
            "display_format",
            "is_primary_device_delivery_only",
            "last_updated_time",
            "library_template_name",
            "message_send_ttl_seconds",
            "optimization_spec",
            "previous_category",
            "rejected_reason",
            "source",
            "sub_category",
        ],
        edges: &[],
    }
}

/// The filters of a list.
struct Filter<'a> {
    call: &'a Call,
}

impl<'a> Filter<'a> {
    fn read(call: &'a Call) -> Self {
        Self { call }
    }

    fn meets(&self, template: &Template) -> bool {
        let quality = template.fields.get("quality_score");
        let quality = quality.and_then(|quality| quality.get("score"));
        let quality = quality.and_then(Value::as_str).unwrap_or("UNKNOWN");
        let contents = || check::shown(template).to_string().to_lowercase();
        let is_one_of = |name: &str, value: &str| self.is_one_of(name, value);
        let has = |name: &str, text: &dyn Fn() -> String| {
            let wanted = self.call.param(name).map(str::to_lowercase);
            wanted.is_none_or(|wanted| text().contains(&wanted))
        };
        self.call
            .param("name")
            .is_none_or(|name| name == template.name)
            && is_one_of("status", &template.status)
            && is_one_of("category", &template.category)
            && is_one_of("language", &template.language)
            && is_one_of("quality_score", quality)
            && has("content", &contents)
            && has("name_or_content", &|| {
                format!("{} {}", template.name, contents())
            })
    }

    /// Tells whether a filter names the value, alone or in a list, or is not there.
    fn is_one_of(&self, name: &str, value: &str) -> bool {
        match self.call.value(name) {
            None => true,
            Some(Value::Array(items)) => {
                let texts = items.iter().filter_map(Value::as_str);
                texts.into_iter().any(|it| it.eq_ignore_ascii_case(value))
            }
            Some(Value::String(list)) => list
                .split(',')
                .any(|it| it.trim().eq_ignore_ascii_case(value)),
            Some(_) => false,
        }
    }
}
