//! Message templates: `{waba}/message_templates` and `{template}`.
//!
//! Source: OpenAPI v23 for paths and shapes, Meta's pages as of 2026-03 for limits, states and codes (A), a public client's
//! transcript of Meta's pages of 2026-09 for the fields of a node (B). Choices where the pages say nothing: an edited
//! template is in review until it is approved again, `name` finds templates of exactly this name, and the limit of creates
//! an hour answers 80008.

mod archive;
mod check;
mod codes;
mod control;
mod due;
mod library;
mod list;
mod shift;
mod words;

pub(super) use archive::act as archive;
pub(super) use codes::{previews, upsert};
pub(crate) use control::{
    Pause, Quality, Recategorizing, Review, Seeding, condemn, disable, pace, pause, rate,
    recategorize, review as end_review, seed,
};
pub(crate) use due::run;
pub(super) use library::{list as library, typed};
pub(super) use list::{list, node};
pub(crate) use shift::{Shift, shift};

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};

use super::messages::is_generated;
use super::params::{self, one_of, required};
use super::{GraphError, auth, uploads};
use crate::call::Call;
use crate::clock::Time;
use crate::state::{DeletedTemplate, Later, ReviewOutcome, Template, World};
use check::Rules;

/// The templates of a WABA: 6,000 where the portfolio is verified and a number has an approved display name, else 250.
const MOST: (usize, usize) = (6_000, 250);
/// The templates that can be made in an hour.
const MOST_MADE: usize = 100;
/// The templates that one call can delete.
const MOST_DELETED: usize = 100;
/// The deleted names that are kept.
const KEPT_NAMES: usize = 10_000;
const CATEGORIES: [&str; 3] = ["AUTHENTICATION", "MARKETING", "UTILITY"];
/// Fields of create and edit that are kept as they are.
const KEPT: [&str; 10] = [
    "cta_url_link_tracking_opted_out",
    "creative_sourcing_spec",
    "degrees_of_freedom_spec",
    "display_format",
    "is_primary_device_delivery_only",
    "library_template_name",
    "message_send_ttl_seconds",
    "optimization_spec",
    "send_type",
    "sub_category",
];

/// Tells whether an id is a template's.
pub(super) fn is_one(world: &World, id: &str) -> bool {
    world.templates.iter().any(|template| template.id == id)
}

/// Answers `POST {waba}/message_templates`. The answer tells the category, which may be another one than was asked for.
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
    let asked = one_of("category", required(call, "category")?, &CATEGORIES)?;
    let category = match &world.review.utility_becomes {
        Some(other) if asked == "UTILITY" => other.clone(),
        _ => asked.to_owned(),
    };
    let from_library = call.param("library_template_name");
    let given = match from_library {
        Some(entry) => library::components(call, entry, language, asked)?,
        None => given(call)?,
    };
    let (components, format) = contents(world, call, given, (asked, language))?;
    no_bid(call)?;
    check::time_to_live(asked, call.value("message_send_ttl_seconds").as_ref())?;
    let mut template = new(world, waba_id, name, language, &category, now)?;
    template.body_parameters = Some(check::body_parameters(&components));
    template.components = Some(components);
    take_fields(&mut template, call, format, now);
    if from_library.is_some() {
        "APPROVED".clone_into(&mut template.status);
    }
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

/// Makes a template in review, if its name is free and there is room.
fn new(
    world: &mut World,
    waba_id: &str,
    name: &str,
    language: &str,
    category: &str,
    now: Time,
) -> Result<Template, GraphError> {
    free(world, waba_id, name, language, now)?;
    let of_waba = |it: &&Template| it.waba_id == waba_id;
    if world.templates.iter().filter(of_waba).count() >= limit(world, waba_id) {
        let text = "The WhatsApp Business Account has reached its limit of templates.";
        return Err(check::refused(2_388_019, "Message template limit", text));
    }
    let is_unlimited = world.quirks.no_rate_limit;
    let made = world.templates_made.entry(waba_id.to_owned()).or_default();
    made.retain(|time| *time <= now && *time + Duration::hours(1) > now);
    if made.len() >= MOST_MADE && !is_unlimited {
        return Err(GraphError::too_many_calls());
    }
    if made.len() < MOST_MADE {
        made.push(now);
    }
    let mut template = Template::new(waba_id, name, language);
    template.id = world.new_id(920);
    "PENDING".clone_into(&mut template.status);
    category.clone_into(&mut template.category);
    Ok(template)
}

/// Answers `POST {template}`: replaces its components, or its category.
pub(super) fn edit(world: &mut World, call: &Call, now: Time, id: &str) -> Result<(), GraphError> {
    let mut template = find(world, call, id)?.clone();
    let is_approved = template.status == "APPROVED";
    let locked = |text: &str| check::refused(2_388_039, "Template cannot be edited", text);
    if is_generated(&template) {
        let text = "A template that Direct Send made cannot be edited.";
        return Err(check::refused(2_388_318, "Template cannot be edited", text));
    }
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        let text = "Only approved, rejected and paused templates can be edited.";
        return Err(locked(text));
    }
    if let Some(category) = call.param("category") {
        let category = one_of("category", category, &CATEGORIES)?;
        if is_approved && category != template.category {
            return Err(locked(
                "The category of an approved template cannot be changed.",
            ));
        }
        category.clone_into(&mut template.category);
    }
    no_bid(call)?;
    let ttl = call.value("message_send_ttl_seconds");
    check::time_to_live(&template.category, ttl.as_ref())?;
    let has_components = call.param("components").is_some();
    let is_given = |name: &&str| call.param(name).is_some();
    if has_components {
        let place = (template.category.clone(), template.language.clone());
        let given = given(call)?;
        let (components, format) = contents(world, call, given, (&place.0, &place.1))?;
        template.body_parameters = Some(check::body_parameters(&components));
        template.components = Some(components);
        take_fields(&mut template, call, format, now);
    } else if KEPT.iter().any(is_given) || is_given(&"category") {
        take_fields(&mut template, call, None, now);
    } else {
        return Err(params::missing("components"));
    }
    // A new max price has a quota of its own, and no review.
    let is_price = KEPT
        .iter()
        .filter(|name| is_given(name))
        .eq([&"optimization_spec"]);
    if is_price && !has_components && !is_given(&"category") {
        keep(world, template);
        return Ok(());
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
            return Err(locked(
                "An approved template can be edited once in 24 hours and 10 times in 30 days.",
            ));
        }
        template.edits.push(now);
    }
    "PENDING".clone_into(&mut template.status);
    template.fields.remove("rejected_reason");
    if has_components {
        let field = "message_template_components_update";
        let update = shift::update(&template, field, shift::elements(&template), now);
        world.said.push(update);
    }
    keep(world, template);
    due::cancel(world, id, |act| *act == Later::Unpause);
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
    control::unpause(world, id, now);
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
    let many = call.value("hsm_ids").map(|given| ids(&given)).transpose()?;
    let is_wanted = |template: &Template| {
        template.waba_id == waba_id
            && match (&many, name, one) {
                (Some(ids), _, _) => ids.contains(&template.id),
                (None, Some(name), one) => {
                    template.name == name && one.is_none_or(|one| template.id == one)
                }
                (None, None, _) => false,
            }
    };
    match (&many, name.is_some() || one.is_some()) {
        (None, _) if name.is_none() => return Err(params::missing("name")),
        (Some(_), true) => {
            let text = "hsm_ids cannot be given together with name or hsm_id";
            return Err(GraphError::parameter(text));
        }
        _ => {}
    }
    let gone = || world.templates.iter().filter(|it| is_wanted(it));
    let count = gone().count();
    if count == 0 || many.as_ref().is_some_and(|ids| ids.len() != count) {
        let text = "The template does not exist in this WhatsApp Business Account.";
        return Err(check::refused(
            2_593_002,
            "Message Template Not Found",
            text,
        ));
    }
    let title = "Template cannot be deleted";
    if gone().any(is_generated) {
        let text = "A template that Direct Send made cannot be deleted.";
        return Err(check::refused(2_388_330, title, text));
    }
    if gone().any(|template| template.status == "DISABLED") {
        let text = "A disabled template cannot be deleted.";
        return Err(check::refused(2_388_039, title, text));
    }
    delete(world, &is_wanted, now);
    Ok(())
}

/// Deletes templates, and tells it. The names of approved ones are taken for 30 days.
fn delete(world: &mut World, is_wanted: &dyn Fn(&Template) -> bool, now: Time) {
    let all = std::mem::take(&mut world.templates);
    let (gone, kept): (Vec<Template>, Vec<Template>) = all.into_iter().partition(is_wanted);
    world.templates = kept;
    for template in &gone {
        let event = json!({ "event": "DELETED", "reason": null });
        let update = shift::update(template, "message_template_status_update", event, now);
        world.said.push(update);
        due::cancel(world, &template.id, |_| true);
        // The name of one that was never approved is free at once.
        if matches!(template.status.as_str(), "APPROVED" | "PAUSED" | "ARCHIVED") {
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
}

/// Reviews a template: at once if a quirk says so, else as the control API orders.
fn review(world: &mut World, id: &str, now: Time) {
    let rejection = |event: &str, reason: Option<String>| {
        let reason = reason.or_else(|| Some("INVALID_FORMAT".to_owned()));
        reason.filter(|_| event == "REJECTED")
    };
    let is_pending = |it: &Template| it.id == id && it.status == "PENDING";
    if !world.templates.iter().any(is_pending) {
        return;
    }
    if let Some(event) = world.quirks.template_review.clone() {
        let reason = rejection(&event, None);
        let result = Shift {
            status: Some(event),
            reason,
            ..Shift::default()
        };
        shift(world, id, &result, now);
        return;
    }
    let event = match world.review.default {
        ReviewOutcome::Approve => "APPROVED",
        ReviewOutcome::Reject => "REJECTED",
        ReviewOutcome::Pend => return,
    };
    let act = Later::Review {
        event: event.to_owned(),
        reason: rejection(event, world.review.reason.clone()),
    };
    let after = i64::try_from(world.review.after_ms).unwrap_or(i64::MAX);
    due::cancel(world, id, |act| matches!(act, Later::Review { .. }));
    due::plan(world, id, now + Duration::milliseconds(after), act);
}

/// Counts a message of a paced template. Tells whether it is held.
pub(super) fn hold(world: &mut World, id: &str, now: Time) -> bool {
    let template = world.templates.iter_mut().find(|it| it.id == id);
    let Some(further) = template.and_then(|it| it.pacing.as_mut()) else {
        return false;
    };
    if *further > 0 {
        *further -= 1;
        return false;
    }
    let is_planned = |due: &crate::state::Due| due.template_id == id && due.act == Later::Release;
    if !world.due.iter().any(is_planned) {
        due::plan(world, id, now + due::HELD, Later::Release);
    }
    true
}

/// Reads components.
fn given(call: &Call) -> Result<Vec<Value>, GraphError> {
    params::list(call, "components")?.ok_or_else(|| params::missing("components"))
}

/// Checks components, and reads `parameter_format`.
fn contents(
    world: &World,
    call: &Call,
    components: Vec<Value>,
    (category, language): (&str, &str),
) -> Result<(Value, Option<&'static str>), GraphError> {
    let format = call.param("parameter_format");
    let format = format.map(|it| one_of("parameter_format", it, &["NAMED", "POSITIONAL"]));
    let format = format.transpose()?;
    let handles = handles(world);
    let rules = Rules {
        category,
        language,
        is_named: format == Some("NAMED"),
        handles: &handles,
    };
    Ok((check::components(components, rules)?, format))
}

/// Refuses `bid_spec`, which Meta took until July 2026.
fn no_bid(call: &Call) -> Result<(), GraphError> {
    match call.param("bid_spec") {
        None => Ok(()),
        Some(_) => Err(params::wrong("bid_spec", "left out: use optimization_spec")),
    }
}

/// Finds the type of the file of a handle among the resumable uploads.
fn handles(world: &World) -> impl Fn(&str) -> Option<String> {
    |handle| uploads::of_handle(world, handle).map(|upload| upload.file_type.clone())
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
    let time = now.format(list::TIME).to_string();
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
    let is_verified = business.is_some_and(|business| business.verification_status == "verified");
    let mut numbers = world.phones.iter().filter(|it| it.waba_id == waba_id);
    match is_verified && numbers.any(|number| number.name_status == "APPROVED") {
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
    let template = world.templates.iter().find(|it| it.id == id);
    auth::of_waba(world, call, id, template, |it| &it.waba_id)
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
