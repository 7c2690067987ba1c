//! The queue of deliveries: kept in files, bounded, with a lane for each callback.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::delivery::{Delivery, Retry};
use super::update::Held;
use crate::clock::Time;
use crate::records::Records;

/// The most waiting deliveries, and the most held updates.
const MOST: usize = 200_000;
/// The most bytes of both together.
const MOST_BYTES: usize = 128 << 20;

/// The reason why nothing more is accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    /// Too much waits already.
    #[error(
        "too many webhooks wait to be delivered; empty the queue or let the callback take them"
    )]
    Full,
    /// The files cannot be written.
    #[error("the webhooks cannot be kept: {0}")]
    Io(#[from] io::Error),
}

pub(super) struct Queue {
    held: Records<Held>,
    deliveries: Records<Delivery>,
    retries: Records<Retry>,
    lanes: HashMap<String, Lane>,
    bytes: usize,
}

#[derive(Default)]
struct Lane {
    due: BTreeSet<(Time, u64)>,
    in_flight: usize,
}

/// The fate of a delivery after an attempt.
pub(super) enum Fate {
    Done,
    /// The next try is at this time.
    Again(Time),
    /// Seven days are over.
    GivenUp,
}

impl Queue {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut queue = Self {
            held: Records::open(folder.join("held.jsonl"), usize::MAX)?,
            deliveries: Records::open(folder.join("deliveries.jsonl"), usize::MAX)?,
            retries: Records::open(folder.join("retries.jsonl"), usize::MAX)?,
            lanes: HashMap::new(),
            bytes: 0,
        };
        queue.bytes = queue.held.iter().map(|(_, held)| held.size()).sum();
        for (id, delivery) in queue.deliveries.iter() {
            let due = queue
                .retries
                .get(id)
                .map_or(delivery.due, |retry| retry.due);
            let lane = queue.lanes.entry(delivery.url.clone()).or_default();
            lane.due.insert((due, id));
            queue.bytes += delivery.body.len();
        }
        Ok(queue)
    }

    /// Checks that this many more bytes and items have room.
    pub(super) fn room(&self, items: usize, bytes: usize) -> Result<(), QueueError> {
        let is_full = self.deliveries.len() + items > MOST
            || self.held.len() + items > MOST
            || self.bytes + bytes > MOST_BYTES;
        if is_full {
            Err(QueueError::Full)
        } else {
            Ok(())
        }
    }

    pub(super) fn hold(&mut self, updates: Vec<Held>) -> Result<(), QueueError> {
        let bytes = updates.iter().map(Held::size).sum();
        self.room(updates.len(), bytes)?;
        self.bytes += bytes;
        let numbered: Vec<(u64, Held)> = updates
            .into_iter()
            .map(|update| (self.held.number(), update))
            .collect();
        Ok(self.held.put_all(numbered)?)
    }

    /// Returns the held updates, in order. They stay until [`Queue::let_go`].
    pub(super) fn held(&self) -> Vec<Held> {
        self.held.iter().map(|(_, held)| held.clone()).collect()
    }

    pub(super) fn let_go(&mut self) -> io::Result<()> {
        self.bytes -= self.held.iter().map(|(_, held)| held.size()).sum::<usize>();
        self.held.clear()
    }

    /// Adds deliveries and returns their numbers.
    pub(super) fn add(&mut self, deliveries: Vec<Delivery>) -> Result<Vec<u64>, QueueError> {
        let bytes = deliveries.iter().map(|delivery| delivery.body.len()).sum();
        self.room(deliveries.len(), bytes)?;
        self.bytes += bytes;
        let mut ids = Vec::with_capacity(deliveries.len());
        let mut numbered = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let id = self.deliveries.number();
            let lane = self.lanes.entry(delivery.url.clone()).or_default();
            lane.due.insert((delivery.due, id));
            ids.push(id);
            numbered.push((id, delivery));
        }
        self.deliveries.put_all(numbered)?;
        Ok(ids)
    }

    /// Takes a delivery that is due and whose callback has room, with the number of this attempt.
    pub(super) fn take(&mut self, now: Time, concurrency: usize) -> Option<(u64, u32, Delivery)> {
        for lane in self.lanes.values_mut() {
            if lane.in_flight >= concurrency {
                continue;
            }
            let Some((due, id)) = lane.due.first().copied().filter(|(due, _)| *due <= now) else {
                continue;
            };
            lane.due.remove(&(due, id));
            if let Some(delivery) = self.deliveries.get(id) {
                lane.in_flight += 1;
                let tries = self.retries.get(id).map_or(0, |retry| retry.attempts);
                return Some((id, tries + 1, delivery.clone()));
            }
        }
        None
    }

    /// Returns when the next delivery is due, among the callbacks with room.
    pub(super) fn next_due(&self, concurrency: usize) -> Option<Time> {
        let open = self
            .lanes
            .values()
            .filter(|lane| lane.in_flight < concurrency);
        open.filter_map(|lane| lane.due.first().map(|(due, _)| *due))
            .min()
    }

    /// Records the result of a delivery's attempt.
    pub(super) fn settle(
        &mut self,
        id: u64,
        url: &str,
        now: Time,
        is_done: bool,
    ) -> io::Result<Fate> {
        if let Some(lane) = self.lanes.get_mut(url) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
        }
        let fate = self.decide(id, now, is_done)?;
        self.lanes
            .retain(|_, lane| lane.in_flight > 0 || !lane.due.is_empty());
        Ok(fate)
    }

    fn decide(&mut self, id: u64, now: Time, is_done: bool) -> io::Result<Fate> {
        if !is_done {
            // The queue was emptied during the attempt.
            let Some(delivery) = self.deliveries.get(id) else {
                return Ok(Fate::GivenUp);
            };
            if let Some(retry) = Retry::next(self.retries.get(id), now) {
                let due = retry.due;
                let lane = self.lanes.entry(delivery.url.clone()).or_default();
                lane.due.insert((due, id));
                self.retries.put(id, retry)?;
                return Ok(Fate::Again(due));
            }
        }
        if let Some(delivery) = self.deliveries.remove(id)? {
            self.bytes -= delivery.body.len();
        }
        self.retries.remove(id)?;
        Ok(if is_done { Fate::Done } else { Fate::GivenUp })
    }

    /// Redirects waiting deliveries from one address to another.
    pub(super) fn redirect(&mut self, app_id: &str, from: &str, to: &str) -> io::Result<()> {
        let Some(lane) = self.lanes.get_mut(from) else {
            return Ok(());
        };
        let is_of_app = |id| {
            let delivery = self.deliveries.get(id);
            delivery.is_some_and(|delivery| delivery.app_id == app_id)
        };
        let moving: Vec<(Time, u64)> = lane
            .due
            .iter()
            .copied()
            .filter(|(_, id)| is_of_app(*id))
            .collect();
        for key in &moving {
            lane.due.remove(key);
        }
        let mut changed = Vec::with_capacity(moving.len());
        for (_, id) in &moving {
            if let Some(delivery) = self.deliveries.get(*id) {
                let url = to.to_owned();
                changed.push((
                    *id,
                    Delivery {
                        url,
                        ..delivery.clone()
                    },
                ));
            }
        }
        self.lanes
            .entry(to.to_owned())
            .or_default()
            .due
            .extend(moving);
        self.deliveries.put_all(changed)
    }

    /// Empties the queue. Deliveries under way are not retried.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        for lane in self.lanes.values_mut() {
            lane.due.clear();
        }
        self.lanes.retain(|_, lane| lane.in_flight > 0);
        self.bytes = 0;
        self.held.clear()?;
        self.deliveries.clear()?;
        self.retries.clear()
    }

    /// Tells whether no delivery is under way or due.
    pub(super) fn is_quiet(&self, now: Time) -> bool {
        self.lanes
            .values()
            .all(|lane| lane.in_flight == 0 && lane.due.first().is_none_or(|(due, _)| *due > now))
    }

    pub(super) fn summary(&self) -> Value {
        json!({
            "held": self.held.len(),
            "waiting": self.lanes.values().map(|lane| lane.due.len()).sum::<usize>(),
            "inFlight": self.lanes.values().map(|lane| lane.in_flight).sum::<usize>(),
            "bytes": self.bytes,
        })
    }

    /// Lists the first waiting deliveries, without their bodies.
    pub(super) fn list(&self, limit: usize) -> Vec<Value> {
        let view = |(id, delivery): (u64, &Delivery)| {
            let retry = self.retries.get(id);
            json!({
                "id": id,
                "appId": delivery.app_id,
                "url": delivery.url,
                "updates": delivery.updates,
                "fields": delivery.fields,
                "bytes": delivery.body.len(),
                "attempts": retry.map_or(0, |retry| retry.attempts),
                "due": retry.map_or(delivery.due, |retry| retry.due),
            })
        };
        self.deliveries.iter().take(limit).map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_fit_is_refused_and_leaves_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let mut queue = Queue::open(folder.path()).unwrap();
        let held = || Held {
            app_id: "1".to_owned(),
            entry_id: "4".to_owned(),
            waba_id: None,
            phone_id: None,
            time: None,
            field: "messages".to_owned(),
            value: "1".to_owned(),
        };
        queue.hold(vec![held(), held()]).unwrap();
        let taken = queue.bytes;
        queue.room(1, MOST_BYTES - taken).unwrap();
        queue.bytes = MOST_BYTES;
        assert!(matches!(queue.hold(vec![held()]), Err(QueueError::Full)));
        queue.bytes = taken;
        assert!(matches!(queue.room(MOST, 0), Err(QueueError::Full)));
        assert_eq!(queue.held().len(), 2);
        queue.let_go().unwrap();
        assert_eq!(queue.bytes, 0);
        queue.room(MOST, MOST_BYTES).unwrap();
    }
}
