//! The stored rows that a batch of items meets.

use std::collections::{HashMap, HashSet};

use super::{Digest, Waiting};
use crate::{
    Time,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    ids::{AccountId, ContactId, MessageId, MetaTemplateId, OrgId, TemplateId, Wamid},
    message::{Message, ReportedStatus},
    standing::Standing,
    template_record::TemplateRecord,
};

/// The stored rows that [`Needs`](super::Needs) asked for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Snapshot {
    /// The contact of each key.
    pub keys: HashMap<(OrgId, ContactKey), ContactId>,
    /// The portfolio in which an id holds. An id that was stored before portfolios were noted has none.
    pub scopes: HashMap<(OrgId, ContactKey), String>,
    /// The accounts' portfolios: the business's id at Meta, or else that of the WABA.
    pub portfolios: HashMap<AccountId, String>,
    /// The contacts, and those of the messages, with all their keys.
    pub contacts: HashMap<ContactId, Contact>,
    /// The contacts' conversations, those of groups, and those of the messages.
    pub conversations: HashMap<(AccountId, Peer), Conversation>,
    /// Messages. A message of ours that has no wamid yet is under its [`own_key`](super::own_key).
    pub messages: HashMap<(AccountId, Wamid), Message>,
    /// The entries of the messages' timelines, with the participant.
    pub statuses: HashSet<(MessageId, ReportedStatus, Option<String>)>,
    /// Facts that arrived before their message.
    pub waiting: HashMap<(AccountId, Wamid), Vec<Waiting>>,
    /// Digests that were applied before.
    pub digests: HashSet<(OrgId, Digest)>,
    /// The accounts of the organisations that asked for them.
    pub accounts: HashMap<(OrgId, AccountId), KnownAccount>,
    /// The templates that facts name, by an account on their WABA.
    pub template_keys: HashMap<(AccountId, MetaTemplateId), TemplateId>,
    /// The templates themselves, by our id.
    pub templates: HashMap<TemplateId, TemplateRecord>,
}

/// The values that decide whether a fact about an account is news.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownAccount {
    /// `status`, as Meta last answered it.
    pub status: Option<String>,
    /// `quality_rating`.
    pub quality_rating: Option<String>,
    /// When Meta was last asked.
    pub last_verified_at: Option<Time>,
    /// When it was last connected.
    pub connected_at: Time,
    /// The facts that Meta's webhooks told.
    pub standing: Standing,
}
