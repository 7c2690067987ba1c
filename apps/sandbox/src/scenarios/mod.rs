//! Scenarios: files of steps that are played by name. Each step is one call of the control API.

mod client;
mod file;
mod play;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};

pub use client::{PlayError, play_scenario, scenario_list};
pub(crate) use file::Scenario;
pub(crate) use play::{PlayStopped, play};

/// The most scenarios that are played at the same time.
const MOST_PLAYS: usize = 4;
/// The most files that are read from the folder.
const MOST_FILES: usize = 200;
/// The largest file, bytes.
const LARGEST: u64 = 256 << 10;

/// Pairs the name of a built-in scenario with its file.
macro_rules! built_in {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../scenarios/", $name, ".json")),
        )
    };
}

/// The scenarios that the program carries, by name.
const BUILT_IN: &[(&str, &str)] = &[
    built_in!("answer-lost"),
    built_in!("conversation"),
    built_in!("customer-floods"),
    built_in!("customer-writes"),
    built_in!("messages-fail"),
    built_in!("meta-outage"),
    built_in!("number-restricted"),
    built_in!("storm-130429"),
    built_in!("template-paused"),
    built_in!("template-rejected"),
    built_in!("token-dies"),
    built_in!("webhooks-repeat"),
    built_in!("window-closes"),
];

/// The known scenarios and the places for plays.
pub(crate) struct Scenarios {
    /// A folder with further scenarios. It is read anew each time.
    folder: Option<PathBuf>,
    plays: Semaphore,
}

impl Scenarios {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            plays: Semaphore::new(MOST_PLAYS),
        }
    }

    /// Takes a place for a play, if one is free.
    pub(crate) fn begin(&self) -> Option<SemaphorePermit<'_>> {
        self.plays.try_acquire().ok()
    }

    /// Reads the scenario of a name. A file of the folder goes before the built-in one. The error is a sentence.
    pub(crate) fn find(&self, name: &str) -> Option<Result<Scenario, String>> {
        if !is_name(name) {
            return None;
        }
        let path = self
            .folder
            .as_ref()
            .map(|it| it.join(format!("{name}.json")));
        if let Some(path) = path.filter(|path| path.is_file()) {
            return Some(read(&path));
        }
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name);
        built_in.map(|(_, text)| Scenario::parse(text))
    }

    /// Reads all scenarios, sorted by name. A file with a fault is listed with what is wrong.
    pub(crate) fn all(&self) -> BTreeMap<String, Result<Scenario, String>> {
        let built_in = BUILT_IN.iter();
        let mut all: BTreeMap<String, _> = built_in
            .map(|(name, text)| ((*name).to_owned(), Scenario::parse(text)))
            .collect();
        let files = self.folder.iter().filter_map(|it| fs::read_dir(it).ok());
        let paths = files.flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let named = paths.filter_map(|path| {
            let is_json = path.extension()? == "json";
            let name = path.file_stem()?.to_str()?.to_owned();
            (is_json && is_name(&name)).then_some((name, path))
        });
        all.extend(
            named
                .take(MOST_FILES)
                .map(|(name, path)| (name, read(&path))),
        );
        all
    }
}

/// Tells whether a name is one of a scenario: 60 small letters, digits and hyphens at most.
fn is_name(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=60).contains(&name.len()) && name.bytes().all(is_part)
}

fn read(path: &Path) -> Result<Scenario, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut text = String::new();
    let file = fs::File::open(path).map_err(failed)?;
    let length = file.take(LARGEST + 1).read_to_string(&mut text);
    if length.map_err(failed)? as u64 > LARGEST {
        return Err(format!("a scenario has {LARGEST} bytes at most"));
    }
    Scenario::parse(&text)
}

/// The parameters of a play, by name.
pub(crate) type With = BTreeMap<String, Value>;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{BUILT_IN, MOST_FILES, Scenarios};

    #[test]
    fn every_file_of_the_folder_is_carried_and_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let mut files: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        let carried: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, carried);
        for (name, scenario) in Scenarios::new(None).all() {
            let scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!scenario.about.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_folder_adds_and_replaces_and_a_name_leads_nowhere_else() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("scenarios");
        fs::create_dir(&folder).unwrap();
        let text = r#"{"title":"Ours","steps":[{"advance":1}]}"#;
        for name in ["ours", "token-dies", "Upper", "with space"] {
            fs::write(folder.join(format!("{name}.json")), text).unwrap();
        }
        fs::write(folder.join("notes.txt"), "no scenario").unwrap();
        fs::write(folder.join("broken.json"), "{").unwrap();
        fs::write(folder.join("huge.json"), "x".repeat(300_000)).unwrap();
        fs::write(outside.path().join("secret.json"), text).unwrap();
        let scenarios = Scenarios::new(Some(folder));
        let all = scenarios.all();
        assert_eq!(all.len(), BUILT_IN.len() + 3);
        assert!(all["broken"].is_err() && all["huge"].is_err());
        for name in ["ours", "token-dies"] {
            assert_eq!(scenarios.find(name).unwrap().unwrap().title, "Ours");
        }
        for name in [
            "../secret",
            "Upper",
            "with space",
            "",
            "notes.txt",
            "nothing",
        ] {
            assert!(scenarios.find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_folder_of_any_size_costs_a_bounded_reading() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..MOST_FILES + 20 {
            let path = folder.path().join(format!("s{n}.json"));
            fs::write(path, r#"{"title":"One","steps":[]}"#).unwrap();
        }
        let all = Scenarios::new(Some(folder.path().to_owned())).all();
        assert_eq!(all.len(), BUILT_IN.len() + MOST_FILES);
    }
}
