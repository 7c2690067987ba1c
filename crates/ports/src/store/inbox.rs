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

/// The assignee of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assignee {
    /// This person.
    User(UserId),
    /// Nobody.
    Nobody,
}

/// A filter of conversations.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConversationFilter {
    /// Only conversations of this number.
    pub account: Option<AccountId>,
    /// Only conversations in this state.
    pub state: Option<ConversationState>,
    /// Only conversations with unread messages.
    pub unread: bool,
    /// Only conversations of this assignee, or of nobody.
    pub assignee: Option<Assignee>,
    /// Only conversations with this contact.
    pub contact: Option<ContactId>,
    /// Only conversations with a contact whose name, username or phone contains this text, ignoring case.
    pub search: Option<String>,
}

/// A conversation as a list shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct ConversationOverview {
    /// The conversation.
    pub conversation: Conversation,
    /// The contact. `None` for a group.
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

/// Changes to a conversation. `None` leaves a value unchanged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConversationChange {
    /// The new state.
    pub state: Option<ConversationState>,
    /// The new assignee.
    pub assignee: Option<Assignee>,
    /// The new number of unread messages: 0 for "read", 1 for "mark as unread".
    pub unread: Option<i32>,
}

/// The page key of a list of conversations or messages: time and id of the last row.
pub type TimeKey<I> = (Time, I);

/// The result of erasing a contact.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Erased {
    /// The keys of files in our own store, which the caller must delete there.
    pub files: Vec<String>,
    /// The number of deleted messages.
    pub messages: i64,
    /// The log's last sequence.
    pub head: i64,
}

/// The most merges of one contact that are listed.
pub const MOST_MERGES: i64 = 100;

/// A merge of two contacts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactMerge {
    /// The merged contact as it was, and when it was merged.
    pub undo: MergeUndo,
    /// The time when an admin undid the merge.
    pub undone_at: Option<Time>,
}

/// Two contacts after a merge was undone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    /// The contact that remained after the merge.
    pub left: Contact,
    /// The restored contact.
    pub restored: Contact,
    /// The log's last sequence.
    pub head: i64,
}

/// Conversations, contacts and messages, for people.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait InboxStore: Send + Sync {
    /// Lists the org's conversations, the one with the newest message first.
    async fn conversations(
        &self,
        org: OrgId,
        filter: ConversationFilter,
        page: PageRequest<TimeKey<ConversationId>>,
    ) -> Result<Page<ConversationOverview, TimeKey<ConversationId>>, StoreError>;

    /// Returns a conversation.
    async fn conversation(
        &self,
        org: OrgId,
        id: ConversationId,
    ) -> Result<Option<ConversationOverview>, StoreError>;

    /// Lists a conversation's messages, newest first, each with its timeline and file.
    async fn messages(
        &self,
        org: OrgId,
        conversation: ConversationId,
        page: PageRequest<TimeKey<MessageId>>,
    ) -> Result<Page<MessageDetail, TimeKey<MessageId>>, StoreError>;

    /// Returns a message.
    async fn message(&self, org: OrgId, id: MessageId)
    -> Result<Option<MessageDetail>, StoreError>;

    /// Changes a conversation, and appends its event. Returns the changed conversation, and the log's last sequence.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it does not exist.
    async fn change_conversation(
        &self,
        org: OrgId,
        id: ConversationId,
        change: ConversationChange,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<(Conversation, i64), StoreError>;

    /// Counts the conversations with unread messages, up to `most`.
    async fn unread_count(&self, org: OrgId, most: i64) -> Result<i64, StoreError>;

    /// Lists the org's contacts, newest first. `search` works as in [`ConversationFilter`].
    async fn contacts(
        &self,
        org: OrgId,
        search: Option<String>,
        page: PageRequest<ContactId>,
    ) -> Result<Page<Contact, ContactId>, StoreError>;

    /// Returns Meta's id of the customer's newest message in a conversation, written at `until` or before, for which
    /// [`Message::is_known_by_id`] holds. It looks through at most 50 messages.
    async fn last_heard(
        &self,
        org: OrgId,
        conversation: ConversationId,
        until: Time,
    ) -> Result<Option<Wamid>, StoreError>;

    /// Returns a contact.
    async fn contact(&self, org: OrgId, id: ContactId) -> Result<Option<Contact>, StoreError>;

    /// Sets or removes a contact's name, and appends its event.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it does not exist.
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

    /// Undoes a merge, and appends its events. Restores the merged contact with its id, keys and messages. Messages
    /// since the merge stay with the other contact. The two are never merged again.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the merge does not exist, is of another contact, or was undone;
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

    /// Erases a contact with its keys, conversations, messages, timelines and files. Entries of the event log about it
    /// keep their place and lose their content.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it does not exist.
    async fn erase_contact(
        &self,
        org: OrgId,
        id: ContactId,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Erased, StoreError>;
}
