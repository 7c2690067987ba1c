//! Conversations, messages and contacts, for people.

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

/// The longest name that a contact may be given, in characters.
const LONGEST_NAME: usize = 200;
/// How often a split is tried that others get in the way of.
const SPLIT_TRIES: usize = 5;
/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 100;

/// The inbox's use cases.
#[derive(Clone)]
pub struct InboxService {
    ports: ReceivePorts,
}

impl InboxService {
    pub(super) const fn new(ports: ReceivePorts) -> Self {
        Self { ports }
    }

    /// The org's conversations, the one with the newest message first.
    ///
    /// # Errors
    /// When the database does not answer.
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

    /// One conversation.
    ///
    /// # Errors
    /// When it is not there.
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

    /// Opens, closes, gives away, or marks a conversation as read or unread.
    ///
    /// # Errors
    /// For others than agents, admins and owners; when it is not there; when it is given to somebody who is not a
    /// member.
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

    /// The entry of a change of a conversation.
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

    /// A conversation's messages, newest first.
    ///
    /// # Errors
    /// When it is not there.
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

    /// One message.
    ///
    /// # Errors
    /// When it is not there.
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

    /// How many conversations have something unread, counting no further than `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unread_count(&self, caller: &Caller, most: i64) -> Result<i64, ServiceError> {
        caller.require(Scope::ConversationsRead)?;
        Ok(self.ports.inbox.unread_count(caller.org, most).await?)
    }

    /// The org's contacts, newest first; `search` finds names, usernames and phones.
    ///
    /// # Errors
    /// When the database does not answer.
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

    /// One contact.
    ///
    /// # Errors
    /// When it is not there.
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

    /// Gives a contact a name of the org's own; empty takes it away.
    ///
    /// # Errors
    /// For others than agents, admins and owners; when it is not there; when the name is too long.
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
        // Without the names: the log outlives a contact that is erased.
        let data = json!({"isNamed": name.is_some()});
        let trail = Trail::of(&self.ports.base, caller);
        let audit = vec![trail.event("contact.renamed", ("contact", id), &data)];
        let (contact, head) = inbox
            .rename_contact(caller.org, id, name, audit, now, ids)
            .await?;
        self.ports.bus.publish(&[(caller.org, head)]);
        Ok(contact)
    }

    /// The merges into a contact, newest first.
    ///
    /// # Errors
    /// For others than admins; when it is not there.
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
    /// For others than admins; when the contact or the merge is not there, or was undone; when somebody else changes the
    /// contact all the time.
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

    /// All that is kept of a contact, as a JSON document in pieces: contact, conversations, messages with their
    /// timelines, and what is known of files. It is read page by page as the pieces are taken.
    ///
    /// # Errors
    /// For others than admins; when it is not there. A piece can be an error: then the document is not whole.
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

    /// Erases a contact: the person, all conversations with them, messages, files, and what the event log says of
    /// them. Answers how many messages went.
    ///
    /// # Errors
    /// For others than admins; when it is not there; when the database does not answer: then nothing was erased.
    pub async fn erase(&self, caller: &Caller, id: ContactId) -> Result<i64, ServiceError> {
        caller.require(Scope::ContactsWrite)?;
        let service = self.clone();
        let caller = caller.clone();
        // In a task of its own: a browser that goes away must not leave the files behind.
        let erased = tokio::spawn(async move { service.erase_now(&caller, id).await });
        erased.await.map_err(ServiceError::internal)?
    }

    async fn erase_now(&self, caller: &Caller, id: ContactId) -> Result<i64, ServiceError> {
        let base = &self.ports.base;
        // The log says that somebody was erased, and not who it was.
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
                tracing::error!(%error, %key, "an erased contact's file is left behind: delete it by hand");
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
