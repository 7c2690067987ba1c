//! People in webhooks, and facts about them.

use serde::{Deserialize, Serialize};

use crate::{Time, ids::ScopedUserId};

/// A person, as one webhook names them. The phone or the business-scoped id may be missing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Party {
    /// The WhatsApp id: a number in international form without `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<ScopedUserId>,
    /// The user id that is valid across a parent's portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<ScopedUserId>,
    /// The name that the person chose in WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// The person's username.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// A hash that changes when the person's WhatsApp is set up anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_key_hash: Option<String>,
}

impl Party {
    /// Tells whether the person cannot be identified.
    pub const fn is_nobody(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }
}

/// A contact that the business's phone added or removed (`smb_app_state_sync`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactBookEntry {
    /// The person.
    pub party: Party,
    /// The whole name in the phone's contact book.
    pub full_name: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// Tells whether it was removed from the contact book.
    pub removed: bool,
    /// The time when it happened.
    pub at: Option<Time>,
}

/// A person's new business-scoped id (`user_id_update`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserIdChange {
    /// The person, with the new id if it is known.
    pub party: Party,
    /// The former id.
    pub previous: Option<ScopedUserId>,
    /// The former parent id.
    pub previous_parent: Option<ScopedUserId>,
    /// The time when it happened.
    pub at: Option<Time>,
}

/// Tells whether a person wants marketing (`user_preferences`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketingPreference {
    /// The person.
    pub party: Party,
    /// `stop`, `resume`, `signup`.
    pub value: String,
    /// The explanation.
    pub detail: Option<String>,
    /// Meta's id of a `signup`.
    pub signup_id: Option<String>,
    /// The time when it happened.
    pub at: Option<Time>,
}

impl MarketingPreference {
    /// Tells whether the person refuses marketing. `None` for an unknown value, which changes nothing.
    pub fn opted_out(&self) -> Option<bool> {
        match self.value.to_ascii_lowercase().as_str() {
            "stop" => Some(true),
            "resume" | "signup" => Some(false),
            _ => None,
        }
    }
}
