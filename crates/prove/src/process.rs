//! Programs of the project as processes.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Output, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    sync::watch,
    task::JoinHandle,
};

/// A program that runs until it is told to stop. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    address: watch::Receiver<Option<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// Builds a command with this environment and no other variables.
fn command(program: &Path, args: &[&str], vars: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(vars).kill_on_drop(true);
    command
}

impl Process {
    /// Starts a program. It prints its address.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(program: &Path, args: &[&str], vars: &BTreeMap<String, String>) -> Self {
        let mut child = command(program, args, vars)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.display()));
        let lines = Arc::default();
        let (found, address) = watch::channel(None);
        let found = Arc::new(found);
        let readers = vec![
            read(child.stdout.take().unwrap(), &lines, &found),
            read(child.stderr.take().unwrap(), &lines, &found),
        ];
        Self {
            child,
            lines,
            address,
            readers,
        }
    }

    /// Waits until it listens, and returns the base URL.
    ///
    /// # Panics
    /// When it ends before it listens. The message holds its output.
    pub async fn base(&mut self) -> String {
        let found = self.address.wait_for(Option::is_some).await;
        match found.ok().and_then(|address| address.clone()) {
            Some(address) => address,
            None => panic!("it ended before it listened:\n{}", self.output()),
        }
    }

    /// Waits until it listens. Tells whether it does: it may end before.
    pub async fn came_up(&mut self) -> bool {
        self.address.wait_for(Option::is_some).await.is_ok()
    }

    /// Returns its process id. `None` when it has ended.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Counts the lines of its output so far.
    ///
    /// # Panics
    /// Never, in a process where no other thread has panicked.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines.lock().unwrap().len()
    }

    /// Tells whether a line of its output, from this one on, holds one of these words.
    ///
    /// # Panics
    /// Never, in a process where no other thread has panicked.
    #[must_use]
    pub fn said(&self, from: usize, words: &[&str]) -> bool {
        let lines = self.lines.lock().unwrap();
        let mut new = lines.iter().skip(from);
        new.any(|line| words.iter().any(|word| line.contains(word)))
    }

    /// Returns its output so far.
    ///
    /// # Panics
    /// Never, in a process where no other thread has panicked.
    #[must_use]
    pub fn output(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// Returns its resident memory, in bytes.
    ///
    /// # Panics
    /// When the process has ended.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let id = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|l| l.split_whitespace().next()).unwrap();
        kilobytes.parse::<u64>().unwrap() * 1024
    }

    /// Returns the processor time of all its threads so far.
    ///
    /// # Panics
    /// When the process has ended.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        cpu_of(&self.child.id().expect("it runs").to_string())
    }

    /// Stops it where it is, as on a machine that sleeps: `SIGSTOP`.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// Lets it continue.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    /// Sends `kill -9`, waits until it is gone, and returns its output.
    pub async fn kill(mut self) -> String {
        self.child.kill().await.unwrap();
        self.drained().await
    }

    /// Tells it to stop, without waiting.
    pub async fn tell_to_end(&self) {
        self.signal("-TERM").await;
    }

    async fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args([signal, &id]).status().await;
        assert!(told.unwrap().success());
    }

    /// Tells it to stop, and waits. Returns whether it ended well, and its output.
    pub async fn end(mut self) -> (bool, String) {
        self.tell_to_end().await;
        let status = self.child.wait().await.unwrap();
        (status.success(), self.drained().await)
    }

    async fn drained(mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.await.unwrap();
        }
        self.output()
    }
}

/// Returns the processor time of a process so far: `self`, or a process id.
///
/// # Panics
/// When there is no such process, or no `/proc`.
#[must_use]
pub fn cpu_of(id: &str) -> Duration {
    ticks(&stat(id).unwrap(), 2)
}

/// Returns the processor time so far of the parent of a process and all its children, also of those that have ended.
///
/// # Panics
/// When there is no such process, or no `/proc`.
pub(crate) fn cpu_of_family(child: &str) -> Duration {
    let parent = stat(child).unwrap()[PARENT].clone();
    // The parent's own time, and that of its ended children.
    let mut all = ticks(&stat(&parent).unwrap(), 4);
    for entry in std::fs::read_dir("/proc").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
        // A process may end meanwhile.
        if let Some(stat) = is_process.then(|| stat(&name)).flatten()
            && stat[PARENT] == parent
        {
            all += ticks(&stat, 2);
        }
    }
    all
}

/// The parent's place among the fields of [`stat`].
const PARENT: usize = 1;

/// Reads the numbers that Linux tells of a process. Nothing when there is none.
fn stat(id: &str) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may contain anything; the fields after its last parenthesis are numbers.
    let (_, fields) = stat.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// Sums the first of these times: user and system, and both of ended children.
fn ticks(stat: &[String], count: usize) -> Duration {
    let times = stat.iter().skip(11).take(count);
    let ticks: u64 = times.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    // Linux reports hundredths of a second, whatever its own clock does.
    Duration::from_millis(ticks * 10)
}

fn read(
    from: impl AsyncRead + Unpin + Send + 'static,
    lines: &Arc<Mutex<Vec<String>>>,
    found: &Arc<watch::Sender<Option<String>>>,
) -> JoinHandle<()> {
    let (lines, found) = (lines.clone(), found.clone());
    let mut reader = BufReader::new(from).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = reader.next_line().await {
            if let Some(address) = address(&line) {
                found.send_replace(Some(address));
            }
            lines.lock().unwrap().push(line);
        }
    })
}

/// Reads the address from a line of the server's log, or from an announcement.
fn address(line: &str) -> Option<String> {
    if let Some((_, base)) = line.split_once(" listens on ") {
        return Some(base.trim().trim_end_matches('/').to_owned());
    }
    let entry: Value = serde_json::from_str(line).ok()?;
    let serving = entry["message"] == "serving";
    let address = entry["address"].as_str().filter(|_| serving)?;
    Some(format!("http://{address}"))
}

/// Runs a program to its end, with this text on its standard input.
pub async fn run_to_end(
    program: &Path,
    args: &[&str],
    vars: &BTreeMap<String, String>,
    input: &str,
) -> Output {
    let mut child = command(program, args, vars)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended already.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    child.wait_with_output().await.unwrap()
}
