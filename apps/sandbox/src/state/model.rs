//! Meta's things as the sandbox keeps them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::App;
use crate::clock::Time;

/// A person who can sign in at the dialog. Every person reaches every business.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The system user that a business integration acts as: one for each app and business.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemUser {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) app_id: String,
    pub(crate) business_id: Option<String>,
}

/// A business portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Business {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) verification_status: String,
    #[serde(default = "first_tier")]
    pub(crate) messaging_limit_tier: String,
}

/// The messaging limit of a new portfolio.
pub(crate) fn first_tier() -> String {
    "TIER_250".to_owned()
}

/// A message template, as far as sending looks at it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) waba_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    #[serde(default = "approved")]
    pub(crate) status: String,
    #[serde(default = "utility")]
    pub(crate) category: String,
    /// Parameters that its body has; any number where missing.
    pub(crate) body_parameters: Option<usize>,
}

fn approved() -> String {
    "APPROVED".to_owned()
}

fn utility() -> String {
    "UTILITY".to_owned()
}

/// A WhatsApp Business Account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waba {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) business_id: String,
    pub(crate) shared_with: Vec<String>,
    pub(crate) currency: String,
    pub(crate) country: String,
    pub(crate) timezone_id: String,
    /// `subscribed_apps`, by app id.
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
}

/// An app's webhook subscription to a WABA.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    pub(crate) override_callback_uri: Option<String>,
    pub(crate) verify_token: Option<String>,
}

/// An app's own webhook subscription: where its webhooks go, and of which fields.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppSubscription {
    callback_url: String,
    pub(crate) verify_token: Option<String>,
    /// None is all.
    pub(crate) fields: Option<BTreeSet<String>>,
}

impl AppSubscription {
    pub(crate) fn new(
        callback_url: String,
        verify_token: Option<String>,
        fields: Option<BTreeSet<String>>,
    ) -> Self {
        Self {
            callback_url,
            verify_token,
            fields,
        }
    }

    /// What the app was configured with: all fields, where it names a callback.
    pub(crate) fn of(app: &App) -> Option<Self> {
        let url = app.callback_url.clone()?;
        Some(Self::new(url, app.verify_token.clone(), None))
    }

    pub(crate) fn callback_url(&self) -> &str {
        &self.callback_url
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| fields.contains(field))
    }
}

/// A business phone number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Phone {
    pub(crate) id: String,
    pub(crate) waba_id: String,
    pub(crate) display_phone_number: String,
    pub(crate) verified_name: String,
    pub(crate) quality_rating: String,
    pub(crate) code_verification_status: String,
    pub(crate) name_status: String,
    pub(crate) status: String,
    pub(crate) is_on_biz_app: bool,
    /// The two-step verification PIN, once one is set.
    pub(crate) pin: Option<String>,
    /// When it was registered or deregistered, for the budget of ten in 72 hours.
    pub(crate) registrations: Vec<Time>,
    /// What the SMS or the call said, after `request_code`.
    pub(crate) verification_code: Option<String>,
    pub(crate) last_onboarded_time: Option<Time>,
    pub(crate) override_callback_uri: Option<String>,
    #[serde(default)]
    pub(crate) throughput: Throughput,
}

/// A number's throughput level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Throughput {
    /// 80 messages a second.
    #[default]
    Standard,
    /// 1,000 messages a second.
    High,
}

impl Phone {
    /// Messages a second, in and out together.
    pub(crate) fn messages_a_second(&self) -> u32 {
        match self.throughput {
            _ if self.is_on_biz_app => 20,
            Throughput::Standard => 80,
            Throughput::High => 1_000,
        }
    }

    /// The number as webhooks have it.
    pub(crate) fn digits(&self) -> String {
        self.display_phone_number
            .chars()
            .filter(char::is_ascii_digit)
            .collect()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.status == "CONNECTED"
    }
}

/// What one user granted one app.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant {
    pub(crate) granted: BTreeSet<String>,
    pub(crate) declined: BTreeSet<String>,
}

/// Ways in which Meta's answers have been seen to differ.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Quirks {
    pub(crate) granular_scopes: GranularScopes,
    /// `target_ids` as integers, as Meta's reference table has them.
    pub(crate) integer_ids: bool,
    /// Leave `expires_in` out of `oauth/access_token`.
    pub(crate) omit_expires_in: bool,
    /// Days that a business token lives; never expires where it is missing.
    pub(crate) business_token_days: Option<u16>,
    /// Do not answer 80008 to a WABA that is called too often.
    pub(crate) no_rate_limit: bool,
    /// What the usage headers tell, instead of what was used.
    pub(crate) usage: Option<ToldUsage>,
}

/// What the usage headers are told to tell.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ToldUsage {
    pub(crate) percent: usize,
    /// `estimated_time_to_regain_access`.
    #[serde(default)]
    pub(crate) regain_minutes: i64,
}

/// How `debug_token` answers `granular_scopes`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GranularScopes {
    /// Entries with the targets of each scope.
    #[default]
    Normal,
    /// No `granular_scopes` at all.
    Missing,
    /// Entries without `target_ids`, which means all assets.
    NoTargets,
    /// WABA ids under `business_management`, and no entry for WhatsApp.
    UnderBusinessManagement,
}
