//! Files of environment variables, in the form of `.env` files.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// The reason why a file of variables cannot be used. The error quotes no value.
#[derive(Debug, Error)]
pub enum EnvFileError {
    /// It cannot be read.
    #[error("--env-file: {0} cannot be read: {1}.")]
    Unreadable(PathBuf, #[source] io::Error),
    /// A line is neither a variable, a comment nor empty.
    #[error("--env-file: line {1} of {0} is not NAME=value.")]
    Line(PathBuf, usize),
}

/// Reads a file. A line is `NAME=value`, with or without `export` before it, a comment that begins with `#`, or empty.
/// Quotes around a whole value are removed, as a shell does. Nothing else is replaced.
pub(super) fn read(path: &Path) -> Result<HashMap<String, String>, EnvFileError> {
    let text = fs::read_to_string(path)
        .map_err(|error| EnvFileError::Unreadable(path.to_owned(), error))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut variables = HashMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, _)| is_name(name))
            .ok_or_else(|| EnvFileError::Line(path.to_owned(), at + 1))?;
        variables.insert(name.to_owned(), unquoted(value).to_owned());
    }
    Ok(variables)
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_env_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let text = "\u{feff}# ours\n\nA=1\nexport B = \"two words\" \n C='#3'\nD=\nE=a=b # c\r\n";
        fs::write(&path, text).unwrap();
        let read_back = read(&path).unwrap();
        for (name, value) in [
            ("A", "1"),
            ("B", "two words"),
            ("C", "#3"),
            ("D", ""),
            ("E", "a=b # c"),
        ] {
            assert_eq!(read_back[name], value);
        }
        for (text, line) in [("A=1\nnonsense\n", 2), ("1A=x", 1), ("=x", 1)] {
            fs::write(&path, text).unwrap();
            match read(&path) {
                Err(EnvFileError::Line(_, at)) => assert_eq!(at, line),
                other => panic!("{other:?}"),
            }
        }
        fs::remove_file(&path).unwrap();
        assert!(matches!(read(&path), Err(EnvFileError::Unreadable(..))));
    }
}
