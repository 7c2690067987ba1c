//! The planner: turns a batch of facts into the writes to contacts, conversations and messages.
//!
//! It is a pure function. The store loads the rows that [`Needs`] names, [`plan`] says what to write, and the store
//! writes it, all in one transaction. So every store applies the same rules, and the rules are tested without a
//! store.

mod amendments;
mod management;
mod messages;
mod people;
mod sending;
mod statuses;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    Time,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    event::{EventData, FaultsEvent, HistoryEvent, ManagementEvent, NewEvent},
    ids::{
        AccountId, ContactId, ConversationId, EventId, GroupId, MediaId, MessageId, MetaMediaId,
        OrgId, Wamid,
    },
    inbound::{Fact, Management, MessageContent, Party, StatusUpdate},
    message::{Message, ReportedStatus, StatusEntry},
    outbound::StoredFile,
    standing::Standing,
};

pub use management::after;
pub use sending::own_key;

/// A fact, with its organisation and accounts.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The tenant.
    pub org: OrgId,
    /// The accounts that the fact is about: one for a fact about a number, all of the WABA's for a fact about a WABA.
    pub accounts: Vec<AccountId>,
    /// When its delivery was received.
    pub received_at: Time,
    /// When Meta told it (`entry.time`), if the delivery says so. It may be days before it was received.
    pub told_at: Option<Time>,
    /// The parts that the fact has no typed form for, as Meta sent them.
    pub extra: Option<Value>,
    /// The SHA-256 of field, entry and value, for a fact without an id at Meta. A repetition is recognised by it.
    pub digest: Option<Digest>,
    /// The fact.
    pub fact: Fact,
}

/// SHA-256.
pub type Digest = [u8; 32];

/// The rows that a batch of items needs, for the store to load.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// Contacts with these keys, with their other keys and their conversations.
    pub contacts: BTreeSet<(OrgId, ContactKey)>,
    /// Conversations of these groups.
    pub groups: BTreeSet<(AccountId, GroupId)>,
    /// These messages, with their statuses, the facts that wait for them, and their conversations.
    pub messages: BTreeSet<(AccountId, Wamid)>,
    /// Messages whose id has this token inside, as above.
    pub tokens: BTreeSet<(AccountId, String)>,
    /// The portfolios of these accounts.
    pub numbers: BTreeSet<AccountId>,
    /// The same for messages of ours, by our own id. The planner checks that they belong to the account.
    pub own: BTreeSet<(AccountId, MessageId)>,
    /// Digests of facts, to find those that were applied before.
    pub digests: BTreeSet<(OrgId, Digest)>,
    /// The [`KnownAccount`] of these accounts.
    pub accounts: BTreeSet<(OrgId, AccountId)>,
}

impl Needs {
    /// Collects the needs of these items.
    pub fn of(items: &[Item]) -> Self {
        let mut needs = Self::default();
        for item in items {
            needs.add(item);
        }
        needs
    }

    fn add(&mut self, item: &Item) {
        if let Some(digest) = item.digest {
            self.digests.insert((item.org, digest));
        }
        let account = item.accounts.first().copied();
        match &item.fact {
            Fact::Message(message) => {
                match people::identity(message) {
                    Some(told) => {
                        self.people(item, &told.now);
                        let former = told.former.into_iter();
                        self.contacts.extend(former.map(|key| (item.org, key)));
                    }
                    None => self.people(item, &message.party),
                }
                let Some(account) = account else { return };
                self.message(account, &message.key());
                self.group(account, message.group_id.as_ref());
                let quoted = message.context.as_ref();
                let quoted = quoted.and_then(|context| context.message_id.as_ref());
                for wamid in quoted.into_iter().chain(message.content.quotes()) {
                    self.message(account, wamid);
                }
            }
            Fact::Status(status) => {
                if let Some(account) = account {
                    self.people(item, &status.recipient);
                    self.message(account, &status.wamid);
                    let own = sending::own_id(status).into_iter();
                    self.own.extend(own.map(|id| (account, id)));
                }
            }
            Fact::Compose(compose) => {
                self.people(item, &compose.party);
                let Some(account) = account else { return };
                self.group(account, compose.group_id.as_ref());
                let quoted = compose.context.as_ref();
                let quoted = quoted.and_then(|context| context.message_id.as_ref());
                for wamid in quoted.into_iter().chain(compose.content.quotes()) {
                    self.message(account, wamid);
                }
            }
            Fact::Send(fact) => {
                let Some(account) = account else { return };
                self.own.insert((account, fact.message));
                if let Some(wamid) = fact.proof() {
                    self.messages.insert((account, wamid.clone()));
                }
                if let Some(recipient) = fact.recipient() {
                    self.people(item, recipient);
                }
            }
            Fact::Call(call) => {
                self.people(item, &call.party);
                let Some(account) = account else { return };
                self.messages.insert((account, call.call_id.clone()));
                if call.transcript.is_some() {
                    self.messages.insert((account, call.transcript_key()));
                }
                self.group(account, call.group_id.as_ref());
            }
            Fact::ContactBook(entry) => self.people(item, &entry.party),
            Fact::Preference(preference) => self.people(item, &preference.party),
            Fact::UserId(change) => {
                self.people(item, &change.party);
                let keys = people::previous_keys(change).into_iter();
                self.contacts.extend(keys.map(|key| (item.org, key)));
            }
            Fact::Management(management) => {
                if management::changes_accounts(management) {
                    let accounts = item.accounts.iter();
                    self.accounts
                        .extend(accounts.map(|account| (item.org, *account)));
                }
            }
            Fact::Faults(_) | Fact::History { .. } | Fact::Test | Fact::Unsupported { .. } => {}
        }
    }

    fn people(&mut self, item: &Item, party: &Party) {
        let keys = ContactKey::of(party).into_iter();
        self.contacts.extend(keys.map(|key| (item.org, key)));
        self.numbers.extend(item.accounts.first());
    }

    fn group(&mut self, account: AccountId, group: Option<&GroupId>) {
        let group = group.map(|group| (account, group.clone()));
        self.groups.extend(group);
    }

    /// Asks for a message under any spelling of its id.
    fn message(&mut self, account: AccountId, wamid: &Wamid) {
        let token = wamid.token().map(|token| (account, token));
        self.tokens.extend(token);
        self.messages.insert((account, wamid.clone()));
    }
}

/// The stored rows that [`Needs`] asked for.
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
    /// Messages. A message of ours that has no wamid yet is under its [`own_key`].
    pub messages: HashMap<(AccountId, Wamid), Message>,
    /// The entries of the messages' timelines, with the participant.
    pub statuses: HashSet<(MessageId, ReportedStatus, Option<String>)>,
    /// Facts that arrived before their message.
    pub waiting: HashMap<(AccountId, Wamid), Vec<Waiting>>,
    /// Digests that were applied before.
    pub digests: HashSet<(OrgId, Digest)>,
    /// The accounts of the organisations that asked for them.
    pub accounts: HashMap<(OrgId, AccountId), KnownAccount>,
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

/// A fact that arrived before its message, and waits for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The message that it is about.
    pub wamid: Wamid,
    /// The conversation, where it is known: only there another spelling of the id is the same message.
    pub conversation: Option<ConversationId>,
    /// The fact.
    pub what: WaitingFor,
    /// When it was received.
    pub received_at: Time,
}

impl Waiting {
    /// Returns the key that makes it unique for its message. Of two facts with the same key, one is kept.
    pub fn key(&self) -> String {
        match &self.what {
            WaitingFor::Status(status) => format!(
                "{}:{}",
                status.status.as_str(),
                status.participant.as_deref().unwrap_or_default()
            ),
            // Two edits may have the same second.
            WaitingFor::Edit { at, content } => {
                let content = format!("{content:?}");
                let digest = ring::digest::digest(&ring::digest::SHA256, content.as_bytes());
                let digest: String = digest
                    .as_ref()
                    .iter()
                    .take(8)
                    .fold(String::with_capacity(16), |text, byte| {
                        format!("{text}{byte:02x}")
                    });
                format!("edit:{}:{digest}", at.timestamp_micros())
            }
            WaitingFor::Revoke { .. } => "revoke".to_owned(),
        }
    }
}

/// A fact that can arrive before its message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// A status.
    Status(Box<StatusUpdate>),
    /// An edit.
    Edit {
        /// The new content.
        content: Box<MessageContent>,
        /// When it was edited.
        at: Time,
    },
    /// A revoke.
    Revoke {
        /// When it was revoked.
        at: Time,
    },
}

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
    /// Events, in their order.
    pub events: Vec<NewEvent>,
    /// Items that cannot be applied, by their index in the batch. The plan holds no part of them.
    pub refused: Vec<(usize, Refused)>,
}

/// Why an item cannot be applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// It is about a message, and names none of our numbers.
    #[error("it names no number")]
    NoNumber,
    /// It is about a person, and does not identify them.
    #[error("it tells neither phone nor user id")]
    Nobody,
    /// The field or shape is not modelled.
    #[error("it is not modelled")]
    Unsupported,
    /// A message of ours is missing, or its state does not allow the act.
    #[error("the message does not stand where it must")]
    WrongState,
}

impl Refused {
    /// Returns the code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoNumber => "no_number",
            Self::Nobody => "no_sender",
            Self::Unsupported => "unsupported",
            Self::WrongState => "wrong_state",
        }
    }
}

/// Checks whether an item can be applied at all. [`plan`] refuses the same items, and besides them only acts upon a
/// message of ours whose state does not allow it.
///
/// # Errors
/// [`Refused`], with the reason.
pub fn check(item: &Item) -> Result<(), Refused> {
    match &item.fact {
        Fact::Unsupported { .. } => Err(Refused::Unsupported),
        Fact::Message(message) => {
            account_of(item)?;
            if let Some(told) = people::identity(message) {
                return somebody(&[ContactKey::of(&told.now), told.former]);
            }
            match message.group_id.is_some() && message.party.is_nobody() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&message.party)]),
            }
        }
        Fact::Status(_) | Fact::Send(_) => account_of(item).map(drop),
        Fact::Compose(compose) => {
            account_of(item)?;
            match compose.group_id.is_some() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&compose.party)]),
            }
        }
        Fact::Call(call) => {
            account_of(item)?;
            match call.group_id.is_some() && call.party.is_nobody() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&call.party)]),
            }
        }
        Fact::ContactBook(entry) => somebody(&[ContactKey::of(&entry.party)]),
        Fact::UserId(change) => {
            somebody(&[ContactKey::of(&change.party), people::previous_keys(change)])
        }
        Fact::Preference(preference) => somebody(&[ContactKey::of(&preference.party)]),
        Fact::Faults(_) | Fact::History { .. } | Fact::Management(_) | Fact::Test => Ok(()),
    }
}

fn somebody(keys: &[Vec<ContactKey>]) -> Result<(), Refused> {
    match keys.iter().all(Vec::is_empty) {
        true => Err(Refused::Nobody),
        false => Ok(()),
    }
}

/// Decides what to write for these items, in their order. `now` is the batch's time; `ids` gives fresh ids.
pub fn plan(items: &[Item], snapshot: Snapshot, now: Time, ids: &mut dyn FnMut() -> Uuid) -> Plan {
    let own = snapshot.messages.iter();
    let own = own.filter(|(_, message)| message.job.is_some());
    let own = own
        .map(|(key, message)| (message.id, key.clone()))
        .collect();
    let mut keys_of: HashMap<ContactId, Vec<ContactKey>> = HashMap::new();
    for ((_, key), id) in &snapshot.keys {
        keys_of.entry(*id).or_default().push(key.clone());
    }
    let mut planner = Planner {
        own,
        keys_of,
        by_token: HashMap::new(),
        waiting_by_token: HashMap::new(),
        now,
        ids,
        state: snapshot,
        plan: Plan::default(),
        touched: Touched::default(),
        extra: None,
    };
    let stored: Vec<_> = planner.state.messages.keys().cloned().collect();
    for (account, wamid) in stored {
        planner.spell(account, &wamid);
    }
    let waiting: Vec<_> = planner.state.waiting.keys().cloned().collect();
    for key in waiting {
        planner.spell_waiting(&key);
    }
    for (place, item) in items.iter().enumerate() {
        if let Err(refused) = planner.apply(item) {
            planner.plan.refused.push((place, refused));
        }
    }
    planner.finish()
}

/// The changed rows. Each is written once at the end, however often it changed.
#[derive(Default)]
struct Touched {
    contacts: BTreeSet<ContactId>,
    new_contacts: HashSet<ContactId>,
    conversations: HashSet<(AccountId, Peer)>,
    new_conversations: HashSet<ConversationId>,
    /// In the order of their creation.
    new_messages: Vec<(AccountId, Wamid)>,
    new_message_ids: HashSet<MessageId>,
    changed_messages: HashSet<(AccountId, Wamid)>,
}

struct Planner<'a> {
    /// The keys of messages of ours in the snapshot.
    own: HashMap<MessageId, (AccountId, Wamid)>,
    /// The keys of each contact.
    keys_of: HashMap<ContactId, Vec<ContactKey>>,
    /// Messages by the token inside their ids.
    by_token: HashMap<(AccountId, String), Vec<Wamid>>,
    /// The same for facts that wait.
    waiting_by_token: HashMap<(AccountId, String), Vec<Wamid>>,
    now: Time,
    ids: &'a mut dyn FnMut() -> Uuid,
    state: Snapshot,
    plan: Plan,
    touched: Touched,
    /// The parts of the current item without a typed form.
    extra: Option<Value>,
}

impl Planner<'_> {
    fn apply(&mut self, item: &Item) -> Result<(), Refused> {
        if let Some(digest) = item.digest
            && !self.state.digests.insert((item.org, digest))
        {
            return Ok(());
        }
        self.extra.clone_from(&item.extra);
        self.apply_fact(item)?;
        if let Some(digest) = item.digest {
            self.plan.digests.push((item.org, digest));
        }
        Ok(())
    }

    fn apply_fact(&mut self, item: &Item) -> Result<(), Refused> {
        let (number, received_at) = (item.accounts.first().copied(), item.received_at);
        match &item.fact {
            Fact::Message(message) => self.message(item.org, account_of(item)?, message),
            Fact::Status(status) => {
                self.status(item, account_of(item)?, status);
                Ok(())
            }
            Fact::Compose(compose) => self.compose(item.org, account_of(item)?, compose),
            Fact::Send(fact) => self.send(item.org, account_of(item)?, fact),
            Fact::Call(call) => self.call(item.org, account_of(item)?, call),
            Fact::ContactBook(entry) => {
                self.contact_book(item.org, number, entry, received_at)?;
                self.person_notice(item, "smb_app_state_sync", &entry.party, Map::new());
                Ok(())
            }
            Fact::UserId(change) => {
                self.user_id(item.org, number, change, received_at)?;
                self.person_notice(item, "user_id_update", &change.party, Map::new());
                Ok(())
            }
            Fact::Preference(preference) => {
                self.preference(item.org, number, preference, received_at)?;
                let told = people::preference_notice(preference);
                self.person_notice(item, "user_preferences", &preference.party, told);
                Ok(())
            }
            Fact::Management(management) => {
                self.management(item, management);
                Ok(())
            }
            Fact::Faults(errors) => {
                let event = FaultsEvent {
                    account: account_of(item).ok(),
                    errors: errors.clone(),
                    extra: item.extra.clone(),
                };
                self.event(item.org, EventData::AccountErrors(event));
                Ok(())
            }
            Fact::History {
                progress,
                phase,
                faults,
            } => {
                let event = HistoryEvent {
                    account: account_of(item).ok(),
                    progress: *progress,
                    phase: *phase,
                    errors: faults.clone(),
                    extra: item.extra.clone(),
                };
                self.event(item.org, EventData::HistoryProgress(event));
                Ok(())
            }
            Fact::Test => {
                self.event(item.org, EventData::WebhookTest {});
                Ok(())
            }
            Fact::Unsupported { .. } => Err(Refused::Unsupported),
        }
    }

    /// Adds an event with the parts of a fact about a person that the contact has no place for. It names the contact,
    /// not the person.
    fn person_notice(&mut self, item: &Item, field: &str, party: &Party, told: Map<String, Value>) {
        if told.is_empty() && item.extra.is_none() {
            return;
        }
        let mut value = told;
        let keys = ContactKey::of(party).into_iter();
        let contact = keys
            .filter_map(|key| self.state.keys.get(&(item.org, key)))
            .next();
        if let Some(contact) = contact {
            value.insert("contactId".to_owned(), contact.0.to_string().into());
        }
        let event = value.get("value").and_then(Value::as_str);
        let event = event.map(ToOwned::to_owned);
        let notice = ManagementEvent {
            account: account_of(item).ok(),
            change: Box::new(Management::Other {
                field: field.to_owned(),
                event,
                value: Value::Object(value),
            }),
            extra: item.extra.clone(),
        };
        self.event(item.org, EventData::AccountNotice(notice));
    }

    fn id(&mut self) -> Uuid {
        (self.ids)()
    }

    fn event(&mut self, org: OrgId, data: EventData) {
        let id = EventId(self.id());
        self.plan.events.push(NewEvent {
            id,
            org,
            at: self.now,
            data,
        });
    }

    fn finish(self) -> Plan {
        let Self {
            mut plan,
            mut state,
            touched,
            ..
        } = self;
        plan.contacts = touched
            .contacts
            .iter()
            .filter_map(|id| state.contacts.remove(id))
            .collect();
        plan.conversations = touched
            .conversations
            .iter()
            .filter_map(|key| state.conversations.remove(key))
            .collect();
        plan.conversations
            .sort_unstable_by_key(|conversation| conversation.id);
        plan.changed_messages = touched
            .changed_messages
            .iter()
            .filter_map(|key| state.messages.get(key).cloned())
            .filter(|message| !touched.new_message_ids.contains(&message.id))
            .collect();
        plan.changed_messages
            .sort_unstable_by_key(|message| message.id);
        plan.new_messages = touched
            .new_messages
            .iter()
            .filter_map(|key| state.messages.remove(key))
            .collect();
        plan.keys.sort_unstable();
        plan.scopes = plan
            .keys
            .iter()
            .filter_map(|(org, key, _)| state.scopes.remove_entry(&(*org, key.clone())))
            .collect();
        plan
    }
}

fn account_of(item: &Item) -> Result<AccountId, Refused> {
    match item.accounts.as_slice() {
        &[account] => Ok(account),
        _ => Err(Refused::NoNumber),
    }
}
