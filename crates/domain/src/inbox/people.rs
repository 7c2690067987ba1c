//! People: finds contacts by any of their keys, creates them, and merges two that turn out to be one person.

use super::{Merge, Planner, Refused};
use crate::{
    contact::{Contact, ContactKey},
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, MergeEvent},
    ids::{ContactId, ConversationId, OrgId},
    inbound::{ContactBookEntry, MarketingPreference, Party, UserIdChange},
};

/// Returns the keys of the person before the change.
pub(super) fn previous_keys(change: &UserIdChange) -> Vec<ContactKey> {
    ContactKey::of(&Party {
        user_id: change.previous.clone(),
        parent_user_id: change.previous_parent.clone(),
        ..Party::default()
    })
}

impl Planner<'_> {
    /// Finds the contact of the party by any key, or creates it. Contacts that share the party's keys are merged.
    pub(super) fn contact(&mut self, org: OrgId, party: &Party) -> Result<ContactId, Refused> {
        self.contact_known_as(org, party, &[])
    }

    /// Does the same for a person who was also known by other keys.
    pub(super) fn contact_known_as(
        &mut self,
        org: OrgId,
        party: &Party,
        also: &[ContactKey],
    ) -> Result<ContactId, Refused> {
        let mut keys = ContactKey::of(party);
        keys.extend_from_slice(also);
        let mut found: Vec<ContactId> = Vec::new();
        for key in &keys {
            if let Some(&id) = self.state.keys.get(&(org, key.clone()))
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
        // The oldest contact remains, and a stored one before a new one: so a store can merge before it writes new
        // rows.
        found.sort_unstable_by_key(|id| (self.touched.new_contacts.contains(id), *id));
        let mut found = found.into_iter();
        let (id, is_new) = match found.next() {
            Some(id) => (id, false),
            None if keys.is_empty() => return Err(Refused::Nobody),
            None => {
                let id = ContactId(self.id());
                let contact = Contact::new(id, org, self.now);
                self.state.contacts.insert(id, contact);
                self.touched.new_contacts.insert(id);
                (id, true)
            }
        };
        for other in found {
            self.merge(org, other, id);
        }
        for key in keys {
            if self.state.keys.insert((org, key.clone()), id) != Some(id) {
                self.plan.keys.push((org, key, id));
            }
        }
        let now = self.now;
        let contact = self.state.contacts.get_mut(&id);
        if contact.is_some_and(|contact| contact.learn(party, now)) || is_new {
            self.contact_changed(org, id);
        }
        Ok(id)
    }

    fn contact_changed(&mut self, org: OrgId, id: ContactId) {
        self.touched.contacts.insert(id);
        if let Some(contact) = self.state.contacts.get(&id) {
            let contact = Box::new(contact.clone());
            self.event(org, EventData::ContactUpdated(contact));
        }
    }

    fn merge(&mut self, org: OrgId, from: ContactId, into: ContactId) {
        let Some(gone) = self.state.contacts.remove(&from) else {
            return;
        };
        let now = self.now;
        if let Some(contact) = self.state.contacts.get_mut(&into) {
            contact.absorb(gone, now);
        }
        self.touched.contacts.remove(&from);
        self.touched.contacts.insert(into);
        for ((of, _), id) in &mut self.state.keys {
            if *of == org && *id == from {
                *id = into;
            }
        }
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

    /// Applies an entry of the business's contact book.
    pub(super) fn contact_book(
        &mut self,
        org: OrgId,
        entry: &ContactBookEntry,
    ) -> Result<(), Refused> {
        let id = self.contact(org, &entry.party)?;
        let name = match entry.removed {
            true => None,
            false => entry.full_name.clone().or_else(|| entry.first_name.clone()),
        };
        let now = self.now;
        if let Some(contact) = self.state.contacts.get_mut(&id)
            && contact.name != name
        {
            contact.name = name;
            contact.updated_at = now;
            self.contact_changed(org, id);
        }
        Ok(())
    }

    /// Applies a person's new business-scoped id.
    pub(super) fn user_id(&mut self, org: OrgId, change: &UserIdChange) -> Result<(), Refused> {
        self.contact_known_as(org, &change.party, &previous_keys(change))?;
        Ok(())
    }

    /// Applies a person's choice about marketing.
    pub(super) fn preference(
        &mut self,
        org: OrgId,
        preference: &MarketingPreference,
    ) -> Result<(), Refused> {
        let id = self.contact(org, &preference.party)?;
        let now = self.now;
        if let (Some(opted_out), Some(contact)) =
            (preference.opted_out(), self.state.contacts.get_mut(&id))
            && contact.opted_out != opted_out
        {
            contact.opted_out = opted_out;
            contact.updated_at = now;
            self.contact_changed(org, id);
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
