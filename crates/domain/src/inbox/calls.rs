//! Calls: each is one message in its conversation, and collects all facts about it.

use super::{Planner, Refused, people::Named};
use crate::{
    conversation::{ConversationState, Peer},
    event::EventData,
    ids::{AccountId, ConversationId, MessageId, OrgId, Wamid},
    inbound::{Call, MediaContent, MessageContent, MessageFact, Origin},
    message::{Direction, Message, MessageStatus},
};

impl Planner<'_> {
    /// Applies a call: one message collects all facts about it, its recording among them. A transcript is a message
    /// beside it.
    pub(super) fn call(
        &mut self,
        org: OrgId,
        account: AccountId,
        call: &Call,
    ) -> Result<(), Refused> {
        let key = (account, call.call_id.clone());
        let is_news = match self.state.messages.contains_key(&key) {
            true => self.call_went_on(org, &key, call),
            false => {
                self.call_began(org, account, call)?;
                true
            }
        };
        if is_news {
            self.fetch_media(&key);
            self.message_event(org, &key, call.party.clone(), EventData::CallUpdated);
        }
        match &call.transcript {
            Some(file) => self.message(org, account, &transcript(call, file)),
            None => Ok(()),
        }
    }

    /// Merges new facts into a known call. Returns whether anything is new.
    fn call_went_on(&mut self, org: OrgId, key: &(AccountId, Wamid), call: &Call) -> bool {
        let Some(message) = self.state.messages.get_mut(key) else {
            return false;
        };
        let conversation = message.conversation;
        let MessageContent::Call(known) = &mut message.content else {
            return false;
        };
        let was_missed = known.is_missed();
        let mut is_news = merge_call(known, call);
        let is_missed = known.is_missed() && !was_missed;
        if message.errors.is_empty() && !call.errors.is_empty() {
            message.errors.clone_from(&call.errors);
            is_news = true;
        }
        let likely = message.contact;
        if call.group_id.is_none() && !call.party.is_nobody() {
            let named = Named {
                org,
                account: Some(key.0),
                party: &call.party,
                former: &[],
                likely,
                at: call.at,
            };
            // A call without a person changes no contact.
            self.person(&named).ok();
        }
        if is_news {
            self.touched.changed_messages.insert(key.clone());
        }
        if is_missed {
            self.missed(org, conversation);
        }
        is_news
    }

    fn call_began(&mut self, org: OrgId, account: AccountId, call: &Call) -> Result<(), Refused> {
        let contact = match call.group_id.is_some() && call.party.is_nobody() {
            true => None,
            false => Some(self.contact(org, Some(account), &call.party, call.at)?),
        };
        let peer = match (&call.group_id, contact) {
            (Some(group), _) => Peer::Group(group.clone()),
            (None, Some(contact)) => Peer::Contact(contact),
            (None, None) => return Err(Refused::Nobody),
        };
        let conversation = self.conversation(org, account, peer.clone(), call.at);
        let message = Message {
            id: MessageId(self.id()),
            org,
            account,
            conversation,
            contact,
            group_id: call.group_id.clone(),
            wamid: Some(call.call_id.clone()),
            direction: match call.by_customer {
                true => Direction::Inbound,
                false => Direction::Outbound,
            },
            content: MessageContent::Call(call.clone()),
            context: None,
            quoted: None,
            referral: None,
            status: match call.by_customer {
                true => MessageStatus::Received,
                false => MessageStatus::Sent,
            },
            errors: call.errors.clone(),
            pricing: None,
            media: None,
            at: call.at,
            edited_at: None,
            revoked_at: None,
            created_at: self.now,
            extra: self.extra.clone(),
            job: None,
        };
        // Only the end of a call shows whether it was missed.
        self.note(org, (account, peer), &message, Origin::Echo, &call.party);
        self.insert(account, call.call_id.clone(), message);
        if call.is_missed() {
            self.missed(org, conversation);
        }
        Ok(())
    }

    /// Opens the conversation of a missed call, and counts the call as unread, like a message.
    fn missed(&mut self, org: OrgId, id: ConversationId) {
        let now = self.now;
        let Some(conversation) = self.conversation_by_id(id) else {
            return;
        };
        conversation.unread = conversation.unread.saturating_add(1);
        conversation.state = ConversationState::Open;
        conversation.updated_at = now;
        let changed = Box::new(conversation.clone());
        self.event(org, EventData::ConversationUpdated(changed));
    }
}

fn transcript(call: &Call, file: &MediaContent) -> MessageFact {
    MessageFact {
        wamid: call.transcript_key(),
        direction: match call.by_customer {
            true => Direction::Inbound,
            false => Direction::Outbound,
        },
        party: call.party.clone(),
        group_id: call.group_id.clone(),
        at: call.at,
        // A transcript is not a message of the customer, so it opens nothing.
        origin: Origin::History { status: None },
        context: None,
        referral: None,
        content: MessageContent::Document(file.clone()),
    }
}

/// Merges new facts into a call, and returns whether there were any. A call that ended stays ended.
fn merge_call(known: &mut Call, told: &Call) -> bool {
    let before = known.clone();
    let rank = |call: &Call| match call.event.as_str() {
        "terminate" => 3,
        "ACCEPTED" | "REJECTED" => 2,
        "connect" => 0,
        _ => 1,
    };
    if rank(told) > rank(known) {
        known.event.clone_from(&told.event);
        known.status = told.status.clone().or(known.status.take());
    } else if known.status.is_none() {
        known.status.clone_from(&told.status);
    }
    known.at = known.at.min(told.at);
    known.started_at = known.started_at.or(told.started_at);
    known.ended_at = known.ended_at.or(told.ended_at);
    known.duration = known.duration.or(told.duration);
    if known.recording.is_none() {
        known.recording.clone_from(&told.recording);
    }
    *known != before
}
