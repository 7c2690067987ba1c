//! The ledger of Graph calls, without secrets: the last ten thousand, kept over restarts.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock::Time;
use crate::records::Records;
use crate::state::lock;

const KEPT: usize = 10_000;

/// One call. It names the parameters and never holds their values.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) time: Time,
    pub(crate) method: String,
    pub(crate) version: Option<String>,
    pub(crate) path: String,
    pub(crate) params: Vec<String>,
    /// The app that called, if the call names it.
    pub(crate) app: Option<String>,
    /// The HTTP status. 0 when the connection was broken.
    pub(crate) status: u16,
    /// Meta's error code.
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    /// The fault that affected it.
    pub(crate) fault: Option<String>,
    /// Tells whether the call was processed.
    pub(crate) processed: bool,
}

pub(crate) struct Ledger {
    entries: Mutex<Records<Entry>>,
    /// Changes with each call that is added.
    added: watch::Sender<u64>,
}

impl Ledger {
    /// Opens the ledger at `path`.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            entries: Mutex::new(Records::open(path, KEPT)?),
            added: watch::Sender::new(0),
        })
    }

    /// Takes the number of the next call.
    pub(crate) fn next_sequence(&self) -> u64 {
        lock(&self.entries).number()
    }

    /// Adds a call. When this returns, the operating system has it, so a kill does not lose it.
    pub(crate) fn add(&self, entry: Entry) -> io::Result<()> {
        let sequence = entry.sequence;
        let kept = lock(&self.entries).put(sequence, entry);
        self.added.send_replace(sequence);
        kept
    }

    /// Returns a watch that changes with each call.
    pub(crate) fn added(&self) -> watch::Receiver<u64> {
        self.added.subscribe()
    }

    /// Returns the number of the latest call that is kept. 0 when there is none.
    pub(crate) fn last_sequence(&self) -> u64 {
        let entries = lock(&self.entries);
        let last = entries.iter().next_back();
        last.map_or(0, |(sequence, _)| sequence)
    }

    /// Returns the calls after a sequence that `wanted` accepts, oldest first.
    pub(crate) fn list(&self, after: u64, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        lock(&self.entries)
            .after(after)
            .map(|(_, entry)| entry)
            .filter(|entry| wanted(entry))
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&self) -> io::Result<()> {
        lock(&self.entries).clear()
    }
}
