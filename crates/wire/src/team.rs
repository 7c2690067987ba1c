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
    /// The time of the person's last request, exact to five minutes.
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
    /// The link for the invited person. Shown once, when the invitation is made, and never if it is mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether the link is mailed. Nobody else sees it then, so it proves the address.
    #[serde(default)]
    pub mailed: bool,
    /// The state of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_state: Option<MailState>,
    /// Why the last attempt to send the mail failed, in the words of the mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_failure: Option<String>,
}

/// The state of a mail: `waiting` to be sent or retried, `sent` to the mail server, `failed` for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    Waiting,
    Sent,
    Failed,
}

/// A link to choose a new password. Shown once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    /// The link. Absent if it is mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether the link is mailed, to an address that the person has proven.
    #[serde(default)]
    pub mailed: bool,
    pub expires_at: DateTime<Utc>,
}
