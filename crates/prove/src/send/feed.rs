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
use wabakit_prove::{
    Client,
    history::{self, Answered, Asked, Line},
};

use super::site::{Number, Org, Owners};

/// The most messages in a call.
pub(crate) const MOST: usize = 1_000;

/// How long a program waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// One call, with one message or many.
pub(crate) struct Call {
    key: String,
    path: &'static str,
    body: Value,
    asked: Vec<Asked>,
    org: Org,
}

/// Returns the number that sends the message with this index, and whom it is sent to.
fn ends(numbers: &[Number], place: usize) -> (&Number, String) {
    let from = place % numbers.len();
    let number = &numbers[from];
    let to = place / numbers.len() % number.people;
    (number, format!("4915{:03}{to:06}", number.circle))
}

/// Makes the message with this index. Its number and recipient follow from the index.
pub(crate) fn message(numbers: &[Number], place: usize, priority: &str) -> Value {
    let (number, to) = ends(numbers, place);
    json!({
        "accountId": number.account,
        "to": to,
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
            asked: vec![asked(numbers, place, priority)],
            org: ends(numbers, place).0.org.clone(),
        }
    }

    /// Makes a call with many messages for each organisation that sends some of these.
    pub(crate) fn bulk(numbers: &[Number], places: Range<usize>, priority: &str) -> Vec<Self> {
        let mut calls: Vec<(Org, Vec<usize>)> = Vec::new();
        for place in places.clone() {
            let org = &ends(numbers, place).0.org;
            match calls.iter_mut().find(|(known, _)| known.place == org.place) {
                Some((_, of_it)) => of_it.push(place),
                None => calls.push((org.clone(), vec![place])),
            }
        }
        let call = |(org, of_it): (Org, Vec<usize>)| {
            let each = of_it.iter();
            let messages: Vec<Value> = each.map(|p| message(numbers, *p, priority)).collect();
            Self {
                key: format!("bulk-{}-{}-{}", places.start, places.end, org.place),
                path: "/api/messages/bulk",
                body: json!({"messages": messages}),
                asked: of_it.iter().map(|p| asked(numbers, *p, priority)).collect(),
                org,
            }
        };
        calls.into_iter().map(call).collect()
    }

    /// Makes calls of the largest size for all of these.
    pub(crate) fn bulks(numbers: &[Number], places: Range<usize>, priority: &str) -> Vec<Self> {
        let end = places.end;
        places
            .step_by(MOST)
            .flat_map(|start| Self::bulk(numbers, start..(start + MOST).min(end), priority))
            .collect()
    }
}

/// Makes the message with this index as the history tells it.
fn asked(numbers: &[Number], place: usize, priority: &str) -> Asked {
    let (number, to) = ends(numbers, place);
    Asked {
        reference: reference(place),
        number: number.phone.clone(),
        to,
        priority: priority.to_owned(),
    }
}

/// The answers.
#[derive(Default)]
pub(crate) struct Fed {
    /// Our id of each message, without dashes, by the sender's own reference.
    pub(crate) ids: HashMap<String, String>,
    /// The calls and their answers.
    pub(crate) history: Vec<Line>,
    pub(crate) calls: u64,
    /// Calls that were retried because they were not answered, or failed for a moment.
    pub(crate) repeated: u64,
    /// Calls that were repeated although they were answered.
    pub(crate) replayed: u64,
}

impl Fed {
    pub(crate) fn add(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.history.extend(other.history);
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

/// Makes all these calls at one server.
pub(crate) async fn feed(owners: &Owners, calls: Vec<Call>, manner: Manner) -> Fed {
    feed_all(std::slice::from_ref(owners), calls, manner).await
}

/// Makes all these calls at servers of one database, as a load balancer spreads them.
pub(crate) async fn feed_all(servers: &[Owners], calls: Vec<Call>, manner: Manner) -> Fed {
    let source = Arc::new(Mutex::new(Source {
        calls: calls.into(),
        next: Instant::now(),
        begun: 0,
    }));
    let mut workers = JoinSet::new();
    for worker in 0..manner.workers {
        let mut servers = servers.to_vec();
        let first = worker % servers.len();
        servers.rotate_left(first);
        let source = source.clone();
        workers.spawn(async move {
            let mut fed = Fed::default();
            while let Some((call, due, number)) = take(&source, manner) {
                tokio::time::sleep_until(due.into()).await;
                submit_all(&mut servers, &call, &mut fed).await;
                if manner.replay.is_some_and(|each| number % each == 0) {
                    replay(&mut servers, &call, &mut fed).await;
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
        source.next = due + Duration::from_secs_f64(call.asked.len() as f64 / pace);
    }
    Some((call, due, source.begun))
}

/// Makes a call until it is answered.
pub(crate) async fn submit(owners: &Owners, call: &Call, fed: &mut Fed) {
    submit_all(&mut [owners.clone()], call, fed).await;
}

/// Makes a call at one server after the other, until it is answered.
async fn submit_all(servers: &mut [Owners], call: &Call, fed: &mut Fed) {
    fed.calls += 1;
    fed.history.push(Line::Call {
        at: history::now(),
        id: call.key.clone(),
        org: Some(call.org.name.clone()),
        messages: call.asked.clone(),
    });
    while !answered(&servers[0], call, fed, false).await {
        fed.repeated += 1;
        servers.rotate_left(1);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Repeats an answered call, whatever the answer says of it.
pub(crate) async fn repeat(owners: &Owners, call: &Call, fed: &mut Fed) {
    while !answered(owners, call, fed, false).await {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Repeats an answered call. The answer must say that it is a repetition.
async fn replay(servers: &mut [Owners], call: &Call, fed: &mut Fed) {
    fed.replayed += 1;
    while !answered(&servers[0], call, fed, true).await {
        servers.rotate_left(1);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Makes a call once, and records its answer. Tells whether there was one.
async fn answered(owners: &Owners, call: &Call, fed: &mut Fed, again: bool) -> bool {
    let Some((status, answer, is_replayed)) = once(owners.of(&call.org), call).await else {
        return false;
    };
    let key = &call.key;
    assert!(
        is_replayed || !again,
        "a repeat was taken for a new call: {key}"
    );
    let messages = ids(call, &answer);
    let of = |one: &Answered| (one.reference.clone(), one.message.clone());
    fed.ids.extend(messages.iter().map(of));
    fed.history.push(Line::Answered {
        at: history::now(),
        id: key.clone(),
        status,
        messages,
    });
    true
}

/// Makes a call once. Returns the status, the answer, and whether it is a repetition. `None` when there was no answer,
/// or an error that passes.
async fn once(client: &Client, call: &Call) -> Option<(u16, Value, bool)> {
    let request = client
        .request(Method::POST, call.path)
        .header("Idempotency-Key", &call.key)
        .timeout(PATIENCE)
        .json(&call.body);
    let response = request.send().await.ok()?;
    let status = response.status();
    let is_replayed = response.headers().contains_key("idempotency-replayed");
    let text = response.text().await.ok()?;
    if status.is_success() {
        let answer = serde_json::from_str(&text).unwrap();
        return Some((status.as_u16(), answer, is_replayed));
    }
    let passes = status.is_server_error() || status.as_u16() == 429 || {
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        problem["code"] == "idempotency_in_flight"
    };
    assert!(passes, "{}: {status} {text}", call.key);
    None
}

/// Reads the ids of a call's messages from its answer, without dashes.
fn ids(call: &Call, answer: &Value) -> Vec<Answered> {
    let of = |message: &Value| {
        let text = |name: &str| {
            message[name]
                .as_str()
                .unwrap_or_else(|| panic!("{}: {message}", call.key))
        };
        Answered {
            reference: text("clientReference").to_owned(),
            message: text("id").replace('-', ""),
        }
    };
    match answer["results"].as_array() {
        Some(results) => {
            assert_eq!(results.len(), call.asked.len(), "{}", call.key);
            results
                .iter()
                .map(|result| of(&result["message"]))
                .collect()
        }
        None => vec![of(answer)],
    }
}
