//! Facts about a contact: the business phone's contact book, and the person's choice about marketing.

use serde_json::{Map, Value};

use super::{Planner, Refused};
use crate::{
    Time,
    contact::ContactKey,
    ids::{AccountId, OrgId},
    inbound::{ContactBookEntry, MarketingPreference},
};

/// Returns the parts of a preference besides the choice about marketing: the sign-up, Meta's words, and a choice of a
/// kind to come.
pub(super) fn preference_notice(preference: &MarketingPreference) -> Map<String, Value> {
    let mut told = Map::new();
    let parts = [
        ("signup_id", &preference.signup_id),
        ("detail", &preference.detail),
    ];
    for (name, text) in parts {
        if let Some(text) = text {
            told.insert(name.to_owned(), text.clone().into());
        }
    }
    if !told.is_empty() || preference.opted_out().is_none() {
        told.insert("value".to_owned(), preference.value.clone().into());
        told.insert("category".to_owned(), "marketing_messages".into());
    }
    told
}

impl Planner<'_> {
    /// Applies an entry of the business's contact book. It never changes the name that a member gave.
    pub(super) fn contact_book(
        &mut self,
        org: OrgId,
        account: Option<AccountId>,
        entry: &ContactBookEntry,
        received_at: Time,
    ) -> Result<(), Refused> {
        let at = entry.at.unwrap_or(received_at);
        let mut keys = ContactKey::of(&entry.party).into_iter();
        if entry.removed && !keys.any(|key| self.state.keys.contains_key(&(org, key))) {
            return Ok(());
        }
        let id = self.contact(org, account, &entry.party, at)?;
        let name = match entry.removed {
            true => None,
            false => entry.full_name.clone().or_else(|| entry.first_name.clone()),
        };
        let now = self.now;
        if let Some(contact) = self.state.contacts.get_mut(&id) {
            let before = contact.book_name.clone();
            if contact.enter_in_book(name, at, now) {
                match contact.book_name == before {
                    true => drop(self.touched.contacts.insert(id)),
                    false => self.contact_changed(org, id),
                }
            }
        }
        Ok(())
    }

    /// Applies a person's choice about marketing.
    pub(super) fn preference(
        &mut self,
        org: OrgId,
        account: Option<AccountId>,
        preference: &MarketingPreference,
        received_at: Time,
    ) -> Result<(), Refused> {
        let at = preference.at.unwrap_or(received_at);
        let id = self.contact(org, account, &preference.party, at)?;
        let now = self.now;
        if let (Some(opted_out), Some(contact)) =
            (preference.opted_out(), self.state.contacts.get_mut(&id))
        {
            let before = contact.opted_out;
            if contact.prefer(opted_out, at, now) {
                match contact.opted_out == before {
                    true => drop(self.touched.contacts.insert(id)),
                    false => self.contact_changed(org, id),
                }
            }
        }
        Ok(())
    }
}
