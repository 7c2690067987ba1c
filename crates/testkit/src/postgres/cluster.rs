//! A PostgreSQL server that never outlives the process that started it.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;

use super::install::{self, User};
use super::random_hex;

/// The script of the shell that is PostgreSQL's parent. Its standard input is a pipe that only the starting process
/// holds. However that process ends, the pipe ends, and the script stops the server and deletes its files.
///
/// Only this shell and the server hold standard error, so its end means that both are gone.
const KEEPER: &str = r#"
bin=$1 dir=$2 port=$3
serve() {
    "$bin/postgres" -D "$dir/data" -h 127.0.0.1 -p "$port" -k "$dir" \
        -c max_connections=300 </dev/null 3<&- &
    server=$!
}
trap 'rm -rf "$dir"' EXIT
trap 'kill -QUIT "$server" 2>/dev/null; wait "$server"; exit 1' HUP INT TERM
trap 'kill -INT "$server"; wait "$server"; serve; again=1' USR1
"$bin/initdb" --pgdata="$dir/data" --username=postgres --pwfile="$dir/password" \
    --auth=password --encoding=UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 \
    || { cat "$dir/initdb.log" >&2; exit 1; }
exec 3<&0
serve
{ cat >/dev/null; kill -TERM $$; } <&3 2>/dev/null &
exec 3<&-
again=1
while [ "$again" ]; do
    again=
    wait "$server"
done
"#;

/// The line that PostgreSQL logs when it accepts connections.
const READY: &str = "database system is ready to accept connections";

/// The number of tries: another process may take the free port before the server does.
const ATTEMPTS: u32 = 5;

/// The reason why PostgreSQL did not start. The text is one sentence for a person.
#[derive(Debug)]
pub enum PostgresStartError {
    /// `initdb` and `postgres` were not found.
    Missing,
    /// The tests run as root, and there is no user `postgres` to run the server.
    NoUser,
    /// The temporary folder or the process could not be created.
    Io(io::Error),
    /// `initdb` or `postgres` ended at once. The text is their output.
    Ended(String),
}

impl std::fmt::Display for PostgresStartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => write!(
                f,
                "these tests need PostgreSQL, which is not installed: apt-get install postgresql"
            ),
            Self::NoUser => write!(
                f,
                "PostgreSQL does not run as root and there is no user `postgres` to run it: \
                 apt-get install postgresql, or run the tests as another user"
            ),
            Self::Io(error) => write!(f, "PostgreSQL could not be started: {error}"),
            Self::Ended(log) => write!(f, "PostgreSQL ended while it was starting: {log}"),
        }
    }
}

impl std::error::Error for PostgresStartError {}

impl From<io::Error> for PostgresStartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A PostgreSQL server on a loopback port, with its files in a temporary folder. Both are removed when this is
/// dropped, and when the process ends or is killed.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    folder: PathBuf,
    keeper: Child,
    lifeline: Option<ChildStdin>,
    log_reader: Option<JoinHandle<()>>,
}

impl Cluster {
    /// Starts a new, empty server, and returns when it accepts connections: about half a second.
    ///
    /// # Errors
    /// [`PostgresStartError`].
    pub fn start() -> Result<Self, PostgresStartError> {
        let bin = install::bin_folder().ok_or(PostgresStartError::Missing)?;
        let mut attempt = 1;
        loop {
            match Self::start_once(&bin) {
                Err(PostgresStartError::Ended(log))
                    if attempt < ATTEMPTS && log.contains("Address already in use") =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn start_once(bin: &Path) -> Result<Self, PostgresStartError> {
        let folder = tempfile::Builder::new().prefix("wabakit-pg-").tempdir()?;
        let password = random_hex(16)?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;

        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "wabakit-pg"])
            .arg(bin)
            .arg(folder.path())
            .arg(port.to_string())
            .env("LC_ALL", "C")
            .current_dir("/")
            // Ctrl-C signals the foreground's process group: the keeper must survive it to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(user) = user_instead_of_root(folder.path())? {
            chown(folder.path(), Some(user.uid), Some(user.gid))?;
            chown(&password_file, Some(user.uid), Some(user.gid))?;
            command.uid(user.uid).gid(user.gid);
        }
        let mut keeper = command.spawn()?;
        let folder = folder.keep();

        let lifeline = keeper.stdin.take();
        let mut log = BufReader::new(
            keeper
                .stderr
                .take()
                .ok_or_else(|| io::Error::other("no log"))?,
        );
        if let Err(said) = wait_until_ready(&mut log) {
            drop(lifeline);
            keeper.wait()?;
            return Err(PostgresStartError::Ended(said));
        }
        let log_reader = std::thread::spawn(move || {
            let _ = io::copy(&mut log, &mut io::sink());
        });
        Ok(Self {
            url: format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres"),
            folder,
            keeper,
            lifeline,
            log_reader: Some(log_reader),
        })
    }

    /// Returns the URL of the maintenance database, with its password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Restarts the server as an operator would, which breaks its connections. It keeps its files and port. Returns
    /// at once; wait until it accepts connections again.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn restart(&self) -> io::Result<()> {
        let keeper = self.keeper.id().to_string();
        let told = Command::new("kill").args(["-USR1", &keeper]).status()?;
        if told.success() {
            Ok(())
        } else {
            Err(io::Error::other("the server's keeper is gone"))
        }
    }

    /// Returns the folder of the server's files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if let Some(reader) = self.log_reader.take() {
            let _ = reader.join();
        }
        let _ = self.keeper.wait();
    }
}

/// Finds the user to run PostgreSQL as, because it refuses to run as root. The owner of a file that this process made
/// shows who runs the process.
fn user_instead_of_root(own_folder: &Path) -> Result<Option<User>, PostgresStartError> {
    if fs::metadata(own_folder)?.uid() != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd")?;
    install::postgres_user(&passwd)
        .map(Some)
        .ok_or(PostgresStartError::NoUser)
}

/// Reads the log until the server is ready. The error holds the log.
fn wait_until_ready(log: &mut impl BufRead) -> Result<(), String> {
    let mut said = String::new();
    for line in log.lines().map_while(Result::ok) {
        if line.contains(READY) {
            return Ok(());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(said)
}

#[cfg(test)]
mod tests {
    use super::wait_until_ready;

    #[test]
    fn a_server_that_ends_before_it_is_ready_is_an_error_with_its_own_words() {
        let mut log = "LOG:  starting\nFATAL:  could not bind: Address already in use\n".as_bytes();
        let said = wait_until_ready(&mut log).unwrap_err();
        assert!(said.contains("Address already in use"));
    }

    #[test]
    fn reading_stops_at_the_line_that_says_ready() {
        let mut log =
            "LOG:  starting\nLOG:  database system is ready to accept connections\nmore\n"
                .as_bytes();
        assert_eq!(wait_until_ready(&mut log), Ok(()));
        assert_eq!(log, b"more\n");
    }
}
