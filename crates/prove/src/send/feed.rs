//! Submits messages to the API as a careful program does: each call has a key, and is retried until it is answered.

use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wabakit_prove::Client;

use super::site::Number;

/// Recipients of one number: enough that Meta's limit for one recipient is not reached.
const RECIPIENTS: usize = 40_000;
/// The most messages in a call.
pub(crate) const MOST: usize = 1_000;

/// One call, with one message or many.
pub(crate) struct Call {
    key: String,
    path: &'static str,
    body: Value,
    pub(crate) messages: usize,
}

/// Makes the message with this index. Its number and recipient follow from the index.
pub(crate) fn message(numbers: &[Number], place: usize, priority: &str) -> Value {
    let number = place % numbers.len();
    let to = place / numbers.len() % RECIPIENTS;
    json!({
        "accountId": numbers[number].account,
        "to": format!("4915{number:03}{to:06}"),
        "type": "text",
        "text": {"body": text(place)},
        "clientReference": reference(place),
        "priority": priority,
        "ignoreWindow": true,
    })
}

pub(crate) fn text(place: usize) -> String {
    format!("Your parcel {place} is on its way and arrives tomorrow between 9 and 12.")
}

pub(crate) fn reference(place: usize) -> String {
    format!("m{place}")
}

impl Call {
    /// Makes a call with one message.
    pub(crate) fn single(numbers: &[Number], place: usize, priority: &str) -> Self {
        Self {
            key: format!("single-{place}"),
            path: "/api/messages",
            body: message(numbers, place, priority),
            messages: 1,
        }
    }

    /// Makes a call with many messages.
    pub(crate) fn bulk(numbers: &[Number], places: Range<usize>, priority: &str) -> Self {
        let key = format!("bulk-{}-{}", places.start, places.end);
        let messages: Vec<Value> = places.map(|p| message(numbers, p, priority)).collect();
        Self {
            key,
            path: "/api/messages/bulk",
            messages: messages.len(),
            body: json!({"messages": messages}),
        }
    }

    /// Makes calls of the largest size for all of these.
    pub(crate) fn bulks(numbers: &[Number], places: Range<usize>, priority: &str) -> Vec<Self> {
        let end = places.end;
        places
            .step_by(MOST)
            .map(|start| Self::bulk(numbers, start..(start + MOST).min(end), priority))
            .collect()
    }
}

/// The answers.
#[derive(Default)]
pub(crate) struct Fed {
    /// Our id of each message, without dashes, by the sender's own reference.
    pub(crate) ids: HashMap<String, String>,
    pub(crate) calls: u64,
    /// Calls that were retried because they were not answered, or failed for a moment.
    pub(crate) repeated: u64,
    /// Calls that were repeated although they were answered.
    pub(crate) replayed: u64,
}

impl Fed {
    fn add(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.calls += other.calls;
        self.repeated += other.repeated;
        self.replayed += other.replayed;
    }
}

/// How to submit.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// Calls at the same time.
    pub(crate) workers: usize,
    /// Messages a second. `None`: as fast as they are accepted.
    pub(crate) pace: Option<f64>,
    /// Every how many calls one is repeated after its answer.
    pub(crate) replay: Option<u64>,
}

impl Manner {
    /// As fast as possible, on this many connections.
    pub(crate) const fn fast(workers: usize) -> Self {
        Self {
            workers,
            pace: None,
            replay: None,
        }
    }
}

struct Source {
    calls: VecDeque<Call>,
    next: Instant,
    begun: u64,
}

/// Makes all these calls.
pub(crate) async fn feed(client: &Client, calls: Vec<Call>, manner: Manner) -> Fed {
    let source = Arc::new(Mutex::new(Source {
        calls: calls.into(),
        next: Instant::now(),
        begun: 0,
    }));
    let mut workers = JoinSet::new();
    for _ in 0..manner.workers {
        let (client, source) = (client.clone(), source.clone());
        workers.spawn(async move {
            let mut fed = Fed::default();
            while let Some((call, due, number)) = take(&source, manner) {
                tokio::time::sleep_until(due.into()).await;
                submit(&client, &call, &mut fed).await;
                if manner.replay.is_some_and(|each| number % each == 0) {
                    replay(&client, &call, &mut fed).await;
                }
            }
            fed
        });
    }
    let mut all = Fed::default();
    while let Some(fed) = workers.join_next().await {
        all.add(fed.unwrap());
    }
    all
}

fn take(source: &Mutex<Source>, manner: Manner) -> Option<(Call, Instant, u64)> {
    let mut source = source.lock().unwrap();
    let call = source.calls.pop_front()?;
    source.begun += 1;
    let due = source.next;
    if let Some(pace) = manner.pace {
        source.next = due + Duration::from_secs_f64(call.messages as f64 / pace);
    }
    Some((call, due, source.begun))
}

/// Makes a call until it is answered.
pub(crate) async fn submit(client: &Client, call: &Call, fed: &mut Fed) {
    fed.calls += 1;
    loop {
        if let Some((answer, _)) = once(client, call).await {
            take_ids(call, &answer, &mut fed.ids);
            return;
        }
        fed.repeated += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Repeats an answered call. The answer must be the same, and say that it is a repetition.
async fn replay(client: &Client, call: &Call, fed: &mut Fed) {
    fed.replayed += 1;
    let mut ids = HashMap::new();
    loop {
        if let Some((answer, is_replayed)) = once(client, call).await {
            assert!(
                is_replayed,
                "a repeat was taken for a new call: {}",
                call.key
            );
            take_ids(call, &answer, &mut ids);
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for (reference, id) in ids {
        assert_eq!(
            fed.ids.get(&reference),
            Some(&id),
            "{reference} has another id"
        );
    }
}

/// Makes a call once. Returns the answer, and whether it is a repetition. `None` when there was no answer, or an
/// error that passes.
async fn once(client: &Client, call: &Call) -> Option<(Value, bool)> {
    let request = client
        .request(Method::POST, call.path)
        .header("Idempotency-Key", &call.key)
        .json(&call.body);
    let response = request.send().await.ok()?;
    let status = response.status();
    let is_replayed = response.headers().contains_key("idempotency-replayed");
    let text = response.text().await.ok()?;
    if status.is_success() {
        return Some((serde_json::from_str(&text).unwrap(), is_replayed));
    }
    let passes = status.is_server_error() || status.as_u16() == 429 || {
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        problem["code"] == "idempotency_in_flight"
    };
    assert!(passes, "{}: {status} {text}", call.key);
    None
}

fn take_ids(call: &Call, answer: &Value, ids: &mut HashMap<String, String>) {
    let of = |message: &Value| {
        let text = |name: &str| {
            message[name]
                .as_str()
                .unwrap_or_else(|| panic!("{message}"))
        };
        (
            text("clientReference").to_owned(),
            text("id").replace('-', ""),
        )
    };
    match answer["results"].as_array() {
        Some(results) => {
            assert_eq!(results.len(), call.messages, "{}", call.key);
            ids.extend(results.iter().map(|result| {
                assert!(result["message"].is_object(), "{result}");
                of(&result["message"])
            }));
        }
        None => ids.extend([of(answer)]),
    }
}
