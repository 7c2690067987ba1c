use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    conversation::{Conversation, Peer},
    event::{EventData, NewEvent},
    ids::{ContactId, ConversationId, EventId, IdBlock, MessageId, OrgId, Wamid},
    message::{Direction, Message},
};

use super::{MemoryStore, Received, count};
use crate::store::{
    Assignee, ConversationChange, ConversationFilter, ConversationOverview, Erased, InboxStore,
    MessageDetail, Page, PageRequest, StoreError, TimeKey,
};

impl Received {
    fn overview(&self, conversation: &Conversation) -> ConversationOverview {
        let last = conversation.last_message;
        ConversationOverview {
            contact: match conversation.peer {
                Peer::Contact(id) => self.contacts.get(&id).cloned(),
                Peer::Group(_) => None,
            },
            last_message: last.and_then(|id| self.messages.get(&id)).cloned(),
            conversation: conversation.clone(),
        }
    }

    fn detail(&self, message: &Message) -> MessageDetail {
        MessageDetail {
            timeline: self.timelines.get(&message.id).cloned().unwrap_or_default(),
            media: message.media.and_then(|id| self.media.get(&id)).cloned(),
            message: message.clone(),
        }
    }

    fn takes(&self, filter: &ConversationFilter, conversation: &Conversation) -> bool {
        let contact = match conversation.peer {
            Peer::Contact(id) => Some(id),
            Peer::Group(_) => None,
        };
        let assignee = match conversation.assignee {
            Some(user) => Assignee::User(user),
            None => Assignee::Nobody,
        };
        filter.account.is_none_or(|id| conversation.account == id)
            && filter.state.is_none_or(|state| conversation.state == state)
            && (!filter.unread || conversation.unread > 0)
            && filter.assignee.is_none_or(|wanted| assignee == wanted)
            && filter.contact.is_none_or(|id| contact == Some(id))
            && filter.search.as_ref().is_none_or(|text| {
                let contact = contact.and_then(|id| self.contacts.get(&id));
                contact.is_some_and(|contact| is_found(contact, text))
            })
    }

    fn own(&self, org: OrgId, id: ConversationId) -> Option<&Conversation> {
        let conversation = self.conversations.get(&id);
        conversation.filter(|conversation| conversation.org == org)
    }
}

fn is_found(contact: &Contact, text: &str) -> bool {
    let text = text.to_lowercase();
    let names = [
        &contact.name,
        &contact.profile_name,
        &contact.username,
        &contact.phone,
    ];
    let mut names = names.into_iter().flatten();
    names.any(|name| name.to_lowercase().contains(&text))
}

pub(super) fn event(ids: &mut IdBlock, org: OrgId, at: Time, data: EventData) -> NewEvent {
    let id = EventId(ids.next().unwrap_or_default());
    NewEvent { id, org, at, data }
}

#[async_trait]
impl InboxStore for MemoryStore {
    async fn conversations(
        &self,
        org: OrgId,
        filter: ConversationFilter,
        page: PageRequest<TimeKey<ConversationId>>,
    ) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, StoreError> {
        let all = self.received();
        let key = |conversation: &Conversation| (conversation.last_message_at, conversation.id);
        let mut found: Vec<_> = all
            .conversations
            .values()
            .filter(|conversation| conversation.org == org)
            .filter(|conversation| page.after.is_none_or(|after| key(conversation) < after))
            .filter(|conversation| all.takes(&filter, conversation))
            .collect();
        found.sort_unstable_by_key(|conversation| std::cmp::Reverse(key(conversation)));
        let found = found.into_iter().take(page.limit.rows() + 1);
        let found = found
            .map(|conversation| all.overview(conversation))
            .collect();
        Ok(Page::cut(
            found,
            page.limit,
            |found: &ConversationOverview| key(&found.conversation),
        ))
    }

    async fn conversation(
        &self,
        org: OrgId,
        id: ConversationId,
    ) -> Result<Option<ConversationOverview>, StoreError> {
        let all = self.received();
        Ok(all.own(org, id).map(|found| all.overview(found)))
    }

    async fn messages(
        &self,
        org: OrgId,
        conversation: ConversationId,
        page: PageRequest<TimeKey<MessageId>>,
    ) -> Result<Page<MessageDetail, TimeKey<MessageId>>, StoreError> {
        let all = self.received();
        let is_own = all.own(org, conversation).is_some();
        let first = (conversation, Time::MIN_UTC, MessageId(uuid::Uuid::nil()));
        let last = (conversation, Time::MAX_UTC, MessageId(uuid::Uuid::max()));
        let found = all.threads.range(first..=last).rev();
        let found = found
            .filter(|_| is_own)
            .filter(|(_, at, id)| page.after.is_none_or(|after| (*at, *id) < after))
            .take(page.limit.rows() + 1)
            .filter_map(|(_, _, id)| all.messages.get(id))
            .map(|message| all.detail(message))
            .collect();
        Ok(Page::cut(found, page.limit, |found: &MessageDetail| {
            (found.message.at, found.message.id)
        }))
    }

    async fn message(
        &self,
        org: OrgId,
        id: MessageId,
    ) -> Result<Option<MessageDetail>, StoreError> {
        let all = self.received();
        let message = all.messages.get(&id).filter(|message| message.org == org);
        Ok(message.map(|message| all.detail(message)))
    }

    async fn change_conversation(
        &self,
        org: OrgId,
        id: ConversationId,
        change: ConversationChange,
        audit: Vec<NewAuditEvent>,
        now: Time,
        mut ids: IdBlock,
    ) -> Result<(Conversation, i64), StoreError> {
        let mut all = self.received();
        let found = all.conversations.get_mut(&id).filter(|c| c.org == org);
        let conversation = found.ok_or(StoreError::Missing("the conversation"))?;
        conversation.state = change.state.unwrap_or(conversation.state);
        conversation.unread = change.unread.unwrap_or(conversation.unread);
        match change.assignee {
            Some(Assignee::User(user)) => conversation.assignee = Some(user),
            Some(Assignee::Nobody) => conversation.assignee = None,
            None => {}
        }
        conversation.updated_at = now;
        let conversation = conversation.clone();
        self.rows().append(audit);
        let data = EventData::ConversationUpdated(Box::new(conversation.clone()));
        let head = all.tell(event(&mut ids, org, now, data));
        Ok((conversation, head))
    }

    async fn unread_count(&self, org: OrgId, most: i64) -> Result<i64, StoreError> {
        let all = self.received();
        let unread = all.conversations.values();
        let unread = unread.filter(|found| found.org == org && found.unread > 0);
        Ok(count(unread, most))
    }

    async fn contacts(
        &self,
        org: OrgId,
        search: Option<String>,
        page: PageRequest<ContactId>,
    ) -> Result<Page<Contact, ContactId>, StoreError> {
        let all = self.received();
        let found = all.contacts.values().rev();
        let found = found
            .filter(|contact| contact.org == org)
            .filter(|contact| page.after.is_none_or(|after| contact.id < after))
            .filter(|contact| search.as_ref().is_none_or(|text| is_found(contact, text)))
            .take(page.limit.rows() + 1)
            .cloned()
            .collect();
        Ok(Page::cut(found, page.limit, |contact: &Contact| contact.id))
    }

    async fn heard_at(
        &self,
        org: OrgId,
        conversation: ConversationId,
        at: Time,
    ) -> Result<Option<Wamid>, StoreError> {
        let all = self.received();
        let (first, last) = (MessageId(Uuid::nil()), MessageId(Uuid::max()));
        let found = all
            .threads
            .range((conversation, at, first)..=(conversation, at, last));
        let found = found.filter_map(|(.., id)| all.messages.get(id));
        let mut found =
            found.filter(|message| message.org == org && message.direction == Direction::Inbound);
        Ok(found.find_map(|message| message.wamid.clone()))
    }

    async fn contact(&self, org: OrgId, id: ContactId) -> Result<Option<Contact>, StoreError> {
        let all = self.received();
        let contact = all.contacts.get(&id).filter(|contact| contact.org == org);
        Ok(contact.cloned())
    }

    async fn rename_contact(
        &self,
        org: OrgId,
        id: ContactId,
        name: Option<String>,
        audit: Vec<NewAuditEvent>,
        now: Time,
        mut ids: IdBlock,
    ) -> Result<(Contact, i64), StoreError> {
        let mut all = self.received();
        let found = all.contacts.get_mut(&id).filter(|c| c.org == org);
        let contact = found.ok_or(StoreError::Missing("the contact"))?;
        contact.name = name;
        contact.updated_at = now;
        let contact = contact.clone();
        self.rows().append(audit);
        let data = EventData::ContactUpdated(Box::new(contact.clone()));
        let head = all.tell(event(&mut ids, org, now, data));
        Ok((contact, head))
    }

    async fn erase_contact(
        &self,
        org: OrgId,
        id: ContactId,
        audit: Vec<NewAuditEvent>,
        now: Time,
        mut ids: IdBlock,
    ) -> Result<Erased, StoreError> {
        let mut all = self.received();
        if all
            .contacts
            .get(&id)
            .is_none_or(|contact| contact.org != org)
        {
            return Err(StoreError::Missing("the contact"));
        }
        let erased = all.erase(org, id, now, &mut ids);
        self.rows().append(audit);
        Ok(erased)
    }
}
