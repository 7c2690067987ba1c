//! Who wrote, and what is told of them.

use serde::{Deserialize, Serialize};

use crate::{Time, ids::ScopedUserId};

/// A person, as far as one webhook tells. The phone may be missing, or the business-scoped id.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Party {
    /// The WhatsApp id: a number in international form without `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<ScopedUserId>,
    /// The same across a parent's portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<ScopedUserId>,
    /// The name that the person gave in WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// The person's username.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Changes when the person's WhatsApp was set up anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_key_hash: Option<String>,
}

impl Party {
    /// Whether nothing tells who it is.
    pub const fn is_nobody(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }
}

/// The business' phone added or removed a contact (`smb_app_state_sync`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactBookEntry {
    /// The person.
    pub party: Party,
    /// The whole name in the phone's contact book.
    pub full_name: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// It was taken out of the contact book.
    pub removed: bool,
    /// When.
    pub at: Option<Time>,
}

/// `user_id_update`: a person has a new business-scoped id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserIdChange {
    /// The person, with the new id where it is told.
    pub party: Party,
    /// The id until now.
    pub previous: Option<ScopedUserId>,
    /// The parent id until now.
    pub previous_parent: Option<ScopedUserId>,
    /// When.
    pub at: Option<Time>,
}

/// `user_preferences`: whether a person wants marketing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketingPreference {
    /// The person.
    pub party: Party,
    /// `stop`, `resume`, `signup`.
    pub value: String,
    /// In words.
    pub detail: Option<String>,
    /// Meta's id of a `signup`.
    pub signup_id: Option<String>,
    /// When.
    pub at: Option<Time>,
}

impl MarketingPreference {
    /// Whether the person wants none. An unknown value changes nothing.
    pub fn opted_out(&self) -> Option<bool> {
        match self.value.as_str() {
            "stop" => Some(true),
            "resume" | "signup" => Some(false),
            _ => None,
        }
    }
}
