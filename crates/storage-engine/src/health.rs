//! Checks that written data can be found again: the files are still where they were opened, and writes succeed.

use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(unix)]
use std::{io, os::unix::fs::MetadataExt as _, path::Path, path::PathBuf};

use wabakit_ports::store::StoreError;

/// An engine's count of its commits, and the files that it opened.
#[derive(Debug, Default)]
pub(crate) struct Health {
    #[cfg(unix)]
    files: Vec<PlacedFile>,
    /// Transactions that were committed.
    commits: AtomicU64,
    /// The number of commits at the last call of `has_written`.
    seen: AtomicU64,
}

impl Health {
    /// Counts a commit.
    pub(crate) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes back what earlier commits prove: a write has failed since, on a full disk for example.
    pub(crate) fn failed(&self) {
        let commits = self.commits.load(Ordering::Relaxed);
        self.seen.store(commits, Ordering::Relaxed);
    }

    /// Tells whether anything was committed since the last call, and no write failed after it.
    pub(crate) fn has_written(&self) -> bool {
        let commits = self.commits.load(Ordering::Relaxed);
        self.seen.swap(commits, Ordering::Relaxed) != commits
    }

    /// Watches the files of an open SQLite database.
    #[cfg(all(unix, feature = "sqlite"))]
    pub(crate) fn watching(path: &Path) -> io::Result<Self> {
        // SQLite keeps the log beside the file itself, not beside a link to it.
        let mut log = path.canonicalize()?.into_os_string();
        log.push("-wal");
        let files = [path.to_owned(), log.into()];
        Ok(Self {
            files: files
                .into_iter()
                .map(PlacedFile::of)
                .collect::<io::Result<_>>()?,
            ..Self::default()
        })
    }

    /// Checks that the database's files are still those that were opened. Otherwise the path would not lead to what is
    /// written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when they were moved, replaced or deleted.
    pub(crate) fn check_files(&self) -> Result<(), StoreError> {
        #[cfg(unix)]
        for file in &self.files {
            if !file.is_in_place() {
                return Err(StoreError::unavailable(format!(
                    "the database file {} was moved, replaced or deleted while the server runs",
                    file.path.display()
                )));
            }
        }
        Ok(())
    }
}

/// A file, with its device and inode at the time when it was opened.
#[cfg(unix)]
#[derive(Debug)]
struct PlacedFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl PlacedFile {
    fn of(path: PathBuf) -> io::Result<Self> {
        let found = std::fs::metadata(&path)?;
        Ok(Self {
            path,
            device: found.dev(),
            inode: found.ino(),
        })
    }

    fn is_in_place(&self) -> bool {
        std::fs::metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_takes_back_what_commits_before_it_prove() {
        let health = Health::default();
        assert!(!health.has_written());
        health.committed();
        assert!(health.has_written());
        assert!(!health.has_written(), "once");
        health.committed();
        health.failed();
        assert!(!health.has_written());
        health.failed();
        health.committed();
        assert!(health.has_written(), "it works again");
    }
}
