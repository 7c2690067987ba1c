//! Messages: finds or creates them in their conversation, with their file.

use super::{NewMedia, Planner, Refused, identity::identity};
use crate::{
    Time,
    conversation::{Conversation, ConversationState, Peer},
    event::{EventData, MessageEvent},
    ids::{AccountId, ContactId, ConversationId, MediaId, MessageId, OrgId, Wamid},
    inbound::{Context, MessageContent, MessageFact, Origin, Party},
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
        let key = (account, fact.key());
        if self.state.messages.contains_key(&key) {
            self.understand(org, &key, fact);
            return Ok(());
        }
        let contact = self.counterpart(org, account, fact)?;
        let peer = match (&fact.group_id, contact) {
            (Some(group), _) => Peer::Group(group.clone()),
            (None, Some(contact)) => Peer::Contact(contact),
            (None, None) => return Err(Refused::Nobody),
        };
        let known = self.state.conversations.get(&(account, peer.clone()));
        let known = known.and_then(|thread| self.spelled(account, &key.1, thread.id));
        let known = known.map(|wamid| (account, wamid));
        if let Some(known) = known.filter(|key| self.direction(key) == Some(fact.direction)) {
            self.understand(org, &known, fact);
            return Ok(());
        }
        let conversation = self.begun(org, account, peer.clone(), fact.at, |thread| {
            // Nobody waits for an answer to a notice.
            if fact.content.is_notice() {
                thread.state = ConversationState::Closed;
            }
        });
        let (content, context) = self.respelled(account, conversation, fact);
        let mut message = Message {
            id: MessageId(self.id()),
            org,
            account,
            conversation,
            contact,
            group_id: fact.group_id.clone(),
            wamid: Some(key.1.clone()),
            direction: fact.direction,
            content,
            context,
            quoted: None,
            referral: fact.referral.clone(),
            status: first_status(fact),
            errors: Vec::new(),
            pricing: None,
            media: None,
            at: fact.at,
            edited_at: None,
            revoked_at: None,
            created_at: self.now,
            extra: self.extra.clone(),
            job: None,
        };
        message.quoted = self.quoted(&message);
        self.note(org, (account, peer), &message, fact.origin, &fact.party);
        let is_notice = fact.content.is_notice();
        if fact.origin == Origin::Live && !is_notice {
            *self.plan.inbound.entry(account).or_default() += 1;
        }
        self.insert(account, key.1.clone(), message);
        self.fetch_media(&key);
        let data = match fact.origin {
            Origin::Live if is_notice => EventData::MessageNotice as fn(MessageEvent) -> EventData,
            Origin::Live => EventData::MessageReceived,
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
        account: AccountId,
        fact: &MessageFact,
    ) -> Result<Option<ContactId>, Refused> {
        if let Some(told) = identity(fact) {
            return self.identify(org, account, &told, fact.at).map(Some);
        }
        if fact.group_id.is_some() && fact.party.is_nobody() {
            return Ok(None);
        }
        let account = Some(account);
        self.contact(org, account, &fact.party, fact.at).map(Some)
    }

    /// Finds a message of the conversation whose id is another spelling of this one.
    pub(super) fn spelled(
        &self,
        account: AccountId,
        wamid: &Wamid,
        conversation: ConversationId,
    ) -> Option<Wamid> {
        let like = self.by_token.get(&(account, wamid.token()?))?.iter();
        let mut like = like.filter(|wamid| {
            let message = self.state.messages.get(&(account, (*wamid).clone()));
            message.is_some_and(|message| message.conversation == conversation)
        });
        like.next().cloned()
    }

    /// Finds the message that Meta names in a conversation, under any spelling of its id.
    pub(super) fn named(
        &self,
        account: AccountId,
        wamid: &Wamid,
        conversation: ConversationId,
    ) -> Option<Wamid> {
        match self.state.messages.contains_key(&(account, wamid.clone())) {
            true => Some(wamid.clone()),
            false => self.spelled(account, wamid, conversation),
        }
    }

    /// Indexes a message's id by its token.
    pub(super) fn spell(&mut self, account: AccountId, wamid: &Wamid) {
        if let Some(token) = wamid.token() {
            let like = self.by_token.entry((account, token)).or_default();
            like.push(wamid.clone());
        }
    }

    fn direction(&self, key: &(AccountId, Wamid)) -> Option<Direction> {
        let message = self.state.messages.get(key)?;
        Some(message.direction)
    }

    /// Spells the ids of quoted messages as they are stored, so that a quote is found by its id alone.
    fn respelled(
        &self,
        account: AccountId,
        conversation: ConversationId,
        fact: &MessageFact,
    ) -> (MessageContent, Option<Context>) {
        let (mut content, mut context) = (fact.content.clone(), fact.context.clone());
        let stored = |wamid: Option<&Wamid>| self.named(account, wamid?, conversation);
        if let Some(wamid) = stored(content.quotes()) {
            content.respell(wamid);
        }
        if let Some(context) = &mut context
            && let Some(wamid) = stored(context.message_id.as_ref())
        {
            context.message_id = Some(wamid);
        }
        (content, context)
    }

    /// Finds our message that this one quotes, within its conversation.
    pub(super) fn quoted(&self, message: &Message) -> Option<MessageId> {
        let (account, conversation) = (message.account, message.conversation);
        let wamid = self.named(account, message.quotes()?, conversation)?;
        let quoted = self.state.messages.get(&(account, wamid))?;
        (quoted.conversation == conversation).then_some(quoted.id)
    }

    /// Finds the conversation with this peer, or creates it.
    pub(super) fn conversation(
        &mut self,
        org: OrgId,
        account: AccountId,
        peer: Peer,
        at: Time,
    ) -> ConversationId {
        self.begun(org, account, peer, at, |_| {})
    }

    /// Finds the conversation with this peer, or creates it and prepares it before an event tells it.
    pub(super) fn begun(
        &mut self,
        org: OrgId,
        account: AccountId,
        peer: Peer,
        at: Time,
        prepare: impl FnOnce(&mut Conversation),
    ) -> ConversationId {
        let key = (account, peer);
        if let Some(conversation) = self.state.conversations.get(&key) {
            return conversation.id;
        }
        let id = ConversationId(self.id());
        self.touched.new_conversations.insert(id);
        let (peer, now) = (key.1.clone(), self.now);
        let mut conversation = Conversation::new(id, org, account, peer, at, now);
        prepare(&mut conversation);
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
        from: &Party,
    ) {
        let now = self.now;
        let Some(conversation) = self.state.conversations.get_mut(&key) else {
            return;
        };
        let live = origin == Origin::Live;
        let is_notice = message.content.is_notice();
        let is_line = !message.content.amends_another() && !is_notice;
        let is_first = conversation.last_message.is_none();
        if (is_line && message.at >= conversation.last_message_at)
            || (is_first && (is_line || is_notice))
        {
            conversation.last_message_at = message.at;
            conversation.last_message = Some(message.id);
        }
        let mut reopened = false;
        match message.direction {
            // Neither a notice nor a change of an earlier message is a word of the customer.
            Direction::Inbound if is_notice || message.content.amends().is_some() => {}
            Direction::Inbound => {
                conversation.named(from, message.at);
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
        self.spell(account, &wamid);
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
