//! Webhooks: their receivers (route), their bytes (encode, sign), their batching (knobs), their storage until they
//! are answered (queue, delivery) and their delivery (courier).

mod challenge;
mod courier;
mod delivery;
mod encode;
mod knobs;
mod log;
mod queue;
mod route;
mod samples;
mod sign;
mod update;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::Duration;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

pub(crate) use challenge::{Challenge, answer_is_right};
pub(crate) use courier::{client, run};
pub(crate) use delivery::Delivery;
pub(crate) use encode::escaped;
pub(crate) use knobs::{Knobs, Shape};
pub(crate) use log::{Attempt, Outcome};
pub(crate) use queue::QueueError;
pub(crate) use route::Silence;
pub(crate) use samples::{Marks, Sample, all as samples};
pub(crate) use sign::Signing;
pub(crate) use update::{Held, Said, Update};

use crate::clock::Time;
use crate::dice::Dice;
use crate::records::Records;
use crate::state::{AppSubscription, Store, World, lock};
use queue::Queue;

/// The largest body that Meta sends.
const LARGEST_BODY: usize = 3 << 20;

/// All webhooks.
pub(crate) struct Webhooks {
    store: Arc<Store>,
    queue: Mutex<Queue>,
    log: Mutex<Records<Attempt>>,
    counts: Mutex<Counts>,
    /// Attempts that are not in the log yet.
    busy: AtomicUsize,
    /// Statuses that are still to be sent.
    expected: AtomicUsize,
    /// Wakes the courier, because a delivery may be due.
    wake: Notify,
    /// Changes with every event, so that one can wait for an idle queue.
    news: watch::Sender<u64>,
}

/// The counts since the start.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    updates: u64,
    silenced: BTreeMap<&'static str, u64>,
    deliveries: u64,
    attempts: u64,
    delivered: u64,
    dropped: u64,
    /// The number of times that updates were batched into deliveries.
    rounds: u64,
}

/// The result of emitting updates.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Emission {
    /// The apps that get them.
    pub(crate) apps: BTreeSet<String>,
    /// The reason why no app gets one of them.
    pub(crate) silence: Option<Silence>,
    /// The deliveries made of them. None when they are held.
    pub(crate) deliveries: Vec<u64>,
    pub(crate) held: usize,
}

impl Webhooks {
    pub(crate) fn open(folder: &Path, store: Arc<Store>) -> io::Result<Self> {
        let queue = Queue::open(folder)?;
        Ok(Self {
            store,
            queue: Mutex::new(queue),
            log: Mutex::new(Records::open(folder.join("log.jsonl"), log::KEPT)?),
            counts: Mutex::default(),
            busy: AtomicUsize::new(0),
            expected: AtomicUsize::new(0),
            wake: Notify::new(),
            news: watch::Sender::new(0),
        })
    }

    fn now(&self) -> Time {
        self.store.read(World::now)
    }

    /// Sends the updates to every app that subscribes to them.
    pub(crate) fn emit(&self, updates: &[Update]) -> Result<Emission, QueueError> {
        let mut emission = Emission::default();
        let heard: Vec<Held> = self.store.read(|world| {
            let mut heard = Vec::new();
            for update in updates {
                match route::audience(world, update) {
                    Ok(held) => heard.extend(held),
                    Err(silence) => emission.silence = Some(silence),
                }
            }
            heard
        });
        {
            let mut counts = lock(&self.counts);
            counts.updates += updates.len() as u64;
            if let Some(silence) = emission.silence {
                *counts.silenced.entry(silence.name()).or_default() += 1;
            }
        }
        emission.apps = heard.iter().map(|held| held.app_id.clone()).collect();
        self.give(heard, emission, None)
    }

    /// Sends large numbers of updates to every app that subscribes to the field, with this many in one POST. Without
    /// enough room, none is accepted.
    pub(crate) fn say(&self, field: &str, said: Vec<Said>, batch: usize) -> Result<(), QueueError> {
        let (count, mut silenced) = (said.len() as u64, BTreeMap::<&str, u64>::new());
        let heard: Vec<Held> = self.store.read(|world| {
            let mut known = HashMap::new();
            let mut heard = Vec::with_capacity(said.len());
            for said in said {
                let apps = known
                    .entry(Arc::clone(&said.waba_id))
                    .or_insert_with(|| route::hearing(world, &said.waba_id, field));
                match apps {
                    Err(silence) => *silenced.entry(silence.name()).or_default() += 1,
                    Ok(apps) => heard.extend(apps.iter().map(|app_id| Held {
                        app_id: (*app_id).clone(),
                        entry_id: said.waba_id.to_string(),
                        waba_id: Some(said.waba_id.to_string()),
                        phone_id: Some(said.phone_id.to_string()),
                        time: None,
                        field: field.to_owned(),
                        value: said.value.clone(),
                    })),
                }
            }
            heard
        });
        self.give(heard, Emission::default(), Some(batch))?;
        let mut counts = lock(&self.counts);
        counts.updates += count;
        for (name, count) in silenced {
            let counted = counts.silenced.entry(name).or_default();
            *counted += count;
        }
        Ok(())
    }

    /// Announces this many more statuses.
    pub(crate) fn expect(&self, count: usize) {
        self.expected.fetch_add(count, Ordering::Relaxed);
    }

    /// Notes that this many of them were sent.
    pub(crate) fn expected(&self, count: usize) {
        self.expected.fetch_sub(count, Ordering::Relaxed);
        self.news.send_modify(|count| *count += 1);
    }

    /// Sends updates that are addressed to an app already.
    pub(crate) fn emit_to(&self, held: Vec<Held>) -> Result<Emission, QueueError> {
        lock(&self.counts).updates += held.len() as u64;
        let apps = held.iter().map(|held| held.app_id.clone()).collect();
        self.give(
            held,
            Emission {
                apps,
                ..Emission::default()
            },
            None,
        )
    }

    /// `batch`: the updates in one POST, unless the knobs say it.
    fn give(
        &self,
        held: Vec<Held>,
        mut emission: Emission,
        batch: Option<usize>,
    ) -> Result<Emission, QueueError> {
        if held.is_empty() {
            return Ok(emission);
        }
        if self.store.read(|world| world.knobs.hold) {
            emission.held = held.len();
            lock(&self.queue).hold(held)?;
        } else {
            let deliveries = self.cut(held, batch);
            emission.deliveries = self.enqueue(deliveries)?;
        }
        Ok(emission)
    }

    /// Sends held updates, and returns the number of deliveries.
    pub(crate) fn flush(&self) -> Result<usize, QueueError> {
        let mut queue = lock(&self.queue);
        let deliveries = self.cut(queue.held(), None);
        let count = deliveries.len();
        // Deliveries first: a crash between the two writes repeats updates and does not lose them.
        queue.add(deliveries)?;
        queue.let_go()?;
        drop(queue);
        self.announce(count);
        Ok(count)
    }

    /// Enqueues whole deliveries.
    pub(crate) fn enqueue(&self, deliveries: Vec<Delivery>) -> Result<Vec<u64>, QueueError> {
        let count = deliveries.len();
        let ids = lock(&self.queue).add(deliveries)?;
        self.announce(count);
        Ok(ids)
    }

    fn announce(&self, deliveries: usize) {
        lock(&self.counts).deliveries += deliveries as u64;
        self.tell();
    }

    /// Announces an event, such as time travel.
    pub(crate) fn tell(&self) {
        self.wake.notify_one();
        self.news.send_modify(|count| *count += 1);
    }

    /// Batches updates into deliveries, as the knobs say.
    fn cut(&self, updates: Vec<Held>, batch: Option<usize>) -> Vec<Delivery> {
        let round = {
            let mut counts = lock(&self.counts);
            counts.rounds += 1;
            counts.rounds
        };
        let (knobs, now, addressed) = self.store.read(|world| {
            let to = |held: Held| Some((route::callback(world, &held)?.to_owned(), held));
            let addressed: Vec<(String, Held)> = updates.into_iter().filter_map(to).collect();
            (world.knobs.clone(), world.now(), addressed)
        });
        let mut by_callback: BTreeMap<(String, String), Vec<Held>> = BTreeMap::new();
        for (url, held) in addressed {
            let key = (held.app_id.clone(), url);
            by_callback.entry(key).or_default().push(held);
        }
        let mut dice = Dice::new(knobs.shuffle.unwrap_or_default(), round);
        let mut deliveries = Vec::new();
        for ((app_id, url), mut held) in by_callback {
            if knobs.shuffle.is_some() {
                dice.shuffle(&mut held);
            }
            for batch in batches(&held, batch.unwrap_or(knobs.batch_size)) {
                let fields: BTreeSet<&String> = batch.iter().map(|held| &held.field).collect();
                let delivery = Delivery {
                    app_id: app_id.clone(),
                    url: url.clone(),
                    updates: batch.len(),
                    fields: fields.into_iter().cloned().collect(),
                    body: Bytes::from(encode::body(batch, knobs.shape)),
                    signing: Signing::Right,
                    due: now,
                };
                deliveries.extend(std::iter::repeat_n(delivery, knobs.repeats));
            }
        }
        if knobs.shuffle.is_some() {
            dice.shuffle(&mut deliveries);
        }
        for delivery in &mut deliveries {
            let wait = knobs.delay_ms.saturating_add(dice.up_to(knobs.spread_ms));
            delivery.due += Duration::milliseconds(wait.into());
        }
        deliveries
    }

    /// Sends the app's webhooks to the subscription's callback from now on, waiting ones included.
    pub(crate) fn subscribe(&self, app_id: &str, subscription: AppSubscription) -> io::Result<()> {
        let to = subscription.callback_url().to_owned();
        let before = self.store.change(|world| {
            let id = app_id.to_owned();
            world.app_subscriptions.insert(id, subscription)
        });
        match before {
            Some(before) if before.callback_url() != to => {
                lock(&self.queue).redirect(app_id, before.callback_url(), &to)?;
                self.tell();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Returns the current callback of an update.
    pub(crate) fn callback_of(&self, held: &Held) -> Option<String> {
        self.store
            .read(|world| route::callback(world, held).map(str::to_owned))
    }

    /// Waits until no delivery is under way or due. It does not wait for later retries.
    pub(crate) async fn settled(&self) {
        let mut news = self.news.subscribe();
        while !self.is_quiet() {
            // The sender of the channel lives as long as we do.
            if news.changed().await.is_err() {
                return;
            }
        }
    }

    fn is_quiet(&self) -> bool {
        let now = self.now();
        let queue = lock(&self.queue);
        queue.is_quiet(now)
            && self.busy.load(Ordering::Relaxed) == 0
            && self.expected.load(Ordering::Relaxed) == 0
    }

    /// Empties the queue.
    pub(crate) fn clear_queue(&self) -> io::Result<()> {
        lock(&self.queue).clear()?;
        self.tell();
        Ok(())
    }

    pub(crate) fn clear_log(&self) -> io::Result<()> {
        lock(&self.log).clear()
    }

    /// Returns the attempts after a sequence that `wanted` accepts, oldest first.
    pub(crate) fn log(&self, after: u64, wanted: impl Fn(&Attempt) -> bool) -> Vec<Attempt> {
        let log = lock(&self.log);
        let attempts = log.after(after).map(|(_, attempt)| attempt);
        attempts
            .filter(|attempt| wanted(attempt))
            .cloned()
            .collect()
    }

    pub(crate) fn waiting(&self, limit: usize) -> Vec<Value> {
        lock(&self.queue).list(limit)
    }

    pub(crate) fn summary(&self) -> Value {
        let counts = lock(&self.counts).clone();
        json!({ "queue": lock(&self.queue).summary(), "sinceStart": counts })
    }
}

/// Makes a body with this update alone.
pub(crate) fn single_body(update: &Held, shape: Shape) -> String {
    encode::body(std::slice::from_ref(update), shape)
}

/// Splits updates into bodies of at most this many, none larger than Meta's largest.
fn batches(updates: &[Held], most: usize) -> impl Iterator<Item = &[Held]> {
    let mut rest = updates;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = rest.iter().take(most).take_while(|held| {
            bytes += held.size();
            bytes <= LARGEST_BODY
        });
        // An update that is too large goes alone.
        let count = fitting.count().max(1);
        let (batch, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(batch)
    })
}
