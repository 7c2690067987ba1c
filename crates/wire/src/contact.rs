//! Contacts: the people with whom the organisation writes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A contact: a person at WhatsApp.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub id: Uuid,
    /// The name that the organisation gave the person, or the one in its phone's contact book.
    #[schema(required)]
    pub name: Option<String>,
    /// The name to show: the organisation's own, else the person's, else the username, else the phone.
    #[schema(required)]
    pub shown_name: Option<String>,
    /// The WhatsApp id: a number in international form without `+`.
    #[schema(required, example = "16505551234")]
    pub phone: Option<String>,
    #[schema(required)]
    pub username: Option<String>,
    /// The name that the person gave in WhatsApp.
    #[schema(required)]
    pub profile_name: Option<String>,
    /// The business-scoped user id.
    #[schema(required)]
    pub user_id: Option<String>,
    /// Whether the person opted out of marketing.
    pub opted_out: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The answer to an erasure.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Erasure {
    pub success: bool,
    /// The number of messages that were erased.
    pub messages: i64,
}
