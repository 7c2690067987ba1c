use serde::Deserialize;

use super::HealthStatus;
use super::me_businesses::Business;
use crate::wire::{Extra, lenient, open_enum};

/// A WhatsApp Business Account.
///
/// Every field but the id depends on the fields asked for, the version and the permissions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waba {
    /// The id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The state of Meta's review of the account, in Meta's words.
    #[serde(default)]
    pub account_review_status: Option<String>,
    /// The state of the owner's verification.
    #[serde(default)]
    pub business_verification_status: Option<BusinessVerificationStatus>,
    /// The country.
    #[serde(default)]
    pub country: Option<String>,
    /// The currency that Meta bills in.
    #[serde(default)]
    pub currency: Option<String>,
    /// Whether it can send messages.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
    /// The namespace of its templates.
    #[serde(default)]
    pub message_template_namespace: Option<String>,
    /// The business that another business acts for.
    #[serde(default)]
    pub on_behalf_of_business_info: Option<Business>,
    /// The business that owns it.
    #[serde(default)]
    pub owner_business_info: Option<Business>,
    /// How it is owned, in Meta's words.
    #[serde(default)]
    pub ownership_type: Option<String>,
    /// Its state, in Meta's words.
    #[serde(default)]
    pub status: Option<String>,
    /// Meta's number for its timezone.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub timezone_id: Option<String>,
    /// How many users its portfolio may write to in a day, in Meta's words.
    #[serde(default)]
    pub whatsapp_business_manager_messaging_limit: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Waba {
    /// The fields that lists of WABAs are asked for.
    pub const LIST_FIELDS: &str = "id,name,account_review_status,business_verification_status,\
        currency,message_template_namespace,on_behalf_of_business_info,owner_business_info,\
        ownership_type,timezone_id";
}

open_enum! {
    /// The state of a business's verification.
    pub enum BusinessVerificationStatus {
        /// The verification has expired.
        Expired = "expired",
        /// The verification failed.
        Failed = "failed",
        /// The business cannot be verified.
        Ineligible = "ineligible",
        /// The verification was not begun.
        NotVerified = "not_verified",
        /// Meta reviews the documents.
        Pending = "pending",
        /// Meta asks for more documents.
        PendingNeedMoreInfo = "pending_need_more_info",
        /// The verification was begun and not submitted.
        PendingSubmission = "pending_submission",
        /// Meta rejected the verification.
        Rejected = "rejected",
        /// Meta revoked the verification.
        Revoked = "revoked",
        /// The business is verified.
        Verified = "verified",
    }
}
