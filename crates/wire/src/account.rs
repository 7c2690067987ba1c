//! Accounts and the grants that they stand on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Whether and when something ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    At,
    Never,
    /// Meta did not say.
    Unknown,
}

/// When something ends.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Expiry {
    pub kind: ExpiryKind,
    /// The time, where `kind` is `at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// Where a grant stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    Active,
    /// Meta no longer accepts the token.
    Dead,
    /// Given up by us; the token is destroyed.
    Revoked,
    /// The token does not open with this server's encryption keys.
    Quarantined,
}

/// What kind of token a grant holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    User,
    SystemUser,
    Unknown,
}

/// How a grant is kept alive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// The server renews it.
    Automatic,
    /// Only a person can, by connecting again.
    Manual,
    /// It does not end.
    NotNeeded,
}

/// The Meta authorisation behind an account. Never the token itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    pub id: Uuid,
    pub state: GrantState,
    pub token_kind: TokenKind,
    /// The rights that it carries.
    #[schema(example = json!(["whatsapp_business_management", "whatsapp_business_messaging"]))]
    pub scopes: Vec<String>,
    /// The token's own clock.
    pub token_expiry: Expiry,
    /// The second clock: 90 days for a person's token.
    pub data_access_expiry: Expiry,
    pub renewal: Renewal,
    /// A clock runs out within seven days.
    pub is_expiring: bool,
    /// Whole days until the first clock runs out; below zero once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Meta's id of the app that the grant was given to.
    pub meta_app_id: String,
}

/// Whether an account works.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Connected,
    /// Somebody must do something: `problem` says what.
    NeedsAttention,
    Disconnected,
}

/// Why something is not as it should be, and what to do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Stable.
    #[schema(example = "token_invalid")]
    pub code: String,
    /// What is the matter, in a sentence.
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// A phone number connected to the organisation.
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
    /// The organisation's own name for it, else the verified name, else the number.
    pub display_name: String,
    /// The name that WhatsApp shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_name: Option<String>,
    pub is_active: bool,
    pub is_default: bool,
    pub state: AccountState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Reason>,
    /// It cannot send before it is registered.
    pub needs_registration: bool,
    /// As Meta writes it: GREEN, YELLOW, RED, UNKNOWN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GREEN")]
    pub quality_rating: Option<String>,
    /// As Meta writes it: CONNECTED, PENDING, …
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
    /// The number also lives in the WhatsApp Business app.
    pub is_coexistence: bool,
    pub grant: GrantView,
    /// When Meta was last asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_verified_at: Option<DateTime<Utc>>,
    pub connected_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnected_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts the changes; a change that names an old one is refused.
    pub version: i64,
}

/// Whether the app was unsubscribed from the account's WABA.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnsubscribedState {
    /// Yes, and read back from Meta.
    Done,
    /// Not yet: it is tried again.
    Pending,
    /// Meta refuses for good; the audit log says why.
    Failed,
    /// Another active number stands on the WABA.
    NotNeeded,
}

/// What became of one account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectedAccount {
    pub account_id: Uuid,
    pub unsubscribed: UnsubscribedState,
}

/// What was disconnected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct DisconnectAnswer {
    pub success: bool,
    pub accounts: Vec<DisconnectedAccount>,
}
