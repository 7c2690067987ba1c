//! What Meta tells of numbers, WABAs and templates. Values of Meta's are kept as Meta writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::EventAccount;

/// Something about what the business has at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "about", content = "update", rename_all = "snake_case")]
pub enum Management {
    /// A template.
    Template {
        /// Which.
        template: TemplateRef,
        /// What.
        update: TemplateUpdate,
    },
    /// One number, named as Meta displays it.
    Number {
        /// `display_phone_number`, where it is told.
        #[serde(default)]
        display_phone_number: Option<String>,
        /// What.
        update: NumberUpdate,
    },
    /// The WABA or its business.
    Waba(WabaUpdate),
    /// An account as a change here left it.
    Account(EventAccount),
    /// A field that is typed by its name and kept as it came: flows, groups, payments, handovers, …
    Other {
        /// Meta's name of the field.
        field: String,
        /// `event`, or `type`, where there is one.
        #[serde(default)]
        event: Option<String>,
        /// The value as it came.
        value: Value,
    },
}

/// A template in one language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRef {
    /// Meta's id; it does not fit a JavaScript number.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its language, with `_`.
    pub language: Option<String>,
}

/// What happened to a template.
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
        /// When it will be disabled, as Meta writes it.
        disable_date: Option<String>,
        /// FIRST_PAUSE, …
        title: Option<String>,
        /// In words.
        description: Option<String>,
        /// Why it was rejected, in words.
        rejection: Option<String>,
        /// What Meta recommends.
        recommendation: Option<String>,
    },
    /// `message_template_quality_update`.
    Quality {
        /// GREEN, …
        previous: Option<String>,
        /// GREEN, …
        new: Option<String>,
    },
    /// `message_template_components_update`: new words.
    Components {
        /// The body.
        body: Option<String>,
        /// The header.
        title: Option<String>,
        /// The footer.
        footer: Option<String>,
        /// The buttons as they came.
        buttons: Vec<Value>,
    },
    /// `template_category_update`, `template_correct_category_detection`.
    Category {
        /// The category until now.
        previous: Option<String>,
        /// The category now.
        new: Option<String>,
        /// The category at present.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current: Option<String>,
        /// What Meta holds to be right, and will set.
        correct: Option<String>,
        /// When, in seconds of 1970.
        takes_effect_at: Option<i64>,
    },
}

/// What happened to a number.
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
        /// The name that was asked for.
        requested_name: Option<String>,
        /// Why it was rejected.
        rejection_reason: Option<String>,
    },
    /// `phone_number_quality_update`.
    Quality {
        /// ONBOARDING, THROUGHPUT_UPGRADE; before: FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE.
        event: Option<String>,
        /// TIER_1K, …; deprecated.
        current_limit: Option<String>,
        /// TIER_250, …; deprecated.
        old_limit: Option<String>,
        /// As Meta writes it.
        max_daily_conversations: Option<String>,
    },
    /// `security`.
    Security {
        /// PIN_CHANGED, PIN_RESET_REQUEST, PIN_REQUEST_SUCCESS.
        event: Option<String>,
        /// Meta's id of who asked.
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
        /// As they came.
        settings: Value,
    },
}

/// What happened to a WABA.
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
        /// The WABA that it is about, where told.
        waba_id: Option<String>,
        /// The WABA's business.
        owner_business_id: Option<String>,
        /// The partner's app, of what a partner is told.
        #[serde(default)]
        partner_app_id: Option<String>,
        /// The solution that the WABA was shared by.
        #[serde(default)]
        solution_id: Option<String>,
        /// The businesses that share the solution.
        #[serde(default)]
        solution_partner_business_ids: Vec<String>,
        /// DISABLE, REINSTATE, SCHEDULE_FOR_DISABLE.
        ban_state: Option<String>,
        /// The day, as Meta writes it.
        ban_date: Option<String>,
        /// What is restricted, as it came.
        restrictions: Vec<Value>,
        /// What rule was broken.
        violation: Option<String>,
        /// Why it was disconnected, and by whom.
        disconnection: Option<String>,
        /// Why it was disconnected: PRIMARY_INACTIVITY, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_reason: Option<String>,
        /// By whom: USER, SYSTEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_by: Option<String>,
        /// ISO country.
        country: Option<String>,
        /// The number that it is about.
        phone_number: Option<String>,
    },
    /// `account_alerts`.
    Alert {
        /// BUSINESS, PHONE_NUMBER, …
        entity_type: Option<String>,
        /// Meta's id of it.
        entity_id: Option<String>,
        /// CRITICAL, WARNING, INFORMATIONAL.
        severity: Option<String>,
        /// ACTIVE, …
        status: Option<String>,
        /// OBA_APPROVED, …
        alert: Option<String>,
        /// In words.
        description: Option<String>,
    },
    /// `account_review_update`.
    Review {
        /// APPROVED, REJECTED, PENDING, DEFERRED.
        decision: Option<String>,
    },
    /// `business_capability_update`.
    Capability {
        /// A number (-1 is without limit) or a tier, as Meta writes it.
        max_daily_conversations_per_business: Option<String>,
        /// v23 and older.
        max_daily_conversation_per_phone: Option<String>,
        /// How many numbers a business may have.
        max_phone_numbers_per_business: Option<i64>,
        /// How many numbers a WABA may have.
        max_phone_numbers_per_waba: Option<i64>,
    },
}
