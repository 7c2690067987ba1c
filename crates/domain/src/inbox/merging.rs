//! Merges: two contacts that turn out to be one person become one, with their conversations.

use super::{Merge, MergeUndo, Planner};
use crate::{
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, MergeEvent},
    ids::{ContactId, ConversationId, OrgId},
};

impl Planner<'_> {
    pub(super) fn merge(&mut self, org: OrgId, from: ContactId, into: ContactId) {
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
