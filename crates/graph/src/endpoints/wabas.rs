//! Source: Meta, WhatsApp Business Management API, "WhatsApp Business Accounts".

use serde::Deserialize;

use super::table::endpoint;
use super::{Business, HealthStatus};
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, lenient, open_enum};

endpoint! {
    /// `GET /{waba}`: reads one WABA.
    pub struct GetWaba {
        /// The WABA.
        waba_id,
        /// The fields wanted, separated by commas. One that Meta does not know fails the call.
        fields,
    }
    Waba: |it| Request::get([it.waba_id.as_str()]).query("fields", &it.fields)
}

impl GetWaba {
    /// The fields of [`Waba`].
    pub const FIELDS: &str = "id,name,account_review_status,business_verification_status,country,\
        currency,health_status,message_template_namespace,on_behalf_of_business_info,\
        owner_business_info,ownership_type,status,timezone_id,\
        whatsapp_business_manager_messaging_limit";

    /// Asks for all fields of [`Waba`].
    pub fn new(waba_id: impl Into<String>) -> Self {
        Self {
            waba_id: waba_id.into(),
            fields: Self::FIELDS.to_owned(),
        }
    }
}

endpoint! {
    /// `GET /{business}/owned_whatsapp_business_accounts`: lists the WABAs that a business owns. Needs
    /// `business_management` and `whatsapp_business_management`.
    pub struct OwnedWabas {
        /// The business portfolio.
        business_id,
    }
    Page<Waba>: |it| Request::get([
        it.business_id.as_str(),
        "owned_whatsapp_business_accounts",
    ])
    .query("fields", Waba::LIST_FIELDS)
}

endpoint! {
    /// `GET /{business}/client_whatsapp_business_accounts`: lists the WABAs that clients share with a business.
    pub struct ClientWabas {
        /// The business portfolio.
        business_id,
    }
    Page<Waba>: |it| Request::get([
        it.business_id.as_str(),
        "client_whatsapp_business_accounts",
    ])
    .query("fields", Waba::LIST_FIELDS)
}

endpoint! {
    /// `GET /{user}/assigned_whatsapp_business_accounts`: lists the WABAs assigned to a user or a system user.
    pub struct AssignedWabas {
        /// The user, or `me`.
        user_id,
    }
    Page<Waba>: |it| Request::get([it.user_id.as_str(), "assigned_whatsapp_business_accounts"])
        .query("fields", Waba::LIST_FIELDS)
}

/// A WhatsApp Business Account.
///
/// Every field but the id depends on the fields asked for, the version and the permissions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
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
    /// Tells whether it can send messages.
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
    /// The kind of ownership, in Meta's words.
    #[serde(default)]
    pub ownership_type: Option<String>,
    /// Its state, in Meta's words.
    #[serde(default)]
    pub status: Option<String>,
    /// Meta's number for its timezone.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub timezone_id: Option<String>,
    /// The number of users to whom its portfolio may write in a day, in Meta's words.
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
