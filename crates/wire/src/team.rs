//! The people of an organisation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Role;

/// A member.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamMember {
    pub user_id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// When they joined.
    pub created_at: DateTime<Utc>,
    /// When they last did something here, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// An invitation that nobody has taken yet.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The id of who invited.
    pub created_by: Uuid,
    /// The link to hand over. Told once, when the invitation is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A link by which somebody chooses a new password. Told once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    pub link: String,
    pub expires_at: DateTime<Utc>,
}
