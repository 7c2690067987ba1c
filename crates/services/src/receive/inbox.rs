//! The inbox: conversations, messages and contacts.

use serde_json::json;
use uuid::Uuid;
use wabakit_domain::{
    audit::NewAuditEvent,
    contact::Contact,
    ids::{ContactId, ConversationId, MessageId},
    principal::Scope,
};
use wabakit_ports::{
    blob::{BlobError, BlobKey},
    store::{
        Assignee, ContactMerge, ConversationChange, ConversationFilter, ConversationOverview,
        MessageDetail, Page, PageRequest, Split, StoreError, TimeKey,
    },
};

use super::{
    ReceivePorts,
    export::{self, ContactExport},
};
use crate::{Caller, Invalid, ServiceError, audit::Trail};

/// The longest name of a contact, in characters.
const LONGEST_NAME: usize = 200;
/// The number of times that a split is tried when other writes conflict with it.
const SPLIT_TRIES: usize = 5;
/// The longest search text, in characters.
const LONGEST_SEARCH: usize = 100;

/// The use cases of the inbox.
#[derive(Clone)]
pub struct InboxService {
    ports: ReceivePorts,
}

impl InboxService {
    pub(super) const fn new(ports: ReceivePorts) -> Self {
        Self { ports }
    }

    /// Lists the organisation's conversations, the one with the newest message first.
    ///
    /// # Errors
    /// For a search text that is too long.
    pub async fn conversations(
        &self,
        caller: &Caller,
        mut filter: ConversationFilter,
        page: PageRequest<TimeKey<ConversationId>>,
    ) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, ServiceError> {
        caller.require(Scope::ConversationsRead)?;
        filter.search = checked_search(filter.search)?;
        Ok(self
            .ports
            .inbox
            .conversations(caller.org, filter, page)
            .await?)
    }

    /// Returns a conversation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn conversation(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<ConversationOverview, ServiceError> {
        caller.require_any(&[Scope::ConversationsRead, Scope::ConversationsWrite])?;
        self.found(caller, id).await
    }

    async fn found(
        &self,
        caller: &Caller,
        id: ConversationId,
    ) -> Result<ConversationOverview, ServiceError> {
        let found = self.ports.inbox.conversation(caller.org, id).await?;
        found.ok_or(ServiceError::NotFound("this conversation"))
    }

    /// Opens, closes or assigns a conversation, or marks it as read or unread.
    ///
    /// # Errors
    /// When it does not exist; when the assignee is not a member.
    pub async fn change(
        &self,
        caller: &Caller,
        id: ConversationId,
        change: ConversationChange,
    ) -> Result<ConversationOverview, ServiceError> {
        caller.require(Scope::ConversationsWrite)?;
        if let Some(Assignee::User(user)) = change.assignee {
            let member = self.ports.base.identity.member(caller.org, user).await?;
            if member.is_none() {
                let detail = "This person is not in your organisation.";
                return Err(Invalid::new("/assigneeId", detail).into());
            }
        }
        if change != ConversationChange::default() {
            let (now, ids) = (self.ports.base.now(), self.ports.ids());
            let event = self.changed(caller, id, &change);
            let inbox = &self.ports.inbox;
            let (_, head) = inbox
                .change_conversation(caller.org, id, change, vec![event], now, ids)
                .await?;
            self.ports.bus.publish(&[(caller.org, head)]);
        }
        self.conversation(caller, id).await
    }

    /// Makes the audit entry of a change.
    fn changed(
        &self,
        caller: &Caller,
        id: ConversationId,
        change: &ConversationChange,
    ) -> NewAuditEvent {
        let mut data = serde_json::Map::new();
        if let Some(state) = change.state {
            data.insert("state".into(), json!(state));
        }
        match change.assignee {
            Some(Assignee::User(user)) => data.insert("assigneeId".into(), json!(user)),
            Some(Assignee::Nobody) => data.insert("assigneeId".into(), json!(null)),
            None => None,
        };
        if let Some(unread) = change.unread {
            data.insert("isUnread".into(), json!(unread > 0));
        }
        let trail = Trail::of(&self.ports.base, caller);
        trail.event("conversation.changed", ("conversation", id), &data.into())
    }

    /// Lists the messages of a conversation, newest first.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn messages(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        page: PageRequest<TimeKey<MessageId>>,
    ) -> Result<Page<MessageDetail, TimeKey<MessageId>>, ServiceError> {
        caller.require(Scope::MessagesRead)?;
        let inbox = &self.ports.inbox;
        let found = inbox.messages(caller.org, conversation, page).await?;
        if found.rows.is_empty() {
            self.found(caller, conversation).await?;
        }
        Ok(found)
    }

    /// Returns a message.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn message(
        &self,
        caller: &Caller,
        id: MessageId,
    ) -> Result<MessageDetail, ServiceError> {
        caller.require(Scope::MessagesRead)?;
        self.ports
            .inbox
            .message(caller.org, id)
            .await?
            .ok_or(ServiceError::NotFound("this message"))
    }

    /// Counts the conversations with unread messages, up to `most`.
    pub async fn unread_count(&self, caller: &Caller, most: i64) -> Result<i64, ServiceError> {
        caller.require(Scope::ConversationsRead)?;
        Ok(self.ports.inbox.unread_count(caller.org, most).await?)
    }

    /// Lists the organisation's contacts, newest first. `search` finds names, usernames and phone numbers.
    ///
    /// # Errors
    /// For a search text that is too long.
    pub async fn contacts(
        &self,
        caller: &Caller,
        search: Option<String>,
        page: PageRequest<ContactId>,
    ) -> Result<Page<Contact, ContactId>, ServiceError> {
        caller.require(Scope::ContactsRead)?;
        let search = checked_search(search)?;
        Ok(self.ports.inbox.contacts(caller.org, search, page).await?)
    }

    /// Returns a contact.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn contact(&self, caller: &Caller, id: ContactId) -> Result<Contact, ServiceError> {
        caller.require_any(&[
            Scope::ContactsRead,
            Scope::ContactsWrite,
            Scope::ConversationsWrite,
        ])?;
        self.ports
            .inbox
            .contact(caller.org, id)
            .await?
            .ok_or(ServiceError::NotFound("this contact"))
    }

    /// Gives a contact the organisation's own name. An empty name removes it.
    ///
    /// # Errors
    /// When it does not exist; when the name is too long.
    pub async fn rename(
        &self,
        caller: &Caller,
        id: ContactId,
        name: Option<String>,
    ) -> Result<Contact, ServiceError> {
        caller.require_any(&[Scope::ConversationsWrite, Scope::ContactsWrite])?;
        let name = name.map(|name| name.trim().to_owned());
        let name = name.filter(|name| !name.is_empty());
        if let Some(name) = &name
            && (name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control))
        {
            let detail = "A name has at most 200 characters, and no line breaks.";
            return Err(Invalid::new("/name", detail).into());
        }
        let (now, ids) = (self.ports.base.now(), self.ports.ids());
        let inbox = &self.ports.inbox;
        // The entry leaves the names out, because the log outlives an erased contact.
        let data = json!({"isNamed": name.is_some()});
        let trail = Trail::of(&self.ports.base, caller);
        let audit = vec![trail.event("contact.renamed", ("contact", id), &data)];
        let (contact, head) = inbox
            .rename_contact(caller.org, id, name, audit, now, ids)
            .await?;
        self.ports.bus.publish(&[(caller.org, head)]);
        Ok(contact)
    }

    /// Lists the merges into a contact, newest first.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn merges(
        &self,
        caller: &Caller,
        id: ContactId,
    ) -> Result<Vec<ContactMerge>, ServiceError> {
        caller.require(Scope::ContactsWrite)?;
        self.contact(caller, id).await?;
        Ok(self.ports.inbox.contact_merges(caller.org, id).await?)
    }

    /// Undoes a merge into a contact. The two contacts stay apart from now on.
    ///
    /// # Errors
    /// When the contact or the merge does not exist, or the merge was undone; when other writes keep changing the
    /// contact.
    pub async fn split(
        &self,
        caller: &Caller,
        id: ContactId,
        merge: Uuid,
    ) -> Result<Split, ServiceError> {
        caller.require(Scope::ContactsWrite)?;
        let (base, inbox) = (&self.ports.base, &self.ports.inbox);
        let data = json!({"mergeId": merge});
        let event = Trail::of(base, caller).event("contact.split", ("contact", id), &data);
        let mut tries = 0;
        loop {
            tries += 1;
            let (audit, ids) = (vec![event.clone()], self.ports.ids());
            let now = base.now();
            match inbox
                .split_contact(caller.org, id, merge, audit, now, ids)
                .await
            {
                Err(StoreError::Conflict) if tries < SPLIT_TRIES => {}
                Err(StoreError::Missing(_)) => {
                    return Err(ServiceError::NotFound("this merge"));
                }
                outcome => {
                    let split = outcome?;
                    self.ports.bus.publish(&[(caller.org, split.head)]);
                    return Ok(split);
                }
            }
        }
    }

    /// Exports all data of a contact as a JSON document in pieces: contact, conversations, messages with their
    /// timelines, and the facts about files. Each page is read when its piece is taken.
    ///
    /// # Errors
    /// When it does not exist. A piece can be an error: then the document is incomplete.
    pub async fn export(
        &self,
        caller: &Caller,
        id: ContactId,
    ) -> Result<ContactExport, ServiceError> {
        caller.require(Scope::ContactsWrite)?;
        let contact = self.contact(caller, id).await?;
        let base = &self.ports.base;
        let event = Trail::of(base, caller).event("contact.exported", ("contact", id), &json!({}));
        base.audit.record(caller.org, vec![event]).await?;
        Ok(export::stream(self.ports.clone(), contact))
    }

    /// Erases a contact: the person, all their conversations, messages and files, and their data in the event log.
    /// Returns how many messages were deleted.
    ///
    /// # Errors
    /// When it does not exist. If the database does not answer, nothing was erased.
    pub async fn erase(&self, caller: &Caller, id: ContactId) -> Result<i64, ServiceError> {
        caller.require(Scope::ContactsWrite)?;
        let service = self.clone();
        let caller = caller.clone();
        // It runs in a task of its own, so that a browser that closes does not leave the files behind.
        let erased = tokio::spawn(async move { service.erase_now(&caller, id).await });
        erased.await.map_err(ServiceError::internal)?
    }

    async fn erase_now(&self, caller: &Caller, id: ContactId) -> Result<i64, ServiceError> {
        let base = &self.ports.base;
        // The log says that a contact was erased, and not who it was.
        let event = Trail::of(base, caller).event("contact.erased", ("contact", id), &json!({}));
        let erased = self
            .ports
            .inbox
            .erase_contact(caller.org, id, vec![event], base.now(), self.ports.ids())
            .await?;
        self.ports.bus.publish(&[(caller.org, erased.head)]);
        for file in erased.files {
            let Some(key) = BlobKey::parse(&file) else {
                continue;
            };
            if let Err(error) = self.delete_file(&key).await {
                tracing::error!(%error, %key, "an erased contact's file is left in the media store: delete it by hand");
            }
        }
        Ok(erased.messages)
    }

    async fn delete_file(&self, key: &BlobKey) -> Result<(), BlobError> {
        const TRIES: usize = 3;
        let mut answer = Ok(());
        for _ in 0..TRIES {
            answer = self.ports.blobs.delete(key).await;
            if answer.is_ok() {
                break;
            }
        }
        answer
    }
}

fn checked_search(search: Option<String>) -> Result<Option<String>, Invalid> {
    let search = search.map(|text| text.trim().to_owned());
    match search.filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > LONGEST_SEARCH => Err(Invalid::new(
            "/search",
            "Search for at most 100 characters.",
        )),
        search => Ok(search),
    }
}
