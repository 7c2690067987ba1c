use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    contact::Contact,
    conversation::{Conversation, ConversationState},
    ids::{AccountId, ContactId, ConversationId, IdBlock, MessageId, OrgId, UserId, Wamid},
    inbox::MergeUndo,
    media::Media,
    message::{Message, StatusEntry},
};

use super::{Page, PageRequest, StoreError};

/// Who takes care of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assignee {
    /// This person.
    User(UserId),
    /// Nobody.
    Nobody,
}

/// Which conversations.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConversationFilter {
    /// Only of this number.
    pub account: Option<AccountId>,
    /// Only in this state.
    pub state: Option<ConversationState>,
    /// Only with something unread.
    pub unread: bool,
    /// Only this person's, or nobody's.
    pub assignee: Option<Assignee>,
    /// Only with this contact.
    pub contact: Option<ContactId>,
    /// Only with a contact whose name, username or phone has this in it, whatever the case.
    pub search: Option<String>,
}

/// A conversation as a list shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct ConversationOverview {
    /// The conversation.
    pub conversation: Conversation,
    /// The person, of a conversation with one.
    pub contact: Option<Contact>,
    /// The newest message.
    pub last_message: Option<Message>,
}

/// A message with all that belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageDetail {
    /// The message.
    pub message: Message,
    /// Its timeline, in order of time.
    pub timeline: Vec<StatusEntry>,
    /// Its file.
    pub media: Option<Media>,
}

/// What a person changes of a conversation. What is `None` stays.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConversationChange {
    /// Open or close it.
    pub state: Option<ConversationState>,
    /// Give it to somebody, or to nobody.
    pub assignee: Option<Assignee>,
    /// How many are unread now: 0 for "read", 1 for "mark as unread".
    pub unread: Option<i32>,
}

/// Where a list of conversations or messages goes on: the time and id of the last one.
pub type TimeKey<I> = (Time, I);

/// What was erased.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Erased {
    /// Where files are in our own store: they are to be deleted there.
    pub files: Vec<String>,
    /// How many messages went.
    pub messages: i64,
    /// Where the org's log ends now.
    pub head: i64,
}

/// The most merges of one contact that are listed.
pub const MOST_MERGES: i64 = 100;

/// A merge of two contacts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactMerge {
    /// The contact that went, and when.
    pub undo: MergeUndo,
    /// When an admin undid it.
    pub undone_at: Option<Time>,
}

/// Two contacts after a merge was undone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    /// The contact that was left by the merge.
    pub left: Contact,
    /// The contact that is back.
    pub restored: Contact,
    /// Where the org's log ends now.
    pub head: i64,
}

/// Conversations, contacts and messages, for people.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait InboxStore: Send + Sync {
    /// The org's conversations, the one with the newest message first.
    async fn conversations(
        &self,
        org: OrgId,
        filter: ConversationFilter,
        page: PageRequest<TimeKey<ConversationId>>,
    ) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, StoreError>;

    /// One conversation.
    async fn conversation(
        &self,
        org: OrgId,
        id: ConversationId,
    ) -> Result<Option<ConversationOverview>, StoreError>;

    /// A conversation's messages, newest first, each with its timeline and file.
    async fn messages(
        &self,
        org: OrgId,
        conversation: ConversationId,
        page: PageRequest<TimeKey<MessageId>>,
    ) -> Result<Page<MessageDetail, TimeKey<MessageId>>, StoreError>;

    /// One message.
    async fn message(&self, org: OrgId, id: MessageId)
    -> Result<Option<MessageDetail>, StoreError>;

    /// Changes a conversation, with its event. Answers it as it is now, and where the log ends.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not there.
    async fn change_conversation(
        &self,
        org: OrgId,
        id: ConversationId,
        change: ConversationChange,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<(Conversation, i64), StoreError>;

    /// How many conversations have something unread, counting no further than `most`.
    async fn unread_count(&self, org: OrgId, most: i64) -> Result<i64, StoreError>;

    /// The org's contacts, newest first; `search` as in [`ConversationFilter`].
    async fn contacts(
        &self,
        org: OrgId,
        search: Option<String>,
        page: PageRequest<ContactId>,
    ) -> Result<Page<Contact, ContactId>, StoreError>;

    /// Meta's id of the customer's newest message in a conversation, written at `until` or before, among those that Meta
    /// knows by an id: see [`Message::is_known_by_id`]. It looks through at most 50 messages.
    async fn last_heard(
        &self,
        org: OrgId,
        conversation: ConversationId,
        until: Time,
    ) -> Result<Option<Wamid>, StoreError>;

    /// One contact.
    async fn contact(&self, org: OrgId, id: ContactId) -> Result<Option<Contact>, StoreError>;

    /// Gives a contact a name, or takes it. With its event.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not there.
    async fn rename_contact(
        &self,
        org: OrgId,
        id: ContactId,
        name: Option<String>,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<(Contact, i64), StoreError>;

    /// Lists the merges into a contact that an admin may undo, and those that were undone: newest first, at most
    /// [`MOST_MERGES`].
    async fn contact_merges(
        &self,
        org: OrgId,
        into: ContactId,
    ) -> Result<Vec<ContactMerge>, StoreError>;

    /// Undoes a merge: the contact that went is back with its id, its keys, and the messages that it had. What came since
    /// stays with the other one. The two are never merged again. With its events.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the merge is not there, is not into this contact, or was undone.
    /// [`StoreError::Conflict`] when somebody else changed the contact meanwhile.
    async fn split_contact(
        &self,
        org: OrgId,
        into: ContactId,
        merge: Uuid,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Split, StoreError>;

    /// Erases a contact: the person, keys, conversations, messages, timelines, files, and what the event log
    /// says of them (the entries keep their place and lose their content).
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is not there.
    async fn erase_contact(
        &self,
        org: OrgId,
        id: ContactId,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Erased, StoreError>;
}
