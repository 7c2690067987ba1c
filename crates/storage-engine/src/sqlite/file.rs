//! The database file: its path, its creation, and its lock.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::SetupError;

/// Reads the path from `sqlite:<path>` or `sqlite://<path>`.
pub(super) fn path_of(url: &str) -> Result<PathBuf, SetupError> {
    let path = url.strip_prefix("sqlite:").ok_or(SetupError::Scheme)?;
    let path = path.strip_prefix("//").unwrap_or(path);
    match path {
        "" => Err(SetupError::Url("it names no file".to_owned())),
        // Each connection of a pool would have an empty database of its own.
        ":memory:" => Err(SetupError::Url(
            "a database in memory cannot be shared by several connections".to_owned(),
        )),
        path => {
            let path = PathBuf::from(path);
            without_parameters(&path)?;
            Ok(path)
        }
    }
}

/// Refuses parameters, which other programs take there: the file would bear them in its name. One that is there by that
/// name is meant.
fn without_parameters(path: &Path) -> Result<(), SetupError> {
    let text = path.to_string_lossy();
    let Some((_, parameters)) = text.split_once('?') else {
        return Ok(());
    };
    if path.exists() {
        return Ok(());
    }
    let name = parameters.split(['=', '&']).next().unwrap_or_default();
    let name: String = name.chars().take(40).collect();
    Err(SetupError::Url(format!(
        "it has the parameter {name}, which is not known here: sqlite:<file> has none"
    )))
}

/// Creates the file if it is missing, readable by its owner alone. SQLite gives its log the same rights.
pub(super) fn create(path: &Path) -> Result<(), SetupError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(SetupError::Folder(folder.to_owned()));
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(SetupError::unavailable(error)),
    }
}

/// Locks a database for one server, with a lock file beside it. Links to a database share its lock.
pub(super) fn lock(path: &Path) -> Result<File, SetupError> {
    let path = path.canonicalize().map_err(SetupError::unavailable)?;
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(lock).map_err(SetupError::unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SetupError::InUse(path)),
        Err(TryLockError::Error(error)) => Err(SetupError::unavailable(error)),
    }
}
