//! What customers and businesses wrote one another: an append-only record, of which a thread is a
//! view.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Time;
use crate::records::Records;
use crate::state::lock;

const KEPT: usize = 20_000;

/// Something in a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Event {
    /// The customer wrote; `message` is the webhook's.
    Received { message: Value },
    /// The business wrote.
    Sent { message: Value },
    /// The business read the message and all before it.
    Read { id: String },
    /// The business is typing.
    Typing { id: String },
    /// How a message of the business fares.
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
    lines: Mutex<Records<Line>>,
}

impl Chat {
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            lines: Mutex::new(Records::open(path, KEPT)?),
        })
    }

    /// Adds what happened between a customer and a number.
    pub(crate) fn add(
        &self,
        customer: &str,
        phone_id: &str,
        time: Time,
        events: Vec<Event>,
    ) -> io::Result<()> {
        let mut lines = lock(&self.lines);
        let numbered: Vec<(u64, Line)> = events
            .into_iter()
            .map(|event| {
                let line = Line {
                    customer: customer.to_owned(),
                    phone_id: phone_id.to_owned(),
                    time,
                    event,
                };
                (lines.number(), line)
            })
            .collect();
        lines.put_all(numbered)
    }

    /// The thread's events after a sequence, the newest 500 at most.
    pub(crate) fn thread(&self, customer: &str, phone_id: &str, after: u64) -> Vec<Value> {
        let lines = lock(&self.lines);
        let of_thread = lines
            .after(after)
            .rev()
            .filter(|(_, line)| line.customer == customer && line.phone_id == phone_id);
        let view = |(sequence, line): (u64, &Line)| {
            let mut value = json!(line);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("sequence".to_owned(), sequence.into());
            }
            value
        };
        let mut newest: Vec<Value> = of_thread.take(500).map(view).collect();
        newest.reverse();
        newest
    }

    /// Who wrote the message to the number.
    pub(crate) fn writer(&self, phone_id: &str, message_id: &str) -> Option<String> {
        let lines = lock(&self.lines);
        let mut newest_first = lines.iter().rev().map(|(_, line)| line);
        let found = newest_first.find(|line| match &line.event {
            Event::Received { message } => line.phone_id == phone_id && message["id"] == message_id,
            _ => false,
        });
        found.map(|line| line.customer.clone())
    }

    /// The id of the newest message in the thread, of the customer or of anybody.
    pub(crate) fn newest(&self, customer: &str, phone_id: &str, own: bool) -> Option<String> {
        let lines = lock(&self.lines);
        let of_thread = lines
            .iter()
            .rev()
            .map(|(_, line)| line)
            .filter(|line| line.customer == customer && line.phone_id == phone_id);
        let mut ids = of_thread.filter_map(|line| match &line.event {
            Event::Received { message } => message["id"].as_str(),
            Event::Sent { message } if !own => message["id"].as_str(),
            _ => None,
        });
        ids.next().map(str::to_owned)
    }

    /// The customers who have threads, the latest first.
    pub(crate) fn customers(&self) -> Vec<String> {
        let lines = lock(&self.lines);
        let mut seen = Vec::new();
        for (_, line) in lines.iter().rev() {
            if !seen.contains(&line.customer) {
                seen.push(line.customer.clone());
            }
            if seen.len() == 50 {
                break;
            }
        }
        seen
    }

    pub(crate) fn clear(&self) -> io::Result<()> {
        lock(&self.lines).clear()
    }
}
