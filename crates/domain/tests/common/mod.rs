//! A minimal store, and items to apply.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::DateTime;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    conversation::Peer,
    event::EventData,
    ids::{AccountId, ConversationId, MessageId, OrgId},
    inbound::{Fact, MessageContent, MetaFault, Party, StatusUpdate},
    inbox::{AccountPatch, Item, Needs, NewMedia, Plan, Refused, Snapshot, after, own_key, plan},
    message::ReportedStatus,
};

pub(crate) const ORG: OrgId = OrgId(Uuid::from_u128(1));
pub(crate) const ACCOUNT: AccountId = AccountId(Uuid::from_u128(2));

pub(crate) fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

/// A minimal store: it keeps the planned rows in the form of a [`Snapshot`]. The timeline is `statuses`.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) rows: Snapshot,
    pub(crate) files: Vec<NewMedia>,
    pub(crate) bodies: HashMap<MessageId, String>,
    pub(crate) inbound: BTreeMap<AccountId, i64>,
    pub(crate) patches: Vec<(AccountId, AccountPatch)>,
    /// The types of the events, in order.
    pub(crate) told: Vec<&'static str>,
    /// The events themselves.
    pub(crate) events: Vec<EventData>,
    last_id: u128,
}

impl Store {
    /// Applies a batch. No item may be refused.
    pub(crate) fn apply(&mut self, items: &[Item]) {
        assert_eq!(self.apply_at(at(1_000), items), []);
    }

    /// Applies a batch, and returns the refused items.
    pub(crate) fn apply_at(&mut self, now: Time, items: &[Item]) -> Vec<(usize, Refused)> {
        let asked = self.asked(&Needs::of(items));
        let mut ids = || {
            self.last_id += 1;
            Uuid::from_u128(self.last_id)
        };
        let plan = plan(items, asked, now, &mut ids);
        let refused = plan.refused.clone();
        self.told.extend(plan.events.iter().map(|e| e.data.kind()));
        self.events
            .extend(plan.events.iter().map(|e| e.data.clone()));
        self.write(plan);
        refused
    }

    /// Returns only the rows that are asked for, so that a missing need shows.
    fn asked(&self, needs: &Needs) -> Snapshot {
        let rows = &self.rows;
        let mut found = Snapshot::default();
        let own = needs.own.iter().filter_map(|(account, id)| {
            let mut messages = rows.messages.keys();
            messages.find(|key| key.0 == *account && rows.messages[*key].id == *id)
        });
        let like = rows.messages.keys().chain(rows.waiting.keys());
        let like = like.filter(|(account, wamid)| {
            let token = wamid.token().map(|token| (*account, token));
            token.is_some_and(|token| needs.tokens.contains(&token))
        });
        let asked: BTreeSet<_> = needs.messages.iter().chain(own).chain(like).collect();
        let messages = asked.iter();
        let messages = messages.filter_map(|key| rows.messages.get_key_value(*key));
        found.messages.extend(messages.map(owned));
        let contacts: BTreeSet<_> = needs
            .contacts
            .iter()
            .filter_map(|key| rows.keys.get(key).copied())
            .chain(found.messages.values().filter_map(|one| one.contact))
            .collect();
        let portfolios = rows.portfolios.iter();
        let portfolios = portfolios.filter(|(id, _)| needs.numbers.contains(id));
        found.portfolios.extend(portfolios.map(owned));
        found.keys.extend(
            rows.keys
                .iter()
                .filter(|(_, id)| contacts.contains(id))
                .map(owned),
        );
        found.contacts.extend(
            rows.contacts
                .iter()
                .filter(|(id, _)| contacts.contains(id))
                .map(owned),
        );
        let scopes = rows.scopes.iter();
        let scopes = scopes.filter(|(key, _)| found.keys.contains_key(key));
        found.scopes.extend(scopes.map(owned));
        let ids: BTreeSet<_> = found.messages.values().map(|m| m.id).collect();
        let threads: BTreeSet<_> = found.messages.values().map(|m| m.conversation).collect();
        let seen = rows.statuses.iter().filter(|(id, ..)| ids.contains(id));
        found.statuses.extend(seen.cloned());
        let conversations = rows
            .conversations
            .iter()
            .filter(|((_, peer), conversation)| {
                matches!(peer, Peer::Contact(id) if contacts.contains(id))
                    || matches!(peer, Peer::Group(id)
                        if needs.groups.contains(&(conversation.account, id.clone())))
                    || threads.contains(&conversation.id)
            });
        found.conversations.extend(conversations.map(owned));
        let waiting = asked.iter();
        let waiting = waiting.filter_map(|key| rows.waiting.get_key_value(*key));
        found.waiting.extend(waiting.map(owned));
        let accounts = needs.accounts.iter();
        let accounts = accounts.filter_map(|key| rows.accounts.get_key_value(key));
        found.accounts.extend(accounts.map(owned));
        found
    }

    fn write(&mut self, plan: Plan) {
        let rows = &mut self.rows;
        for merge in plan.merges {
            let into = |id: ConversationId| {
                let found = merge.conversations.iter().find(|(from, _)| *from == id);
                found.map_or(id, |(_, into)| *into)
            };
            rows.contacts.remove(&merge.from);
            for id in rows.keys.values_mut().filter(|id| **id == merge.from) {
                *id = merge.into;
            }
            for message in rows.messages.values_mut() {
                message.conversation = into(message.conversation);
                if message.contact == Some(merge.from) {
                    message.contact = Some(merge.into);
                }
            }
            rows.conversations
                .retain(|(_, peer), _| *peer != Peer::Contact(merge.from));
        }
        rows.contacts
            .extend(plan.contacts.into_iter().map(|c| (c.id, c)));
        rows.keys
            .extend(plan.keys.into_iter().map(|(org, key, id)| ((org, key), id)));
        rows.scopes.extend(plan.scopes);
        for conversation in plan.conversations {
            let key = (conversation.account, conversation.peer.clone());
            rows.conversations.insert(key, conversation);
        }
        for message in plan.new_messages.into_iter().chain(plan.changed_messages) {
            let wamid = message.wamid.clone();
            let key = (
                message.account,
                wamid.unwrap_or_else(|| own_key(message.id)),
            );
            rows.messages.retain(|_, other| other.id != message.id);
            let before = rows.messages.insert(key, message);
            assert_eq!(before, None, "a name is one message's");
        }
        self.bodies.extend(plan.bodies);
        rows.statuses
            .retain(|(id, ..)| !plan.restarted.contains(id));
        for entry in plan.statuses {
            let key = (entry.message, entry.status, entry.participant);
            assert!(
                rows.statuses.insert(key),
                "a status is in the timeline once"
            );
        }
        for key in &plan.settled {
            rows.waiting.remove(key);
        }
        for waiting in plan.waiting {
            let key = (waiting.account, waiting.wamid.clone());
            rows.waiting.entry(key).or_default().push(waiting);
        }
        for (org, account, patch) in &plan.accounts {
            let known = rows.accounts.get_mut(&(*org, *account)).unwrap();
            after(known, patch);
            self.patches.push((*account, patch.clone()));
        }
        self.files.extend(plan.media);
        for (account, count) in plan.inbound {
            *self.inbound.entry(account).or_default() += count;
        }
    }
}

fn owned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

pub(crate) fn item(fact: Fact) -> Item {
    Item {
        org: ORG,
        accounts: vec![ACCOUNT],
        received_at: at(900),
        told_at: None,
        extra: None,
        digest: None,
        fact,
    }
}

pub(crate) fn text(body: &str) -> MessageContent {
    MessageContent::Text { body: body.into() }
}

pub(crate) fn status(wamid: &str, status: ReportedStatus, seconds: i64) -> Item {
    let fault = MetaFault {
        code: 131_026,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    item(Fact::Status(Box::new(StatusUpdate {
        wamid: wamid.into(),
        status,
        at: at(seconds),
        recipient: Party::default(),
        group_id: None,
        participant: None,
        opaque: None,
        pricing: None,
        conversation: None,
        errors: match status {
            ReportedStatus::Failed => vec![fault],
            _ => vec![],
        },
        extra: None,
    })))
}
