//! People: finds contacts by any of their keys, creates them, merges two that turn out to be one person, and keeps two
//! apart whose ids contradict.

use serde_json::{Map, Value};

use super::{Merge, MergeUndo, Planner, Refused};
use crate::{
    Time,
    contact::{Contact, ContactIds, ContactKey},
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, IdentityEvent, MergeEvent},
    ids::{AccountId, ContactId, ConversationId, OrgId},
    inbound::{
        ContactBookEntry, MarketingPreference, MessageContent, MessageFact, Party, UserIdChange,
    },
    phone::canonical,
};

/// Returns the keys of the person before the change.
pub(super) fn previous_keys(change: &UserIdChange) -> Vec<ContactKey> {
    ContactKey::of(&Party {
        user_id: change.previous.clone(),
        parent_user_id: change.previous_parent.clone(),
        ..Party::default()
    })
}

/// The ids of the person of a notice, now and before.
pub(super) struct Identity {
    /// The person now.
    pub(super) now: Party,
    /// Keys that the person had before.
    pub(super) former: Vec<ContactKey>,
    /// Whether the person has a new number, even if the notice does not name it.
    is_number_new: bool,
}

/// Returns the parts of a preference besides the choice about marketing: the sign-up, and Meta's words.
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
    if !told.is_empty() {
        told.insert("value".to_owned(), preference.value.clone().into());
        told.insert("category".to_owned(), "marketing_messages".into());
    }
    told
}

/// Reads the present and former ids of the person of a notice. Any id may be missing: `from` can hold the former or the
/// present ones, and the notice names only some as former.
pub(super) fn identity(fact: &MessageFact) -> Option<Identity> {
    let MessageContent::System {
        kind,
        now: told,
        previous,
        ..
    } = &fact.content
    else {
        return None;
    };
    let told = told.clone().unwrap_or_default();
    let previous = previous.as_deref().cloned().unwrap_or_default();
    let from = &fact.party;
    let is_number_new = kind.ends_with("changed_number");
    // The author's id is the present one unless the notice tells another, or tells this one as the former.
    let present = |told: &Option<_>, from: &Option<_>, before: &Option<_>| {
        let from = from.clone().filter(|id| before.as_ref() != Some(id));
        told.clone().or(from)
    };
    let now = Party {
        phone: match is_number_new {
            true => told.phone.clone(),
            false => told.phone.clone().or_else(|| from.phone.clone()),
        },
        user_id: present(&told.user_id, &from.user_id, &previous.user_id),
        parent_user_id: present(
            &told.parent_user_id,
            &from.parent_user_id,
            &previous.parent_user_id,
        ),
        profile_name: told.profile_name.or_else(|| from.profile_name.clone()),
        username: told.username.or_else(|| from.username.clone()),
        identity_key_hash: told.identity_key_hash,
    };
    let keys = ContactKey::of(&now);
    let mut former = ContactKey::of(&previous);
    former.extend(ContactKey::of(from));
    former.retain(|key| !keys.contains(key));
    former.dedup();
    (!keys.is_empty() || !former.is_empty()).then_some(Identity {
        now,
        former,
        is_number_new,
    })
}

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
    /// When Meta told it.
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

    fn contact_changed(&mut self, org: OrgId, id: ContactId) {
        self.touched.contacts.insert(id);
        if let Some(contact) = self.state.contacts.get(&id) {
            let contact = Box::new(contact.clone());
            self.event(org, EventData::ContactUpdated(contact));
        }
    }

    /// Adds an event for an id that was replaced or removed. Another spelling of a number is no change.
    fn identity_changed(&mut self, org: OrgId, id: ContactId, before: ContactIds) {
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

    /// Applies a notice about who the person is now.
    pub(super) fn identify(
        &mut self,
        org: OrgId,
        account: AccountId,
        told: &Identity,
        at: Time,
    ) -> Result<ContactId, Refused> {
        let id = self.person(&Named {
            org,
            account: Some(account),
            party: &told.now,
            former: &told.former,
            likely: None,
            at,
        })?;
        let now = self.now;
        // The number changed, and Meta does not name the new one.
        let is_former = |number: &str| {
            let key = ContactKey::Phone(canonical(number));
            told.former.contains(&key)
        };
        if told.is_number_new
            && told.now.phone.is_none()
            && let Some(contact) = self.state.contacts.get_mut(&id)
            && contact.phone.as_deref().is_some_and(is_former)
            && contact.times.phone.is_none_or(|since| at >= since)
        {
            let before = contact.ids();
            contact.phone = None;
            contact.times.phone = Some(at);
            contact.updated_at = now;
            self.contact_changed(org, id);
            self.identity_changed(org, id, before);
        }
        self.rename_threads(id, told);
        Ok(id)
    }

    /// Answers in the person's threads go to the new id. A number that the notice did not tell may be stale.
    fn rename_threads(&mut self, id: ContactId, told: &Identity) {
        let Some(new) = &told.now.user_id else { return };
        let former = |id| told.former.contains(&ContactKey::UserId(id));
        for (key, thread) in &mut self.state.conversations {
            let is_theirs = key.1 == Peer::Contact(id);
            if is_theirs
                && thread
                    .user_id
                    .as_ref()
                    .is_some_and(|id| former(id.to_string()))
            {
                thread.user_id = Some(new.clone());
                thread.is_phone_stale |= told.now.phone.is_none();
                thread.updated_at = self.now;
                self.touched.conversations.insert(key.clone());
            }
        }
    }

    fn merge(&mut self, org: OrgId, from: ContactId, into: ContactId) {
        let Some(gone) = self.state.contacts.remove(&from) else {
            return;
        };
        let now = self.now;
        let keys = self.keys_of.remove(&from).unwrap_or_default();
        let is_stored = !self.touched.new_contacts.contains(&from);
        let undo = is_stored.then(|| MergeUndo {
            id: self.id(),
            contact: gone.clone(),
            keys: keys.clone(),
            at: now,
        });
        if let Some(contact) = self.state.contacts.get_mut(&into) {
            contact.absorb(gone, now);
        }
        self.touched.contacts.remove(&from);
        self.touched.contacts.insert(into);
        for key in &keys {
            self.state.keys.insert((org, key.clone()), into);
        }
        self.keys_of.entry(into).or_default().extend(keys);
        for (_, _, id) in &mut self.plan.keys {
            if *id == from {
                *id = into;
            }
        }
        let conversations = self.merge_conversations(from, into);
        for message in self.state.messages.values_mut() {
            if message.contact == Some(from) {
                message.contact = Some(into);
            }
            if let Some((_, to)) = conversations
                .iter()
                .find(|(of, _)| *of == message.conversation)
            {
                message.conversation = *to;
            }
        }
        let waiting = self.state.waiting.values_mut().flatten();
        for waiter in waiting.chain(&mut self.plan.waiting) {
            let moved = conversations
                .iter()
                .find(|(of, _)| waiter.conversation == Some(*of));
            if let Some((_, to)) = moved {
                waiter.conversation = Some(*to);
            }
        }
        for media in &mut self.plan.media {
            if let Some((_, to)) = conversations
                .iter()
                .find(|(of, _)| *of == media.conversation)
            {
                media.conversation = *to;
            }
        }
        self.plan.merges.push(Merge {
            org,
            from,
            into,
            conversations: conversations.clone(),
            undo: undo.map(Box::new),
        });
        if let Some(contact) = self.state.contacts.get(&into) {
            let event = MergeEvent {
                contact: Box::new(contact.clone()),
                merged: from,
                conversations,
            };
            self.event(org, EventData::ContactMerged(event));
        }
    }

    /// Moves the conversations of one contact to another. Where both have one with the same number, one is removed.
    fn merge_conversations(
        &mut self,
        from: ContactId,
        into: ContactId,
    ) -> Vec<(ConversationId, ConversationId)> {
        let peer = Peer::Contact(from);
        let accounts: Vec<_> = self
            .state
            .conversations
            .keys()
            .filter(|(_, of)| *of == peer)
            .map(|(account, _)| *account)
            .collect();
        let mut gone = Vec::new();
        for account in accounts {
            self.touched.conversations.remove(&(account, peer.clone()));
            let Some(moved) = self.state.conversations.remove(&(account, peer.clone())) else {
                continue;
            };
            let key = (account, Peer::Contact(into));
            let mut left = match self.state.conversations.remove(&key) {
                None => moved,
                Some(other) => {
                    let is_new =
                        |one: &Conversation| self.touched.new_conversations.contains(&one.id);
                    let (mut left, goes) = match is_new(&other) && !is_new(&moved) {
                        true => (moved, other),
                        false => (other, moved),
                    };
                    gone.push((goes.id, left.id));
                    join(&mut left, goes);
                    left
                }
            };
            left.peer = Peer::Contact(into);
            left.updated_at = self.now;
            self.touched.conversations.insert(key.clone());
            self.state.conversations.insert(key, left);
        }
        gone
    }

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

    /// Applies a person's new business-scoped id.
    pub(super) fn user_id(
        &mut self,
        org: OrgId,
        account: Option<AccountId>,
        change: &UserIdChange,
        received_at: Time,
    ) -> Result<(), Refused> {
        let at = change.at.unwrap_or(received_at);
        let told = Identity {
            now: change.party.clone(),
            former: previous_keys(change),
            is_number_new: false,
        };
        let id = self.person(&Named {
            org,
            account,
            party: &told.now,
            former: &told.former,
            likely: None,
            at,
        })?;
        self.rename_threads(id, &told);
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

/// Merges two conversations.
fn join(left: &mut Conversation, gone: Conversation) {
    if gone.last_message_at > left.last_message_at {
        left.last_message_at = gone.last_message_at;
        left.last_message = gone.last_message;
    }
    left.unread = left.unread.saturating_add(gone.unread);
    if gone.last_inbound_at > left.last_inbound_at || left.user_id.is_none() {
        left.user_id = gone.user_id.or(left.user_id.take());
        left.is_phone_stale = gone.is_phone_stale;
    }
    left.last_inbound_at = left.last_inbound_at.max(gone.last_inbound_at);
    left.free_entry_at = left.free_entry_at.max(gone.free_entry_at);
    left.free_entry_until = left.free_entry_until.max(gone.free_entry_until);
    left.window_refused_at = left.window_refused_at.max(gone.window_refused_at);
    left.turn.merge(gone.turn);
    left.assignee = left.assignee.or(gone.assignee);
    left.created_at = left.created_at.min(gone.created_at);
    if gone.state == ConversationState::Open {
        left.state = ConversationState::Open;
    }
}
