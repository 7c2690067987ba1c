//! Contacts: the people that an organisation writes with.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{ContactId, OrgId, ScopedUserId},
    inbound::Party,
    phone,
};

/// A person, known by a phone number, by a business-scoped id, or by both. Two contacts that turn out to be one
/// person are merged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// The tenant.
    pub org: OrgId,
    /// The WhatsApp id, in Meta's latest form: digits in international form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The latest business-scoped user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<ScopedUserId>,
    /// The latest parent user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<ScopedUserId>,
    /// The name from the organisation, or from its phone's contact book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that the person chose in WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// The username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether the person refuses marketing.
    #[serde(default)]
    pub opted_out: bool,
    /// When the row was created.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

impl Contact {
    /// Creates a contact of whom nothing is known yet.
    pub const fn new(id: ContactId, org: OrgId, at: Time) -> Self {
        Self {
            id,
            org,
            phone: None,
            user_id: None,
            parent_user_id: None,
            name: None,
            profile_name: None,
            username: None,
            opted_out: false,
            created_at: at,
            updated_at: at,
        }
    }

    /// Returns the name that people see.
    pub fn shown_name(&self) -> Option<&str> {
        self.name
            .as_deref()
            .or(self.profile_name.as_deref())
            .or(self.username.as_deref())
            .or(self.phone.as_deref())
    }

    /// Adds what `party` says. Returns whether anything is new.
    pub fn learn(&mut self, party: &Party, at: Time) -> bool {
        let before = self.clone();
        let newer = |known: &mut Option<String>, told: &Option<String>| {
            if let Some(told) = told.as_ref().filter(|told| !told.is_empty())
                && known.as_ref() != Some(told)
            {
                *known = Some(told.clone());
            }
        };
        newer(&mut self.phone, &party.phone);
        newer(&mut self.profile_name, &party.profile_name);
        newer(&mut self.username, &party.username);
        if party.user_id.is_some() {
            self.user_id.clone_from(&party.user_id);
        }
        if party.parent_user_id.is_some() {
            self.parent_user_id.clone_from(&party.parent_user_id);
        }
        let changed = *self != before;
        if changed {
            self.updated_at = at;
        }
        changed
    }

    /// Adds what `other`, the same person, has and this contact lacks.
    pub fn absorb(&mut self, other: Self, at: Time) {
        self.phone = self.phone.take().or(other.phone);
        self.user_id = self.user_id.take().or(other.user_id);
        self.parent_user_id = self.parent_user_id.take().or(other.parent_user_id);
        self.name = self.name.take().or(other.name);
        self.profile_name = self.profile_name.take().or(other.profile_name);
        self.username = self.username.take().or(other.username);
        self.opted_out |= other.opted_out;
        self.created_at = self.created_at.min(other.created_at);
        self.updated_at = at;
    }
}

/// A key by which a contact is found within an organisation. No two contacts share one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum ContactKey {
    /// A number in [`phone::canonical`] form.
    Phone(String),
    /// A business-scoped user id.
    UserId(String),
    /// A parent user id.
    ParentUserId(String),
}

impl ContactKey {
    /// Returns the stored kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::UserId(_) => "user_id",
            Self::ParentUserId(_) => "parent_user_id",
        }
    }

    /// Returns the stored value.
    pub fn value(&self) -> &str {
        match self {
            Self::Phone(value) | Self::UserId(value) | Self::ParentUserId(value) => value,
        }
    }

    /// Reads a stored key. `None` for an unknown kind.
    pub fn read(kind: &str, value: String) -> Option<Self> {
        Some(match kind {
            "phone" => Self::Phone(value),
            "user_id" => Self::UserId(value),
            "parent_user_id" => Self::ParentUserId(value),
            _ => return None,
        })
    }

    /// Returns all keys of the party, the most certain first.
    pub fn of(party: &Party) -> Vec<Self> {
        let user = party.user_id.iter().map(|id| Self::UserId(id.to_string()));
        let phone = party
            .phone
            .iter()
            .map(|number| phone::canonical(number))
            .filter(|number| !number.is_empty())
            .map(Self::Phone);
        let parent = party
            .parent_user_id
            .iter()
            .map(|id| Self::ParentUserId(id.to_string()));
        user.chain(phone).chain(parent).collect()
    }
}
