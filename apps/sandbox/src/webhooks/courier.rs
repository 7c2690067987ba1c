//! Sends due deliveries, several at a time to each callback, and retries those that were not answered with 200.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::log::{Attempt, Outcome};
use super::queue::Fate;
use super::{Delivery, Webhooks, sign};
use crate::state::lock;

/// The time that deliveries under way may still take when the sandbox stops.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// The longest sleep. It is bounded, because the machine's clock may be set meanwhile.
const NAP: Duration = Duration::from_secs(60);
/// The time for which an idle connection is kept. Shorter than servers keep theirs, so that no delivery uses a
/// connection that is just being closed.
const IDLE: Duration = Duration::from_secs(3);
/// The most bytes of an answer that are read so that its connection can be reused.
const ANSWER: usize = 64 << 10;

/// The client for callbacks: no redirects, no proxy, Meta's roots of trust.
pub(crate) fn client() -> Result<Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = webpki_roots::TLS_SERVER_ROOTS
        .iter()
        .cloned()
        .collect::<rustls::RootCertStore>();
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .http1_only()
        .user_agent("facebookexternalua")
        .connect_timeout(Duration::from_secs(5))
        .pool_max_idle_per_host(256)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|error| error.to_string())
}

/// Delivers until the sandbox stops.
pub(crate) async fn run(
    webhooks: Arc<Webhooks>,
    client: Client,
    mut stopping: watch::Receiver<bool>,
) {
    let mut flying = JoinSet::new();
    loop {
        let pause = webhooks.dispatch(&client, &mut flying);
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => break,
            () = webhooks.wake.notified() => {}
            Some(_) = flying.join_next(), if !flying.is_empty() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    let landed = async { while flying.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_ANSWERS, landed).await;
}

impl Webhooks {
    /// Sends all deliveries that may go now. Returns how long to sleep until the next.
    fn dispatch(self: &Arc<Self>, client: &Client, flying: &mut JoinSet<()>) -> Duration {
        while flying.try_join_next().is_some() {}
        let (now, concurrency, limit) = self.store.read(|world| {
            let knobs = &world.knobs;
            (
                world.now(),
                knobs.concurrency,
                Duration::from_millis(knobs.timeout_ms),
            )
        });
        let mut queue = lock(&self.queue);
        while let Some((id, attempt, delivery)) = queue.take(now, concurrency) {
            let (webhooks, client) = (Arc::clone(self), client.clone());
            self.busy.fetch_add(1, Ordering::Relaxed);
            flying.spawn(async move {
                webhooks
                    .attempt(&client, id, attempt, delivery, limit)
                    .await;
            });
        }
        let next = queue.next_due(concurrency);
        drop(queue);
        next.map_or(NAP, |due| (due - now).to_std().unwrap_or_default().min(NAP))
    }

    async fn attempt(
        &self,
        client: &Client,
        id: u64,
        attempt: u32,
        delivery: Delivery,
        limit: Duration,
    ) {
        let began = Instant::now();
        let answer = self.post(client, &delivery, limit).await;
        let latency_ms = began.elapsed().as_secs_f64() * 1_000.0;
        let (status, error) = match answer {
            Ok(status) => (Some(status), None),
            Err(error) => (None, Some(error)),
        };
        let now = self.now();
        let is_done = status == Some(200);
        let fate = lock(&self.queue).settle(id, &delivery.url, now, is_done);
        let (outcome, next) = match fate {
            Ok(Fate::Done) => (Outcome::Delivered, None),
            Ok(Fate::Again(due)) => (Outcome::Retry, Some(due)),
            Ok(Fate::GivenUp) => (Outcome::Dropped, None),
            Err(error) => {
                tracing::error!(%error, "what became of a webhook was not kept");
                (
                    if is_done {
                        Outcome::Delivered
                    } else {
                        Outcome::Retry
                    },
                    None,
                )
            }
        };
        {
            let mut counts = lock(&self.counts);
            counts.attempts += 1;
            match outcome {
                Outcome::Delivered => counts.delivered += 1,
                Outcome::Dropped => counts.dropped += 1,
                Outcome::Retry => {}
            }
        }
        let kept = {
            let mut log = lock(&self.log);
            let sequence = log.number();
            log.put(
                sequence,
                Attempt {
                    sequence,
                    delivery: id,
                    attempt,
                    time: now,
                    app_id: delivery.app_id,
                    url: delivery.url,
                    updates: delivery.updates,
                    fields: delivery.fields,
                    bytes: delivery.body.len(),
                    status,
                    error,
                    latency_ms,
                    outcome,
                    next,
                },
            )
        };
        if let Err(error) = kept {
            tracing::error!(%error, "an attempt is missing in the webhook log");
        }
        self.busy.fetch_sub(1, Ordering::Relaxed);
        self.news.send_modify(|count| *count += 1);
    }

    /// Posts the delivery and returns the status of the answer.
    async fn post(
        &self,
        client: &Client,
        delivery: &Delivery,
        limit: Duration,
    ) -> Result<u16, String> {
        let secret = self.store.read(|world| {
            let app = world.apps.get(&delivery.app_id);
            app.map(|app| app.secret.clone())
        });
        let secret = secret.ok_or_else(|| "the app is gone".to_owned())?;
        let mut request = client
            .post(&delivery.url)
            .timeout(limit)
            .header("Content-Type", "application/json")
            .body(delivery.body.clone());
        for (name, value) in sign::headers(&delivery.signing, &secret, &delivery.body) {
            request = request.header(name, value);
        }
        let mut answer = request.send().await.map_err(|error| reason(&error))?;
        let mut read = 0;
        while read < ANSWER {
            match answer.chunk().await {
                Ok(Some(chunk)) => read += chunk.len(),
                Ok(None) => break,
                Err(error) => return Err(reason(&error)),
            }
        }
        Ok(answer.status().as_u16())
    }
}

fn reason(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    kind.to_owned()
}
