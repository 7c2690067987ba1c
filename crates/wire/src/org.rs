//! Organisations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An organisation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgDetail {
    pub id: Uuid,
    #[schema(example = "Acme Coffee")]
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// What the organisation's files take; where its own members ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageUse>,
}

/// What an organisation's files take of the server's storage: uploaded and received ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StorageUse {
    /// Their bytes.
    #[schema(example = 1_288_490_188)]
    pub used_bytes: i64,
    /// The most that they may take. Null: there is no quota.
    #[schema(required, example = 21_474_836_480_i64)]
    pub quota_bytes: Option<i64>,
}

/// An organisation as the platform's operator sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgOverview {
    pub id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// The number of members.
    pub members: i64,
    /// The number of connected phone numbers.
    pub active_accounts: i64,
}
