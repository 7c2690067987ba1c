//! A callback for webhooks: it passes challenges, records deliveries, and answers as the test orders.

use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use ring::hmac;
use serde_json::Value;
use tokio::sync::watch;

use super::support::SECRET;

pub(crate) const TOKEN: &str = "a verify token & more";

#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The value of the only change.
    pub(crate) fn value(&self) -> Value {
        let json = self.json();
        assert_eq!(json["entry"].as_array().unwrap().len(), 1, "{json}");
        assert_eq!(json["entry"][0]["changes"].as_array().unwrap().len(), 1);
        json["entry"][0]["changes"][0]["value"].clone()
    }

    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let Some(header) = self.headers.get("x-hub-signature-256") else {
            return false;
        };
        let Some(tag) = header
            .strip_prefix("sha256=")
            .and_then(|tag| hex::decode(tag).ok())
        else {
            return false;
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hmac::verify(&key, &self.body, &tag).is_ok()
    }
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    /// The statuses of the next answers, one for each POST. Afterwards it answers 200.
    answers: Vec<u16>,
    challenges: usize,
    in_flight: usize,
    most_in_flight: usize,
    pause: Duration,
}

#[derive(Clone)]
pub(crate) struct Callback {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
    count: watch::Sender<usize>,
}

impl Callback {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let callback = Self {
            url: format!("http://{}/hooks?of=test", listener.local_addr().unwrap()),
            inner: Arc::default(),
            count: watch::Sender::new(0),
        };
        let shared = callback.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(shared.clone()))
                .app_data(web::PayloadConfig::new(8 << 20))
                .route("/hooks", web::get().to(challenge))
                .route("/hooks", web::post().to(receive))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        tokio::spawn(server);
        callback
    }

    /// Sets the statuses of the next answers.
    pub(crate) fn will_answer(&self, statuses: &[u16]) {
        self.inner.lock().unwrap().answers = statuses.iter().rev().copied().collect();
    }

    pub(crate) fn will_take(&self, pause: Duration) {
        self.inner.lock().unwrap().pause = pause;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.inner.lock().unwrap().received.clone()
    }

    pub(crate) fn challenges(&self) -> usize {
        self.inner.lock().unwrap().challenges
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.inner.lock().unwrap().most_in_flight
    }

    /// Waits until this many POSTs have arrived, and returns all.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut seen = self.count.subscribe();
        let waited = tokio::time::timeout(
            Duration::from_secs(30),
            seen.wait_for(|received| *received >= count),
        );
        assert!(
            waited.await.is_ok(),
            "{} of {count} came",
            self.received().len()
        );
        self.received()
    }

    /// Returns the ids of all received messages, in order.
    pub(crate) fn message_ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for received in self.received() {
            for entry in received.json()["entry"].as_array().unwrap() {
                for change in entry["changes"].as_array().unwrap() {
                    let message = &change["value"]["messages"][0];
                    ids.push(message["id"].as_str().unwrap().to_owned());
                }
            }
        }
        ids
    }
}

async fn challenge(
    callback: Data<Callback>,
    query: Query<HashMap<String, String>>,
) -> HttpResponse {
    let pause = {
        let mut inner = callback.inner.lock().unwrap();
        inner.challenges += 1;
        inner.pause
    };
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    assert_eq!(query["of"], "test", "the callback's own query stays");
    let is_right = query["hub.mode"] == "subscribe" && query["hub.verify_token"] == TOKEN;
    if is_right {
        HttpResponse::Ok().body(query["hub.challenge"].clone())
    } else {
        HttpResponse::Forbidden().finish()
    }
}

async fn receive(callback: Data<Callback>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let pause = {
        let mut inner = callback.inner.lock().unwrap();
        inner.in_flight += 1;
        inner.most_in_flight = inner.most_in_flight.max(inner.in_flight);
        inner.pause
    };
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let status = {
        let mut inner = callback.inner.lock().unwrap();
        inner.in_flight -= 1;
        inner.received.push(Received { headers, body });
        inner.answers.pop().unwrap_or(200)
    };
    callback.count.send_modify(|count| *count += 1);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).body("thanks")
}

/// Tells whether all deliveries are signed with the test app's secret.
pub(crate) fn all_signed(received: &[Received]) -> bool {
    received.iter().all(|each| each.is_signed_with(SECRET))
}
