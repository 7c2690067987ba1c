//! Meta's updates of numbers, WABAs and templates.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wabakit_domain::inbound;

use crate::form::forms;

forms!(
    ManagementForm: inbound::Management,
    TemplateRefForm: inbound::TemplateRef,
    TemplateUpdateForm: inbound::TemplateUpdate,
    NumberUpdateForm: inbound::NumberUpdate,
    WabaUpdateForm: inbound::WabaUpdate,
);

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "inbound::Management",
    tag = "about",
    content = "update",
    rename_all = "snake_case"
)]
pub(crate) enum ManagementForm {
    Template {
        #[serde(with = "TemplateRefForm")]
        template: inbound::TemplateRef,
        #[serde(with = "TemplateUpdateForm")]
        update: inbound::TemplateUpdate,
    },
    Number {
        #[serde(default)]
        display_phone_number: Option<String>,
        #[serde(with = "NumberUpdateForm")]
        update: inbound::NumberUpdate,
    },
    Waba(#[serde(with = "WabaUpdateForm")] inbound::WabaUpdate),
    Other {
        field: String,
        #[serde(default)]
        event: Option<String>,
        value: Value,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::TemplateRef", rename_all = "camelCase")]
pub(crate) struct TemplateRefForm {
    id: String,
    name: Option<String>,
    language: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "inbound::TemplateUpdate",
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum TemplateUpdateForm {
    Status {
        event: String,
        reason: Option<String>,
        category: Option<String>,
        disable_date: Option<String>,
        title: Option<String>,
        description: Option<String>,
        rejection: Option<String>,
        recommendation: Option<String>,
    },
    Quality {
        previous: Option<String>,
        new: Option<String>,
    },
    Components {
        body: Option<String>,
        title: Option<String>,
        footer: Option<String>,
        buttons: Vec<Value>,
    },
    Category {
        previous: Option<String>,
        new: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current: Option<String>,
        correct: Option<String>,
        takes_effect_at: Option<i64>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "inbound::NumberUpdate",
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum NumberUpdateForm {
    Name {
        decision: Option<String>,
        requested_name: Option<String>,
        rejection_reason: Option<String>,
    },
    Quality {
        event: Option<String>,
        current_limit: Option<String>,
        old_limit: Option<String>,
        max_daily_conversations: Option<String>,
    },
    Security {
        event: Option<String>,
        requester: Option<String>,
    },
    Username {
        username: Option<String>,
        status: Option<String>,
    },
    Settings {
        phone_number_id: Option<String>,
        settings: Value,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "inbound::WabaUpdate",
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are the large one"
)]
pub(crate) enum WabaUpdateForm {
    Account {
        event: String,
        waba_id: Option<String>,
        owner_business_id: Option<String>,
        #[serde(default)]
        partner_app_id: Option<String>,
        #[serde(default)]
        solution_id: Option<String>,
        #[serde(default)]
        solution_partner_business_ids: Vec<String>,
        ban_state: Option<String>,
        ban_date: Option<String>,
        restrictions: Vec<Value>,
        violation: Option<String>,
        disconnection: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_reason: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_by: Option<String>,
        country: Option<String>,
        phone_number: Option<String>,
    },
    Alert {
        entity_type: Option<String>,
        entity_id: Option<String>,
        severity: Option<String>,
        status: Option<String>,
        alert: Option<String>,
        description: Option<String>,
    },
    Review {
        decision: Option<String>,
    },
    Capability {
        max_daily_conversations_per_business: Option<String>,
        max_daily_conversation_per_phone: Option<String>,
        max_phone_numbers_per_business: Option<i64>,
        max_phone_numbers_per_waba: Option<i64>,
    },
}
