//! Updates of a WABA or its business.

use wabakit_domain::inbound::WabaUpdate;

use super::ItemError;
use crate::json::{self, Object};

/// Reads `account_update`.
pub(super) fn account(value: &Object<'_>) -> Result<WabaUpdate, ItemError> {
    let info = value.first("waba_info");
    let of_info = |name: &str| info.as_ref()?.id(name);
    let ban = value.first("ban_info");
    let disconnection = value.first("disconnection_info");
    let of_disconnection = |name: &str| disconnection.as_ref()?.some(name);
    let disconnection_reason = of_disconnection("reason");
    let disconnection_by = of_disconnection("initiated_by");
    let in_words = [disconnection_reason.clone(), disconnection_by.clone()];
    let in_words: Vec<_> = in_words.into_iter().flatten().collect();
    let partners = info
        .as_ref()
        .map(|info| info.list("solution_partner_business_ids"))
        .unwrap_or_default();
    Ok(WabaUpdate::Account {
        event: value.some("event").ok_or(ItemError::Missing("event"))?,
        waba_id: of_info("waba_id"),
        owner_business_id: of_info("owner_business_id"),
        partner_app_id: of_info("partner_app_id"),
        solution_id: of_info("solution_id"),
        solution_partner_business_ids: partners.into_iter().filter_map(json::id).collect(),
        ban_state: ban.as_ref().and_then(|ban| first(ban, "waba_ban_state")),
        ban_date: ban.as_ref().and_then(|ban| first(ban, "waba_ban_date")),
        restrictions: value
            .list("restriction_info")
            .into_iter()
            .map(json::value)
            .collect(),
        violation: value
            .first("violation_info")
            .and_then(|info| info.some("violation_type")),
        disconnection: (!in_words.is_empty()).then(|| in_words.join(", by ")),
        disconnection_reason,
        disconnection_by,
        country: value.some("country"),
        phone_number: value.some("phone_number"),
    })
}

/// Reads a text, or the first of a list of texts.
fn first(object: &Object<'_>, name: &str) -> Option<String> {
    object.list(name).first().and_then(|raw| json::text(raw))
}

/// Reads `account_alerts`. In older versions the parts of `alert_info` stand beside `entity_type`.
pub(super) fn alert(value: &Object<'_>) -> WabaUpdate {
    let info = value.first("alert_info");
    let part = |name: &str| info.as_ref().unwrap_or(value).some(name);
    WabaUpdate::Alert {
        entity_type: value.some("entity_type"),
        entity_id: value.id("entity_id"),
        severity: part("alert_severity"),
        status: part("alert_status"),
        alert: part("alert_type"),
        description: part("alert_description"),
    }
}

/// Reads `account_review_update`.
pub(super) fn review(value: &Object<'_>) -> WabaUpdate {
    WabaUpdate::Review {
        decision: value.some("decision"),
    }
}

/// Reads `business_capability_update`.
pub(super) fn capability(value: &Object<'_>) -> WabaUpdate {
    WabaUpdate::Capability {
        max_daily_conversations_per_business: value.some("max_daily_conversations_per_business"),
        max_daily_conversation_per_phone: value.some("max_daily_conversation_per_phone"),
        max_phone_numbers_per_business: value.int("max_phone_numbers_per_business"),
        max_phone_numbers_per_waba: value.int("max_phone_numbers_per_waba"),
    }
}
