//! A listener to an organisation's log over a WebSocket, which resumes after a break.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::{connect_async, tungstenite::Message};
use wabakit_prove::{Client, history::Line};

/// The organisation that is listened to, as a history names it.
pub(crate) const LISTENED: &str = "first";

/// The record of what a listener received so far.
#[derive(Default)]
pub(crate) struct ListenerLog {
    /// The last sequence.
    pub(crate) last: i64,
    /// When each message's first event was seen.
    pub(crate) messages: HashMap<String, Instant>,
    /// All events, in the order in which they came.
    pub(crate) history: Vec<Line>,
    /// Frames that said that the log begins later.
    pub(crate) gone: Vec<String>,
    /// How often the listener reconnected.
    pub(crate) resumed: u32,
}

/// A running listener.
pub(crate) struct Listener {
    pub(crate) heard: Arc<Mutex<ListenerLog>>,
    over: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Listens from the beginning of the log. `client` gives the caller and the current address: the server may move.
    pub(crate) fn start(client: Arc<Mutex<Client>>) -> Self {
        let heard = Arc::new(Mutex::new(ListenerLog::default()));
        let over = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(listen(client, heard.clone(), over.clone()));
        Self { heard, over, task }
    }

    pub(crate) async fn end(self) -> Arc<Mutex<ListenerLog>> {
        self.over.store(true, Ordering::Relaxed);
        self.task.abort();
        let _ = self.task.await;
        self.heard
    }
}

async fn listen(client: Arc<Mutex<Client>>, heard: Arc<Mutex<ListenerLog>>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        let client = client.lock().unwrap().clone();
        let after = heard.lock().unwrap().last;
        if once(&client, after, &heard).await.is_some() {
            heard.lock().unwrap().resumed += 1;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Listens until the connection breaks. Returns `None` when there was no connection.
async fn once(client: &Client, after: i64, heard: &Mutex<ListenerLog>) -> Option<()> {
    let request = client
        .request(reqwest::Method::POST, "/api/events/ticket")
        .json(&json!({}));
    let answer = client.try_send(request).await.ok()?;
    if !answer.status.is_success() {
        return None;
    }
    let ticket = answer.json()["ticket"].as_str()?.to_owned();
    let base = client.base().replacen("http", "ws", 1);
    let url = format!("{base}/api/events/ws?ticket={ticket}&after={after}");
    let (mut stream, _) = connect_async(url).await.ok()?;
    while let Some(Ok(frame)) = stream.next().await {
        let Message::Text(text) = frame else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["kind"] == "gone" {
            heard.lock().unwrap().gone.push(frame.to_string());
        }
        let Some(events) = frame["events"].as_array() else {
            continue;
        };
        let now = Instant::now();
        let mut heard = heard.lock().unwrap();
        for event in events {
            heard.last = event["sequence"].as_i64().unwrap();
            let kind = event["type"].as_str().unwrap();
            let is_new = kind == "message.received" || kind == "message.echoed";
            let wamid = || event["data"]["message"]["metaMessageId"].as_str().unwrap();
            let item = is_new.then(|| wamid().to_owned());
            if let Some(wamid) = &item {
                heard.messages.insert(wamid.clone(), now);
            }
            let line = Line::Heard {
                listener: "WebSocket".to_owned(),
                org: LISTENED.to_owned(),
                sequence: heard.last.unsigned_abs(),
                item,
            };
            heard.history.push(line);
        }
    }
    Some(())
}
