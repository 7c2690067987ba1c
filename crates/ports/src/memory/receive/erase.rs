use std::collections::HashSet;

use wabakit_domain::{
    Time,
    conversation::Peer,
    event::{ErasureEvent, EventData, MessageEvent},
    ids::{ContactId, ConversationId, IdBlock, MessageId, OrgId},
};

use super::{Received, inbox::event};
use crate::store::Erased;

/// Everybody and everything that one person was in the log: contacts are merged, and conversations with them.
struct Person {
    contacts: HashSet<ContactId>,
    conversations: HashSet<ConversationId>,
}

impl Person {
    fn is_in(&self, data: &EventData) -> bool {
        let wrote = |event: &MessageEvent| {
            let message = &event.message;
            message
                .contact
                .is_some_and(|id| self.contacts.contains(&id))
                || self.conversations.contains(&message.conversation)
        };
        match data {
            EventData::MessageReceived(event)
            | EventData::MessageEchoed(event)
            | EventData::MessageImported(event)
            | EventData::MessageUpdated(event)
            | EventData::MessageQueued(event)
            | EventData::CallUpdated(event) => wrote(event),
            EventData::MessageSending(event) => self.conversations.contains(&event.conversation),
            EventData::MessageStatus(event) => self.conversations.contains(&event.conversation),
            EventData::MediaUpdated(event) => self.conversations.contains(&event.conversation),
            EventData::ConversationUpdated(event) => self.conversations.contains(&event.id),
            EventData::ContactUpdated(event) => self.contacts.contains(&event.id),
            EventData::ContactMerged(event) => self.contacts.contains(&event.contact.id),
            _ => false,
        }
    }
}

impl Received {
    pub(super) fn erase(
        &mut self,
        org: OrgId,
        id: ContactId,
        now: Time,
        ids: &mut IdBlock,
    ) -> Erased {
        let person = self.person(org, id);
        let messages: HashSet<MessageId> = self
            .messages
            .values()
            .filter(|message| {
                message.contact == Some(id) || person.conversations.contains(&message.conversation)
            })
            .map(|message| message.id)
            .collect();
        // A file that somebody uploaded may have gone to others as well.
        let (gone, left): (Vec<_>, Vec<_>) = (self.media.values())
            .filter_map(|media| Some((media.key.as_ref()?, messages.contains(&media.message))))
            .partition(|(_, is_gone)| *is_gone);
        let uploads = self.uploads.values().map(|upload| &upload.key);
        let kept: HashSet<_> = left
            .into_iter()
            .map(|(key, _)| key)
            .chain(uploads)
            .collect();
        let files = gone.into_iter().map(|(key, _)| key);
        let files = files.filter(|key| !kept.contains(key)).cloned().collect();

        self.contacts.remove(&id);
        for key in self.keys_of.remove(&id).unwrap_or_default() {
            self.keys.remove(&(org, key));
        }
        for conversation in &person.conversations {
            self.drop_conversation(*conversation);
        }
        self.media
            .retain(|_, media| !messages.contains(&media.message));
        self.messages.retain(|id, _| !messages.contains(id));
        self.wamids.retain(|_, id| !messages.contains(id));
        self.threads.retain(|(_, _, id)| !messages.contains(id));
        self.timelines.retain(|id, _| !messages.contains(id));
        self.bodies.retain(|id, _| !messages.contains(id));
        self.jobs.retain(|(_, id)| !messages.contains(id));
        for group in self.conversations.values_mut() {
            if group.last_message.is_some_and(|id| messages.contains(&id)) {
                group.last_message = None;
            }
        }

        let erased = || EventData::ContactErased(ErasureEvent { contact: id });
        if let Some(log) = self.logs.get_mut(&org) {
            let events = log.events.iter_mut();
            for event in events.filter(|event| person.is_in(&event.data)) {
                event.data = erased();
            }
        }
        let head = self.tell(event(ids, org, now, erased()));
        Erased {
            files,
            messages: i64::try_from(messages.len()).unwrap_or(i64::MAX),
            head,
        }
    }

    fn person(&self, org: OrgId, id: ContactId) -> Person {
        let mut contacts = HashSet::from([id]);
        let mut conversations: HashSet<_> =
            self.conversations_of(id).map(|found| found.id).collect();
        // The newest merge comes first, so those that it merged are met before what they had merged.
        let log = self.logs.get(&org);
        for event in log.into_iter().flat_map(|log| log.events.iter().rev()) {
            match &event.data {
                EventData::ContactMerged(merge) if contacts.contains(&merge.contact.id) => {
                    contacts.insert(merge.merged);
                    conversations.extend(merge.conversations.iter().map(|(gone, _)| *gone));
                }
                EventData::ConversationUpdated(found) => match found.peer {
                    Peer::Contact(contact) if contacts.contains(&contact) => {
                        conversations.insert(found.id);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Person {
            contacts,
            conversations,
        }
    }
}
