use std::time::Duration;

use metrics::counter;
use tokio::sync::{Mutex, watch};
use wabakit_domain::ids::OrgId;
use wabakit_ports::store::{
    EventCursor, EventPage, EventWork, FailedEventWork, Fence, StoreError, TakenIn,
};
use wabakit_work::{Backoff, Feed};

use super::{EventConsumer, Failures, SubscriberPorts};

/// The most events of one read.
const PART: i64 = 200;
/// The most work rows of one write.
const DUE: i64 = 100;
/// The time back to which to look for logs that have grown. It is longer than a transaction takes from the time of its
/// events to its commit, and longer than the pause between two looks. The sweep finds what this misses.
const LATELY: chrono::Duration = chrono::Duration::seconds(5);
const BACKOFF: Backoff = Backoff::seconds(1, 600);
/// Failed attempts after which a work row is parked. They take about an hour.
const TRIES: i32 = 12;

/// A subscriber's access to the store: cursors, work rows and events.
pub(crate) struct EventFeed<C> {
    ports: SubscriberPorts,
    consumer: C,
    moves: Mutex<watch::Receiver<u64>>,
}

impl<C: EventConsumer> EventFeed<C> {
    pub(crate) fn new(ports: SubscriberPorts, consumer: C) -> Self {
        Self {
            moves: Mutex::new(ports.bus.moves()),
            ports,
            consumer,
        }
    }

    fn fence(&self, token: i64) -> Fence {
        Fence {
            subscriber: C::NAME.to_owned(),
            token,
        }
    }

    /// Performs work rows together. If the store refuses them as a whole, it performs each alone, so that one row does
    /// not fail the others.
    async fn perform(&self, fence: &Fence, due: &[EventWork]) -> Result<Failures, StoreError> {
        match self.consumer.perform(fence.clone(), due.to_vec()).await {
            Ok(failures) => return Ok(failures),
            Err(error @ (StoreError::Unavailable(_) | StoreError::Conflict)) => return Err(error),
            Err(error) => {
                if let [work] = due {
                    return Ok(vec![(work.id, error.to_string())]);
                }
            }
        }
        let mut failures = Failures::new();
        for work in due {
            let alone = std::slice::from_ref(work);
            failures.extend(Box::pin(self.perform(fence, alone)).await?);
        }
        Ok(failures)
    }

    async fn note(
        &self,
        fence: Fence,
        due: &[EventWork],
        failures: Failures,
    ) -> Result<(), StoreError> {
        let now = self.ports.base.now();
        let failed = failures.into_iter().map(|(id, error)| {
            let work = due.iter().find(|work| work.id == id);
            let attempts = work.map_or(0, |work| work.attempts).saturating_add(1);
            let is_poison = attempts >= TRIES;
            tracing::warn!(subscriber = C::NAME, org = %id.org, sequence = id.sequence, attempts, is_poison, error, "work of an event failed");
            if is_poison {
                counter!("wabakit_event_work_parked_total", "subscriber" => C::NAME).increment(1);
            }
            let next_at = self.ports.base.retry_at(BACKOFF, now, attempts);
            FailedEventWork {
                id,
                next_at: (!is_poison).then_some(next_at),
                error,
            }
        });
        let failed: Vec<_> = failed.collect();
        match failed.is_empty() {
            true => Ok(()),
            false => self.ports.subscribers.fail_work(fence, failed).await,
        }
    }
}

impl<C: EventConsumer> Feed for EventFeed<C> {
    type Log = OrgId;
    type Error = StoreError;

    async fn lease(&self, length: Duration) -> Result<Option<i64>, StoreError> {
        let now = self.ports.base.now();
        let until = now + chrono::Duration::from_std(length).unwrap_or(LATELY);
        let subscribers = &self.ports.subscribers;
        subscribers
            .lease_subscriber(C::NAME, self.ports.owner, now, until)
            .await
    }

    async fn release(&self) -> Result<(), StoreError> {
        let (subscribers, now) = (&self.ports.subscribers, self.ports.base.now());
        subscribers
            .release_subscriber(C::NAME, self.ports.owner, now)
            .await
    }

    async fn moved(&self, is_sweep: bool) -> Result<Vec<OrgId>, StoreError> {
        let since = (!is_sweep).then(|| self.ports.base.now() - LATELY);
        self.ports.subscribers.moved_logs(C::NAME, since).await
    }

    async fn take_in(&self, token: i64, org: OrgId) -> Result<bool, StoreError> {
        let subscribers = &self.ports.subscribers;
        let from = subscribers.event_cursor(C::NAME, org).await?;
        let EventCursor { position, missed } = from.unwrap_or_default();
        let page = self.ports.events.events_after(org, position, PART).await?;
        let (to, work, is_more) = match page {
            EventPage::Gone { oldest } => {
                let gap = (oldest - 1 - position).max(0);
                // A subscriber that never followed the log has missed nothing.
                let gap = if from.is_some() { gap } else { 0 };
                if gap > 0 {
                    tracing::error!(subscriber = C::NAME, %org, events = gap, "events are past their retention and were missed");
                    counter!("wabakit_events_missed_total", "subscriber" => C::NAME)
                        .increment(gap.unsigned_abs());
                }
                let to = EventCursor {
                    position: oldest - 1,
                    missed: missed + gap,
                };
                (to, Vec::new(), true)
            }
            EventPage::Events { events, head } => {
                let Some(last) = events.last() else {
                    return Ok(false);
                };
                let to = EventCursor {
                    position: last.sequence,
                    missed,
                };
                (to, self.consumer.work_of(&events), head > last.sequence)
            }
        };
        let taken = TakenIn {
            fence: self.fence(token),
            org,
            from,
            to,
            work,
            now: self.ports.base.now(),
        };
        subscribers.take_in(taken).await?;
        Ok(is_more)
    }

    async fn work(&self, token: i64) -> Result<usize, StoreError> {
        let now = self.ports.base.now();
        let due = self.ports.subscribers.due_work(C::NAME, now, DUE).await?;
        if !due.is_empty() {
            let fence = self.fence(token);
            let failures = self.perform(&fence, &due).await?;
            self.note(fence, &due, failures).await?;
        }
        Ok(due.len())
    }

    async fn woken(&self) {
        // This fails only when the bus is gone, and then no log grows.
        if self.moves.lock().await.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
