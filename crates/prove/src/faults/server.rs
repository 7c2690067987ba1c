//! A server under faults: killed and started again at the same address, with a relay to its database and a clock of
//! its own.

use std::{sync::Mutex, time::Duration};

use wabakit_prove::{Engine, Process, http};

use super::{Relay, WallClock};
use crate::stage::Stage;

/// The most starts of a server that cannot start, as a supervisor would make.
const STARTS: usize = 600;
const BETWEEN: Duration = Duration::from_millis(200);

/// One server.
pub(crate) struct Server {
    pub(crate) base: String,
    vars: Vec<(String, String)>,
    /// Its way to PostgreSQL.
    pub(super) relay: Option<Relay>,
    pub(super) clock: Option<WallClock>,
    running: Mutex<Running>,
}

/// The process. There is none while it is being started.
#[derive(Default)]
struct Running {
    process: Option<Process>,
    life: u32,
}

/// A place in the output of a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    life: u32,
    lines: usize,
}

impl Server {
    /// Starts a server at this port, with these variables.
    pub(crate) async fn start(stage: &Stage, port: &str, more: &[(&str, &str)]) -> Self {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut vars: Vec<_> = more.iter().map(text).collect();
        vars.push(text(&("PORT", port)));
        let clock = WallClock::new();
        vars.extend(clock.iter().flat_map(WallClock::vars));
        let relay = match stage.database.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let (relay, url) = Relay::of_url(stage.database.url()).await;
                vars.push(("DATABASE_URL".to_owned(), url));
                Some(relay)
            }
        };
        let server = Self {
            base: format!("http://127.0.0.1:{port}"),
            vars,
            relay,
            clock,
            running: Mutex::default(),
        };
        server.bring_up(stage).await;
        server
    }

    /// Starts the process until it listens: a server that meets a fault while it starts ends.
    async fn bring_up(&self, stage: &Stage) {
        let vars: Vec<_> = self
            .vars
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut said = String::new();
        for _ in 0..STARTS {
            let mut process = stage.serve_with_limits(&vars);
            if process.came_up().await {
                let mut running = self.running.lock().unwrap();
                running.process = Some(process);
                running.life += 1;
                return;
            }
            said = process.output();
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("the server does not start any more:\n{said}");
    }

    /// Sends `kill -9`, and starts it again.
    pub(super) async fn kill(&self, stage: &Stage, gone: impl AsyncFnOnce()) {
        let process = self.running.lock().unwrap().process.take();
        process.expect("it runs").kill().await;
        gone().await;
        self.bring_up(stage).await;
    }

    /// Tells it to stop, and waits.
    pub(crate) async fn end(self) {
        let process = self.running.lock().unwrap().process.take();
        process.expect("it runs").end().await;
    }

    /// Returns the process's id. `None` while it is being started.
    pub(super) fn id(&self) -> Option<u32> {
        self.running.lock().unwrap().process.as_ref()?.id()
    }

    /// Returns the end of its output so far.
    pub(super) fn mark(&self) -> Mark {
        let running = self.running.lock().unwrap();
        Mark {
            life: running.life,
            lines: running.process.as_ref().map_or(0, Process::lines),
        }
    }

    /// Tells whether its output since then holds one of these words. A process that was started since then is read
    /// from its beginning.
    pub(super) fn said(&self, since: Mark, words: &[&str]) -> bool {
        let running = self.running.lock().unwrap();
        let from = if running.life == since.life {
            since.lines
        } else {
            0
        };
        let process = running.process.as_ref();
        process.is_some_and(|process| process.said(from, words))
    }

    /// Returns its wall clock, to the second: what it answers as its date.
    pub(super) async fn date(&self) -> Option<i64> {
        let request = http().get(format!("{}/healthz", self.base));
        let answer = request.timeout(Duration::from_secs(2)).send().await.ok()?;
        let date = answer.headers().get("date")?.to_str().ok()?;
        let date = chrono::DateTime::parse_from_rfc2822(date).ok()?;
        Some(date.timestamp())
    }
}
