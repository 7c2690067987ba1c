//! A client that listens over a WebSocket.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{self, ClientRequestBuilder, Message, protocol::CloseFrame},
};
use wabakit_prove::Client;

/// Longer than any event takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Listener {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Events that arrived and were not asked for yet.
    waiting: Vec<Value>,
    /// The last sequence that arrived.
    pub(crate) last: i64,
}

/// A frame or the end of the connection.
pub(crate) enum Heard {
    Frame(Value),
    Closed(Option<CloseFrame>),
}

impl Listener {
    /// Listens with a ticket, from the end of the log or after a sequence.
    pub(crate) async fn start(client: &Client, after: Option<i64>) -> Self {
        let ticket = ticket(client).await;
        let after = after
            .map(|after| format!("&after={after}"))
            .unwrap_or_default();
        let path = format!("/api/events/ws?ticket={ticket}{after}");
        let mut listener = Self::open(client, &path, &[]).await.unwrap();
        let Heard::Frame(ready) = listener.hear().await else {
            panic!("closed at once");
        };
        assert_eq!(ready["kind"], "ready");
        listener.last = after_of(&ready, &after);
        listener
    }

    pub(crate) async fn open(
        client: &Client,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let url = format!("{}{path}", client.base().replacen("http", "ws", 1));
        let mut request = ClientRequestBuilder::new(url.parse().unwrap());
        for (name, value) in headers {
            request = request.with_header(*name, *value);
        }
        let (stream, _) = connect_async(request).await?;
        Ok(Self {
            stream,
            waiting: Vec::new(),
            last: 0,
        })
    }

    /// Listens over an open connection.
    pub(crate) async fn over(client: &Client, stream: TcpStream, path: &str) -> Self {
        let url = format!("{}{path}", client.base().replacen("http", "ws", 1));
        let stream = MaybeTlsStream::Plain(stream);
        let (stream, _) = client_async(url, stream).await.unwrap();
        Self {
            stream,
            waiting: Vec::new(),
            last: 0,
        }
    }

    pub(crate) async fn hear(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next.expect("nothing is heard") {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Frame(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }

    /// Returns the next event of this type. Asserts that no event before it is missing or repeated.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            while !self.waiting.is_empty() {
                let event = self.waiting.remove(0);
                let sequence = event["sequence"].as_i64().unwrap();
                assert_eq!(sequence, self.last + 1, "a gap or a repeat");
                self.last = sequence;
                if event["type"] == kind {
                    return event;
                }
            }
            match self.hear().await {
                Heard::Frame(frame) => {
                    assert_eq!(frame["kind"], "events", "{frame}");
                    self.waiting = frame["events"].as_array().unwrap().clone();
                }
                Heard::Closed(frame) => panic!("closed while {kind} was waited for: {frame:?}"),
            }
        }
    }

    /// Waits until the server closes the WebSocket, and returns the code.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(frame) = self.hear().await {
                return frame.map(|frame| frame.code.into());
            }
        }
    }
}

fn after_of(ready: &Value, after: &str) -> i64 {
    match after.strip_prefix("&after=") {
        Some(after) => after.parse().unwrap(),
        None => ready["head"].as_i64().unwrap(),
    }
}

pub(crate) async fn ticket(client: &Client) -> String {
    let made = client.post("/api/events/ticket", json!({})).await.ok();
    made["ticket"].as_str().unwrap().to_owned()
}
