//! The counts of messages by day. A durable subscriber makes them from the event log.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{Duration, DurationRound as _};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    event::{Event, EventData},
    ids::AccountId,
    message::{MessageStatus, ReportedStatus},
    principal::Scope,
};
use wabakit_ports::store::{
    EventWork, Fence, MessageCounts, MessageDay, NewEventWork, StoreError, SubscriberStore,
};
use wabakit_work::Subscriber;

use crate::{
    Caller, ServiceError,
    events::{EventConsumer, EventFeed, Failures, SubscriberPorts},
};

/// The most days of one answer.
const DAYS: u16 = 400;

/// The counts of messages by day. Cheap to clone.
#[derive(Clone)]
pub struct OverviewService {
    ports: SubscriberPorts,
}

impl OverviewService {
    /// Creates the service on these ports. It counts nothing before [`OverviewService::start`].
    pub const fn new(ports: SubscriberPorts) -> Self {
        Self { ports }
    }

    /// Starts the counting subscriber on the current runtime. It ends when the token is cancelled.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        let supervisor = &self.ports.base.supervisor;
        workers.spawn(
            supervisor.repeat("events.rollup", stop, self.ports.clone(), |ports| {
                let rollup = MessageRollup(ports.subscribers.clone());
                Subscriber::new(EventFeed::new(ports, rollup))
            }),
        );
        workers
    }

    /// Lists the counts of the last `days` days (UTC) including today, by day and account. Days without messages are
    /// left out. The counts lag about a second behind the event log.
    pub async fn days(&self, caller: &Caller, days: u16) -> Result<Vec<MessageDay>, ServiceError> {
        caller.require(Scope::MessagesRead)?;
        let days = i64::from(days.clamp(1, DAYS)) - 1;
        let since = day_of(self.ports.base.now()) - Duration::days(days);
        let subscribers = &self.ports.subscribers;
        Ok(subscribers.message_days(caller.org, since).await?)
    }
}

fn day_of(at: Time) -> Time {
    at.duration_trunc(Duration::days(1)).unwrap_or(at)
}

/// The payload of a work row: counts to add to one day of one account. It is stored, so a new field needs a default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Addition {
    account: AccountId,
    day: Time,
    #[serde(default)]
    received: i64,
    #[serde(default)]
    sent: i64,
    #[serde(default)]
    delivered: i64,
    #[serde(default)]
    read: i64,
    #[serde(default)]
    failed: i64,
}

/// Adds up messages by account and day.
struct MessageRollup(std::sync::Arc<dyn SubscriberStore>);

fn account_of(data: &EventData) -> Option<AccountId> {
    match data {
        EventData::MessageReceived(event) => Some(event.message.account),
        EventData::MessageSending(event) => Some(event.account),
        EventData::MessageStatus(event) => Some(event.account),
        _ => None,
    }
}

/// Returns the count that an event adds to.
fn counter_of<'a>(data: &EventData, sum: &'a mut MessageCounts) -> Option<&'a mut i64> {
    match data {
        EventData::MessageReceived(_) => Some(&mut sum.received),
        EventData::MessageSending(event) => match event.status {
            MessageStatus::Accepted => Some(&mut sum.sent),
            MessageStatus::Failed => Some(&mut sum.failed),
            _ => None,
        },
        EventData::MessageStatus(event) => match event.entry.status {
            ReportedStatus::Delivered => Some(&mut sum.delivered),
            ReportedStatus::Read => Some(&mut sum.read),
            ReportedStatus::Failed => Some(&mut sum.failed),
            ReportedStatus::Sent | ReportedStatus::Played => None,
        },
        _ => None,
    }
}

#[async_trait]
impl EventConsumer for MessageRollup {
    const NAME: &'static str = "rollup";

    /// Makes one row for each account and day of the part. The order of sums does not matter, so the rows have no key.
    fn work_of(&self, events: &[Event]) -> Vec<NewEventWork> {
        let mut sums: BTreeMap<(AccountId, Time), (i64, MessageCounts)> = BTreeMap::new();
        for event in events {
            let Some(account) = account_of(&event.data) else {
                continue;
            };
            if counter_of(&event.data, &mut MessageCounts::default()).is_none() {
                continue;
            }
            let (_, sum) = sums
                .entry((account, day_of(event.at)))
                .or_insert((event.sequence, MessageCounts::default()));
            if let Some(count) = counter_of(&event.data, sum) {
                *count += 1;
            }
        }
        let rows = sums.into_iter();
        let mut rows: Vec<_> = rows
            .map(|((account, day), (sequence, sum))| NewEventWork {
                sequence,
                key: None,
                payload: Addition::new(account, day, sum).payload(),
            })
            .collect();
        rows.sort_by_key(|row| row.sequence);
        rows
    }

    async fn perform(&self, fence: Fence, due: Vec<EventWork>) -> Result<Failures, StoreError> {
        let (mut done, mut days, mut failures) = (Vec::new(), Vec::new(), Failures::new());
        for work in due {
            match serde_json::from_str::<Addition>(&work.payload) {
                Ok(addition) => {
                    done.push(work.id);
                    days.push(addition.of(work.id.org));
                }
                Err(error) => failures.push((work.id, error.to_string())),
            }
        }
        // Every writer locks the rows in one order.
        days.sort_by_key(|day: &MessageDay| (day.org, day.day, day.account));
        if !done.is_empty() {
            self.0.count_days(fence, done, days).await?;
        }
        Ok(failures)
    }
}

impl Addition {
    const fn new(account: AccountId, day: Time, sum: MessageCounts) -> Self {
        Self {
            account,
            day,
            received: sum.received,
            sent: sum.sent,
            delivered: sum.delivered,
            read: sum.read,
            failed: sum.failed,
        }
    }

    fn payload(&self) -> String {
        // Numbers, an id and a time always serialise. An empty payload would be parked as unreadable.
        serde_json::to_string(self).unwrap_or_default()
    }

    const fn of(self, org: wabakit_domain::ids::OrgId) -> MessageDay {
        MessageDay {
            org,
            account: self.account,
            day: self.day,
            counts: MessageCounts {
                received: self.received,
                sent: self.sent,
                delivered: self.delivered,
                read: self.read,
                failed: self.failed,
            },
        }
    }
}
