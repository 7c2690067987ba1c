//! Updates of templates and numbers, and fields that are kept unchanged.

use serde_json::value::RawValue;
use wabakit_domain::inbound::{Fact, Management, NumberUpdate, TemplateRef, TemplateUpdate};

use super::{ItemError, ParsedItems, unsupported, waba};
use crate::json::{self, Object};

/// The fields that have a name but no typed form.
const KEPT: [&str; 8] = [
    "automatic_events",
    "flows",
    "messaging_handovers",
    "partner_solutions",
    "payment_configuration_update",
    "standby",
    "tracking_events",
    "account_settings_update",
];

type Read = fn(&Object<'_>) -> Result<Management, ItemError>;

fn reader(field: &str) -> Option<Read> {
    Some(match field {
        "message_template_status_update" => |value| template(value, status),
        "message_template_quality_update" => |value| template(value, quality),
        "message_template_components_update" => |value| template(value, components),
        "template_category_update" | "template_correct_category_detection" => {
            |value| template(value, category)
        }
        "phone_number_name_update" => |value| Ok(number(value, name)),
        "phone_number_quality_update" => |value| Ok(number(value, number_quality)),
        "security" => |value| Ok(number(value, security)),
        "business_username_updates" => |value| Ok(number(value, username)),
        "account_update" => |value| waba::account(value).map(Management::Waba),
        "account_alerts" => |value| Ok(Management::Waba(waba::alert(value))),
        "account_review_update" => |value| Ok(Management::Waba(waba::review(value))),
        "business_capability_update" => |value| Ok(Management::Waba(waba::capability(value))),
        _ => return None,
    })
}

/// Tells whether the field is known here.
pub(super) fn is_modelled(field: &str) -> bool {
    reader(field).is_some() || KEPT.contains(&field)
}

pub(super) fn read<'a>(
    field: &str,
    change: &'a str,
    value: &'a RawValue,
    items: &mut ParsedItems<'a>,
) {
    if let Some(read) = reader(field) {
        let fact = Object::of(value)
            .ok_or(ItemError::NotAnObject)
            .and_then(|value| read(&value));
        return items.push(change, fact.map(fact_of));
    }
    if !KEPT.contains(&field) {
        return items.push(change, Ok(unsupported(field, None)));
    }
    let settings = Object::of(value).and_then(|value| settings(field, &value));
    items.push(
        change,
        Ok(settings.map_or_else(|| kept(field, value), fact_of)),
    );
}

fn fact_of(management: Management) -> Fact {
    Fact::Management(Box::new(management))
}

/// Keeps a value unchanged.
pub(super) fn kept(field: &str, raw: &RawValue) -> Fact {
    fact_of(Management::Other {
        field: field.to_owned(),
        event: Object::of(raw).and_then(|value| value.some("event").or_else(|| value.some("type"))),
        value: json::value(raw),
    })
}

fn template(
    value: &Object<'_>,
    update: fn(&Object<'_>) -> Result<TemplateUpdate, ItemError>,
) -> Result<Management, ItemError> {
    Ok(Management::Template {
        template: TemplateRef {
            id: super::required_id(value, "message_template_id")?,
            name: value.some("message_template_name"),
            // Meta's examples disagree about the sign between language and country.
            language: value
                .some("message_template_language")
                .map(|language| language.replace('-', "_")),
        },
        update: update(value)?,
    })
}

fn status(value: &Object<'_>) -> Result<TemplateUpdate, ItemError> {
    let other = value.object("other_info");
    let rejection = value.object("rejection_info");
    Ok(TemplateUpdate::Status {
        event: value.some("event").ok_or(ItemError::Missing("event"))?,
        reason: value.some("reason").filter(|reason| reason != "NONE"),
        category: value.some("message_template_category"),
        disable_date: value
            .object("disable_info")
            .and_then(|info| info.some("disable_date")),
        title: other.as_ref().and_then(|info| info.some("title")),
        description: other.as_ref().and_then(|info| info.some("description")),
        rejection: rejection.as_ref().and_then(|info| info.some("reason")),
        recommendation: rejection
            .as_ref()
            .and_then(|info| info.some("recommendation")),
    })
}

fn quality(value: &Object<'_>) -> Result<TemplateUpdate, ItemError> {
    Ok(TemplateUpdate::Quality {
        previous: value.some("previous_quality_score"),
        new: value.some("new_quality_score"),
    })
}

fn components(value: &Object<'_>) -> Result<TemplateUpdate, ItemError> {
    let buttons = value.list("message_template_buttons");
    Ok(TemplateUpdate::Components {
        body: value.some("message_template_element"),
        title: value.some("message_template_title"),
        footer: value.some("message_template_footer"),
        buttons: buttons.into_iter().map(json::value).collect(),
    })
}

fn category(value: &Object<'_>) -> Result<TemplateUpdate, ItemError> {
    Ok(TemplateUpdate::Category {
        previous: value.some("previous_category"),
        new: value.some("new_category"),
        current: value.some("category"),
        correct: value.some("correct_category"),
        takes_effect_at: value.int("category_update_timestamp"),
    })
}

fn number(value: &Object<'_>, update: fn(&Object<'_>) -> NumberUpdate) -> Management {
    Management::Number {
        display_phone_number: value.some("display_phone_number"),
        update: update(value),
    }
}

fn name(value: &Object<'_>) -> NumberUpdate {
    NumberUpdate::Name {
        decision: value.some("decision"),
        requested_name: value.some("requested_verified_name"),
        rejection_reason: value
            .some("rejection_reason")
            .filter(|reason| reason != "NONE"),
    }
}

fn number_quality(value: &Object<'_>) -> NumberUpdate {
    NumberUpdate::Quality {
        event: value.some("event"),
        current_limit: value.some("current_limit"),
        old_limit: value.some("old_limit"),
        max_daily_conversations: value.some("max_daily_conversations_per_business"),
    }
}

fn security(value: &Object<'_>) -> NumberUpdate {
    NumberUpdate::Security {
        event: value.some("event"),
        requester: value.some("requester"),
    }
}

fn username(value: &Object<'_>) -> NumberUpdate {
    NumberUpdate::Username {
        username: value.some("username"),
        status: value.some("status"),
    }
}

/// Reads `account_settings_update` of a number.
fn settings(field: &str, value: &Object<'_>) -> Option<Management> {
    if field != "account_settings_update" {
        return None;
    }
    let settings = value.object("phone_number_settings")?;
    Some(Management::Number {
        display_phone_number: value.some("display_phone_number"),
        update: NumberUpdate::Settings {
            phone_number_id: settings.id("phone_number_id"),
            settings: value.value("phone_number_settings"),
        },
    })
}
