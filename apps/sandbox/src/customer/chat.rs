//! The messages between customers and businesses: an append-only record, of which a thread is a view.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Time;
use crate::put::Put as _;
use crate::records::Records;
use crate::state::lock;

const KEPT: usize = 20_000;
/// The most messages of businesses.
const KEPT_SENT: usize = 5_000;
/// The most messages of customers whose authors are kept.
const KEPT_WRITERS: usize = 250_000;
/// The most events of a thread that are shown.
const SHOWN: usize = 500;
/// The most customers that are listed.
const LISTED: usize = 50;

/// An event of a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Event {
    /// The customer wrote. `message` is the webhook's.
    Received { message: Value },
    /// The business wrote.
    Sent { message: Value },
    /// The business read the message and all before it.
    Read { id: String },
    /// The business is typing.
    Typing { id: String },
    /// A message of the business got a status.
    Status { id: String, status: String },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    customer: String,
    phone_id: String,
    time: Time,
    #[serde(flatten)]
    event: Event,
}

pub(crate) struct Chat {
    inner: Mutex<Inner>,
}

/// Events of customers and messages of businesses are stored separately, so that a business that sends thousands of
/// messages does not displace the customers' messages.
struct Inner {
    lines: Records<Line>,
    sent: Records<Line>,
    next: u64,
    /// The author and number of each message id. When there are too many, the older ones are dropped together.
    writers: HashMap<String, (String, String)>,
    older_writers: HashMap<String, (String, String)>,
    /// The time when each customer last wrote to or called each number.
    windows: HashMap<String, HashMap<String, Time>>,
    /// The newest call between each customer and each number. It is not kept over restarts.
    calls: HashMap<(String, String), Call>,
}

/// The newest call between a customer and a number.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) is_over: bool,
}

impl Chat {
    pub(crate) fn open(lines: PathBuf, sent: PathBuf) -> io::Result<Self> {
        let lines = Records::<Line>::open(lines, KEPT)?;
        let sent = Records::<Line>::open(sent, KEPT_SENT)?;
        let mut inner = Inner {
            next: 0,
            writers: HashMap::new(),
            older_writers: HashMap::new(),
            windows: HashMap::new(),
            calls: HashMap::new(),
            lines,
            sent,
        };
        // Both records share one count of numbers.
        inner.next = inner.lines.number().max(inner.sent.number());
        let known: Vec<Line> = inner.lines.iter().map(|(_, line)| line.clone()).collect();
        for line in &known {
            inner.index(line);
        }
        Ok(Self {
            inner: Mutex::new(inner),
        })
    }

    /// Adds an event between a customer and a number.
    pub(crate) fn add(
        &self,
        customer: &str,
        phone_id: &str,
        time: Time,
        events: Vec<Event>,
    ) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        let (mut lines, mut sent) = (Vec::new(), Vec::new());
        for event in events {
            let is_sent = matches!(event, Event::Sent { .. });
            let line = Line {
                customer: customer.to_owned(),
                phone_id: phone_id.to_owned(),
                time,
                event,
            };
            inner.next += 1;
            if is_sent {
                sent.push((inner.next, line));
            } else {
                inner.index(&line);
                lines.push((inner.next, line));
            }
        }
        inner.lines.put_all(lines)?;
        inner.sent.put_all(sent)
    }

    /// Returns the thread's events after a sequence, at most the newest 500.
    pub(crate) fn thread(&self, customer: &str, phone_id: &str, after: u64) -> Vec<Value> {
        let inner = lock(&self.inner);
        let newest = |records: &Records<Line>| -> Vec<(u64, Value)> {
            let of_thread = records
                .after(after)
                .rev()
                .filter(|(_, line)| line.customer == customer && line.phone_id == phone_id);
            let view = |(sequence, line): (u64, &Line)| {
                let mut value = json!(line);
                value.put("sequence", sequence.into());
                (sequence, value)
            };
            of_thread.take(SHOWN).map(view).collect()
        };
        let mut events = newest(&inner.lines);
        events.extend(newest(&inner.sent));
        events.sort_unstable_by_key(|(sequence, _)| *sequence);
        let skipped = events.len().saturating_sub(SHOWN);
        let shown = events.into_iter().skip(skipped);
        shown.map(|(_, value)| value).collect()
    }

    /// Finds the author of a message to the number.
    pub(crate) fn writer(&self, phone_id: &str, message_id: &str) -> Option<String> {
        let inner = lock(&self.inner);
        let known = inner.writers.get(message_id);
        let (customer, to) = known.or_else(|| inner.older_writers.get(message_id))?;
        (to == phone_id).then(|| customer.clone())
    }

    /// Returns when the customer last wrote to the number or called it.
    pub(crate) fn last_from(&self, customer: &str, phone_id: &str) -> Option<Time> {
        let inner = lock(&self.inner);
        inner.windows.get(phone_id)?.get(customer).copied()
    }

    /// Notes a call of the customer, which opens the window as a message does.
    pub(crate) fn called(&self, customer: &str, phone_id: &str, time: Time) {
        lock(&self.inner).open_window(customer, phone_id, time);
    }

    /// Moves the customer's windows to another number.
    pub(crate) fn pass_on(&self, from: &str, to: &str) {
        for customers in lock(&self.inner).windows.values_mut() {
            if let Some(time) = customers.remove(from) {
                customers.insert(to.to_owned(), time);
            }
        }
    }

    /// Returns the newest call between the customer and the number.
    pub(crate) fn call(&self, customer: &str, phone_id: &str) -> Option<Call> {
        let ends = (customer.to_owned(), phone_id.to_owned());
        lock(&self.inner).calls.get(&ends).cloned()
    }

    /// Remembers the newest call between the customer and the number.
    pub(crate) fn keep_call(&self, customer: &str, phone_id: &str, call: Call) {
        let mut inner = lock(&self.inner);
        if inner.calls.len() >= KEPT {
            inner.calls.clear();
        }
        let ends = (customer.to_owned(), phone_id.to_owned());
        inner.calls.insert(ends, call);
    }

    /// Returns all customers who ever wrote to a number.
    pub(crate) fn writers(&self, phone_id: &str) -> Vec<String> {
        let inner = lock(&self.inner);
        let customers = inner.windows.get(phone_id).map(HashMap::keys);
        customers.into_iter().flatten().cloned().collect()
    }

    /// Returns the newest message in the thread by these authors that fits.
    pub(crate) fn newest(
        &self,
        customer: &str,
        phone_id: &str,
        by: By,
        fits: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        let inner = lock(&self.inner);
        let newest = |records: &Records<Line>| {
            let mut lines = records.iter().rev();
            lines.find_map(|(sequence, line)| {
                let is_here = line.customer == customer && line.phone_id == phone_id;
                match &line.event {
                    Event::Received { message } | Event::Sent { message }
                        if is_here && message["id"].is_string() && fits(message) =>
                    {
                        Some((sequence, message.clone()))
                    }
                    _ => None,
                }
            })
        };
        let sent = by.sent().then(|| newest(&inner.sent)).flatten();
        let received = by.received().then(|| newest(&inner.lines)).flatten();
        let both = [sent, received].into_iter().flatten();
        let newest = both.max_by_key(|(sequence, _)| *sequence);
        newest.map(|(_, message)| message)
    }

    /// Lists the customers who have threads, the latest first.
    pub(crate) fn customers(&self) -> Vec<String> {
        let inner = lock(&self.inner);
        let mut found: Vec<(u64, String)> = Vec::new();
        for records in [&inner.lines, &inner.sent] {
            let mut seen = HashSet::new();
            for (sequence, line) in records.iter().rev() {
                if seen.insert(&line.customer) {
                    found.push((sequence, line.customer.clone()));
                }
                if seen.len() == LISTED {
                    break;
                }
            }
        }
        found.sort_unstable_by_key(|(sequence, _)| std::cmp::Reverse(*sequence));
        let mut seen = HashSet::new();
        found.retain(|(_, customer)| seen.insert(customer.clone()));
        let latest = found.into_iter().take(LISTED);
        latest.map(|(_, customer)| customer).collect()
    }

    pub(crate) fn clear(&self) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        inner.writers.clear();
        inner.older_writers.clear();
        inner.windows.clear();
        inner.calls.clear();
        inner.lines.clear()?;
        inner.sent.clear()
    }
}

/// The authors of messages in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Anybody,
    Customer,
    Business,
}

impl By {
    fn sent(self) -> bool {
        self != Self::Customer
    }

    fn received(self) -> bool {
        self != Self::Business
    }
}

impl Inner {
    fn index(&mut self, line: &Line) {
        let Event::Received { message } = &line.event else {
            return;
        };
        if let Some(id) = message["id"].as_str() {
            if self.writers.len() >= KEPT_WRITERS {
                self.older_writers = std::mem::take(&mut self.writers);
            }
            let ends = (line.customer.clone(), line.phone_id.clone());
            self.writers.insert(id.to_owned(), ends);
        }
        if message["type"] != "system" {
            self.open_window(&line.customer, &line.phone_id, line.time);
        }
    }

    fn open_window(&mut self, customer: &str, phone_id: &str, time: Time) {
        let customers = self.windows.entry(phone_id.to_owned()).or_default();
        customers.insert(customer.to_owned(), time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: usize, is_sent: bool) -> Event {
        let message = json!({ "id": format!("wamid.{id}"), "type": "text" });
        if is_sent {
            Event::Sent { message }
        } else {
            Event::Received { message }
        }
    }

    fn open(folder: &std::path::Path) -> Chat {
        Chat::open(folder.join("chat.jsonl"), folder.join("sent.jsonl")).unwrap()
    }

    #[test]
    fn what_businesses_send_by_the_thousand_does_not_push_out_what_customers_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let chat = open(folder.path());
        let now = Time::UNIX_EPOCH;
        chat.add("49", "53", now, vec![event(0, false)]).unwrap();
        let sent = (1..=KEPT + 10).map(|id| event(id, true)).collect();
        chat.add("49", "53", now, sent).unwrap();
        for chat in [&chat, &open(folder.path())] {
            assert_eq!(chat.writer("53", "wamid.0").as_deref(), Some("49"));
            assert_eq!(chat.last_from("49", "53"), Some(now));
            let newest = |by| chat.newest("49", "53", by, |_| true).unwrap()["id"].clone();
            assert_eq!(newest(By::Customer), "wamid.0");
            let last = format!("wamid.{}", KEPT + 10);
            assert_eq!(newest(By::Anybody), last.as_str());
        }
        assert!(lock(&chat.inner).sent.len() <= KEPT_SENT);
    }

    #[test]
    fn a_thread_has_both_sides_in_their_order_and_numbers_go_on_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..2 {
            let chat = open(folder.path());
            for (id, is_sent) in [(1, false), (2, true), (3, true), (4, false)] {
                let event = event(10 * round + id, is_sent);
                chat.add("49", "53", Time::UNIX_EPOCH, vec![event]).unwrap();
            }
        }
        let thread = open(folder.path()).thread("49", "53", 0);
        let ids: Vec<&str> = thread
            .iter()
            .filter_map(|event| event["message"]["id"].as_str())
            .map(|id| id.trim_start_matches("wamid."))
            .collect();
        assert_eq!(ids, ["1", "2", "3", "4", "11", "12", "13", "14"]);
        let numbers: Vec<u64> = thread
            .iter()
            .filter_map(|it| it["sequence"].as_u64())
            .collect();
        assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]),
            "{numbers:?}"
        );
    }
}
