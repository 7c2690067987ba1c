//! The members of an organisation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Role;

/// A member of the organisation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamMember {
    pub user_id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The time when the person joined.
    pub created_at: DateTime<Utc>,
    /// The time of the person's last request, to five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// An open invitation.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The id of the person who invited.
    pub created_by: Uuid,
    /// The link for the invited person. Answered once, when the invitation is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A link to choose a new password. Answered once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    pub link: String,
    pub expires_at: DateTime<Utc>,
}
