//! Messages and calls: finds or creates them in their conversation, with their file.

use super::{NewMedia, Planner, Refused};
use crate::{
    Time,
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, MessageEvent},
    ids::{AccountId, ContactId, ConversationId, MediaId, MessageId, OrgId, Wamid},
    inbound::{Call, MessageContent, MessageFact, Origin, Party},
    message::{Direction, Message, MessageStatus},
};

impl Planner<'_> {
    /// Applies a message.
    pub(super) fn message(
        &mut self,
        org: OrgId,
        account: AccountId,
        fact: &MessageFact,
    ) -> Result<(), Refused> {
        let key = (account, fact.wamid.clone());
        if self.state.messages.contains_key(&key) {
            self.understand(org, &key, fact);
            return Ok(());
        }
        let contact = self.counterpart(org, fact)?;
        let peer = match (&fact.group_id, contact) {
            (Some(group), _) => Peer::Group(group.clone()),
            (None, Some(contact)) => Peer::Contact(contact),
            (None, None) => return Err(Refused::Nobody),
        };
        let conversation = self.conversation(org, account, peer.clone(), fact.at);
        let message = Message {
            id: MessageId(self.id()),
            org,
            account,
            conversation,
            contact,
            group_id: fact.group_id.clone(),
            wamid: Some(fact.wamid.clone()),
            direction: fact.direction,
            content: fact.content.clone(),
            context: fact.context.clone(),
            referral: fact.referral.clone(),
            status: first_status(fact),
            errors: Vec::new(),
            pricing: None,
            media: None,
            at: fact.at,
            edited_at: None,
            revoked_at: None,
            created_at: self.now,
            job: None,
        };
        self.note(org, (account, peer), &message, fact.origin);
        if fact.origin == Origin::Live {
            *self.plan.inbound.entry(account).or_default() += 1;
        }
        self.insert(account, fact.wamid.clone(), message);
        self.fetch_media(&key);
        let data = match fact.origin {
            Origin::Live => EventData::MessageReceived as fn(MessageEvent) -> EventData,
            Origin::Echo => EventData::MessageEchoed,
            Origin::History { .. } => EventData::MessageImported,
        };
        self.message_event(org, &key, fact.party.clone(), data);
        self.amend(org, account, fact);
        self.settle(&key);
        Ok(())
    }

    /// Finds the other person. In a group that is the member who wrote, and nobody when the business wrote.
    fn counterpart(
        &mut self,
        org: OrgId,
        fact: &MessageFact,
    ) -> Result<Option<ContactId>, Refused> {
        if fact.group_id.is_some() && fact.party.is_nobody() {
            return Ok(None);
        }
        match &fact.content {
            MessageContent::System { now: Some(now), .. } => {
                let before = crate::contact::ContactKey::of(&fact.party);
                let mut party = now.clone();
                if party.profile_name.is_none() {
                    party.profile_name.clone_from(&fact.party.profile_name);
                }
                self.contact_known_as(org, &party, &before).map(Some)
            }
            _ => self.contact(org, &fact.party).map(Some),
        }
    }

    /// Finds the conversation with this peer, or creates it.
    pub(super) fn conversation(
        &mut self,
        org: OrgId,
        account: AccountId,
        peer: Peer,
        at: Time,
    ) -> ConversationId {
        let key = (account, peer);
        if let Some(conversation) = self.state.conversations.get(&key) {
            return conversation.id;
        }
        let id = ConversationId(self.id());
        self.touched.new_conversations.insert(id);
        let (peer, now) = (key.1.clone(), self.now);
        let conversation = Conversation::new(id, org, account, peer, at, now);
        self.touched.conversations.insert(key.clone());
        self.state.conversations.insert(key, conversation.clone());
        self.event(org, EventData::ConversationUpdated(Box::new(conversation)));
        id
    }

    /// Updates the conversation of a message.
    pub(super) fn note(
        &mut self,
        org: OrgId,
        key: (AccountId, Peer),
        message: &Message,
        origin: Origin,
    ) {
        let now = self.now;
        let Some(conversation) = self.state.conversations.get_mut(&key) else {
            return;
        };
        let live = origin == Origin::Live;
        let is_line = !message.content.amends_another();
        if is_line
            && (conversation.last_message.is_none() || message.at >= conversation.last_message_at)
        {
            conversation.last_message_at = message.at;
            conversation.last_message = Some(message.id);
        }
        let mut reopened = false;
        match message.direction {
            Direction::Inbound => {
                conversation.heard(message.at);
                if message.referral.is_some() {
                    conversation.entered_free(message.at);
                }
                if live && is_line {
                    conversation.unread = conversation.unread.saturating_add(1);
                    reopened = conversation.state == ConversationState::Closed;
                    conversation.state = ConversationState::Open;
                }
            }
            Direction::Outbound => {
                conversation.answered(message.at);
                // A person who answers has read the messages.
                if origin == Origin::Echo {
                    conversation.unread = 0;
                }
            }
        }
        conversation.updated_at = now;
        let changed = reopened.then(|| conversation.clone());
        self.touched.conversations.insert(key);
        if let Some(conversation) = changed {
            self.event(org, EventData::ConversationUpdated(Box::new(conversation)));
        }
    }

    pub(super) fn insert(&mut self, account: AccountId, wamid: Wamid, message: Message) {
        self.touched.new_message_ids.insert(message.id);
        self.touched.new_messages.push((account, wamid.clone()));
        self.state.messages.insert((account, wamid), message);
    }

    /// Plans to fetch the message's file, if it has one and none is planned yet.
    pub(super) fn fetch_media(&mut self, key: &(AccountId, Wamid)) {
        let Some(message) = self.state.messages.get_mut(key) else {
            return;
        };
        let Some(media) = message.content.media() else {
            return;
        };
        if message.media.is_some() || (media.meta_media_id.is_none() && media.link.is_none()) {
            return;
        }
        let id = MediaId((self.ids)());
        self.plan.media.push(NewMedia {
            id,
            org: message.org,
            account: message.account,
            message: message.id,
            conversation: message.conversation,
            meta_media_id: media.meta_media_id.clone(),
            link: media.link.clone(),
            mime_type: media.mime_type.clone(),
            sha256: media.sha256.clone(),
            filename: media.filename.clone(),
            stored: None,
        });
        message.media = Some(id);
    }

    pub(super) fn message_event(
        &mut self,
        org: OrgId,
        key: &(AccountId, Wamid),
        from: Party,
        data: fn(MessageEvent) -> EventData,
    ) {
        if let Some(message) = self.state.messages.get(key) {
            let message = Box::new(message.clone());
            self.event(org, data(MessageEvent { message, from }));
        }
    }

    /// Updates a message that we already have. A newer parser may now understand its content, and an import may bring
    /// its status.
    fn understand(&mut self, org: OrgId, key: &(AccountId, Wamid), fact: &MessageFact) {
        let Some(message) = self.state.messages.get_mut(key) else {
            return;
        };
        let unsupported = |content: &MessageContent| {
            matches!(
                content,
                MessageContent::Unsupported { .. } | MessageContent::MediaPlaceholder
            )
        };
        let status = match fact.origin {
            Origin::History {
                status: Some(status),
            } => message.status.after(status),
            _ => message.status,
        };
        // An edit's content is newer than the message's own.
        let is_better = unsupported(&message.content)
            && !unsupported(&fact.content)
            && message.edited_at.is_none();
        if !is_better && status == message.status {
            return;
        }
        if message.status != status {
            message.status = status;
            message.errors.clear();
            if let Some(job) = &mut message.job {
                job.settle(status);
            }
        }
        self.touched.changed_messages.insert(key.clone());
        if is_better {
            message.content = fact.content.clone();
            self.fetch_media(key);
        }
        self.message_event(org, key, fact.party.clone(), EventData::MessageUpdated);
        if is_better {
            self.amend(org, key.0, fact);
        }
    }

    /// Applies a call: one message collects all facts about it.
    pub(super) fn call(
        &mut self,
        org: OrgId,
        account: AccountId,
        call: &Call,
    ) -> Result<(), Refused> {
        let key = (account, call.call_id.clone());
        if let Some(message) = self.state.messages.get_mut(&key) {
            let MessageContent::Call(known) = &mut message.content else {
                return Ok(());
            };
            if !merge_call(known, call) {
                return Ok(());
            }
            self.touched.changed_messages.insert(key.clone());
        } else {
            let fact = MessageFact {
                wamid: call.call_id.clone(),
                direction: match call.by_customer {
                    true => Direction::Inbound,
                    false => Direction::Outbound,
                },
                party: call.party.clone(),
                group_id: call.group_id.clone(),
                at: call.at,
                // An answered call does not count as unread.
                origin: Origin::Echo,
                context: None,
                referral: None,
                content: MessageContent::Call(call.clone()),
            };
            let contact = self.counterpart(org, &fact)?;
            let peer = match (&call.group_id, contact) {
                (Some(group), _) => Peer::Group(group.clone()),
                (None, Some(contact)) => Peer::Contact(contact),
                (None, None) => return Err(Refused::Nobody),
            };
            let conversation = self.conversation(org, account, peer.clone(), fact.at);
            let message = Message {
                id: MessageId(self.id()),
                org,
                account,
                conversation,
                contact,
                group_id: call.group_id.clone(),
                wamid: Some(call.call_id.clone()),
                direction: fact.direction,
                content: fact.content.clone(),
                context: None,
                referral: None,
                status: match call.by_customer {
                    true => MessageStatus::Received,
                    false => MessageStatus::Sent,
                },
                errors: Vec::new(),
                pricing: None,
                media: None,
                at: call.at,
                edited_at: None,
                revoked_at: None,
                created_at: self.now,
                job: None,
            };
            self.note(org, (account, peer), &message, fact.origin);
            self.insert(account, call.call_id.clone(), message);
        }
        self.message_event(org, &key, call.party.clone(), EventData::CallUpdated);
        Ok(())
    }
}

fn first_status(fact: &MessageFact) -> MessageStatus {
    match (fact.direction, fact.origin) {
        (Direction::Inbound, _) => MessageStatus::Received,
        (
            Direction::Outbound,
            Origin::History {
                status: Some(status),
            },
        ) => MessageStatus::Accepted.after(status),
        (Direction::Outbound, _) => MessageStatus::Sent,
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
    *known != before
}
