//! Listeners to the logs of organisations, over WebSockets and by pages, which resume after a break.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::{connect_async, tungstenite::Message};
use wabakit_prove::{Client, Engine, Probe, history::Line};

use crate::receive::load::until_long;

/// The time before a listener connects or asks again.
const PAUSE: Duration = Duration::from_millis(20);
/// The time between two questions for pages while there is nothing new.
const BETWEEN_PAGES: Duration = Duration::from_millis(200);
/// The time after which a restless listener closes its WebSocket.
const RESTLESS: Duration = Duration::from_secs(2);

/// The way in which a listener reads its log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// One WebSocket, for as long as it stays open.
    Socket,
    /// A WebSocket that the listener closes every two seconds, to resume with another one.
    RestlessSocket,
    /// Pages of `GET /api/events`.
    Pages,
}

/// An organisation as a history names it: its id without dashes.
pub(crate) fn org_name(id: &str) -> String {
    id.replace('-', "")
}

/// Running listeners to the logs of several organisations.
pub(crate) struct Listeners {
    all: Vec<Listener>,
}

/// One listener. Its server may be killed and come back at the same address.
struct Listener {
    way: Way,
    org: String,
    log: Arc<Mutex<ListenerLog>>,
    task: JoinHandle<()>,
}

/// The record of what a listener received so far.
#[derive(Default)]
struct ListenerLog {
    /// The last sequence.
    last: i64,
    /// When each message's first event was seen.
    messages: HashMap<String, Instant>,
    /// All events, in the order in which they came.
    lines: Vec<Line>,
    /// Answers that said that the log begins later.
    gone: Vec<String>,
    /// The number of times that the listener resumed.
    resumed: u32,
}

/// The records of all listeners.
pub(crate) struct Heard {
    /// All events of each listener, and the heads of the logs.
    pub(crate) lines: Vec<Line>,
    /// When each message was first seen on a WebSocket that stayed open.
    pub(crate) messages: HashMap<String, Instant>,
    /// The number of times that listeners resumed.
    pub(crate) resumed: u32,
    /// Answers that said that a log begins later.
    gone: Vec<String>,
}

impl Listeners {
    /// Listens to the logs of these organisations from their beginning. Each gets a WebSocket, and the last one also a
    /// restless WebSocket and a reader of pages.
    pub(crate) fn start(people: Vec<(String, Client)>) -> Self {
        let mut all = Vec::new();
        let last = people.len().saturating_sub(1);
        for (place, (org, client)) in people.into_iter().enumerate() {
            let ways: &[Way] = match place == last {
                true => &[Way::Socket, Way::RestlessSocket, Way::Pages],
                false => &[Way::Socket],
            };
            let listeners = ways
                .iter()
                .map(|way| Listener::start(*way, org.clone(), client.clone()));
            all.extend(listeners);
        }
        Self { all }
    }

    /// Waits until each listener has heard its log to the end, and stops them.
    ///
    /// # Panics
    /// When one does not hear all, or was told that a part of the log is gone.
    pub(crate) async fn end(self, database: &Probe) -> Heard {
        let heads = self.hear_out(database).await;
        let mut heard = self.stop().await;
        assert!(heard.gone.is_empty(), "{:?}", heard.gone);
        heard.lines.extend(heads);
        heard
    }

    /// Waits until each listener has heard its log to the end. Returns the heads of the logs.
    ///
    /// # Panics
    /// When one does not hear all.
    pub(crate) async fn hear_out(&self, database: &Probe) -> Vec<Line> {
        let mut heads = Vec::new();
        for listener in &self.all {
            let head = head(database, &listener.org).await;
            let Listener { way, org, .. } = listener;
            until_long(&format!("{way:?} of {org} to hear all"), async || {
                (listener.log.lock().unwrap().last >= head).then_some(())
            })
            .await;
            heads.push(Line::Head {
                org: org.clone(),
                sequence: head.unsigned_abs(),
            });
        }
        heads
    }

    /// Stops the listeners.
    pub(crate) async fn stop(self) -> Heard {
        let mut heard = Heard {
            lines: Vec::new(),
            messages: HashMap::new(),
            resumed: 0,
            gone: Vec::new(),
        };
        for listener in self.all {
            listener.task.abort();
            let _ = listener.task.await;
            let log = std::mem::take(&mut *listener.log.lock().unwrap());
            heard.gone.extend(log.gone);
            heard.lines.extend(log.lines);
            heard.resumed += log.resumed;
            if listener.way == Way::Socket {
                heard.messages.extend(log.messages);
            }
        }
        heard
    }
}

/// Reads the last sequence of an organisation's log.
async fn head(database: &Probe, org: &str) -> i64 {
    let id = match database.engine() {
        Engine::Sqlite => format!("X'{org}'"),
        Engine::Postgres => format!("'{org}'::uuid"),
    };
    let head =
        format!("SELECT COALESCE(MAX(sequence), 0) AS value FROM event_heads WHERE org_id = {id}");
    database.number(&head).await
}

impl Listener {
    fn start(way: Way, org: String, client: Client) -> Self {
        let log = Arc::new(Mutex::new(ListenerLog::default()));
        let task = tokio::spawn(listen(way, org.clone(), client, log.clone()));
        Self {
            way,
            org,
            log,
            task,
        }
    }
}

async fn listen(way: Way, org: String, client: Client, log: Arc<Mutex<ListenerLog>>) {
    let hear = |events: &[Value]| {
        let now = Instant::now();
        let mut log = log.lock().unwrap();
        for event in events {
            log.hear(&format!("{way:?}"), &org, event, now);
        }
    };
    loop {
        let after = log.lock().unwrap().last;
        let listened = match way {
            Way::Socket => socket(&client, after, &log, hear).await,
            Way::RestlessSocket => {
                let listening = socket(&client, after, &log, hear);
                let listened = tokio::time::timeout(RESTLESS, listening).await;
                listened.unwrap_or(Some(()))
            }
            Way::Pages => page(&client, after, &log, hear).await,
        };
        if listened.is_some() && way != Way::Pages {
            log.lock().unwrap().resumed += 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens until the connection breaks. Returns `None` when there was no connection.
async fn socket(
    client: &Client,
    after: i64,
    log: &Mutex<ListenerLog>,
    hear: impl Fn(&[Value]),
) -> Option<()> {
    let request = client.request(Method::POST, "/api/events/ticket");
    let answer = request.json(&json!({})).send().await.ok()?;
    let answer = answer.error_for_status().ok()?;
    let ticket: Value = answer.json().await.ok()?;
    let ticket = ticket["ticket"].as_str()?;
    let base = client.base().replacen("http", "ws", 1);
    let url = format!("{base}/api/events/ws?ticket={ticket}&after={after}");
    let (mut stream, _) = connect_async(url).await.ok()?;
    while let Some(Ok(frame)) = stream.next().await {
        let Message::Text(text) = frame else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["kind"] == "gone" {
            log.lock().unwrap().gone.push(frame.to_string());
        }
        if let Some(events) = frame["events"].as_array() {
            hear(events);
        }
    }
    Some(())
}

/// Reads one page. Waits a moment when it is empty.
async fn page(
    client: &Client,
    after: i64,
    log: &Mutex<ListenerLog>,
    hear: impl Fn(&[Value]),
) -> Option<()> {
    let path = format!("/api/events?after={after}&limit=200");
    let answer = client.request(Method::GET, &path).send().await.ok()?;
    if answer.status() == StatusCode::GONE {
        let text = answer.text().await.unwrap_or_default();
        log.lock().unwrap().gone.push(text);
        return None;
    }
    let answer = answer.error_for_status().ok()?;
    let page: Value = answer.json().await.ok()?;
    let events = page["data"].as_array()?;
    hear(events);
    if events.is_empty() {
        tokio::time::sleep(BETWEEN_PAGES).await;
    }
    Some(())
}

impl ListenerLog {
    fn hear(&mut self, listener: &str, org: &str, event: &Value, now: Instant) {
        self.last = event["sequence"].as_i64().unwrap();
        let data = &event["data"];
        let ids = match data["message"].is_object() {
            true => [&data["message"]["id"], &data["message"]["metaMessageId"]],
            false => [&data["messageId"], &data["metaMessageId"]],
        };
        let [id, wamid] = ids.map(|id| id.as_str().map(str::to_owned));
        let id = id.map(|id| org_name(&id));
        let item = match event["type"].as_str().unwrap() {
            "message.received" | "message.echoed" => wamid.clone(),
            "message.queued" => id.clone(),
            _ => None,
        };
        if let Some(item) = &item {
            self.messages.insert(item.clone(), now);
        }
        let about = [id, wamid].into_iter().flatten();
        self.lines.push(Line::Heard {
            listener: listener.to_owned(),
            org: org.to_owned(),
            sequence: self.last.unsigned_abs(),
            about: about.filter(|id| Some(id) != item.as_ref()).collect(),
            item,
        });
    }
}
