//! Updates of numbers, WABAs and templates. Meta's values are kept in Meta's words.

use serde::{Deserialize, Serialize};

use serde_json::Value;

/// An update of what the business owns at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "about", content = "update", rename_all = "snake_case")]
pub enum Management {
    /// A template.
    Template {
        /// The template.
        template: TemplateRef,
        /// The update.
        update: TemplateUpdate,
    },
    /// A number, named by its display form.
    Number {
        /// `display_phone_number`, if the update has it.
        #[serde(default)]
        display_phone_number: Option<String>,
        /// The update.
        update: NumberUpdate,
    },
    /// The WABA or its business.
    Waba(WabaUpdate),
    /// A field that has a name but no typed form: flows, payments, handovers, …
    Other {
        /// Meta's name of the field.
        field: String,
        /// `event`, or `type`, if there is one.
        #[serde(default)]
        event: Option<String>,
        /// The value, unchanged.
        value: Value,
    },
}

/// A template in one language.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRef {
    /// Meta's id. It does not fit into a JavaScript number.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its language, written with `_`.
    pub language: Option<String>,
}

/// An update of a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TemplateUpdate {
    /// `message_template_status_update`.
    Status {
        /// APPROVED, REJECTED, PAUSED, …
        event: String,
        /// ABUSIVE_CONTENT, …; none for `NONE`.
        reason: Option<String>,
        /// MARKETING, …
        category: Option<String>,
        /// The time when it will be disabled, in Meta's format.
        disable_date: Option<String>,
        /// FIRST_PAUSE, …
        title: Option<String>,
        /// The explanation.
        description: Option<String>,
        /// The reason why it was rejected, as text.
        rejection: Option<String>,
        /// Meta's recommendation.
        recommendation: Option<String>,
    },
    /// `message_template_quality_update`.
    Quality {
        /// GREEN, …
        previous: Option<String>,
        /// GREEN, …
        new: Option<String>,
    },
    /// `message_template_components_update`: a new text.
    Components {
        /// The body.
        body: Option<String>,
        /// The header.
        title: Option<String>,
        /// The footer.
        footer: Option<String>,
        /// The buttons, unchanged.
        buttons: Vec<Value>,
    },
    /// `template_category_update`, `template_correct_category_detection`.
    Category {
        /// The former category.
        previous: Option<String>,
        /// The new category.
        new: Option<String>,
        /// The present category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current: Option<String>,
        /// The category that Meta considers correct, and will set.
        correct: Option<String>,
        /// The time when it will be set, in seconds since 1970.
        takes_effect_at: Option<i64>,
    },
}

/// An update of a number.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum NumberUpdate {
    /// `phone_number_name_update`.
    Name {
        /// APPROVED, DEFERRED, PENDING, REJECTED.
        decision: Option<String>,
        /// The requested name.
        requested_name: Option<String>,
        /// The reason why it was rejected.
        rejection_reason: Option<String>,
    },
    /// `phone_number_quality_update`.
    Quality {
        /// ONBOARDING, THROUGHPUT_UPGRADE; formerly FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE.
        event: Option<String>,
        /// TIER_1K, …; deprecated.
        current_limit: Option<String>,
        /// TIER_250, …; deprecated.
        old_limit: Option<String>,
        /// The limit, in Meta's form.
        max_daily_conversations: Option<String>,
    },
    /// `security`.
    Security {
        /// PIN_CHANGED, PIN_RESET_REQUEST, PIN_REQUEST_SUCCESS.
        event: Option<String>,
        /// Meta's id of the requester.
        requester: Option<String>,
    },
    /// `business_username_updates`.
    Username {
        /// The username.
        username: Option<String>,
        /// approved, deleted, reserved.
        status: Option<String>,
    },
    /// `account_settings_update`.
    Settings {
        /// Meta's id of the number.
        phone_number_id: Option<String>,
        /// The settings, unchanged.
        settings: Value,
    },
}

/// An update of a WABA.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are the large one"
)]
pub enum WabaUpdate {
    /// `account_update`.
    Account {
        /// DISABLED_UPDATE, ACCOUNT_RESTRICTION, PARTNER_REMOVED, …
        event: String,
        /// The WABA, if the update names it.
        waba_id: Option<String>,
        /// The WABA's business.
        owner_business_id: Option<String>,
        /// The partner's app, in an update for a partner.
        #[serde(default)]
        partner_app_id: Option<String>,
        /// The solution by which the WABA was shared.
        #[serde(default)]
        solution_id: Option<String>,
        /// The businesses that share the solution.
        #[serde(default)]
        solution_partner_business_ids: Vec<String>,
        /// DISABLE, REINSTATE, SCHEDULE_FOR_DISABLE.
        ban_state: Option<String>,
        /// The day, in Meta's format.
        ban_date: Option<String>,
        /// The restrictions, unchanged.
        restrictions: Vec<Value>,
        /// The violated rule.
        violation: Option<String>,
        /// The reason for a disconnection, and who caused it.
        disconnection: Option<String>,
        /// The reason for a disconnection: PRIMARY_INACTIVITY, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_reason: Option<String>,
        /// Who caused it: USER, SYSTEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_by: Option<String>,
        /// The ISO country code.
        country: Option<String>,
        /// The number.
        phone_number: Option<String>,
    },
    /// `account_alerts`.
    Alert {
        /// BUSINESS, PHONE_NUMBER, …
        entity_type: Option<String>,
        /// Meta's id of the entity.
        entity_id: Option<String>,
        /// CRITICAL, WARNING, INFORMATIONAL.
        severity: Option<String>,
        /// ACTIVE, …
        status: Option<String>,
        /// OBA_APPROVED, …
        alert: Option<String>,
        /// The explanation.
        description: Option<String>,
    },
    /// `account_review_update`.
    Review {
        /// APPROVED, REJECTED, PENDING, DEFERRED.
        decision: Option<String>,
    },
    /// `business_capability_update`.
    Capability {
        /// A number (-1 means no limit) or a tier, in Meta's form.
        max_daily_conversations_per_business: Option<String>,
        /// The same, in v23 and older.
        max_daily_conversation_per_phone: Option<String>,
        /// The number of phone numbers that a business may have.
        max_phone_numbers_per_business: Option<i64>,
        /// The number of phone numbers that a WABA may have.
        max_phone_numbers_per_waba: Option<i64>,
    },
}
