//! The lines of a history.

use std::{
    fmt,
    io::{self, BufRead},
};

use serde::{Deserialize, Serialize};

/// One line of a history. Times are milliseconds since any moment that all lines share.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "what",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[serde(deny_unknown_fields)]
pub enum Line {
    /// A call that asks to send messages began. A call that is made again has the same id, and is told once.
    Call {
        /// When it began for the first time.
        at: f64,
        /// The caller's own id of the call.
        id: String,
        /// The organisation that calls.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        org: Option<String>,
        /// The messages in their order.
        messages: Vec<Asked>,
    },
    /// A call was answered. Each answer of a call that is made again is a line.
    Answered {
        /// When the answer came.
        at: f64,
        /// The call's id.
        id: String,
        /// The HTTP status.
        status: u16,
        /// The messages, where they were accepted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<Answered>,
    },
    /// A person asked to send a message again although its result was unknown: it may be accepted once more.
    Retried {
        /// The system's id of the message.
        message: String,
    },
    /// The other side accepted a message. These lines are in the order in which it accepted.
    Accepted {
        /// When it accepted.
        at: f64,
        /// The system's id of the message.
        message: String,
        /// The number that it was sent from.
        number: String,
        /// The recipient.
        to: String,
        /// The id that the other side gave.
        wamid: String,
    },
    /// The pace that a number was granted.
    Pace {
        /// The number.
        number: String,
        /// Messages a second.
        per_second: f64,
        /// Messages at once after a pause.
        at_once: f64,
    },
    /// A message as it stands at the end.
    State {
        /// The system's id of it.
        message: String,
        /// The organisation that it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        org: Option<String>,
        /// The sender's own reference.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
        /// The status: `accepted`, `sent`, `delivered`, `read`, `played`, `failed`, `cancelled`, `expired` or
        /// `unknown`; any other one is on its way.
        state: String,
        /// The other side's id of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wamid: Option<String>,
        /// Whether it says why it failed.
        #[serde(default)]
        has_reason: bool,
    },
    /// The other side delivered items, such as messages of customers.
    Delivery {
        /// The HTTP status of the answer. Nothing where none came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The organisation that they belong to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        org: Option<String>,
        /// Their ids.
        items: Vec<String>,
    },
    /// An item as it is stored at the end.
    Applied {
        /// Its id.
        item: String,
        /// The organisation that it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        org: Option<String>,
    },
    /// A listener heard an event.
    Heard {
        /// The listener.
        listener: String,
        /// The organisation whose log it reads.
        org: String,
        /// The event's place in the log, from 1.
        sequence: u64,
        /// The item or message that the event announces, if it announces one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// Other ids that the event names: the messages or items that it is about without announcing them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        about: Vec<String>,
    },
    /// The last place of a log at the end. Every listener of it has heard up to there.
    Head {
        /// The organisation.
        org: String,
        /// The place.
        sequence: u64,
    },
    /// A fault that was made. It is told for people, and judged by no rule.
    Fault {
        /// When it began.
        at: f64,
        /// The kind of fault, such as `kill`, or its end: `kill over`.
        kind: String,
    },
}

/// A message that a call asks to send.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    /// The sender's own reference, unique in the history.
    pub reference: String,
    /// The number to send from.
    pub number: String,
    /// The recipient.
    pub to: String,
    /// Messages to one person leave in order among those of one priority.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub priority: String,
}

/// A message that a call was answered with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answered {
    /// The sender's own reference.
    pub reference: String,
    /// The system's id of it.
    pub message: String,
}

/// A line that cannot be read.
#[derive(Debug)]
pub struct ReadLineError {
    /// Its number, from 1.
    pub line: usize,
    why: String,
}

impl fmt::Display for ReadLineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for ReadLineError {}

/// Reads a history. Empty lines are skipped.
///
/// # Errors
/// When a line is none of [`Line`], or the source cannot be read.
pub fn read(source: impl BufRead) -> Result<Vec<Line>, ReadLineError> {
    let mut lines = Vec::new();
    for (index, text) in source.lines().enumerate() {
        let read = |text: io::Result<String>| -> Result<Option<Line>, String> {
            let text = text.map_err(|error| error.to_string())?;
            if text.trim().is_empty() {
                return Ok(None);
            }
            let line = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            Ok(Some(line))
        };
        let line = read(text).map_err(|why| ReadLineError {
            line: index + 1,
            why,
        })?;
        lines.extend(line);
    }
    Ok(lines)
}
