//! Every Graph call received, without its secrets: the last ten thousand, kept over restarts.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::state::lock;

const KEPT: usize = 10_000;

/// One call. Parameters are named, never shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) time: Time,
    pub(crate) method: String,
    pub(crate) version: Option<String>,
    pub(crate) path: String,
    pub(crate) params: Vec<String>,
    /// The app that called, where the call says so.
    pub(crate) app: Option<String>,
    /// HTTP status; 0 where the connection was broken.
    pub(crate) status: u16,
    /// Meta's error code.
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    /// The fault that struck it.
    pub(crate) fault: Option<String>,
    /// Whether the call was processed at all.
    pub(crate) processed: bool,
}

pub(crate) struct Ledger {
    inner: Mutex<Inner>,
    path: PathBuf,
}

struct Inner {
    entries: VecDeque<Entry>,
    next: u64,
    file: File,
    lines: usize,
}

impl Ledger {
    /// Opens the ledger at `path`. A line that was cut by a crash is dropped.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let all: Vec<Entry> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let entries: VecDeque<Entry> = all.into_iter().rev().take(KEPT).rev().collect();
        let next = entries.back().map_or(1, |entry| entry.sequence + 1);
        let file = rewrite(&path, &entries)?;
        let lines = entries.len();
        Ok(Self {
            inner: Mutex::new(Inner {
                entries,
                next,
                file,
                lines,
            }),
            path,
        })
    }

    /// The number of the next call, which is then taken.
    pub(crate) fn next_sequence(&self) -> u64 {
        let mut inner = lock(&self.inner);
        inner.next += 1;
        inner.next - 1
    }

    /// Adds a call. It is in the system's hands when this returns, so that a kill does not lose it.
    pub(crate) fn add(&self, entry: Entry) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        inner.entries.push_back(entry);
        if inner.entries.len() > KEPT {
            inner.entries.pop_front();
        }
        inner.lines += 1;
        if inner.lines > 2 * KEPT {
            inner.file = rewrite(&self.path, &inner.entries)?;
            inner.lines = inner.entries.len();
            return Ok(());
        }
        inner.file.write_all(&line)
    }

    /// The calls that `wanted` picks, oldest first.
    pub(crate) fn list(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        lock(&self.inner)
            .entries
            .iter()
            .filter(|entry| wanted(entry))
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&self) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        inner.entries.clear();
        inner.lines = 0;
        inner.file = rewrite(&self.path, &inner.entries)?;
        Ok(())
    }
}

fn rewrite(path: &PathBuf, entries: &VecDeque<Entry>) -> io::Result<File> {
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, entry)?;
        text.push(b'\n');
    }
    let temporary = path.with_extension("jsonl.new");
    fs::write(&temporary, text)?;
    fs::rename(&temporary, path)?;
    OpenOptions::new().append(true).open(path)
}
