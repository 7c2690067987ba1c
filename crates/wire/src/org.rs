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
