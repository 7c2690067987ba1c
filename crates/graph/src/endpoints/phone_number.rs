use serde::Deserialize;

use super::HealthStatus;
use crate::wire::{Extra, lenient, open_enum};

/// A business phone number.
///
/// Every field but the id depends on the fields asked for, the version and the permissions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PhoneNumber {
    /// Meta's id of the number, which is not the number itself.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The number in the form that people write.
    #[serde(default)]
    pub display_phone_number: Option<String>,
    /// The display name.
    #[serde(default)]
    pub verified_name: Option<String>,
    /// The rating of its messages by recipients.
    #[serde(default)]
    pub quality_rating: Option<QualityRating>,
    /// Tells whether the owner has proved that they hold the number.
    #[serde(default)]
    pub code_verification_status: Option<CodeVerificationStatus>,
    /// The state of the display name's review.
    #[serde(default)]
    pub name_status: Option<NameStatus>,
    /// The number's state at the Cloud API.
    #[serde(default)]
    pub status: Option<PhoneNumberStatus>,
    /// Tells whether it is a real number or a test number.
    #[serde(default)]
    pub account_mode: Option<AccountMode>,
    /// The place where it is hosted.
    #[serde(default, alias = "host_platform")]
    pub platform_type: Option<Platform>,
    /// The number of messages that it may send in a second.
    #[serde(default)]
    pub throughput: Option<Throughput>,
    /// The number of users to whom its portfolio may write in a day, in Meta's words.
    #[serde(default)]
    pub whatsapp_business_manager_messaging_limit: Option<String>,
    /// Tells whether it carries the badge of an official business account.
    #[serde(default)]
    pub is_official_business_account: Option<bool>,
    /// Tells whether it is also used in the WhatsApp Business app (coexistence). Do not register such a number.
    #[serde(default)]
    pub is_on_biz_app: Option<bool>,
    /// Tells whether two-step verification is on, so that registering needs the PIN that was set.
    #[serde(default)]
    pub is_pin_enabled: Option<bool>,
    /// The time when it was last onboarded, in Meta's format.
    #[serde(default)]
    pub last_onboarded_time: Option<String>,
    /// The callbacks of its webhooks.
    #[serde(default)]
    pub webhook_configuration: Option<WebhookConfiguration>,
    /// Tells whether it can send messages.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PhoneNumber {
    /// The fields of this type.
    pub const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,\
        code_verification_status,name_status,status,account_mode,platform_type,throughput,\
        whatsapp_business_manager_messaging_limit,is_official_business_account,is_on_biz_app,\
        is_pin_enabled,last_onboarded_time,webhook_configuration,health_status";
}

/// The number of messages that a number may send in a second.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Throughput {
    /// The level.
    #[serde(default)]
    pub level: Option<ThroughputLevel>,
}

/// The callbacks of webhooks by the level that they were set on. The narrowest level applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct WebhookConfiguration {
    /// The app's own callback.
    pub application: Option<String>,
    /// The WABA's override.
    pub whatsapp_business_account: Option<String>,
    /// The number's override.
    pub phone_number: Option<String>,
}

open_enum! {
    /// The rating of a number's messages by recipients.
    pub enum QualityRating {
        /// High.
        Green = "GREEN",
        /// Medium.
        Yellow = "YELLOW",
        /// Low.
        Red = "RED",
        /// Not rated yet.
        Unknown = "UNKNOWN",
    }
}

open_enum! {
    /// Tells whether the owner has proved that they hold a number.
    pub enum CodeVerificationStatus {
        /// Proved.
        Verified = "VERIFIED",
        /// Not proved.
        NotVerified = "NOT_VERIFIED",
        /// Not proved, in another of Meta's words.
        Unverified = "UNVERIFIED",
        /// Proved too long ago.
        Expired = "EXPIRED",
    }
}

open_enum! {
    /// The state of a display name's review.
    pub enum NameStatus {
        /// Approved.
        Approved = "APPROVED",
        /// Usable without a review.
        AvailableWithoutReview = "AVAILABLE_WITHOUT_REVIEW",
        /// Declined.
        Declined = "DECLINED",
        /// The approval has run out.
        Expired = "EXPIRED",
        /// Under review.
        PendingReview = "PENDING_REVIEW",
        /// There is no name.
        None = "NONE",
    }
}

open_enum! {
    /// A number's state at the Cloud API. Meta's list may be incomplete.
    pub enum PhoneNumberStatus {
        /// Registered and working.
        Connected = "CONNECTED",
        /// Not registered any more.
        Disconnected = "DISCONNECTED",
        /// Not registered yet.
        Pending = "PENDING",
        /// Low quality; limits may follow.
        Flagged = "FLAGGED",
        /// Restricted.
        Restricted = "RESTRICTED",
        /// Throttled, because it sends too much.
        RateLimited = "RATE_LIMITED",
        /// Banned.
        Banned = "BANNED",
        /// Deleted.
        Deleted = "DELETED",
        /// Moved to another WABA.
        Migrated = "MIGRATED",
        /// Not verified.
        Unverified = "UNVERIFIED",
    }
}

open_enum! {
    /// Tells whether a number is real or for tests.
    pub enum AccountMode {
        /// Real.
        Live = "LIVE",
        /// For tests.
        Sandbox = "SANDBOX",
    }
}

open_enum! {
    /// The host of a number.
    pub enum Platform {
        /// Meta.
        CloudApi = "CLOUD_API",
        /// The business.
        OnPremise = "ON_PREMISE",
        /// None yet.
        NotApplicable = "NOT_APPLICABLE",
    }
}

open_enum! {
    /// The number of messages that a number may send in a second.
    pub enum ThroughputLevel {
        /// 80 messages.
        Standard = "STANDARD",
        /// 1,000 messages.
        High = "HIGH",
        /// Not on the Cloud API.
        NotApplicable = "NOT_APPLICABLE",
    }
}
