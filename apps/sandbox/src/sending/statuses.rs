//! What becomes of accepted messages: their statuses, gathered for a moment and sent together. They
//! wait in memory; once they are cut into webhooks they are kept like those.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::knobs::{SendingKnobs, Status};
use crate::clock::Time;
use crate::customer::{Person, contacts};
use crate::dice::Dice;
use crate::graph::codes;
use crate::state::{Store, lock};
use crate::webhooks::{Said, Webhooks, escaped};

/// Statuses that may wait; more messages are not accepted then.
const MOST: usize = 1_000_000;
/// The pause where the webhooks are full.
const FULL: Duration = Duration::from_millis(200);
/// How long after the first the second of a doubled status comes.
const DOUBLED: Duration = Duration::from_millis(25);
/// The longest sleep.
const NAP: Duration = Duration::from_secs(60);

/// An accepted message, as far as its statuses need it.
pub(crate) struct Sent {
    pub(crate) wamid: String,
    pub(crate) phone_id: Arc<str>,
    pub(crate) waba_id: Arc<str>,
    pub(crate) display_phone_number: String,
    pub(crate) recipient: Recipient,
    pub(crate) opaque: Option<String>,
    /// Pricing category; `service` is free of charge.
    pub(crate) category: &'static str,
    /// When it was accepted, in the sandbox's time.
    pub(crate) time: Time,
}

/// Whom a message went to.
pub(crate) enum Recipient {
    /// `by_number`: the number is told whatever the customer's identity.
    Person {
        person: Person,
        by_number: bool,
    },
    Group(String),
}

/// The statuses that a message will have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan(Vec<Step>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    status: Status,
    error: Option<i64>,
    /// Real milliseconds from acceptance until it is said.
    delay_ms: u64,
    /// Milliseconds that its timestamp is later than the acceptance.
    at_ms: u64,
    is_double: bool,
}

impl Plan {
    /// The plan of the message with this number. `fails`: the message cannot arrive anyhow.
    pub(crate) fn new(
        knobs: &SendingKnobs,
        number: &str,
        sequence: u64,
        message_type: &str,
        fails: Option<i64>,
    ) -> Self {
        let special = knobs.recipient(number);
        let mut dice = Dice::new(knobs.seed, sequence);
        let (is_failed, is_reversed) = (
            dice.chance(knobs.fail_percent),
            dice.chance(knobs.out_of_order_percent),
        );
        let error = fails
            .or(special.and_then(|special| special.fail))
            .or(is_failed.then_some(knobs.fail_code));
        let listed = special
            .and_then(|special| special.statuses.as_ref())
            .unwrap_or(&knobs.statuses);
        let statuses: Vec<Status> = match error {
            Some(_) => vec![Status::Failed],
            None => listed
                .iter()
                .copied()
                .filter(|status| fits(*status, message_type))
                .collect(),
        };
        let delay = |status: &Status| knobs.delay_ms.of(*status);
        let mut delays: Vec<u64> = statuses.iter().map(delay).collect();
        if is_reversed {
            delays.sort_unstable();
        }
        let said_order: Vec<Status> = if is_reversed {
            statuses.into_iter().rev().collect()
        } else {
            statuses
        };
        let mut steps = Vec::with_capacity(delays.len());
        for (status, delay_ms) in said_order.into_iter().zip(delays) {
            let step = Step {
                status,
                error,
                delay_ms,
                at_ms: knobs.delay_ms.of(status),
                is_double: false,
            };
            steps.push(step);
            if dice.chance(knobs.double_percent) {
                let is_double = true;
                steps.push(Step { is_double, ..step });
            }
        }
        Self(steps)
    }

    /// Whether the message does not arrive.
    pub(crate) fn fails(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }
}

/// A reaction is sent and no more; only audio is played.
fn fits(status: Status, message_type: &str) -> bool {
    match status {
        Status::Sent | Status::Failed => true,
        Status::Delivered | Status::Read => message_type != "reaction",
        Status::Played => message_type == "audio",
    }
}

/// Statuses that are to come.
pub(crate) struct Outbox {
    store: Arc<Store>,
    webhooks: Arc<Webhooks>,
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Default)]
struct Pending {
    /// By when they are due and in which order they came.
    items: BTreeMap<(Instant, u64), Item>,
    count: u64,
    /// Came since the last batch left.
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

    /// Orders the message's statuses.
    pub(crate) fn add(&self, sent: Sent, plan: &Plan, batch: usize, now: Instant) {
        if plan.0.is_empty() {
            return;
        }
        let sent = Arc::new(sent);
        // Before they are there, so that nobody sees quiet in between.
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

    /// When the first is due, and whether a batch is together.
    fn state(&self, batch: usize) -> (Option<Instant>, bool) {
        let pending = lock(&self.pending);
        let first = pending.items.keys().next().map(|(due, _)| *due);
        (first, pending.fresh >= batch)
    }

    /// Takes what is due then.
    fn take(&self, until: Instant) -> BTreeMap<(Instant, u64), Item> {
        let mut pending = lock(&self.pending);
        pending.fresh = 0;
        let rest = pending.items.split_off(&(until, u64::MAX));
        std::mem::replace(&mut pending.items, rest)
    }

    /// Says what is due then. What finds no room waits a moment more.
    fn say(&self, until: Instant, batch: usize) {
        let items = self.take(until);
        if items.is_empty() {
            return;
        }
        let count = items.len();
        let said = items.values().map(Item::said).collect();
        match self.webhooks.say("messages", said, batch) {
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

/// Says statuses until the sandbox stops, and then those that are left.
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
            // Others have their turn on this thread.
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
    // No message is accepted any more, and no status is so late.
    outbox.say(Instant::now() + NAP * 60, batch);
}

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Value>,
    statuses: [StatusBody<'a>; 1],
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a str,
}

#[derive(Serialize)]
struct StatusBody<'a> {
    id: &'a str,
    status: Status,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_parent_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

#[derive(Serialize)]
struct Pricing {
    billable: bool,
    pricing_model: &'static str,
    category: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Item {
    /// The update's value as Meta has it since v24.0: without a conversation, pricing at `sent` and
    /// `delivered`, contacts but for `failed`.
    fn said(&self) -> Said {
        let Self { sent, step } = self;
        let time = sent.time.timestamp_millis() + i64::try_from(step.at_ms).unwrap_or_default();
        let is_free = sent.category == "service";
        let has_price = matches!(step.status, Status::Sent | Status::Delivered);
        let mut status = StatusBody {
            id: &sent.wamid,
            status: step.status,
            timestamp: (time / 1_000).to_string(),
            recipient_id: None,
            recipient_user_id: None,
            recipient_parent_user_id: None,
            recipient_type: None,
            biz_opaque_callback_data: sent.opaque.as_deref(),
            pricing: has_price.then_some(Pricing {
                billable: !is_free,
                pricing_model: "PMP",
                category: sent.category,
                kind: if is_free {
                    "free_customer_service"
                } else {
                    "regular"
                },
            }),
            errors: step.error.map(errors),
        };
        let mut told = None;
        match &sent.recipient {
            Recipient::Group(id) => {
                status.recipient_id = Some(id);
                status.recipient_type = Some("group");
            }
            Recipient::Person { person, by_number } => {
                if *by_number || person.tells_number() {
                    status.recipient_id = Some(&person.number);
                }
                if person.tells_user_id() {
                    status.recipient_user_id = Some(&person.user_id);
                    status.recipient_parent_user_id = person.parent_user_id.as_deref();
                }
                told = (step.status != Status::Failed).then(|| contacts(person));
            }
        }
        let body = Body {
            messaging_product: "whatsapp",
            metadata: Metadata {
                display_phone_number: &sent.display_phone_number,
                phone_number_id: &sent.phone_id,
            },
            contacts: told,
            statuses: [status],
        };
        Said {
            waba_id: Arc::clone(&sent.waba_id),
            phone_id: Arc::clone(&sent.phone_id),
            value: escaped(&body),
        }
    }
}

/// The `errors` of a failed message.
fn errors(code: i64) -> Value {
    let (title, details) = codes::words(code);
    json!([{
        "code": code,
        "title": title,
        "message": title,
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(knobs: &Value, message_type: &str) -> Vec<(Status, u64)> {
        let knobs: SendingKnobs = serde_json::from_value(knobs.clone()).unwrap();
        let plan = Plan::new(&knobs, "49", 1, message_type, None);
        let view = |step: &Step| (step.status, step.delay_ms);
        plan.0.iter().map(view).collect()
    }

    #[test]
    fn a_message_is_sent_and_then_delivered() {
        let usual = plan(&json!({}), "text");
        assert_eq!(usual, [(Status::Sent, 0), (Status::Delivered, 0)]);
        assert_eq!(plan(&json!({}), "reaction"), [(Status::Sent, 0)]);
    }

    #[test]
    fn statuses_out_of_order_change_places_and_keep_the_moments() {
        let knobs = json!({ "outOfOrderPercent": 100, "statuses": ["sent", "delivered", "read"], "delayMs": { "delivered": 5, "read": 9 } });
        let steps = plan(&knobs, "text");
        assert_eq!(
            steps,
            [(Status::Read, 0), (Status::Delivered, 5), (Status::Sent, 9)]
        );
    }

    #[test]
    fn only_audio_is_played() {
        let knobs = json!({ "statuses": ["played"] });
        assert_eq!(plan(&knobs, "audio"), [(Status::Played, 0)]);
        assert_eq!(plan(&knobs, "video"), []);
    }

    #[test]
    fn a_recipients_failure_goes_before_the_rest() {
        let knobs = json!({ "recipients": { "49": { "fail": 131_049 } } });
        let knobs: SendingKnobs = serde_json::from_value(knobs).unwrap();
        let failed = Plan::new(&knobs, "49", 1, "text", None);
        assert_eq!(
            (failed.0[0].status, failed.0[0].error),
            (Status::Failed, Some(131_049))
        );
        assert_eq!(Plan::new(&knobs, "50", 1, "text", None).0.len(), 2);
    }

    #[test]
    fn each_doubled_status_comes_twice() {
        assert_eq!(plan(&json!({ "doublePercent": 100 }), "text").len(), 4);
    }
}
