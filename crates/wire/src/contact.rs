//! People whom the organisation writes with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub id: Uuid,
    /// The organisation's own name for the person, or that of its phone's contact book.
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
    /// The person wants no marketing.
    pub opted_out: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What was erased.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Erasure {
    pub success: bool,
    /// How many messages went.
    pub messages: i64,
}
