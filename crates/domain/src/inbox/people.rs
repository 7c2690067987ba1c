//! People: finds contacts by any of their keys, creates them, and keeps two apart whose ids contradict.

use super::{Planner, Refused};
use crate::{
    Time,
    contact::{Contact, ContactIds, ContactKey},
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, IdentityEvent},
    ids::{AccountId, ContactId, OrgId},
    inbound::Party,
    phone::canonical,
};

/// A person, as a fact names them.
pub(super) struct Named<'f> {
    /// The tenant.
    pub(super) org: OrgId,
    /// The account that the fact came for. The person's ids are valid in its portfolio.
    pub(super) account: Option<AccountId>,
    /// The person.
    pub(super) party: &'f Party,
    /// Keys that the fact tells as former ones.
    pub(super) former: &'f [ContactKey],
    /// The contact that the fact is known to be about, unless its ids contradict.
    pub(super) likely: Option<ContactId>,
    /// The time when Meta told it.
    pub(super) at: Time,
}

const fn is_phone(key: &ContactKey) -> bool {
    matches!(key, ContactKey::Phone(_))
}

impl Planner<'_> {
    /// Finds the contact of the party by any key, or creates it. Contacts that share the party's keys are merged,
    /// unless they contradict.
    pub(super) fn contact(
        &mut self,
        org: OrgId,
        account: Option<AccountId>,
        party: &Party,
        at: Time,
    ) -> Result<ContactId, Refused> {
        self.person(&Named {
            org,
            account,
            party,
            former: &[],
            likely: None,
            at,
        })
    }

    /// Does the same for a person who may also have been known by other keys.
    ///
    /// The business-scoped id decides before the phone: a number can be passed on. Within one portfolio a person has
    /// one id, so a known number that comes with another id is another person's now.
    pub(super) fn person(&mut self, named: &Named<'_>) -> Result<ContactId, Refused> {
        let (org, at, now) = (named.org, named.at, self.now);
        let scope = named
            .account
            .and_then(|account| self.state.portfolios.get(&account).cloned());
        let own = ContactKey::of(named.party);
        let mut all = own.clone();
        all.extend_from_slice(named.former);
        if all.is_empty() && named.likely.is_none() {
            return Err(Refused::Nobody);
        }
        let (mut found, mut clashes) = (Vec::new(), Vec::new());
        // Looks up ids first, because they are certain.
        let ordered = all.iter().filter(|key| !is_phone(key));
        let ordered = ordered.chain(all.iter().filter(|key| is_phone(key)));
        let owners: Vec<_> = ordered
            .filter_map(|key| Some((Some(key), self.owner(org, key, at)?)))
            .chain(named.likely.map(|id| (None, id)))
            .filter(|(_, id)| self.state.contacts.contains_key(id))
            .collect();
        for (key, id) in owners {
            if found.contains(&id) {
                continue;
            }
            let is_doubtful = key.is_none_or(is_phone);
            let clash = is_doubtful && self.contradicts(org, id, &all, scope.as_deref())
                || found.iter().any(|one| self.differ(org, *one, id, &all));
            match (clash, key) {
                (false, _) => found.push(id),
                (true, Some(key)) => clashes.push((key.clone(), id)),
                (true, None) => {}
            }
        }
        // The oldest contact remains, and a stored one before a new one: so a store can merge before it writes new
        // rows.
        found.sort_unstable_by_key(|id| (self.touched.new_contacts.contains(id), *id));
        let mut found = found.into_iter();
        let (id, is_new) = match found.next() {
            Some(id) => (id, false),
            None => (self.begin(org), true),
        };
        let before = self.state.contacts.get(&id).map(Contact::ids);
        for other in found {
            self.merge(org, other, id);
        }
        let mut party = named.party.clone();
        for key in &own {
            let clash = clashes.iter().find(|(of, _)| of == key);
            match clash {
                // An older fact takes no number away, and an id that an admin set apart stays where it is.
                Some((_, owner)) if !is_phone(key) || !self.pass_on(org, key, *owner, id, at) => {
                    match key {
                        ContactKey::Phone(_) => party.phone = None,
                        ContactKey::UserId(_) => party.user_id = None,
                        ContactKey::ParentUserId(_) => party.parent_user_id = None,
                    }
                }
                _ => self.give(org, key, id, scope.as_deref()),
            }
        }
        for key in named.former {
            if self
                .state
                .keys
                .get(&(org, key.clone()))
                .is_none_or(|of| *of == id)
            {
                self.give(org, key, id, scope.as_deref());
            }
        }
        let contact = self.state.contacts.get_mut(&id);
        if contact.is_some_and(|contact| contact.learn(&party, at, now)) || is_new {
            self.contact_changed(org, id);
        }
        if let Some(before) = before {
            self.identity_changed(org, id, before);
        }
        Ok(id)
    }

    /// Finds whose key it is. A number that the person had before they changed it is nobody's, for later facts.
    pub(super) fn owner(&self, org: OrgId, key: &ContactKey, at: Time) -> Option<ContactId> {
        let id = *self.state.keys.get(&(org, key.clone()))?;
        let contact = self.state.contacts.get(&id)?;
        match key {
            ContactKey::Phone(number) if contact.had_before(number, at) => None,
            _ => Some(id),
        }
    }

    fn begin(&mut self, org: OrgId) -> ContactId {
        let id = ContactId(self.id());
        let contact = Contact::new(id, org, self.now);
        self.state.contacts.insert(id, contact);
        self.touched.new_contacts.insert(id);
        id
    }

    /// Returns the contact's ids whose portfolio is known, each with it.
    fn scoped(&self, org: OrgId, id: ContactId) -> impl Iterator<Item = (&ContactKey, &str)> {
        let keys = self.keys_of.get(&id).into_iter().flatten();
        keys.filter(|key| !is_phone(key)).filter_map(move |key| {
            let scope = self.state.scopes.get(&(org, key.clone()))?;
            Some((key, scope.as_str()))
        })
    }

    /// Tells whether the contact has other ids in this portfolio than the ones that are named.
    fn contradicts(
        &self,
        org: OrgId,
        id: ContactId,
        named: &[ContactKey],
        scope: Option<&str>,
    ) -> bool {
        let is_like = |key: &ContactKey| named.iter().any(|other| other.kind() == key.kind());
        let mut has_other = false;
        for (key, of) in self.scoped(org, id) {
            if named.contains(key) {
                return false;
            }
            has_other |= Some(of) == scope && is_like(key);
        }
        has_other
    }

    /// Tells whether two contacts are two people: an admin said so, or they have different ids in one portfolio. Ids
    /// that the fact gives to one person do not count.
    fn differ(&self, org: OrgId, one: ContactId, other: ContactId, named: &[ContactKey]) -> bool {
        let contacts = &self.state.contacts;
        let apart = |a: ContactId, b: ContactId| {
            let contact = contacts.get(&a);
            contact.is_some_and(|contact| contact.apart.contains(&b))
        };
        let ids = |id| {
            let ids = self.scoped(org, id);
            ids.filter(|(key, _)| !named.contains(key))
        };
        apart(one, other)
            || apart(other, one)
            || ids(one).any(|(key, of)| {
                ids(other).any(|(theirs, scope)| scope == of && theirs.kind() == key.kind())
            })
    }

    fn give(&mut self, org: OrgId, key: &ContactKey, id: ContactId, scope: Option<&str>) {
        let named = (org, key.clone());
        let before = self.state.keys.insert(named.clone(), id);
        let is_scope_new = match scope.filter(|_| !is_phone(key)) {
            Some(scope) if !self.state.scopes.contains_key(&named) => {
                self.state.scopes.insert(named, scope.to_owned());
                true
            }
            _ => false,
        };
        if before == Some(id) && !is_scope_new {
            return;
        }
        if let Some(keys) = before.and_then(|before| self.keys_of.get_mut(&before)) {
            keys.retain(|other| other != key);
        }
        self.keys_of.entry(id).or_default().push(key.clone());
        self.plan.keys.push((org, key.clone(), id));
    }

    /// Passes a number on from one person to another, closes the former holder's threads, and marks them. Returns
    /// `false` when the number was still the former holder's after `at`.
    fn pass_on(
        &mut self,
        org: OrgId,
        key: &ContactKey,
        from: ContactId,
        to: ContactId,
        at: Time,
    ) -> bool {
        let now = self.now;
        let Some(contact) = self.state.contacts.get_mut(&from) else {
            return true;
        };
        if contact.times.phone.is_some_and(|since| at < since) {
            return false;
        }
        self.give(org, key, to, None);
        let Some(contact) = self.state.contacts.get_mut(&from) else {
            return true;
        };
        let had = contact.phone.as_deref().map(canonical);
        if had.as_deref() != Some(key.value()) {
            return true;
        }
        let before = contact.ids();
        contact.pass_on(to, at, now);
        self.contact_changed(org, from);
        self.identity_changed(org, from, before);
        let peer = Peer::Contact(from);
        let threads = self.state.conversations.iter_mut();
        let mut closed: Vec<Conversation> = Vec::new();
        for (key, thread) in threads.filter(|((_, of), _)| *of == peer) {
            thread.is_phone_stale = true;
            thread.state = ConversationState::Closed;
            thread.updated_at = now;
            self.touched.conversations.insert(key.clone());
            closed.push(thread.clone());
        }
        closed.sort_unstable_by_key(|thread| thread.id);
        for thread in closed {
            self.event(org, EventData::ConversationUpdated(Box::new(thread)));
        }
        true
    }

    pub(super) fn contact_changed(&mut self, org: OrgId, id: ContactId) {
        self.touched.contacts.insert(id);
        if let Some(contact) = self.state.contacts.get(&id) {
            let contact = Box::new(contact.clone());
            self.event(org, EventData::ContactUpdated(contact));
        }
    }

    /// Adds an event for an id that was replaced or removed. Another spelling of a number is no change.
    pub(super) fn identity_changed(&mut self, org: OrgId, id: ContactId, before: ContactIds) {
        let Some(contact) = self.state.contacts.get(&id) else {
            return;
        };
        let number = |phone: &Option<String>| phone.as_deref().map(canonical);
        let is_other = before.phone.is_some() && number(&before.phone) != number(&contact.phone)
            || before.user_id.is_some() && before.user_id != contact.user_id
            || before.parent_user_id.is_some() && before.parent_user_id != contact.parent_user_id;
        if is_other {
            let event = IdentityEvent {
                contact: Box::new(contact.clone()),
                previous: before,
            };
            self.event(org, EventData::ContactIdentityChanged(event));
        }
    }
}
