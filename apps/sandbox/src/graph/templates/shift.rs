//! Changes that Meta makes to templates, and the webhooks that tell them.

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::{keep, touch};
use crate::clock::Time;
use crate::put::Put as _;
use crate::state::{Template, World};
use crate::webhooks::Update;

/// A change of a template that Meta makes.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Shift {
    /// The status or, of those that are none, the event: `FLAGGED`, `REINSTATED`, `UNARCHIVED`.
    pub(crate) status: Option<String>,
    /// The reason of a rejection, for example `INVALID_FORMAT`.
    pub(crate) reason: Option<String>,
    /// The new category.
    pub(crate) category: Option<String>,
    /// The category that it will have in a day.
    pub(crate) correct_category: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub(crate) quality_score: Option<String>,
    /// Fields that are laid over the status webhook's value, such as `other_info`.
    pub(crate) webhook: Option<Map<String, Value>>,
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

/// Makes a webhook about a template.
pub(super) fn update(template: &Template, field: &str, value: Value, now: Time) -> Update {
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
pub(super) fn elements(template: &Template) -> Value {
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
