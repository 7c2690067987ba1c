//! Posts bodies over connections that stay open, as fast as they are answered or at a fixed pace.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use super::{
    Tenants,
    traffic::{Body, Traffic},
};

/// The first message's time.
const AT: u64 = 1_790_000_000;

/// Settings of posting.
#[derive(Clone)]
pub(crate) struct Pump {
    pub(crate) address: SocketAddr,
    pub(crate) tenants: Tenants,
    pub(crate) secret: String,
    pub(crate) connections: u64,
    /// The items in a body.
    pub(crate) items: u64,
    /// Bodies a second, all connections together. `None`: as fast as they are answered.
    pub(crate) pace: Option<f64>,
    /// How many of a thousand bodies are sent twice.
    pub(crate) repeats: u64,
    /// How many of a thousand bodies have a wrong signature.
    pub(crate) forgeries: u64,
    /// The first connection's number. Connections of different pumps on one database must not make the same ids.
    pub(crate) first_lane: u64,
    /// Pauses the pump for a while, or ends it.
    pub(crate) gate: Arc<Gate>,
}

/// Pauses or ends pumps.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) closed: AtomicBool,
    pub(crate) over: AtomicBool,
    /// Items in bodies that were answered with 200, without repetitions.
    pub(crate) items: AtomicU64,
}

/// The result of posting.
pub(crate) struct Posted {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) other: u64,
    pub(crate) items: u64,
    pub(crate) took: Duration,
    /// The latency in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// Ids of the messages in bodies that were answered with 200.
    pub(crate) wamids: Vec<String>,
    /// Ids of the messages in bodies that were not answered, or with an error.
    pub(crate) unanswered: Vec<String>,
}

impl Posted {
    fn new() -> Self {
        Self {
            accepted: 0,
            refused: 0,
            other: 0,
            items: 0,
            took: Duration::ZERO,
            latency: Histogram::new_with_max(60_000_000, 3).unwrap(),
            wamids: Vec::new(),
            unanswered: Vec::new(),
        }
    }

    pub(crate) fn rate(&self) -> f64 {
        self.accepted as f64 / self.took.as_secs_f64()
    }

    pub(crate) fn millis(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1_000.0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.other += other.other;
        self.items += other.items;
        self.latency.add(&other.latency).unwrap();
        self.wamids.extend(other.wamids);
        self.unanswered.extend(other.unanswered);
    }
}

/// Whether ids are kept: a proof of speed does not need them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Ids,
    Counts,
}

impl Pump {
    /// Posts for this time, or until the gate ends it.
    pub(crate) async fn run(&self, time: Duration, keep: Keep) -> Posted {
        let begun = Instant::now();
        let mut connections = JoinSet::new();
        for lane in 0..self.connections {
            let pump = self.clone();
            connections.spawn(async move { pump.connection(lane, begun + time, keep).await });
        }
        let mut all = Posted::new();
        while let Some(posted) = connections.join_next().await {
            all.add(posted.unwrap());
        }
        all.took = begun.elapsed();
        all
    }

    /// Posts at its pace, and returns when each message was posted.
    pub(crate) async fn run_timed(&self, time: Duration) -> HashMap<String, Instant> {
        let begun = Instant::now();
        let mut connections = JoinSet::new();
        for lane in 0..self.connections {
            let pump = self.clone();
            connections.spawn(async move {
                let mut traffic =
                    Traffic::new(&pump.tenants, pump.first_lane + lane, &pump.secret, AT);
                let (mut stream, mut buffer) = (None, Vec::new());
                let mut times = HashMap::new();
                let interval = pump.connections as f64 / pump.pace.unwrap_or(1.0);
                let mut next = begun
                    + Duration::from_secs_f64(interval)
                        .mul_f64(lane as f64 / pump.connections as f64);
                while begun.elapsed() < time {
                    tokio::time::sleep_until(next.into()).await;
                    next += Duration::from_secs_f64(interval);
                    let body = traffic.body(pump.items);
                    let at = Instant::now();
                    assert_eq!(pump.post(&mut stream, &mut buffer, &body).await, Some(200));
                    times.extend(body.wamids.into_iter().map(|wamid| (wamid, at)));
                }
                times
            });
        }
        let mut all = HashMap::new();
        while let Some(times) = connections.join_next().await {
            all.extend(times.unwrap());
        }
        all
    }

    async fn connection(&self, lane: u64, end: Instant, keep: Keep) -> Posted {
        let mut posted = Posted::new();
        let mut traffic = Traffic::new(&self.tenants, self.first_lane + lane, &self.secret, AT);
        let mut stream = None;
        let interval = self
            .pace
            .map(|pace| Duration::from_secs_f64(self.connections as f64 / pace));
        let mut next = Instant::now()
            + interval
                .unwrap_or_default()
                .mul_f64(lane as f64 / self.connections as f64);
        let mut buffer = Vec::with_capacity(4_096);
        while Instant::now() < end && !self.gate.over.load(Ordering::Relaxed) {
            if self.gate.closed.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(2)).await;
                continue;
            }
            let mut from = Instant::now();
            if let Some(interval) = interval {
                // Latency is measured from the time at which the body was due. Otherwise a stalled server would hide
                // its stall.
                tokio::time::sleep_until(next.into()).await;
                from = next;
                next += interval;
            }
            let dice = traffic.below(1_000);
            let mut body = traffic.body(self.items);
            let times = if dice < self.repeats { 2 } else { 1 };
            if dice >= 1_000 - self.forgeries {
                let last = if body.signature.ends_with('0') {
                    "1"
                } else {
                    "0"
                };
                body.signature.replace_range(70.., last);
            }
            for time in 0..times {
                let status = self.post(&mut stream, &mut buffer, &body).await;
                let counted = time == 0;
                match status {
                    Some(200) => {
                        posted.accepted += 1;
                        let took = from.elapsed().as_micros() as u64;
                        posted.latency.saturating_record(took.max(1));
                        if counted {
                            posted.items += body.items;
                            self.gate.items.fetch_add(body.items, Ordering::Relaxed);
                            if keep == Keep::Ids {
                                posted.wamids.append(&mut body.wamids);
                            }
                        }
                    }
                    Some(401) => posted.refused += 1,
                    _ => {
                        posted.other += 1;
                        if keep == Keep::Ids && counted {
                            posted.unanswered.append(&mut body.wamids);
                        }
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
                from = Instant::now();
            }
        }
        posted
    }

    /// Posts a body. Returns the status, or `None` when the connection broke.
    async fn post(
        &self,
        stream: &mut Option<TcpStream>,
        buffer: &mut Vec<u8>,
        body: &Body,
    ) -> Option<u16> {
        if stream.is_none() {
            let connected = TcpStream::connect(self.address).await.ok()?;
            connected.set_nodelay(true).unwrap();
            *stream = Some(connected);
        }
        let status = exchange(stream.as_mut()?, buffer, body).await;
        if status.is_none() {
            *stream = None;
        }
        status
    }
}

async fn exchange(stream: &mut TcpStream, buffer: &mut Vec<u8>, body: &Body) -> Option<u16> {
    use std::io::Write as _;
    buffer.clear();
    write!(
        buffer,
        "POST /api/webhooks/whatsapp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         x-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
        body.signature,
        body.bytes.len()
    )
    .unwrap();
    buffer.extend_from_slice(body.bytes.as_bytes());
    stream.write_all(buffer).await.ok()?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
        let Some(head) = buffer.windows(4).position(|part| part == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).ok()?;
        let status: u16 = text.get(9..12)?.parse().ok()?;
        let length = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse::<usize>().ok())
            .unwrap_or(0);
        while buffer.len() < head + 4 + length {
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        return Some(status);
    }
}
