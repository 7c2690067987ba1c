//! Parties, and facts about people themselves.

use std::{cell::Cell, collections::HashMap};

use serde_json::value::RawValue;
use wabakit_domain::{
    ids::ScopedUserId,
    inbound::{Fact, MarketingPreference, Party, UserIdChange},
    phone::canonical,
};

use super::{ItemError, Scene, time, unsupported};
use crate::json::{self, Object};

/// `contacts[]`: what a change says about the people in it.
pub(super) struct People<'a> {
    all: Vec<Party>,
    /// The contacts' bytes, and whether an item is about them.
    raw: Vec<(&'a RawValue, Cell<bool>)>,
    /// Contacts by business-scoped id and by canonical phone.
    by: HashMap<String, usize>,
}

impl<'a> People<'a> {
    pub(super) fn of(value: &Object<'a>) -> Self {
        let contacts = value.list("contacts").into_iter();
        let (raw, contacts): (Vec<_>, Vec<_>) = contacts
            .filter_map(|raw| Some(((raw, Cell::new(false)), Object::of(raw)?)))
            .unzip();
        let all: Vec<Party> = contacts
            .iter()
            .map(|contact| {
                let profile = contact.object("profile");
                let told = |name: &str| profile.as_ref()?.some(name);
                Party {
                    profile_name: told("name"),
                    username: told("username").or_else(|| contact.some("username")),
                    identity_key_hash: contact.some("identity_key_hash"),
                    ..party(contact, "wa_id", "user_id", "parent_user_id")
                }
            })
            .collect();
        let mut by = HashMap::new();
        if all.len() > 1 {
            for (index, party) in all.iter().enumerate() {
                for key in keys(party) {
                    by.entry(key).or_insert(index);
                }
            }
        }
        Self { all, raw, by }
    }

    /// Takes back that contacts were read which no item is about, so that they are told as they came.
    pub(super) fn forget_strangers(&self) {
        let strangers = self.raw.iter().filter(|(_, is_used)| !is_used.get());
        let strangers: Vec<_> = strangers.map(|(raw, _)| *raw).collect();
        json::forget(&strangers);
    }

    fn found(&self, index: usize) -> Option<&Party> {
        let (_, is_used) = self.raw.get(index)?;
        is_used.set(true);
        self.all.get(index)
    }

    /// Completes a notice of a change from the only contact: adds its name, and ids that the notice gives neither as
    /// new nor as former.
    pub(super) fn tell_change(&self, from: &mut Party, now: &mut Party, previous: Option<&Party>) {
        let only = (self.all.len() == 1).then(|| self.found(0)).flatten();
        let Some(known) = only.cloned() else {
            return;
        };
        let default = Party::default();
        let previous = previous.unwrap_or(&default);
        let present =
            |told: &mut Option<_>, from: &Option<_>, before: &Option<_>, id: Option<_>| {
                if told.is_none() && from.is_none() && id != *before {
                    *told = id;
                }
            };
        present(
            &mut now.user_id,
            &from.user_id,
            &previous.user_id,
            known.user_id,
        );
        present(
            &mut now.parent_user_id,
            &from.parent_user_id,
            &previous.parent_user_id,
            known.parent_user_id,
        );
        match (&from.phone, known.phone) {
            (None, phone) => from.phone = phone,
            (Some(old), Some(phone))
                if now.phone.is_none() && canonical(old) != canonical(&phone) =>
            {
                now.phone = Some(phone);
            }
            _ => {}
        }
        let named = match now.is_nobody() {
            true => from,
            false => now,
        };
        named.profile_name = named.profile_name.take().or(known.profile_name);
        named.username = named.username.take().or(known.username);
    }

    /// Adds to a party what `contacts[]` says about it. A single contact is the person of the item even when they share
    /// no id: either may lack the phone.
    pub(super) fn complete(&self, party: Party) -> Party {
        match self.all.as_slice() {
            [only] if !contradict(&party, only) => self.filled(party, 0),
            _ => self.complete_known(party),
        }
    }

    /// Does the same for one of many people: only a contact that shares an id is this person.
    pub(super) fn complete_known(&self, party: Party) -> Party {
        let index = match self.all.as_slice() {
            [only] => is_same(only, &party).then_some(0),
            _ => keys(&party).find_map(|key| self.by.get(&key).copied()),
        };
        match index {
            Some(index) if !self.contradicts(&party, index) => self.filled(party, index),
            _ => party,
        }
    }

    fn contradicts(&self, party: &Party, index: usize) -> bool {
        let known = self.all.get(index);
        known.is_some_and(|known| contradict(party, known))
    }

    fn filled(&self, party: Party, index: usize) -> Party {
        match self.found(index) {
            Some(known) => filled(party, known),
            None => party,
        }
    }
}

/// Tells whether two parties share an id.
fn is_same(one: &Party, other: &Party) -> bool {
    keys(one).any(|key| keys(other).any(|other| other == key))
}

/// Adds what `known` says about the same person, unless their ids show that it is another person.
pub(super) fn filled(party: Party, known: &Party) -> Party {
    if contradict(&party, known) {
        return party;
    }
    let known = known.clone();
    Party {
        phone: party.phone.or(known.phone),
        user_id: party.user_id.or(known.user_id),
        parent_user_id: party.parent_user_id.or(known.parent_user_id),
        profile_name: party.profile_name.or(known.profile_name),
        username: party.username.or(known.username),
        identity_key_hash: party.identity_key_hash.or(known.identity_key_hash),
    }
}

fn keys(party: &Party) -> impl Iterator<Item = String> {
    let user = party.user_id.as_ref().map(ToString::to_string);
    user.into_iter()
        .chain(party.phone.as_deref().map(canonical))
}

fn contradict(one: &Party, other: &Party) -> bool {
    if let (Some(one), Some(other)) = (&one.user_id, &other.user_id) {
        return one != other;
    }
    match (&one.phone, &other.phone) {
        (Some(one), Some(other)) => canonical(one) != canonical(other),
        _ => false,
    }
}

/// Reads a party. The arguments are the names of the members with its ids.
pub(super) fn party(object: &Object<'_>, phone: &str, user_id: &str, parent: &str) -> Party {
    let scoped = |name: &str| object.id(name).map(ScopedUserId::from);
    let named = object.id(phone).map(who).unwrap_or_default();
    Party {
        user_id: scoped(user_id).or(named.user_id),
        parent_user_id: scoped(parent),
        phone: named.phone,
        ..Party::default()
    }
}

/// Reads an id: a phone number, or a business-scoped id where Meta has no number.
pub(super) fn who(id: String) -> Party {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    let (phone, user_id) = match id.as_bytes() {
        [one, two, b'.', ..] if is_letter(one) && is_letter(two) => (None, Some(id.into())),
        bytes if bytes.iter().any(is_letter) => (None, None),
        _ => (digits(&id), None),
    };
    Party {
        phone,
        user_id,
        ..Party::default()
    }
}

/// Reads the digits of a number that may be written with `+`, spaces and brackets.
pub(super) fn digits(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Reads an element of `user_id_update[]`.
pub(super) fn user_id_change(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    // Each of the two may be a pair of ids, or the current id.
    let pair = |name: &str| match item.object(name) {
        Some(pair) => (pair.id("previous"), pair.id("current")),
        None => (None, item.id(name)),
    };
    let (previous, current) = pair("user_id");
    let (previous_parent, current_parent) = pair("parent_user_id");
    if previous.is_none() && current.is_none() {
        return Err(ItemError::Missing("user_id"));
    }
    let phone = item.id("wa_id").map(who).and_then(|party| party.phone);
    let party = Party {
        phone,
        user_id: current.map(Into::into),
        parent_user_id: current_parent.map(Into::into),
        ..Party::default()
    };
    Ok(Fact::UserId(UserIdChange {
        party: scene.people.complete(party),
        previous: previous.map(Into::into),
        previous_parent: previous_parent.map(Into::into),
        at: time(item, "timestamp"),
    }))
}

/// Reads an element of `user_preferences[]`.
pub(super) fn preference(
    scene: &Scene<'_>,
    _raw: &RawValue,
    item: &Object<'_>,
) -> Result<Fact, ItemError> {
    if let Some(other) = item
        .text("category")
        .filter(|category| category != "marketing_messages")
    {
        return Ok(unsupported("user_preferences", Some(&other)));
    }
    Ok(Fact::Preference(MarketingPreference {
        party: scene
            .people
            .complete(party(item, "wa_id", "user_id", "parent_user_id")),
        value: item.some("value").ok_or(ItemError::Missing("value"))?,
        detail: item.some("detail"),
        signup_id: item.id("signup_id"),
        at: time(item, "timestamp"),
    }))
}
