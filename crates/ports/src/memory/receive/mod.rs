//! What is received. A write checks all that can stop it before it changes the first row.

mod apply;
mod changes;
mod erase;
mod events;
mod inbox;
mod journal;
mod media;
mod outbox;
mod queue;
mod submit;
mod upkeep;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{MutexGuard, PoisonError},
};

use uuid::Uuid;
use wabakit_domain::{
    Time,
    account::Account,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    delivery::{Change, Delivery, Lane, ParkedItem, ParkedState},
    event::{Event, NewEvent},
    ids::{
        AccountId, ChangeId, ContactId, ConversationId, DeliveryId, JournalBatchId, MediaId,
        MessageId, MetaAppId, MetaMediaId, OrgId, ParkedItemId, UploadId, WabaId, Wamid,
    },
    inbox::{Digest, Waiting},
    media::Media,
    message::{Message, StatusEntry},
};

use super::MemoryStore;
use crate::store::{QueueBlock, Rejections, TrafficMinute, Upload};

/// Every row there is, with the indexes that the reads need.
#[derive(Default)]
pub(super) struct Received {
    /// Batches that were not split.
    batches: BTreeMap<JournalBatchId, Vec<DeliveryId>>,
    /// Deliveries, and why they could not be read.
    deliveries: BTreeMap<DeliveryId, (Delivery, Option<String>)>,
    rejections: BTreeMap<(Time, Option<MetaAppId>, String), Rejections>,
    changes: BTreeMap<ChangeId, Change>,
    /// By partition and lane: the changes that wait, and whether they are replays.
    queue: BTreeMap<(u8, String), BTreeMap<ChangeId, bool>>,
    parked: BTreeMap<ParkedItemId, ParkedItem>,
    traffic: BTreeMap<(Time, OrgId, WabaId), TrafficMinute>,

    contacts: BTreeMap<ContactId, Contact>,
    keys: HashMap<(OrgId, ContactKey), ContactId>,
    keys_of: HashMap<ContactId, BTreeSet<ContactKey>>,
    conversations: BTreeMap<ConversationId, Conversation>,
    peers: BTreeMap<(Peer, AccountId), ConversationId>,
    messages: BTreeMap<MessageId, Message>,
    wamids: HashMap<(AccountId, Wamid), MessageId>,
    /// Conversations' messages in order of time.
    threads: BTreeSet<(ConversationId, Time, MessageId)>,
    timelines: HashMap<MessageId, Vec<StatusEntry>>,
    waiting: HashMap<(AccountId, Wamid), Vec<Waiting>>,
    /// With the time at which they were applied.
    digests: HashMap<(OrgId, Digest), Time>,
    media: BTreeMap<MediaId, Media>,

    /// What is sent, of messages of ours.
    bodies: HashMap<MessageId, String>,
    /// Messages of ours that have not ended, by number.
    jobs: BTreeSet<(AccountId, MessageId)>,
    queues: BTreeMap<AccountId, NumberQueue>,
    /// Customers' messages, by number.
    inbound: HashMap<AccountId, i64>,
    kept_answers: HashMap<(OrgId, String), KeptAnswer>,
    uploads: BTreeMap<UploadId, Upload>,
    meta_media: HashMap<(UploadId, AccountId), (MetaMediaId, Time)>,

    logs: BTreeMap<OrgId, Log>,
    turns: HashMap<String, Turn>,
}

/// An org's log: the newest events, which end at the head.
#[derive(Default)]
struct Log {
    head: i64,
    events: VecDeque<Event>,
}

/// A number's queue that was once leased or paused.
#[derive(Default)]
struct NumberQueue {
    /// With the time at which the lease ends or ended.
    owner: Option<(Uuid, Time)>,
    epoch: i64,
    is_paused: bool,
    block: Option<QueueBlock>,
}

/// What a repeated call is answered with.
struct KeptAnswer {
    fingerprint: [u8; 32],
    answer: String,
    at: Time,
}

/// A turn that was taken at least once.
struct Turn {
    owner: Uuid,
    /// When it ends or ended.
    until: Time,
}

impl MemoryStore {
    /// Nothing in a write fails once it has begun, so a poisoned lock holds good rows.
    pub(super) fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    /// Lets what was parked for these numbers and WABAs before anybody held them be tried again.
    pub(super) fn release(&mut self, accounts: &[Account], now: Time) {
        let lanes: Vec<Lane> = accounts.iter().flat_map(Lane::of_account).collect();
        for item in self.parked.values_mut() {
            if item.state == ParkedState::Homeless && lanes.contains(&item.lane) {
                item.state = ParkedState::Retrying;
                item.next_at = Some(now);
            }
        }
    }

    fn is_queued(&self, change: &Change) -> bool {
        self.queue
            .get(&place(change))
            .is_some_and(|lane| lane.contains_key(&change.id))
    }

    fn enqueue(&mut self, change: &Change, is_replay: bool) {
        let lane = self.queue.entry(place(change)).or_default();
        lane.insert(change.id, is_replay);
    }

    /// Appends events, and answers where the logs that they are in end now.
    pub(super) fn append(&mut self, events: Vec<NewEvent>) -> Vec<(OrgId, i64)> {
        let mut heads = BTreeMap::new();
        for NewEvent { id, org, at, data } in events {
            let log = self.logs.entry(org).or_default();
            log.head += 1;
            log.events.push_back(Event {
                id,
                sequence: log.head,
                at,
                data,
            });
            heads.insert(org, log.head);
        }
        heads.into_iter().collect()
    }

    /// Appends one event, and answers where its log ends now.
    fn tell(&mut self, event: NewEvent) -> i64 {
        let heads = self.append(vec![event]);
        heads.first().map_or(0, |(_, head)| *head)
    }

    fn conversations_of(&self, contact: ContactId) -> impl Iterator<Item = &Conversation> {
        let peer = Peer::Contact(contact);
        self.peers
            .range((peer.clone(), AccountId(Uuid::nil()))..)
            .take_while(move |((other, _), _)| *other == peer)
            .filter_map(|(_, id)| self.conversations.get(id))
    }
}

/// Where a change waits.
fn place(change: &Change) -> (u8, String) {
    (change.lane.partition(), change.lane.key())
}

/// How many rows a limit allows; a limit below zero allows none.
fn rows(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(0)
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Counts no further than `most`.
fn count(rows: impl Iterator, most: i64) -> i64 {
    let count = rows.take(usize::try_from(most).unwrap_or(0)).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}
