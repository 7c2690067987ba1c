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
    /// The name that a member of the organisation gave. Only a member changes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name in the contact book of the organisation's phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book_name: Option<String>,
    /// The name that the person chose in WhatsApp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    /// The username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Tells whether the person refuses marketing.
    #[serde(default)]
    pub opted_out: bool,
    /// The times of these facts, by Meta's clock.
    #[serde(default)]
    pub times: ContactTimes,
    /// The number that the person lost to somebody else, until they have another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<PassedOn>,
    /// Contacts that an admin said are other people. They are never merged again. At most [`MOST_APART`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<ContactId>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when it was last changed.
    pub updated_at: Time,
}

/// The most contacts that one contact is kept apart from.
pub const MOST_APART: usize = 50;

/// The times of a contact's facts, by Meta's clock: an older fact never undoes a newer one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactTimes {
    /// The time when an id or a name of the person last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Time>,
    /// The time when the person got the phone number, or lost it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Time>,
    /// The time when the phone's contact book last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<Time>,
    /// The time when the person last chose about marketing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<Time>,
}

/// A number that was passed on to another person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PassedOn {
    /// The number.
    pub phone: String,
    /// The time when Meta first named the other person with it.
    pub at: Time,
    /// The other person.
    pub to: ContactId,
}

/// The ids of a contact before they changed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactIds {
    /// The WhatsApp id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<ScopedUserId>,
    /// The parent user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<ScopedUserId>,
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
            book_name: None,
            profile_name: None,
            username: None,
            opted_out: false,
            times: ContactTimes {
                told: None,
                phone: None,
                book: None,
                preference: None,
            },
            passed_on: None,
            apart: Vec::new(),
            created_at: at,
            updated_at: at,
        }
    }

    /// Returns the organisation's name for the person: the one that a member gave, else that of the contact book.
    pub fn own_name(&self) -> Option<&str> {
        self.name.as_deref().or(self.book_name.as_deref())
    }

    /// Returns the name that people see.
    pub fn shown_name(&self) -> Option<&str> {
        self.own_name()
            .or(self.profile_name.as_deref())
            .or(self.username.as_deref())
            .or(self.phone.as_deref())
    }

    /// Returns the ids.
    pub fn ids(&self) -> ContactIds {
        ContactIds {
            phone: self.phone.clone(),
            user_id: self.user_id.clone(),
            parent_user_id: self.parent_user_id.clone(),
        }
    }

    /// Tells whether the person has another number, or none, since before `at`: then a fact of `at` that names this
    /// number is about somebody else.
    pub fn had_before(&self, canonical: &str, at: Time) -> bool {
        let has = self.phone.as_deref().map(phone::canonical);
        has.as_deref() != Some(canonical) && self.times.phone.is_some_and(|since| since < at)
    }

    /// Adds the ids and names of `party`, as of `told` by Meta's clock. A fact older than the last change only fills
    /// gaps. Returns whether anything changed.
    pub fn learn(&mut self, party: &Party, told: Time, now: Time) -> bool {
        let before = self.clone();
        let is_news = self.times.told.is_none_or(|last| told >= last);
        let newer = |known: &mut Option<String>, said: &Option<String>| {
            if let Some(said) = said.as_ref().filter(|said| !said.is_empty())
                && known.as_ref() != Some(said)
                && (is_news || known.is_none())
            {
                *known = Some(said.clone());
            }
        };
        let ids = |known: &mut Option<ScopedUserId>, said: &Option<ScopedUserId>| {
            if said.is_some() && (is_news || known.is_none()) {
                known.clone_from(said);
            }
        };
        newer(&mut self.profile_name, &party.profile_name);
        newer(&mut self.username, &party.username);
        ids(&mut self.user_id, &party.user_id);
        ids(&mut self.parent_user_id, &party.parent_user_id);
        if let Some(number) = party.phone.as_ref().filter(|number| !number.is_empty())
            && self.times.phone.is_none_or(|since| told >= since)
            && (is_news || self.phone.is_none())
        {
            let canonical = |number: &String| phone::canonical(number);
            if self.phone.as_ref().map(canonical) != Some(canonical(number)) {
                self.times.phone = Some(told);
                self.passed_on = None;
            }
            self.phone = Some(number.clone());
        }
        let changed = *self != before;
        if changed {
            self.times.told = self.times.told.max(Some(told));
            self.updated_at = now;
        }
        changed
    }

    /// Takes the number away: from `at` on it is `to`'s.
    pub fn pass_on(&mut self, to: ContactId, at: Time, now: Time) {
        if let Some(phone) = self.phone.take() {
            self.passed_on = Some(PassedOn { phone, at, to });
            self.times.phone = Some(at);
            self.updated_at = now;
        }
    }

    /// Applies the person's choice about marketing, unless a newer one is known. Returns whether anything changed.
    pub fn prefer(&mut self, opted_out: bool, told: Time, now: Time) -> bool {
        if self.times.preference.is_some_and(|last| told < last) {
            return false;
        }
        let is_news = self.opted_out != opted_out;
        let changed = is_news || self.times.preference != Some(told);
        self.opted_out = opted_out;
        self.times.preference = Some(told);
        if changed {
            self.updated_at = now;
        }
        changed
    }

    /// Applies the contact book's name, unless a newer one is known. Returns whether anything changed.
    pub fn enter_in_book(&mut self, name: Option<String>, told: Time, now: Time) -> bool {
        if self.times.book.is_some_and(|last| told < last) {
            return false;
        }
        let changed = self.book_name != name || self.times.book != Some(told);
        self.book_name = name;
        self.times.book = Some(told);
        if changed {
            self.updated_at = now;
        }
        changed
    }

    /// Adds the facts of `other`, the same person, that this contact lacks or has from an earlier time. Of two choices
    /// about marketing, and of two names in the contact book, the newer one stays.
    pub fn absorb(&mut self, other: Self, now: Time) {
        let is_newer = other.times.told > self.times.told;
        if other.phone.is_some() && (self.phone.is_none() || other.times.phone > self.times.phone) {
            self.phone = other.phone;
            self.times.phone = other.times.phone;
            self.passed_on = None;
        }
        newer(is_newer, &mut self.user_id, other.user_id);
        newer(is_newer, &mut self.parent_user_id, other.parent_user_id);
        newer(is_newer, &mut self.profile_name, other.profile_name);
        newer(is_newer, &mut self.username, other.username);
        self.name = self.name.take().or(other.name);
        if other.times.book > self.times.book || self.book_name.is_none() {
            self.book_name = other.book_name.or(self.book_name.take());
            self.times.book = self.times.book.max(other.times.book);
        }
        if other.times.preference == self.times.preference {
            self.opted_out |= other.opted_out;
        } else if other.times.preference > self.times.preference {
            self.opted_out = other.opted_out;
            self.times.preference = other.times.preference;
        }
        self.times.told = self.times.told.max(other.times.told);
        for id in other.apart {
            self.keep_apart(id);
        }
        self.created_at = self.created_at.min(other.created_at);
        self.updated_at = now;
    }

    /// Notes that `other` is another person. The oldest of too many is forgotten.
    pub fn keep_apart(&mut self, other: ContactId) {
        if self.apart.contains(&other) || other == self.id {
            return;
        }
        if self.apart.len() >= MOST_APART {
            self.apart.remove(0);
        }
        self.apart.push(other);
    }
}

/// Replaces the known value by another one that is newer, or fills a gap.
fn newer<T>(is_newer: bool, known: &mut Option<T>, other: Option<T>) {
    if is_newer || known.is_none() {
        *known = other.or_else(|| known.take());
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
