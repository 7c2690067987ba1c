//! The organisation's connection: its status, numbers and warnings.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A phone number in the connection status.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneNumber {
    /// Meta's id of the number.
    pub id: String,
    /// Wabakit's id of the account.
    pub account_id: Uuid,
    pub display_phone: String,
    pub display_name: String,
    pub is_active: bool,
    #[schema(required)]
    pub quality_rating: Option<String>,
    #[schema(required)]
    pub status: Option<String>,
    #[schema(required)]
    pub last_verified: Option<DateTime<Utc>>,
}

/// The connection status of the organisation. The single fields describe the default account. They are null if no
/// account is connected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Always true.
    pub success: bool,
    /// Whether at least one account is active.
    pub connected: bool,
    #[schema(required)]
    pub business_name: Option<String>,
    #[schema(required, example = "+1 555 010 0001")]
    pub phone_number: Option<String>,
    #[schema(required)]
    pub waba_id: Option<String>,
    #[schema(required)]
    pub token_expires_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub data_access_expires_at: Option<DateTime<Utc>>,
    /// Whether a grant of an active account expires within seven days.
    pub is_expiring: bool,
    /// Whether an active account needs a new login.
    pub needs_reconnect: bool,
    #[schema(required)]
    pub created_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub last_connected: Option<DateTime<Utc>>,
    pub phone_numbers: Vec<PhoneNumber>,
    /// The permissions of the default account's login.
    pub scopes: Vec<String>,
}

/// The urgency of a warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningSeverity {
    Info,
    Warning,
    Critical,
}

/// The act of a person that cures the cause of a warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningAct {
    /// Log in at Meta again.
    Reconnect,
    /// Register the number with its PIN.
    Register,
    /// Ask Meta again.
    Verify,
}

/// A warning about an account or a grant.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Uuid>,
    pub grant_id: Uuid,
    pub severity: WarningSeverity,
    /// A stable code.
    #[schema(example = "data_access_expiring")]
    pub code: String,
    pub detail: String,
    pub remedy: String,
    /// The act that the remedy asks for. Absent if only something outside of Wabakit helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<WarningAct>,
    /// The time at which the account stops working, or at which the problem was found.
    pub at: DateTime<Utc>,
}
