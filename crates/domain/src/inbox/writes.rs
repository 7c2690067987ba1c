//! The writes that the planner hands to the store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{Digest, Refused, Waiting};
use crate::{
    Time,
    contact::{Contact, ContactKey},
    conversation::Conversation,
    event::NewEvent,
    ids::{AccountId, ContactId, ConversationId, MediaId, MessageId, MetaMediaId, OrgId, Wamid},
    message::{Message, StatusEntry},
    outbound::StoredFile,
    standing::Standing,
    template_record::{TemplateHistory, TemplateRecord},
};

/// A file to fetch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMedia {
    /// Our id.
    pub id: MediaId,
    /// The tenant.
    pub org: OrgId,
    /// The number that received it: its grant may fetch it.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Meta's id.
    pub meta_media_id: Option<MetaMediaId>,
    /// The link from the webhook, which works for some minutes.
    pub link: Option<String>,
    /// The MIME type from the sender's phone.
    pub mime_type: Option<String>,
    /// The SHA-256 in Meta's form.
    pub sha256: Option<String>,
    /// The file's name.
    pub filename: Option<String>,
    /// Its place in our own store, if we have it already. Then there is nothing to fetch.
    pub stored: Option<StoredFile>,
}

/// Two contacts that turned out to be one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merge {
    /// The tenant.
    pub org: OrgId,
    /// The contact that is removed.
    pub from: ContactId,
    /// The contact that remains. It gets the keys, messages and conversations of both.
    pub into: ContactId,
    /// Conversations that are removed, each with the one that gets its messages.
    pub conversations: Vec<(ConversationId, ConversationId)>,
    /// The data to undo it. `None` when the removed contact was never stored.
    pub undo: Option<Box<MergeUndo>>,
}

/// A merged contact as it was, for an admin who undoes the merge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergeUndo {
    /// The merge's id.
    pub id: Uuid,
    /// The contact.
    pub contact: Contact,
    /// Its keys.
    pub keys: Vec<ContactKey>,
    /// When it was merged, by our clock.
    pub at: Time,
}

/// Changes to an account. A `None` leaves the value unchanged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccountPatch {
    /// `verified_name`.
    pub verified_name: Option<String>,
    /// `name_status`.
    pub name_status: Option<String>,
    /// `throughput.level`.
    pub throughput_level: Option<String>,
    /// The messaging limit's tier.
    pub messaging_limit: Option<String>,
    /// `status`.
    pub status: Option<String>,
    /// `quality_rating`.
    pub quality_rating: Option<String>,
    /// The whole new standing.
    pub standing: Option<Standing>,
}

/// The writes that the planner decided on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// Merges, to be written before everything else, in this order. If only one of the two contacts is stored, that
    /// one remains; the same holds for conversations.
    pub merges: Vec<Merge>,
    /// New or changed contacts.
    pub contacts: Vec<Contact>,
    /// New keys of contacts, keys that moved to another contact, and keys whose portfolio became known.
    pub keys: Vec<(OrgId, ContactKey, ContactId)>,
    /// The portfolios of those keys, where they are known.
    pub scopes: HashMap<(OrgId, ContactKey), String>,
    /// New or changed conversations.
    pub conversations: Vec<Conversation>,
    /// New messages.
    pub new_messages: Vec<Message>,
    /// Messages whose status, content, errors, price, file or marks changed.
    pub changed_messages: Vec<Message>,
    /// The bodies to send, of new messages of ours.
    pub bodies: HashMap<MessageId, String>,
    /// Messages that are sent again. Their timelines are deleted before any entry is written.
    pub restarted: Vec<MessageId>,
    /// The number of customers' messages received now, by account. Imported messages and calls do not count.
    pub inbound: BTreeMap<AccountId, i64>,
    /// New entries of timelines.
    pub statuses: Vec<StatusEntry>,
    /// Files to fetch.
    pub media: Vec<NewMedia>,
    /// Facts that wait for their message.
    pub waiting: Vec<Waiting>,
    /// Messages that no fact waits for any more.
    pub settled: Vec<(AccountId, Wamid)>,
    /// Digests of the facts that were applied now.
    pub digests: Vec<(OrgId, Digest)>,
    /// Changes to accounts.
    pub accounts: Vec<(OrgId, AccountId, AccountPatch)>,
    /// Changed templates.
    pub templates: Vec<TemplateRecord>,
    /// Entries of their history.
    pub template_history: Vec<TemplateHistory>,
    /// Accounts on whose WABAs templates must be synced, because a fact told only a part.
    pub template_syncs: BTreeSet<AccountId>,
    /// Events, in their order.
    pub events: Vec<NewEvent>,
    /// Items that cannot be applied, by their index in the batch. The plan holds no part of them.
    pub refused: Vec<(usize, Refused)>,
}
