//! Updates of groups: learns the people that they name, and keeps the facts at the conversation with the group.

use super::{Item, Planner};
use crate::{
    Time,
    contact::ContactKey,
    conversation::{ConversationState, Peer},
    event::{EventData, GroupEvent, GroupParticipant},
    ids::{AccountId, ContactId, ConversationId, GroupId, OrgId},
    inbound::{GroupChange, GroupUpdate, Party},
};

impl Planner<'_> {
    /// Applies an update of a group.
    pub(super) fn group(&mut self, item: &Item, update: &GroupUpdate) {
        let at = update.at.or(item.told_at).unwrap_or(item.received_at);
        let group = update.change.group_id.as_ref();
        let account = self.number_of(item, group);
        // All numbers of a WABA are in one portfolio, so any of them says where the ids hold.
        let within = account.or_else(|| item.accounts.first().copied());
        let people: Vec<_> = update
            .people
            .iter()
            .map(|person| {
                let contact = self.contact(item.org, within, &person.party, at).ok();
                (person, contact)
            })
            .collect();
        let people = people
            .into_iter()
            .map(|(person, contact)| GroupParticipant {
                contact: contact.and_then(|id| self.still(item.org, id, &person.party)),
                role: person.role,
                input: person.input.clone(),
                errors: person.errors.clone(),
            });
        let people = people.collect();
        let conversation = account
            .zip(group)
            .and_then(|(account, group)| self.keep(item.org, account, group, &update.change, at));
        let event = GroupEvent {
            account,
            conversation,
            change: update.change.clone(),
            people,
            at: update.at,
            extra: item.extra.clone(),
        };
        self.event(item.org, EventData::GroupUpdated(Box::new(event)));
    }

    /// Finds the number: the only one that the item is about, or the one that has a conversation with the group.
    fn number_of(&self, item: &Item, group: Option<&GroupId>) -> Option<AccountId> {
        if let &[account] = item.accounts.as_slice() {
            return Some(account);
        }
        let peer = Peer::Group(group?.clone());
        let mut accounts = item.accounts.iter().copied();
        accounts.find(|account| {
            let key = (*account, peer.clone());
            self.state.conversations.contains_key(&key)
        })
    }

    /// Returns the contact that a person is now: another person of the same update may have shown that two contacts are
    /// one.
    fn still(&self, org: OrgId, id: ContactId, party: &Party) -> Option<ContactId> {
        if self.state.contacts.contains_key(&id) {
            return Some(id);
        }
        let keys = ContactKey::of(party).into_iter();
        keys.filter_map(|key| self.state.keys.get(&(org, key)).copied())
            .next()
    }

    /// Keeps the facts of the group. A group that is new here gets a conversation that waits for nobody.
    fn keep(
        &mut self,
        org: OrgId,
        account: AccountId,
        group: &GroupId,
        change: &GroupChange,
        at: Time,
    ) -> Option<ConversationId> {
        let key = (account, Peer::Group(group.clone()));
        let known = self.state.conversations.get(&key);
        let before = known.and_then(|thread| thread.group.as_deref().cloned());
        let before = before.unwrap_or_default();
        let mut facts = before.clone();
        facts.tell(change, at);
        if facts == before {
            return known.map(|thread| thread.id);
        }
        let is_shown = before.shown() != facts.shown();
        let facts = Box::new(facts);
        let Some(thread) = self.state.conversations.get_mut(&key) else {
            let begun = self.begun(org, account, key.1, at, |thread| {
                thread.state = ConversationState::Closed;
                thread.group = Some(facts);
            });
            return Some(begun);
        };
        thread.group = Some(facts);
        thread.updated_at = self.now;
        let (id, told) = (thread.id, Box::new(thread.clone()));
        self.touched.conversations.insert(key);
        if is_shown {
            self.event(org, EventData::ConversationUpdated(told));
        }
        Some(id)
    }
}
