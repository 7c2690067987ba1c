//! The items of a batch, and the rows that the store loads for them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{identity, management, sending};
use crate::{
    Time,
    contact::ContactKey,
    ids::{AccountId, GroupId, MessageId, MetaTemplateId, OrgId, Wamid},
    inbound::{Fact, Management, Party},
};

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
    /// The [`KnownAccount`](super::KnownAccount) of these accounts.
    pub accounts: BTreeSet<(OrgId, AccountId)>,
    /// Templates by Meta's id, each on the WABA of an account.
    pub templates: BTreeSet<(AccountId, MetaTemplateId)>,
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
                match identity::identity(message) {
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
                    self.group(account, status.group_id.as_ref());
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
                let keys = identity::previous_keys(change).into_iter();
                self.contacts.extend(keys.map(|key| (item.org, key)));
            }
            Fact::Management(management) => {
                if management::changes_accounts(management) {
                    let accounts = item.accounts.iter();
                    self.accounts
                        .extend(accounts.map(|account| (item.org, *account)));
                }
                if let (Some(account), Management::Template { template, .. }) =
                    (account, &**management)
                {
                    self.templates
                        .insert((account, MetaTemplateId::from(template.id.as_str())));
                }
            }
            Fact::Group(update) => {
                for person in &update.people {
                    self.people(item, &person.party);
                }
                for account in &item.accounts {
                    self.group(*account, update.change.group_id.as_ref());
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
