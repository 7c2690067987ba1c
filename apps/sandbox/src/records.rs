//! Numbered records in memory and in a file. Every change appends one line, and the file is rewritten when most of
//! its lines are outdated. So a change costs the same however many records there are.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The outdated lines that are tolerated.
const SLACK: usize = 10_000;
/// The bytes that are appended before a small file is rewritten.
const SLACK_BYTES: usize = 64 << 20;

/// Records by number, ascending. The newest `cap` are kept.
pub(crate) struct Records<V> {
    path: PathBuf,
    cap: usize,
    live: BTreeMap<u64, V>,
    next: u64,
    file: File,
    lines: usize,
    /// The bytes appended since the file was rewritten, and its size then.
    appended: usize,
    rewritten: usize,
}

impl<V: Serialize + DeserializeOwned> Records<V> {
    /// Opens the file at `path`. A line that a crash cut is dropped.
    pub(crate) fn open(path: PathBuf, cap: usize) -> io::Result<Self> {
        let mut live = BTreeMap::new();
        let mut last = 0;
        match File::open(&path) {
            Ok(file) => {
                for line in BufReader::new(file).split(b'\n') {
                    let Ok((key, value)) = serde_json::from_slice::<(u64, Option<V>)>(&line?)
                    else {
                        continue;
                    };
                    last = last.max(key);
                    match value {
                        Some(value) => live.insert(key, value),
                        None => live.remove(&key),
                    };
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        while live.len() > cap {
            live.pop_first();
        }
        let (file, rewritten) = rewrite(&path, &live, last)?;
        let lines = live.len();
        Ok(Self {
            path,
            cap,
            live,
            next: last + 1,
            file,
            lines,
            appended: 0,
            rewritten,
        })
    }

    /// Takes a number that no record has had.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// Adds or replaces a record. When this returns, the operating system has it, so a kill does not lose it.
    pub(crate) fn put(&mut self, key: u64, value: V) -> io::Result<()> {
        self.put_all([(key, value)])
    }

    /// Adds or replaces several records with one write.
    pub(crate) fn put_all(
        &mut self,
        records: impl IntoIterator<Item = (u64, V)>,
    ) -> io::Result<()> {
        let mut text = Vec::new();
        for (key, value) in records {
            serde_json::to_writer(&mut text, &(key, &value))?;
            text.push(b'\n');
            self.lines += 1;
            self.next = self.next.max(key + 1);
            self.live.insert(key, value);
        }
        while self.live.len() > self.cap {
            self.live.pop_first();
        }
        self.append(&text)
    }

    pub(crate) fn remove(&mut self, key: u64) -> io::Result<Option<V>> {
        let Some(value) = self.live.remove(&key) else {
            return Ok(None);
        };
        self.lines += 1;
        self.append(format!("[{key},null]\n").as_bytes())?;
        Ok(Some(value))
    }

    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        self.live.get(&key)
    }

    /// Iterates over the records after `key`, ascending.
    pub(crate) fn after(&self, key: u64) -> impl DoubleEndedIterator<Item = (u64, &V)> {
        self.live
            .range(key.saturating_add(1)..)
            .map(|(key, value)| (*key, value))
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &V)> {
        self.live.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }

    /// Removes all records. The count of numbers goes on.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.live.clear();
        self.compact()
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        self.appended += text.len();
        let is_long = self.lines > 2 * self.live.len() + SLACK;
        if is_long || self.appended > 2 * self.rewritten + SLACK_BYTES {
            return self.compact();
        }
        self.file.write_all(text)
    }

    fn compact(&mut self) -> io::Result<()> {
        (self.file, self.rewritten) = rewrite(&self.path, &self.live, self.next - 1)?;
        self.lines = self.live.len();
        self.appended = 0;
        Ok(())
    }
}

/// Writes all records into another file and renames it. The first line keeps the last number that was given, so that
/// none is given twice. Returns the file's length too.
fn rewrite<V: Serialize>(
    path: &PathBuf,
    live: &BTreeMap<u64, V>,
    last: u64,
) -> io::Result<(File, usize)> {
    let temporary = path.with_extension("jsonl.new");
    let mut file = BufWriter::new(File::create(&temporary)?);
    writeln!(file, "[{last},null]")?;
    for record in live {
        serde_json::to_writer(&mut file, &record)?;
        file.write_all(b"\n")?;
    }
    let written = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let length = usize::try_from(written.metadata()?.len()).unwrap_or(usize::MAX);
    fs::rename(&temporary, path)?;
    Ok((OpenOptions::new().append(true).open(path)?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_without_the_removed_and_numbers_are_not_reused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let mut records = Records::<String>::open(path.clone(), 10).unwrap();
        for text in ["a", "b", "c"] {
            let key = records.number();
            records.put(key, text.to_owned()).unwrap();
        }
        records.remove(2).unwrap();
        records.remove(3).unwrap();
        for _ in 0..2 {
            let mut records = Records::<String>::open(path.clone(), 10).unwrap();
            let texts: Vec<&str> = records.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(texts, ["a"]);
            assert_eq!(records.number(), 4);
        }
    }

    #[test]
    fn only_the_newest_are_kept_and_the_file_stays_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let mut records = Records::<u64>::open(path.clone(), 10).unwrap();
        for _ in 0..30_000 {
            let key = records.number();
            records.put(key, key).unwrap();
        }
        let kept: Vec<u64> = records.iter().map(|(key, _)| key).collect();
        assert_eq!(kept, (29_991..=30_000).collect::<Vec<u64>>());
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < SLACK + 100, "{lines}");
    }

    #[test]
    fn a_line_that_was_cut_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        fs::write(&path, "[1,\"a\"]\n[2,\"b").unwrap();
        let mut records = Records::<String>::open(path.clone(), 10).unwrap();
        records.put(2, "c".to_owned()).unwrap();
        let records = Records::<String>::open(path, 10).unwrap();
        assert_eq!(records.get(2).map(String::as_str), Some("c"));
    }
}
