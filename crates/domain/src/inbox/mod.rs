//! The planner: turns a batch of facts into the writes to contacts, conversations and messages.
//!
//! It is a pure function. The store loads the rows that [`Needs`] names, [`plan`] says what to write, and the store
//! writes it, all in one transaction. So every store applies the same rules, and the rules are tested without a
//! store.
//!
//! `needs`, `snapshot` and `writes` hold the types that the store passes in and gets back. This file applies the items of
//! a batch one after another. Each kind of fact has its rules in a file of its own.

mod amendments;
mod calls;
mod contact_facts;
mod groups;
mod identity;
mod management;
mod merging;
mod messages;
mod needs;
mod people;
mod refusals;
mod sending;
mod snapshot;
mod statuses;
mod templates;
mod waiting;
mod writes;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};
use uuid::Uuid;

use self::refusals::account_of;
use crate::{
    Time,
    contact::ContactKey,
    conversation::Peer,
    event::{EventData, FaultsEvent, HistoryEvent, ManagementEvent, NewEvent},
    ids::{AccountId, ContactId, ConversationId, EventId, MessageId, OrgId, TemplateId, Wamid},
    inbound::{Fact, Management, Party},
};

pub use management::after;
pub use needs::{Digest, Item, Needs};
pub use refusals::{Refused, check};
pub use sending::own_key;
pub use snapshot::{KnownAccount, Snapshot};
pub use waiting::{Waiting, WaitingFor};
pub use writes::{AccountPatch, Merge, MergeUndo, NewMedia, Plan};

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
    templates: BTreeSet<TemplateId>,
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
                let told = contact_facts::preference_notice(preference);
                self.person_notice(item, "user_preferences", &preference.party, told);
                Ok(())
            }
            Fact::Management(management) => {
                self.management(item, management);
                Ok(())
            }
            Fact::Group(update) => {
                self.group(item, update);
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
        let templates = touched.templates.iter();
        plan.templates = templates
            .filter_map(|id| state.templates.remove(id))
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
