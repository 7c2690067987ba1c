//! Sends the statuses of accepted messages, collected for a moment. They wait in memory; once they are batched into
//! webhooks they are stored like those.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::plan::{Plan, Step};
use super::said::{Forms, Sent, said};
use crate::state::{Store, lock};
use crate::webhooks::Webhooks;

/// The most statuses that wait. When there are more, messages are not accepted.
const MOST: usize = 1_000_000;
/// The pause when the webhooks' queue is full.
const FULL: Duration = Duration::from_millis(200);
/// The time between a status and its repetition.
const DOUBLED: Duration = Duration::from_millis(25);
/// The longest sleep.
const NAP: Duration = Duration::from_secs(60);

/// Statuses that are still to be sent.
pub(crate) struct Outbox {
    store: Arc<Store>,
    webhooks: Arc<Webhooks>,
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Default)]
struct Pending {
    /// By due time and order of arrival.
    items: BTreeMap<(Instant, u64), Item>,
    count: u64,
    /// The statuses that arrived since the last batch.
    fresh: usize,
}

#[derive(Clone)]
struct Item {
    sent: Arc<Sent>,
    step: Step,
}

impl Outbox {
    pub(crate) fn new(store: Arc<Store>, webhooks: Arc<Webhooks>) -> Self {
        Self {
            store,
            webhooks,
            pending: Mutex::default(),
            wake: Notify::new(),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        lock(&self.pending).items.len() >= MOST
    }

    /// Schedules the message's statuses.
    pub(crate) fn add(&self, sent: Sent, plan: &Plan, batch: usize, now: Instant) {
        if plan.0.is_empty() {
            return;
        }
        let sent = Arc::new(sent);
        // Announces the statuses before they are added, so that nobody sees the queue idle in between.
        self.webhooks.expect(plan.0.len());
        let mut pending = lock(&self.pending);
        let first = pending.items.keys().next().copied();
        for step in &plan.0 {
            let mut due = now + Duration::from_millis(step.delay_ms);
            if step.is_double {
                due += DOUBLED;
            }
            pending.count += 1;
            let key = (due, pending.count);
            let item = Item {
                sent: Arc::clone(&sent),
                step: *step,
            };
            pending.items.insert(key, item);
        }
        pending.fresh += plan.0.len();
        let is_sooner = pending.items.keys().next().copied() != first;
        let is_batch = pending.fresh >= batch && pending.fresh < batch + plan.0.len();
        drop(pending);
        if is_sooner || is_batch {
            self.wake.notify_one();
        }
    }

    pub(crate) fn clear(&self) {
        let mut pending = lock(&self.pending);
        let gone = pending.items.len();
        *pending = Pending::default();
        drop(pending);
        self.webhooks.expected(gone);
    }

    /// Returns when the first is due, and whether a batch is complete.
    fn state(&self, batch: usize) -> (Option<Instant>, bool) {
        let pending = lock(&self.pending);
        let first = pending.items.keys().next().map(|(due, _)| *due);
        (first, pending.fresh >= batch)
    }

    /// Takes the statuses that are due by then.
    fn take(&self, until: Instant) -> BTreeMap<(Instant, u64), Item> {
        let mut pending = lock(&self.pending);
        pending.fresh = 0;
        let rest = pending.items.split_off(&(until, u64::MAX));
        std::mem::replace(&mut pending.items, rest)
    }

    /// Sends the statuses that are due by then. Those that find no room wait a moment more.
    fn say(&self, until: Instant, batch: usize) {
        let items = self.take(until);
        if items.is_empty() {
            return;
        }
        let count = items.len();
        let forms = self.store.read(|world| Forms::of(&world.quirks));
        let all = items.values();
        let all = all.flat_map(|item| said(&item.sent, &item.step, forms));
        let all = all.collect();
        match self.webhooks.say("messages", all, batch) {
            Ok(()) => self.webhooks.expected(count),
            Err(error) => {
                tracing::warn!(%error, "statuses wait");
                let later = Instant::now() + FULL;
                let again = items.into_iter().map(|((_, n), item)| ((later, n), item));
                lock(&self.pending).items.extend(again);
            }
        }
    }
}

/// Sends statuses until the sandbox stops, and then those that are left.
pub(crate) async fn run(outbox: Arc<Outbox>, mut stopping: watch::Receiver<bool>) {
    loop {
        let (batch, gather) = outbox.store.read(|world| {
            let knobs = &world.sending;
            (knobs.batch, Duration::from_millis(knobs.gather_ms))
        });
        let now = Instant::now();
        let (first, is_batch) = outbox.state(batch);
        let leaves = first.map(|due| if is_batch { due } else { due + gather });
        if leaves.is_some_and(|leaves| leaves <= now) {
            outbox.say(now, batch);
            // Lets other tasks run on this thread.
            tokio::task::yield_now().await;
            continue;
        }
        let nap = leaves.map_or(NAP, |leaves| leaves.saturating_duration_since(now));
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => break,
            () = outbox.wake.notified() => {}
            () = tokio::time::sleep(nap.min(NAP)) => {}
        }
    }
    let batch = outbox.store.read(|world| world.sending.batch);
    // No message is accepted any more, so this sends all remaining statuses: every one is due by then.
    outbox.say(Instant::now() + NAP * 60, batch);
}
