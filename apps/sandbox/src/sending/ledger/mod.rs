//! The exact ledger of accepted messages: how often and when each `biz_opaque_callback_data` was accepted. Each
//! acceptance is one appended line, which the operating system has before the call is answered. None is ever dropped:
//! when the ledger is full, further messages are refused.

mod line;
mod number;

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};

use self::line::Line;
use self::number::{Number, SPAN_US, moment};
use crate::clock::real_now;
use crate::state::lock;
use crate::wamid;

/// The most acceptances that the ledger holds.
const MOST: usize = 2_000_000;
/// An acceptance to record.
pub(crate) struct Acceptance<'a> {
    pub(crate) phone_id: &'a str,
    pub(crate) to: &'a str,
    /// The person inside the message's id: a number, a business-scoped id, or a group.
    pub(crate) who: &'a str,
    pub(crate) opaque: Option<&'a str>,
}

/// A request for a page of messages.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Only messages whose first acceptance has a later number.
    pub(crate) after: u64,
    pub(crate) limit: usize,
    /// Only messages with this `biz_opaque_callback_data`.
    pub(crate) opaque: Option<String>,
    /// Only messages that were accepted at least this often.
    pub(crate) at_least: usize,
}

pub(crate) struct Sends {
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    next: u64,
    accepted: usize,
    items: Vec<Item>,
    by_opaque: HashMap<Arc<str>, u32>,
    numbers: Vec<Number>,
    by_number: HashMap<Arc<str>, u32>,
    refused: BTreeMap<i64, u64>,
    /// The number of messages that were accepted without an answer, because of a fault.
    unanswered: u64,
    /// The number of calls that a fault struck before they took effect.
    struck: u64,
    /// The machine's clock and the monotonic clock at the same moment. Later times are derived from the monotonic one.
    began: (i64, Instant),
}

/// Returns the message's id. A sender may put a dot and an attempt's token behind its UUID, and all attempts are of the
/// same message.
fn message_of(opaque: &str) -> &str {
    match opaque.split_once('.') {
        Some((uuid, _)) if uuid.len() == 36 => uuid,
        _ => opaque,
    }
}

/// One `biz_opaque_callback_data`, or a message without one.
struct Item {
    first: u64,
    opaque: Option<Arc<str>>,
    to: Box<str>,
    /// The person inside the first id, where that is not `to`.
    who: Option<Box<str>>,
    number: u32,
    first_us: i64,
    last_us: i64,
    /// The acceptances after the first, each with the person inside its id.
    further: Vec<(u64, Option<Box<str>>)>,
}

impl Sends {
    /// Opens the ledger at `path`. A line that a crash cut is dropped: it was not answered.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        let mut inner = Inner::new(file);
        let mut ends_well = true;
        let mut lines = BufReader::new(File::open(&path)?);
        let mut text = Vec::new();
        while lines.read_until(b'\n', &mut text)? > 0 {
            ends_well = text.ends_with(b"\n");
            if let Ok(line) = serde_json::from_slice::<Line<'_>>(&text) {
                inner.replay(&line);
            }
            text.clear();
        }
        if !ends_well {
            inner.file.write_all(b"\n")?;
        }
        Ok(Self {
            path,
            inner: Mutex::new(inner),
        })
    }

    /// Tells whether the ledger is full.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.inner).accepted >= MOST
    }

    /// Returns how many messages were accepted since the ledger was cleared.
    pub(crate) fn accepted(&self) -> usize {
        lock(&self.inner).accepted
    }

    /// Records an acceptance, and returns its number.
    pub(crate) fn accept(&self, acceptance: &Acceptance<'_>) -> io::Result<u64> {
        let mut inner = lock(&self.inner);
        let sequence = inner.next;
        let line = Line {
            s: Some(sequence),
            phone: acceptance.phone_id.into(),
            to: acceptance.to.into(),
            who: (acceptance.who != acceptance.to).then(|| acceptance.who.into()),
            opaque: acceptance.opaque.map(Into::into),
            us: Some(inner.now_us()),
            ..Line::default()
        };
        inner.write(&line)?;
        inner.replay(&line);
        Ok(sequence)
    }

    /// Counts a refusal.
    pub(crate) fn refuse(&self, code: i64) {
        self.note(&Line {
            refused: Some(code),
            ..Line::default()
        });
    }

    /// Counts an acceptance whose answer was lost.
    pub(crate) fn lose_answer(&self) {
        self.note(&Line {
            unanswered: Some(true),
            ..Line::default()
        });
    }

    /// Counts a call that a fault struck before it took effect, with the code of the answer, if there was one.
    pub(crate) fn strike(&self, code: Option<i64>) {
        self.note(&Line {
            struck: Some(true),
            refused: code,
            ..Line::default()
        });
    }

    fn note(&self, line: &Line<'_>) {
        let mut inner = lock(&self.inner);
        inner.replay(line);
        if let Err(error) = inner.write(line) {
            tracing::error!(%error, "a count is missing in the ledger of messages");
        }
    }

    /// Returns a page of messages, in the order of their first acceptance.
    pub(crate) fn page(&self, key: &str, page: &Page) -> Value {
        let inner = lock(&self.inner);
        let wanted = |item: &&Item| {
            let is_it = page
                .opaque
                .as_ref()
                .is_none_or(|wanted| item.opaque.as_deref() == Some(message_of(wanted)));
            is_it && item.further.len() + 1 >= page.at_least
        };
        // Items are sorted by their first acceptance.
        let start = inner.items.partition_point(|item| item.first <= page.after);
        let rest = inner.items.get(start..).unwrap_or_default();
        let mut found = rest.iter().filter(wanted);
        let data: Vec<Value> = found
            .by_ref()
            .take(page.limit)
            .map(|item| inner.view(item, key))
            .collect();
        let has_more = found.next().is_some();
        let next = data.last().map(|last| last["sequence"].clone());
        json!({ "data": data, "next": next.filter(|_| has_more) })
    }

    /// Returns the counts. `with_spans` adds the counts of each 100 ms.
    pub(crate) fn summary(&self, with_spans: bool) -> Value {
        let inner = lock(&self.inner);
        let repeated = inner.items.iter().filter(|item| !item.further.is_empty());
        let without = inner.items.iter().filter(|item| item.opaque.is_none());
        let refused: BTreeMap<String, u64> = inner
            .refused
            .iter()
            .map(|(code, count)| (code.to_string(), *count))
            .collect();
        let numbers: Vec<Value> = inner
            .numbers
            .iter()
            .map(|number| number.view(with_spans))
            .collect();
        json!({
            "accepted": inner.accepted,
            "distinct": inner.by_opaque.len(),
            "acceptedMoreThanOnce": repeated.count(),
            "withoutOpaque": without.count(),
            "unanswered": inner.unanswered,
            "struckBefore": inner.struck,
            "refused": refused,
            "refusedTotal": inner.refused.values().sum::<u64>(),
            "throttled": inner.refused.get(&130_429).copied().unwrap_or_default(),
            "spanMs": SPAN_US / 1_000,
            "numbers": numbers,
        })
    }

    /// Clears the ledger. The numbers go on, so that no id comes twice.
    pub(crate) fn clear(&self) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        let next = inner.next;
        let line = Line {
            next: Some(next),
            ..Line::default()
        };
        let fresh = self.path.with_extension("jsonl.new");
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        std::fs::write(&fresh, text)?;
        std::fs::rename(&fresh, &self.path)?;
        *inner = Inner::new(OpenOptions::new().append(true).open(&self.path)?);
        inner.next = next;
        Ok(())
    }
}

impl Inner {
    fn new(file: File) -> Self {
        Self {
            file,
            next: 1,
            accepted: 0,
            items: Vec::new(),
            by_opaque: HashMap::new(),
            numbers: Vec::new(),
            by_number: HashMap::new(),
            refused: BTreeMap::new(),
            unanswered: 0,
            struck: 0,
            began: (real_now().timestamp_micros(), Instant::now()),
        }
    }

    fn now_us(&self) -> i64 {
        let (base, began) = self.began;
        base + i64::try_from(began.elapsed().as_micros()).unwrap_or_default()
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut text = Vec::with_capacity(160);
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }

    fn replay(&mut self, line: &Line<'_>) {
        if let Some(next) = line.next {
            self.next = self.next.max(next);
        }
        if let Some(code) = line.refused {
            *self.refused.entry(code).or_default() += 1;
        }
        self.unanswered += u64::from(line.unanswered == Some(true));
        self.struck += u64::from(line.struck == Some(true));
        if let (Some(sequence), Some(us)) = (line.s, line.us) {
            self.take(sequence, us, line);
        }
    }

    fn take(&mut self, sequence: u64, us: i64, line: &Line<'_>) {
        self.next = self.next.max(sequence + 1);
        self.accepted += 1;
        let number = self.number(&line.phone);
        if let Some(number) = self.numbers.get_mut(number as usize) {
            number.count(us);
        }
        let opaque = line.opaque.as_deref().map(message_of);
        let known = opaque.and_then(|opaque| {
            let index = self.by_opaque.get(opaque)?;
            self.items.get_mut(*index as usize)
        });
        if let Some(item) = known {
            let who = line.who.as_deref();
            let who = who.or_else(|| (*item.to != *line.to).then_some(&*line.to));
            item.further.push((sequence, who.map(Into::into)));
            item.last_us = us;
            return;
        }
        let opaque: Option<Arc<str>> = opaque.map(Arc::from);
        if let (Some(opaque), Ok(index)) = (&opaque, u32::try_from(self.items.len())) {
            self.by_opaque.insert(Arc::clone(opaque), index);
        }
        self.items.push(Item {
            first: sequence,
            opaque,
            to: line.to.as_ref().into(),
            who: line.who.as_deref().map(Into::into),
            number,
            first_us: us,
            last_us: us,
            further: Vec::new(),
        });
    }

    fn number(&mut self, id: &str) -> u32 {
        if let Some(index) = self.by_number.get(id) {
            return *index;
        }
        let index = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let id: Arc<str> = id.into();
        self.by_number.insert(Arc::clone(&id), index);
        self.numbers.push(Number::new(id));
        index
    }

    fn view(&self, item: &Item, key: &str) -> Value {
        let first = std::iter::once((item.first, &item.who));
        let further = item.further.iter().map(|(sequence, who)| (*sequence, who));
        let wamid = |(sequence, who): (u64, &Option<Box<str>>)| {
            wamid::sent(key, sequence, who.as_deref().unwrap_or(&item.to))
        };
        let wamids: Vec<String> = first.chain(further).map(wamid).collect();
        let number = self.numbers.get(item.number as usize);
        json!({
            "sequence": item.first,
            "bizOpaqueCallbackData": item.opaque.as_deref(),
            "accepted": wamids.len(),
            "wamids": wamids,
            "to": item.to,
            "phoneNumberId": number.map(|number| &*number.id),
            "firstAcceptedAt": moment(item.first_us),
            "lastAcceptedAt": moment(item.last_us),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(sends: &Sends, opaque: Option<&str>) -> u64 {
        let acceptance = Acceptance {
            phone_id: "53",
            to: "49",
            who: "49",
            opaque,
        };
        sends.accept(&acceptance).unwrap()
    }

    fn all(sends: &Sends) -> Vec<(Value, Value)> {
        let page = Page {
            limit: 1_000,
            ..Page::default()
        };
        let page = sends.page("key", &page);
        let view = |item: &Value| {
            (
                item["bizOpaqueCallbackData"].clone(),
                item["accepted"].clone(),
            )
        };
        page["data"].as_array().unwrap().iter().map(view).collect()
    }

    #[test]
    fn each_opaque_id_tells_how_often_it_was_accepted_even_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sends.jsonl");
        let sends = Sends::open(path.clone()).unwrap();
        for opaque in [Some("a"), Some("b"), None, Some("a"), None] {
            accept(&sends, opaque);
        }
        sends.refuse(130_429);
        sends.strike(Some(2));
        sends.lose_answer();
        let summary = sends.summary(false);
        drop(sends);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"s\":6,\"pho").unwrap();
        let sends = Sends::open(path.clone()).unwrap();
        assert_eq!(sends.summary(false), summary);
        assert_eq!(summary["accepted"], 5);
        assert_eq!(summary["distinct"], 2);
        assert_eq!(summary["acceptedMoreThanOnce"], 1);
        assert_eq!(summary["withoutOpaque"], 2);
        assert_eq!(summary["refused"], json!({ "2": 1, "130429": 1 }));
        assert_eq!(
            (&summary["unanswered"], &summary["struckBefore"]),
            (&json!(1), &json!(1))
        );
        let counts = vec![
            (json!("a"), json!(2)),
            (json!("b"), json!(1)),
            (Value::Null, json!(1)),
            (Value::Null, json!(1)),
        ];
        assert_eq!(all(&sends), counts);
        assert_eq!(
            accept(&sends, Some("b")),
            6,
            "the cut line was no acceptance"
        );
        let sends = Sends::open(path).unwrap();
        assert_eq!(all(&sends)[1], (json!("b"), json!(2)));
    }

    #[test]
    fn attempts_of_one_message_count_together() {
        let folder = tempfile::tempdir().unwrap();
        let sends = Sends::open(folder.path().join("sends.jsonl")).unwrap();
        let id = "01900000-0000-7000-b000-000000000001";
        for opaque in [id, &format!("{id}.1"), &format!("{id}.2"), "a.1", "a.2"] {
            accept(&sends, Some(opaque));
        }
        let counts = [
            (json!(id), json!(3)),
            (json!("a.1"), json!(1)),
            (json!("a.2"), json!(1)),
        ];
        assert_eq!(all(&sends), counts);
        assert_eq!(sends.summary(false)["acceptedMoreThanOnce"], 1);
        let page = Page {
            limit: 9,
            opaque: Some(format!("{id}.2")),
            ..Page::default()
        };
        let found = sends.page("key", &page);
        assert_eq!(found["data"][0]["accepted"], 3);
    }

    #[test]
    fn pages_hold_each_message_once() {
        let folder = tempfile::tempdir().unwrap();
        let sends = Sends::open(folder.path().join("sends.jsonl")).unwrap();
        for n in 0..25 {
            accept(&sends, Some(&format!("m{}", n % 20)));
        }
        let mut seen = Vec::new();
        let mut page = Page {
            limit: 7,
            ..Page::default()
        };
        loop {
            let answer = sends.page("key", &page);
            seen.extend(answer["data"].as_array().unwrap().clone());
            let Some(next) = answer["next"].as_u64() else {
                break;
            };
            page.after = next;
        }
        assert_eq!(seen.len(), 20);
        let total: u64 = seen
            .iter()
            .map(|item| item["accepted"].as_u64().unwrap())
            .sum();
        assert_eq!(total, 25);
        let repeated = Page {
            limit: 100,
            at_least: 2,
            ..Page::default()
        };
        let repeated = sends.page("key", &repeated);
        assert_eq!(repeated["data"].as_array().unwrap().len(), 5);
    }

    #[test]
    fn numbers_of_acceptances_go_on_after_it_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sends.jsonl");
        let sends = Sends::open(path.clone()).unwrap();
        assert_eq!(accept(&sends, Some("a")), 1);
        sends.clear().unwrap();
        let sends = Sends::open(path).unwrap();
        assert_eq!(sends.summary(true)["accepted"], 0);
        assert_eq!(accept(&sends, Some("a")), 2);
    }
}
