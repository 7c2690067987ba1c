//! The PostgreSQL server that the test binaries share.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::project::{self, Result};

/// The variable by which `wabakit-testkit` finds the server.
pub(crate) const VARIABLE: &str = "WABAKIT_TEST_POSTGRES";

/// A running server. It stops when this is dropped, or when this process ends.
#[derive(Debug)]
pub(crate) struct SharedServer {
    keeper: Child,
    pub(crate) url: String,
}

impl SharedServer {
    /// Starts a server with testkit's `pg-serve`, which `cargo test --no-run` has built.
    pub(crate) fn start() -> Result<Self> {
        let mut keeper = Command::new(project::built("pg-serve")?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("pg-serve cannot run: {error}"))?;
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| format!("pg-serve does not answer: {error}"))?;
        }
        let server = Self {
            keeper,
            url: line.trim().to_owned(),
        };
        if server.url.is_empty() {
            return Err("PostgreSQL did not start".to_owned());
        }
        Ok(server)
    }
}

impl Drop for SharedServer {
    fn drop(&mut self) {
        // The server stops at the end of its standard input.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Tells whether `initdb` is installed. Debian keeps it off the `PATH`, in a folder for each version.
pub(crate) fn is_installed() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = versions
        .filter_map(std::result::Result::ok)
        .any(|version| Path::new(&version.path()).join("bin/initdb").is_file());
    debian || project::on_path(&["initdb"]).is_some()
}
