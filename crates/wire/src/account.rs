//! Accounts and their grants.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether an expiry is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    At,
    Never,
    /// Meta did not report it.
    Unknown,
}

/// The expiry of a token or of a permission.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Expiry {
    pub kind: ExpiryKind,
    /// The time; set where `kind` is `at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// The state of a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    Active,
    /// Meta no longer accepts the token.
    Dead,
    /// Wabakit gave it up and destroyed the token.
    Revoked,
    /// The server's encryption keys do not decrypt the token.
    Quarantined,
}

/// The kind of a grant's token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    User,
    SystemUser,
    Unknown,
}

/// The way in which a grant is renewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// The server renews it.
    Automatic,
    /// A person must connect again.
    Manual,
    /// The grant does not expire.
    NotNeeded,
}

/// A grant: the Meta authorisation behind an account. The API never shows the token.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    pub id: Uuid,
    pub state: GrantState,
    pub token_kind: TokenKind,
    /// The permissions that the person granted.
    #[schema(example = json!(["whatsapp_business_management", "whatsapp_business_messaging"]))]
    pub scopes: Vec<String>,
    /// The expiry of the token.
    pub token_expiry: Expiry,
    /// The expiry of data access: 90 days after the login for a person's token.
    pub data_access_expiry: Expiry,
    pub renewal: Renewal,
    /// Whether the token or data access expires within seven days.
    pub is_expiring: bool,
    /// Whole days until the earlier of both expires; negative afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Meta's id of the app that holds the grant.
    pub meta_app_id: String,
}

/// The state of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Connected,
    /// A person must act. `problem` holds the reason and the remedy.
    NeedsAttention,
    Disconnected,
}

/// A problem with its remedy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// A stable code.
    #[schema(example = "token_invalid")]
    pub code: String,
    /// The cause, in a sentence.
    pub detail: String,
    /// The remedy, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// An account: a phone number that is connected to the organisation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub id: Uuid,
    /// Meta's id of the number.
    #[schema(example = "106540352242922")]
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    #[schema(example = "102290129340398")]
    pub waba_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waba_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    /// The number in international form.
    #[schema(example = "+1 555 010 0001")]
    pub display_phone: String,
    /// The name to show: the organisation's own, otherwise the verified name, otherwise the number.
    pub display_name: String,
    /// The name that WhatsApp shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_name: Option<String>,
    pub is_active: bool,
    pub is_default: bool,
    pub state: AccountState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Reason>,
    /// Whether the number must be registered before it can send.
    pub needs_registration: bool,
    /// Meta's value: GREEN, YELLOW, RED or UNKNOWN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GREEN")]
    pub quality_rating: Option<String>,
    /// Meta's value: CONNECTED, PENDING, …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CONNECTED")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaging_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_verification_status: Option<String>,
    /// Whether the number is also used in the WhatsApp Business app.
    pub is_coexistence: bool,
    pub grant: GrantView,
    /// The time of the last check with Meta.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_verified_at: Option<DateTime<Utc>>,
    pub connected_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnected_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts the changes. A `PATCH` that names an older version is refused.
    pub version: i64,
}

/// The state of the app's subscription to a disconnected account's WABA.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnsubscribedState {
    /// The app is unsubscribed, and a read from Meta proved it.
    Done,
    /// The app is not unsubscribed yet. The server retries.
    Pending,
    /// Meta refuses to unsubscribe. The audit log has its error.
    Failed,
    /// Another active account uses the WABA, so the app stays subscribed.
    NotNeeded,
}

/// The result for one account of a disconnect.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectedAccount {
    pub account_id: Uuid,
    pub unsubscribed: UnsubscribedState,
}

/// The answer to a disconnect.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectAnswer {
    pub success: bool,
    pub accounts: Vec<DisconnectedAccount>,
    /// The account that now sends messages without an `accountId`, if one is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_account_id: Option<Uuid>,
}
