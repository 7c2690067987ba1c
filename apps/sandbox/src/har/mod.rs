//! Records what a client did as a HAR (HTTP Archive 1.2), which a browser's developer tools open. Recording is off
//! until it is asked for. Secrets are replaced before anything is kept.

mod entry;
mod hide;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, ready};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _};
use futures::StreamExt as _;

use self::entry::{Exchange, Question};
use crate::context::Context;
use crate::state::{World, lock};

/// The most exchanges that are kept. The oldest go first.
const MOST: usize = 2_000;
/// The most bytes of all entries together.
const MOST_BYTES: usize = 16 << 20;
/// The largest body whose text is kept.
const LARGEST_BODY: usize = 64 << 10;

/// The recorded exchanges.
#[derive(Default)]
pub(crate) struct Har {
    is_on: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Entries as JSON, oldest first.
    entries: VecDeque<String>,
    bytes: usize,
    /// The number of entries that were dropped for newer ones.
    dropped: u64,
}

impl Har {
    pub(crate) fn new(is_on: bool) -> Self {
        Self {
            is_on: is_on.into(),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// Begins or ends the recording. What was recorded stays.
    pub(crate) fn switch(&self, is_on: bool) {
        self.is_on.store(is_on, Ordering::Relaxed);
    }

    pub(crate) fn clear(&self) {
        *lock(&self.kept) = Kept::default();
    }

    /// Returns the archive's text.
    pub(crate) fn text(&self) -> String {
        let kept = lock(&self.kept);
        let comment = match (self.is_on(), kept.dropped) {
            (false, _) => {
                "recording is off: POST /_sandbox/har {\\\"recording\\\": true}".to_owned()
            }
            (true, dropped) => format!("{dropped} older calls were dropped"),
        };
        let mut text = String::with_capacity(kept.bytes + kept.entries.len() + 256);
        text.push_str(r#"{"log":{"version":"1.2","creator":{"name":"wabakit-sandbox","version":""#);
        text.push_str(env!("CARGO_PKG_VERSION"));
        text.push_str(r#""},"entries":["#);
        for (place, entry) in kept.entries.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            text.push_str(entry);
        }
        text.push_str(r#"],"comment":""#);
        text.push_str(&comment);
        text.push_str("\"}}");
        text
    }

    fn add(&self, entry: String) {
        let mut kept = lock(&self.kept);
        kept.bytes += entry.len();
        kept.entries.push_back(entry);
        while kept.entries.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.entries.pop_front() else {
                return;
            };
            kept.bytes -= oldest.len();
            kept.dropped += 1;
        }
    }
}

/// Records a call to Meta's side, if recording is on.
pub(crate) async fn record(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let context = request.app_data::<Data<Context>>();
    let context = context.filter(|context| context.har.is_on()).cloned();
    let Some(context) = context.filter(|_| is_of_meta(request.method(), request.path())) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let began = Instant::now();
    let sent = Arc::new(Mutex::new(Copied::default()));
    let question = Question {
        started: context.store.read(World::now),
        method: request.method().to_string(),
        url: format!("{}{}", context.base_url, request.uri()),
        version: format!("{:?}", request.version()),
        headers: pairs(request.headers()),
        body: Arc::clone(&sent),
    };
    let payload = request.take_payload().map(move |chunk| {
        if let Ok(bytes) = &chunk {
            lock(&sent).add(bytes);
        }
        chunk
    });
    request.set_payload(Payload::Stream {
        payload: Box::pin(payload),
    });
    let response = next.call(request).await?;
    let exchange = Exchange {
        question,
        status: response.status(),
        headers: pairs(response.headers()),
        body: Copied::default(),
        waited: began.elapsed(),
        took: Duration::ZERO,
        is_broken: false,
    };
    Ok(response.map_body(|_, body| {
        BoxBody::new(Recorded {
            body: body.boxed(),
            began,
            exchange: Some(exchange),
            context,
        })
    }))
}

/// Tells whether a call is to Meta's side: to no control route and no page. `POST /` takes batches.
fn is_of_meta(method: &Method, path: &str) -> bool {
    let page = path.trim_start_matches('/');
    let is_page = matches!(page, "" | "phone" | "phone.js" | "home.js") && method == Method::GET;
    !is_page && !page.starts_with("_sandbox")
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
        .collect()
}

/// A body's length, and its bytes where they are not too many.
#[derive(Default)]
struct Copied {
    bytes: Vec<u8>,
    length: usize,
}

impl Copied {
    fn add(&mut self, chunk: &Bytes) {
        self.length += chunk.len();
        if self.length <= LARGEST_BODY {
            self.bytes.extend_from_slice(chunk);
        }
    }

    /// Returns all bytes, unless there were too many.
    fn whole(&self) -> Option<&[u8]> {
        (self.length == self.bytes.len()).then_some(self.bytes.as_slice())
    }
}

/// A response's body that is copied while it is sent.
struct Recorded {
    body: BoxBody,
    began: Instant,
    exchange: Option<Exchange>,
    context: Data<Context>,
}

impl Recorded {
    /// Keeps the exchange. It is called before the last bytes leave, so that the caller finds its own call.
    fn finish(&mut self) {
        let Some(mut exchange) = self.exchange.take() else {
            return;
        };
        exchange.took = self.began.elapsed();
        let secrets = self.context.store.read(|world| {
            let apps = world.apps.values();
            apps.map(|app| app.secret.clone()).collect()
        });
        self.context.har.add(exchange.entry(secrets));
    }
}

impl MessageBody for Recorded {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let chunk = ready!(Pin::new(&mut self.body).poll_next(task));
        if let Some(exchange) = &mut self.exchange {
            match &chunk {
                Some(Ok(bytes)) => exchange.body.add(bytes),
                Some(Err(_)) => exchange.is_broken = true,
                None => {}
            }
        }
        if !matches!(chunk, Some(Ok(_))) {
            self.finish();
        }
        Poll::Ready(chunk)
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::{Har, MOST, MOST_BYTES};

    #[test]
    fn entries_are_bounded_by_number_and_by_bytes_and_the_oldest_go_first() {
        let har = Har::new(true);
        for n in 0..MOST + 5 {
            har.add(format!("{{\"n\":{n}}}"));
        }
        let text: serde_json::Value = serde_json::from_str(&har.text()).unwrap();
        let entries = text["log"]["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["n"]), (MOST, &5.into()));
        assert!(text["log"]["comment"].as_str().unwrap().starts_with("5 "));
        har.add(format!("\"{}\"", "x".repeat(MOST_BYTES - 2)));
        let text: serde_json::Value = serde_json::from_str(&har.text()).unwrap();
        assert_eq!(text["log"]["entries"].as_array().unwrap().len(), 1);
        har.clear();
        har.switch(false);
        let text: serde_json::Value = serde_json::from_str(&har.text()).unwrap();
        assert_eq!(text["log"]["entries"], serde_json::json!([]));
        assert!(text["log"]["comment"].as_str().unwrap().contains("off"));
    }
}
