//! The connection as a whole: status, numbers, warnings.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A number, in the short form of the status.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneNumber {
    /// Meta's id of the number.
    pub id: String,
    /// Our id of the account.
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

/// Whether the organisation is connected. The single fields speak of the default account, and are null when
/// nothing is connected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Always true: the question was answered.
    pub success: bool,
    /// A number is active.
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
    /// A clock of an active account runs out within seven days.
    pub is_expiring: bool,
    /// An active account works only after a new login.
    pub needs_reconnect: bool,
    #[schema(required)]
    pub created_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub last_connected: Option<DateTime<Utc>>,
    pub phone_numbers: Vec<PhoneNumber>,
}

/// How urgent a warning is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningSeverity {
    Info,
    Warning,
    Critical,
}

/// Something that needs attention.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Uuid>,
    pub grant_id: Uuid,
    pub severity: WarningSeverity,
    /// Stable.
    #[schema(example = "data_access_expiring")]
    pub code: String,
    pub detail: String,
    pub remedy: String,
    /// When it stops working, or when it was found.
    pub at: DateTime<Utc>,
}
