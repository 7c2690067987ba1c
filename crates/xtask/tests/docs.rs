//! Checks that the documentation names only files and commands that exist.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Endings by which a word in code style is a file.
const FILES: [&str; 9] = [
    ".rs", ".md", ".ts", ".tsx", ".mjs", ".sql", ".toml", ".json", ".yml",
];
/// Folders that are built, and the version control's.
const NOT_OURS: [&str; 4] = [".git", "dist", "node_modules", "target"];

fn root() -> PathBuf {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    manifest.ancestors().nth(2).unwrap().to_owned()
}

/// Lists all files and folders of the repository, with `/` before each and its path from the root.
fn everything() -> Vec<String> {
    let root = root();
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default();
            if NOT_OURS.iter().any(|other| name == *other) {
                continue;
            }
            let below = path.strip_prefix(&root).unwrap();
            found.push(format!("/{}", below.to_str().unwrap()));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

/// Reads the documents of the repository: path and text.
fn documents(everything: &[String]) -> Vec<(&str, String)> {
    let documents = everything.iter().filter(|path| path.ends_with(".md"));
    let documents = documents.map(|path| path.trim_start_matches('/'));
    let documents: Vec<_> = documents
        .map(|path| (path, fs::read_to_string(root().join(path)).unwrap()))
        .collect();
    assert!(documents.len() > 20, "the documents were not found");
    documents
}

/// Returns the words in code style, each with the text that follows it.
fn code_words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().scan(false, |in_block, line| {
        *in_block ^= line.trim_start().starts_with("```");
        Some(if *in_block { "" } else { line })
    });
    lines.flat_map(|line| {
        let pieces: Vec<&str> = line.split('`').collect();
        let words = pieces.windows(2).enumerate();
        let words = words.filter(|(place, _)| place % 2 == 1);
        words
            .filter_map(|(_, pair)| Some((*pair.first()?, *pair.get(1)?)))
            .collect::<Vec<_>>()
    })
}

/// Tells whether a word is the path of a file or folder of a crate or an app, and no pattern.
fn is_path(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let is_file = FILES.iter().any(|ending| word.ends_with(ending));
    word.contains('/')
        && word.chars().all(is_plain)
        && !word.contains("YYYY")
        && (is_file || word.contains("/src") || word.starts_with("crates/"))
}

#[test]
fn paths_in_documents_exist_or_are_marked_as_new() {
    let everything = everything();
    let mut wrong = Vec::new();
    let mut paths = 0;
    for (document, text) in documents(&everything) {
        for (word, after) in code_words(&text).filter(|(word, _)| is_path(word)) {
            paths += 1;
            let ending = format!("/{}", word.trim_end_matches('/'));
            let exists = everything.iter().any(|path| path.ends_with(&ending));
            if exists == after.starts_with(" (new)") {
                let is = if exists { "exists" } else { "does not exist" };
                wrong.push(format!("{document}: {word} {is}"));
            }
        }
    }
    assert!(paths > 100, "the paths were not found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn links_between_documents_lead_to_files() {
    let everything = everything();
    let mut wrong = Vec::new();
    for (document, text) in documents(&everything) {
        let folder = root().join(document);
        let folder = folder.parent().unwrap_or(Path::new(""));
        for rest in text.split("](").skip(1) {
            let link = rest.split([')', '#', ' ']).next().unwrap_or_default();
            // Links of crates' documents to items, which rustdoc checks.
            let is_elsewhere = link.contains("::") || link.contains("://");
            if !link.is_empty() && !is_elsewhere && !folder.join(link).exists() {
                wrong.push(format!("{document}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn commands_in_documents_exist() {
    let everything = everything();
    let commands = fs::read_to_string(root().join("crates/xtask/src/main.rs")).unwrap();
    let scripts = fs::read_to_string(root().join("apps/dashboard/package.json")).unwrap();
    let scripts: serde_json::Value = serde_json::from_str(&scripts).unwrap();
    let mut wrong = Vec::new();
    let word_after = |rest: &str| -> String {
        let is_name = |c: &char| c.is_ascii_alphanumeric() || "-_:".contains(*c);
        rest.chars().take_while(is_name).collect()
    };
    for (document, text) in documents(&everything) {
        let mut check = |before: &str, exists: &dyn Fn(&str) -> bool| {
            let names = text.split(before).skip(1).map(word_after);
            for name in names.filter(|name| !name.is_empty() && !exists(name)) {
                wrong.push(format!("{document}: {before}{name}"));
            }
        };
        check("cargo xtask ", &|name| {
            commands.contains(&format!("[\"{name}\"")) || name == "help"
        });
        check("npm run ", &|name| scripts["scripts"][name].is_string());
        check("-p wabakit-", &|name| {
            ["crates", "apps"].iter().any(|kind| {
                let folder = root().join(kind).join(name);
                folder.is_dir()
            })
        });
        check("--test ", &|name| {
            let (file, folder) = (format!("/tests/{name}.rs"), format!("/tests/{name}"));
            everything
                .iter()
                .any(|path| path.ends_with(&file) || path.ends_with(&folder))
        });
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn log_lines_in_documents_are_written_somewhere() {
    let everything = everything();
    let sources = everything.iter().filter(|path| path.ends_with(".rs"));
    let sources: String = sources
        .map(|path| fs::read_to_string(root().join(path.trim_start_matches('/'))).unwrap())
        .collect();
    let logging = fs::read_to_string(root().join("docs/LOGGING.md")).unwrap();
    let table = logging.split("| message | fields |").nth(1).unwrap();
    let rows = table.lines().skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let messages = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let messages: Vec<&str> = messages.collect();
    assert!(messages.len() > 10, "the log lines were not found");
    for message in messages {
        assert!(sources.contains(&format!("\"{message}\"")), "{message}");
    }
}
