//! People whom the organisation writes with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{contact, ids::ScopedUserId};

/// A person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    id: Uuid,
    /// The organisation's own name for the person, or that of its phone's contact book.
    #[schema(required)]
    name: Option<String>,
    /// The name to show: the organisation's own, else the person's, else the username, else the phone.
    #[schema(required)]
    shown_name: Option<String>,
    /// The WhatsApp id: a number in international form without `+`.
    #[schema(required, example = "16505551234")]
    phone: Option<String>,
    #[schema(required)]
    username: Option<String>,
    /// The name that the person gave in WhatsApp.
    #[schema(required)]
    profile_name: Option<String>,
    /// The business-scoped user id.
    #[schema(required)]
    user_id: Option<String>,
    /// The person wants no marketing.
    opted_out: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<contact::Contact> for Contact {
    fn from(contact: contact::Contact) -> Self {
        Self {
            id: contact.id.uuid(),
            shown_name: contact.shown_name().map(str::to_owned),
            name: contact.name,
            phone: contact.phone,
            username: contact.username,
            profile_name: contact.profile_name,
            user_id: contact.user_id.map(ScopedUserId::into_string),
            opted_out: contact.opted_out,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}

/// Another name for a contact.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NameContact {
    /// Null takes the name away.
    #[schema(required)]
    pub(crate) name: Option<String>,
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erasure {
    pub(crate) success: bool,
    /// How many messages went.
    pub(crate) messages: i64,
}
