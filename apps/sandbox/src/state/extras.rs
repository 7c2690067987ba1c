//! State that hangs on numbers and WABAs: settings, blocked customers, QR codes, flows, groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Time;

/// The state of a number beside its own fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Extras {
    /// Settings by the name of their edge.
    pub(crate) sheets: BTreeMap<String, Map<String, Value>>,
    /// The numbers of blocked customers.
    pub(crate) blocked: BTreeSet<String>,
    /// The newest first.
    pub(crate) qr_codes: Vec<QrCode>,
    /// A display name that is asked for, and the state of its review.
    pub(crate) new_name: Option<NewName>,
    /// The syncs of the WhatsApp Business app that were asked for.
    pub(crate) synced: BTreeSet<String>,
}

/// A display name in review.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewName {
    pub(crate) name: String,
    /// `PENDING_REVIEW`, `APPROVED` or `DECLINED`.
    pub(crate) status: String,
}

/// A QR code that opens a chat with a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QrCode {
    pub(crate) code: String,
    pub(crate) prefilled_message: String,
}

/// A flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) waba_id: String,
    pub(crate) name: String,
    /// `DRAFT`, `PUBLISHED`, `DEPRECATED`, `BLOCKED` or `THROTTLED`.
    pub(crate) status: String,
    pub(crate) categories: Vec<String>,
    pub(crate) endpoint_uri: Option<String>,
    /// The Flow JSON, once one was uploaded.
    pub(crate) json: Option<String>,
    pub(crate) updated_at: Time,
}

/// The state of a WABA beside its own fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct WabaExtras {
    /// `marketing_messages_onboarding_status`.
    pub(crate) marketing_messages: String,
    /// The time when the terms of marketing messages were signed.
    pub(crate) terms_signed_at: Option<Time>,
    /// Tells whether `/messages` refuses marketing templates.
    pub(crate) disable_marketing_on_cloud_api: bool,
    /// The default of `message_activity_sharing`.
    pub(crate) message_activity_sharing: bool,
    /// Tells whether messages may go by Direct Send. Missing means that the portfolio's messaging limit decides.
    pub(crate) direct_send: Option<bool>,
    /// Tells whether the limit for misused categories is reached.
    pub(crate) misclassified: bool,
    /// `degrees_of_freedom_spec`.
    pub(crate) creative_features: Option<Value>,
}

impl Default for WabaExtras {
    fn default() -> Self {
        Self {
            marketing_messages: "ELIGIBLE".to_owned(),
            terms_signed_at: None,
            disable_marketing_on_cloud_api: false,
            message_activity_sharing: false,
            direct_send: None,
            misclassified: false,
            creative_features: None,
        }
    }
}

impl WabaExtras {
    /// Tells whether marketing messages go by their own route.
    pub(crate) fn is_onboarded(&self) -> bool {
        self.marketing_messages == "ONBOARDED"
    }
}
