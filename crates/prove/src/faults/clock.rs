//! A wall clock that steps, for one process: a small library, loaded before the process's own, adds to it. The product
//! has no switch for it, and its monotonic clock does not step.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

const SOURCE: &str = include_str!("clock.c");

/// The wall clock of one server.
pub(crate) struct WallClock {
    folder: TempDir,
}

impl WallClock {
    /// Compiles the library. `None` where there is no C compiler.
    pub(crate) fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("clock.c");
        fs::write(&source, SOURCE).unwrap();
        let clock = Self { folder };
        clock.step(0);
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(clock.library())
            .arg(&source)
            .output();
        compiled.ok()?.status.success().then_some(clock)
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("clock.so")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("step")
    }

    /// Returns the variables of a process that lives by this clock.
    pub(crate) fn vars(&self) -> [(String, String); 2] {
        [
            (
                "LD_PRELOAD".to_owned(),
                self.library().display().to_string(),
            ),
            ("PROVE_CLOCK".to_owned(), self.file().display().to_string()),
        ]
    }

    /// Sets the clock this many seconds ahead, or behind.
    pub(crate) fn step(&self, seconds: i64) {
        use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
        // The process reads the file's own page: the file is never made anew.
        let file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.file());
        file.unwrap().write_all(&seconds.to_ne_bytes()).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_sees_the_step_in_its_wall_clock() {
        let Some(clock) = WallClock::new() else {
            return;
        };
        let seconds = || -> i64 {
            let output = Command::new("date").arg("+%s").envs(clock.vars()).output();
            let text = String::from_utf8(output.unwrap().stdout).unwrap();
            text.trim().parse().unwrap()
        };
        let now = seconds();
        clock.step(3_600);
        assert!((3_600..3_660).contains(&(seconds() - now)));
        clock.step(-3_600);
        assert!((-3_600..-3_540).contains(&(seconds() - now)));
        clock.step(0);
        assert!((0..60).contains(&(seconds() - now)));
    }
}
