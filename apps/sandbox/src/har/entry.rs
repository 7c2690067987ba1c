//! One recorded call as an entry of a HAR.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Copied;
use super::hide::Hider;
use crate::clock::Time;
use crate::put::Put as _;
use crate::state::lock;

type Pairs = Vec<(String, String)>;

/// A request.
pub(super) struct Question {
    /// The sandbox's time.
    pub(super) started: Time,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) version: String,
    pub(super) headers: Pairs,
    pub(super) body: Arc<Mutex<Copied>>,
}

/// A request and its answer.
pub(super) struct Exchange {
    pub(super) question: Question,
    pub(super) status: StatusCode,
    pub(super) headers: Pairs,
    pub(super) body: Copied,
    /// The time until the answer began.
    pub(super) waited: Duration,
    /// The time until the answer ended.
    pub(super) took: Duration,
    /// Tells whether the connection broke instead of an answer.
    pub(super) is_broken: bool,
}

impl Exchange {
    /// Makes the entry's JSON. `secrets` are values that are hidden wherever they stand.
    pub(super) fn entry(&self, secrets: Vec<String>) -> String {
        let question = &self.question;
        let sent = lock(&question.body);
        let query = question.url.split_once('?').map_or("", |(_, query)| query);
        let query = form_pairs(query.as_bytes());
        let kind = header(&question.headers, "content-type");
        let hider = self.hider(secrets, &query, kind, &sent);
        let list = |pairs: &Pairs, shown: &dyn Fn(&str, &str) -> String| -> Vec<Value> {
            let pair = |(name, value): &(String, String)| json!({ "name": name, "value": shown(name, value) });
            pairs.iter().map(pair).collect()
        };
        let headers = |name: &str, value: &str| hider.header(name, value);
        let parameters = |name: &str, value: &str| hider.parameter(name, value);
        let mut request = json!({
            "method": question.method,
            "url": hider.address(&question.url),
            "httpVersion": question.version,
            "cookies": [],
            "headers": list(&question.headers, &headers),
            "queryString": list(&query, &parameters),
            "headersSize": -1,
            "bodySize": sent.length,
        });
        if sent.length > 0 {
            let mut body = shown(&hider, kind, &sent);
            if kind.starts_with(FORM)
                && let Some(bytes) = sent.whole()
            {
                body.put("params", json!(list(&form_pairs(bytes), &parameters)));
            }
            body.put("mimeType", json!(kind));
            request.put("postData", body);
        }
        let kind = header(&self.headers, "content-type");
        let mut content = shown(&hider, kind, &self.body);
        content.put("size", json!(self.body.length));
        content.put("mimeType", json!(kind));
        let status = if self.is_broken {
            0
        } else {
            self.status.as_u16()
        };
        let reason = self.status.canonical_reason().filter(|_| !self.is_broken);
        let location = header(&self.headers, "location");
        let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
        let mut entry = json!({
            "startedDateTime": question.started.to_rfc3339_opts(SecondsFormat::Millis, true),
            "time": milliseconds(self.took),
            "request": request,
            "response": {
                "status": status,
                "statusText": reason.unwrap_or_default(),
                "httpVersion": question.version,
                "cookies": [],
                "headers": list(&self.headers, &headers),
                "content": content,
                "redirectURL": hider.address(location),
                "headersSize": -1,
                "bodySize": self.body.length,
            },
            "cache": {},
            "timings": {
                "send": 0,
                "wait": milliseconds(self.waited),
                "receive": milliseconds(self.took.saturating_sub(self.waited)),
            },
            "serverIPAddress": "127.0.0.1",
        });
        if self.is_broken {
            entry.put(
                "comment",
                json!("the connection was broken without an answer"),
            );
        }
        entry.to_string()
    }

    /// Collects the secrets of the call.
    fn hider(&self, secrets: Vec<String>, query: &Pairs, kind: &str, sent: &Copied) -> Hider {
        let mut hider = Hider::new(secrets);
        fn all(pairs: &Pairs) -> impl Iterator<Item = (&str, &str)> {
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
        }
        let token = header(&self.question.headers, "authorization");
        let token = token.split_once(' ').map_or(token, |(_, token)| token);
        hider.learn_all([("access_token", token.trim())].into_iter());
        hider.learn_all(all(query));
        let bytes = sent.whole().unwrap_or_default();
        if kind.starts_with(FORM) {
            hider.learn_all(all(&form_pairs(bytes)));
        }
        if let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) {
            let texts = fields.iter();
            hider.learn_all(
                texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))),
            );
        }
        hider
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Returns the text of a body, or says why there is none. Only forms and JSON are shown: in others a secret could not be
/// told from the rest.
fn shown(hider: &Hider, kind: &str, body: &Copied) -> Value {
    let Some(bytes) = body.whole() else {
        return json!({ "text": "", "comment": format!("{} bytes, too long to be kept", body.length) });
    };
    if kind.starts_with(FORM) {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_pairs(bytes) {
            text.append_pair(&name, &hider.parameter(&name, &value));
        }
        return json!({ "text": text.finish() });
    }
    if kind.contains("json")
        && let Ok(value) = serde_json::from_slice::<Value>(bytes)
    {
        return json!({ "text": hider.json(value, true).to_string() });
    }
    if bytes.is_empty() {
        return json!({ "text": "" });
    }
    json!({ "text": "", "comment": format!("{} bytes, neither JSON nor a form", body.length) })
}

fn form_pairs(bytes: &[u8]) -> Pairs {
    form_urlencoded::parse(bytes).into_owned().collect()
}

fn header<'a>(headers: &'a Pairs, name: &str) -> &'a str {
    let found = headers.iter().find(|(other, _)| other == name);
    found.map_or("", |(_, value)| value)
}
