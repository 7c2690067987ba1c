//! Meta's reports about numbers, WABAs and templates. Values are kept as Meta writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::EventAccount;

/// A report about an object of the business at Meta.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "about", content = "update", rename_all = "snake_case")]
pub enum Management {
    /// A template.
    Template {
        /// The template.
        template: TemplateRef,
        /// The report.
        update: TemplateUpdate,
    },
    /// One number, named as Meta displays it.
    Number {
        /// `display_phone_number`, if it is reported.
        #[serde(default)]
        display_phone_number: Option<String>,
        /// The report.
        update: NumberUpdate,
    },
    /// The WABA or its business.
    Waba(WabaUpdate),
    /// An account after a change on this server.
    Account(EventAccount),
    /// A field without a typed form, kept as it came: flows, groups, payments, handovers, …
    Other {
        /// Meta's name of the field.
        field: String,
        /// `event`, or `type`, if there is one.
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
    /// Meta's id. It does not fit a JavaScript number.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its language, with `_`.
    pub language: Option<String>,
}

/// A report about a template.
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
        /// ABUSIVE_CONTENT, … Null for `NONE`.
        reason: Option<String>,
        /// MARKETING, …
        category: Option<String>,
        /// The time at which it will be disabled, as Meta writes it.
        disable_date: Option<String>,
        /// FIRST_PAUSE, …
        title: Option<String>,
        /// A description in words.
        description: Option<String>,
        /// The reason of the rejection, in words.
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
    /// `message_template_components_update`: new texts.
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
        /// The former category.
        previous: Option<String>,
        /// The new category.
        new: Option<String>,
        /// The present category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current: Option<String>,
        /// The category that Meta considers correct, and will set.
        correct: Option<String>,
        /// When the category takes effect, in seconds since 1970.
        takes_effect_at: Option<i64>,
    },
}

/// A report about a number.
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
        /// The reason of the rejection.
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
        /// The limit, as Meta writes it.
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
        /// The settings as they came.
        settings: Value,
    },
}

/// A report about a WABA.
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
        /// The WABA, if it is reported.
        waba_id: Option<String>,
        /// The WABA's business.
        owner_business_id: Option<String>,
        /// The partner's app, in reports to partners.
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
        /// The day, as Meta writes it.
        ban_date: Option<String>,
        /// The restrictions as they came.
        restrictions: Vec<Value>,
        /// The broken rule.
        violation: Option<String>,
        /// The reason of the disconnection, and who caused it.
        disconnection: Option<String>,
        /// The reason of the disconnection: PRIMARY_INACTIVITY, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_reason: Option<String>,
        /// Who caused the disconnection: USER, SYSTEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disconnection_by: Option<String>,
        /// The country by ISO 3166.
        country: Option<String>,
        /// The number.
        phone_number: Option<String>,
    },
    /// `account_alerts`.
    Alert {
        /// BUSINESS, PHONE_NUMBER, …
        entity_type: Option<String>,
        /// Meta's id of the object.
        entity_id: Option<String>,
        /// CRITICAL, WARNING, INFORMATIONAL.
        severity: Option<String>,
        /// ACTIVE, …
        status: Option<String>,
        /// OBA_APPROVED, …
        alert: Option<String>,
        /// A description in words.
        description: Option<String>,
    },
    /// `account_review_update`.
    Review {
        /// APPROVED, REJECTED, PENDING, DEFERRED.
        decision: Option<String>,
    },
    /// `business_capability_update`.
    Capability {
        /// A number (-1 means no limit) or a tier, as Meta writes it.
        max_daily_conversations_per_business: Option<String>,
        /// The limit of v23 and older.
        max_daily_conversation_per_phone: Option<String>,
        /// The most numbers of a business.
        max_phone_numbers_per_business: Option<i64>,
        /// The most numbers of a WABA.
        max_phone_numbers_per_waba: Option<i64>,
    },
}
