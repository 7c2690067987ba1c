//! Meta's objects in the sandbox.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Extras, WabaExtras};
use crate::App;
use crate::clock::Time;

/// A person who can sign in at the dialog. Every person reaches every business.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The system user of a business integration: one for each app and business.
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

/// Returns the messaging limit of a new portfolio.
pub(crate) fn first_tier() -> String {
    "TIER_250".to_owned()
}

/// A message template.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Template {
    /// Given when it is missing.
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) waba_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    #[serde(default = "approved")]
    pub(crate) status: String,
    #[serde(default = "utility")]
    pub(crate) category: String,
    /// The number of parameters in its body. Missing means any number.
    pub(crate) body_parameters: Option<usize>,
    /// Meta's components. Without them it shows a body with `body_parameters` parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) components: Option<Value>,
    /// Meta's further fields, by name: `parameter_format`, `quality_score`, `rejected_reason` and so on.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) fields: Map<String, Value>,
    /// The times of its edits, for Meta's limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) edits: Vec<Time>,
    /// The number of messages that still go before the rest is held. Missing means that it is not paced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pacing: Option<u64>,
    /// The number of pauses for low quality.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) pauses: u8,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the attribute of serde wants a reference"
)]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Template {
    /// Makes an approved utility template without contents and without an id.
    pub(crate) fn new(waba_id: &str, name: &str, language: &str) -> Self {
        Self {
            id: String::new(),
            waba_id: waba_id.to_owned(),
            name: name.to_owned(),
            language: language.to_owned(),
            status: approved(),
            category: utility(),
            body_parameters: None,
            components: None,
            fields: Map::new(),
            edits: Vec::new(),
            pacing: None,
            pauses: 0,
        }
    }
}

/// An act of Meta on a template that is to come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Due {
    pub(crate) at: Time,
    pub(crate) template_id: String,
    pub(crate) act: Later,
}

/// An act on a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Later {
    /// End its review with this event.
    Review {
        event: String,
        reason: Option<String>,
    },
    /// End its pause.
    Unpause,
    /// Change its category, as was announced.
    Recategorize { category: String },
    /// Send the messages that are held.
    Release,
    /// Delete it, because it is archived.
    Delete,
}

/// The rule for reviews of new and edited templates.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct ReviewRule {
    pub(crate) default: ReviewOutcome,
    /// The reason of a rejection, `INVALID_FORMAT` at first.
    pub(crate) reason: Option<String>,
    /// Milliseconds of the sandbox's time until the review is over.
    pub(crate) after_ms: u64,
    /// The category that a template gets for which UTILITY was asked.
    pub(crate) utility_becomes: Option<String>,
}

impl Default for ReviewRule {
    fn default() -> Self {
        Self {
            default: ReviewOutcome::default(),
            reason: None,
            after_ms: 500,
            utility_becomes: None,
        }
    }
}

/// The end of a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReviewOutcome {
    #[default]
    Approve,
    Reject,
    /// None: the template stays in review.
    Pend,
}

/// The name of a template that was deleted, which stays taken for a while.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedTemplate {
    pub(crate) waba_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) until: Time,
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
    #[serde(default)]
    pub(crate) extras: WabaExtras,
}

/// An app's webhook subscription to a WABA.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    pub(crate) override_callback_uri: Option<String>,
    pub(crate) verify_token: Option<String>,
}

/// An app's own webhook subscription: callback and fields.
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

    /// Makes the subscription of the app's configuration: all fields, if it names a callback.
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
    /// The two-step verification PIN, if one is set.
    pub(crate) pin: Option<String>,
    /// The times of registrations and deregistrations, for the limit of ten in 72 hours.
    pub(crate) registrations: Vec<Time>,
    /// The code of the SMS or call, after `request_code`.
    pub(crate) verification_code: Option<String>,
    pub(crate) last_onboarded_time: Option<Time>,
    pub(crate) override_callback_uri: Option<String>,
    #[serde(default)]
    pub(crate) throughput: Throughput,
    #[serde(default)]
    pub(crate) extras: Extras,
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
    /// Returns the messages a second, in and out together.
    pub(crate) fn messages_a_second(&self) -> u32 {
        match self.throughput {
            _ if self.is_on_biz_app => 20,
            Throughput::Standard => 80,
            Throughput::High => 1_000,
        }
    }

    /// Returns the number in the webhooks' form.
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

/// The scopes that one user granted one app.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant {
    pub(crate) granted: BTreeSet<String>,
    pub(crate) declined: BTreeSet<String>,
}

/// A resumable upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    /// `upload:…`, without the signature.
    pub(crate) id: String,
    pub(crate) signature: String,
    pub(crate) app_id: String,
    pub(crate) user_id: String,
    pub(crate) file_name: String,
    pub(crate) file_type: String,
    pub(crate) file_length: usize,
    /// The bytes that have come.
    pub(crate) received: usize,
    /// The file's handle, once all bytes have come.
    pub(crate) handle: Option<String>,
}

impl Upload {
    /// Returns the id with its signature, as callers get it.
    pub(crate) fn name(&self) -> String {
        format!("{}?sig={}", self.id, self.signature)
    }
}

/// Known variations of Meta's answers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Quirks {
    pub(crate) granular_scopes: GranularScopes,
    /// `target_ids` as integers, as Meta's reference table has them.
    pub(crate) integer_ids: bool,
    /// Leave `expires_in` out of `oauth/access_token`.
    pub(crate) omit_expires_in: bool,
    /// The days that a business token lives. Missing means for ever.
    pub(crate) business_token_days: Option<u16>,
    /// Whether a WABA that is called too often does not get 80008.
    pub(crate) no_rate_limit: bool,
    /// The review's result for each new or edited template, at once: `APPROVED`, `REJECTED` or another of Meta's events.
    /// Without it the rule of reviews decides.
    pub(crate) template_review: Option<String>,
    /// Whether exchanging a person's token of 60 days gives it 60 new days. Otherwise its end stays.
    pub(crate) refresh_moves_end: bool,
    /// Leave `type` out of `debug_token`: Meta's table does not have it.
    pub(crate) omit_token_type: bool,
    /// Take any version of the Graph API as it is.
    pub(crate) any_version: bool,
    /// Refuse versions that have ended, instead of answering as the oldest living one.
    pub(crate) refuse_ended_versions: bool,
    /// The HTTP statuses of the OpenAPI file's examples: 429 for rate limits, 500 for codes 1 and 2.
    pub(crate) openapi_statuses: bool,
    /// The usage in the headers, instead of the real one.
    pub(crate) usage: Option<FixedUsage>,
    /// The spelling of message ids in webhooks.
    pub(crate) message_ids: MessageIds,
    /// Tell `contacts` beside `failed` statuses. Meta's page on business-scoped ids says none (grade A); public
    /// fixtures have them (grade C).
    pub(crate) failed_contacts: bool,
    /// Tell `contacts` beside `system` messages. Meta's OpenAPI forbids them (grade A).
    pub(crate) system_contacts: bool,
    /// Leave `contacts` out beside echoes, as before business-scoped ids.
    pub(crate) no_echo_contacts: bool,
    /// The form of the statuses of a group's members.
    pub(crate) group_statuses: GroupStatuses,
}

/// The spelling of message ids in webhooks: an id has the person inside, by number or by business-scoped id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessageIds {
    /// By how the message was addressed or, for a message of the customer, by what webhooks tell of the customer.
    #[default]
    AsAddressed,
    Phone,
    UserId,
}

/// The form of the statuses of a group's members. Meta's page on the groups' webhooks has both (grade A).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupStatuses {
    /// One webhook for all members, with `recipient_participant_id` and the price inside of the conversation.
    #[default]
    Aggregated,
    /// One webhook for each member, with `participant_recipient_id` and the price beside the conversation.
    Single,
}

/// A group of customers and one number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    pub(crate) phone_number_id: String,
    pub(crate) subject: String,
    /// The members' numbers.
    pub(crate) participants: Vec<String>,
    #[serde(default)]
    pub(crate) description: String,
    /// Whether customers who follow the invitation must be approved.
    #[serde(default)]
    pub(crate) needs_approval: bool,
    #[serde(default)]
    pub(crate) created_at: Option<Time>,
    /// The number of times that the invitation was made anew.
    #[serde(default)]
    pub(crate) invitations: u32,
    /// The numbers of customers who ask to join, by the id of their request.
    #[serde(default)]
    pub(crate) join_requests: BTreeMap<String, String>,
}

/// The usage that the headers report on order.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FixedUsage {
    pub(crate) percent: usize,
    /// `estimated_time_to_regain_access`.
    #[serde(default)]
    pub(crate) regain_minutes: i64,
}

/// The form of `granular_scopes` in `debug_token`.
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
