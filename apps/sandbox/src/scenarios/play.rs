//! Plays a scenario by calls of the sandbox's own control API, so that a step does exactly what its route does.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Map, Value, json};
use url::Url;

use super::file::{Act, Calls, Step, Verb, Wait};
use crate::context::Context;
use crate::put::Put as _;

/// The longest play.
const LONGEST: Duration = Duration::from_secs(600);
/// The longest call of a step: longer than a wait for webhooks.
const CALL: Duration = Duration::from_secs(130);
/// The pause between two looks at what the client did.
const GATHER: Duration = Duration::from_millis(10);

/// The reason why a play ended before its last step.
#[derive(Debug, thiserror::Error)]
#[error("step {number} ({name}): {reason}")]
pub(crate) struct PlayStopped {
    number: usize,
    name: String,
    reason: String,
}

/// Plays the steps in order. Returns each with its answer and its time.
pub(crate) async fn play(context: &Context, steps: Vec<Step>) -> Result<Vec<Value>, PlayStopped> {
    let stage = Stage {
        context,
        sends: context.sending.ledger.accepted(),
        calls: context.ledger.last_sequence(),
    };
    let began = Instant::now();
    let mut played = Vec::new();
    for (number, Step { name, note, act }) in (1..).zip(steps) {
        let step_began = Instant::now();
        let left = LONGEST.saturating_sub(began.elapsed());
        let mut stopping = context.stopping.clone();
        let outcome = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => Err("the sandbox stops".to_owned()),
            () = tokio::time::sleep(left) => Err("a scenario is played for ten minutes at most".to_owned()),
            outcome = stage.act(act) => outcome,
        };
        match outcome {
            Ok(answer) => played.push(json!({
                "step": name,
                "note": note,
                "tookMs": u64::try_from(step_began.elapsed().as_millis()).unwrap_or(u64::MAX),
                "answer": answer,
            })),
            Err(reason) => {
                return Err(PlayStopped {
                    number,
                    name,
                    reason,
                });
            }
        }
    }
    Ok(played)
}

/// A play: the sandbox, and what the client had done before the first step.
struct Stage<'a> {
    context: &'a Context,
    sends: usize,
    calls: u64,
}

impl Stage<'_> {
    /// Does one step, and returns the control API's answer. The error is a sentence.
    async fn act(&self, act: Act) -> Result<Value, String> {
        let post = async |path: &[&str], body: Value| self.control(Method::POST, path, body).await;
        match act {
            Act::Write(write) => {
                let path = ["phones", &write.customer, "messages"];
                post(&path, Value::Object(write.order)).await
            }
            Act::Fault(order) => post(&["faults"], order).await,
            Act::LiftFaults(true) => self.control(Method::DELETE, &["faults"], Value::Null).await,
            Act::LiftFaults(false) => Ok(Value::Null),
            Act::Sending(knobs) => self.lay_over(&["sending", "knobs"], knobs).await,
            Act::Webhooks(knobs) => self.lay_over(&["webhooks", "knobs"], knobs).await,
            Act::Template(template) => self.set_template(template).await,
            Act::Number(number) => {
                post(&["numbers", &number.id], Value::Object(number.order)).await
            }
            Act::Revoke(order) => post(&["tokens", "revoke"], order).await,
            Act::Advance(seconds) => post(&["clock"], json!({ "advanceSeconds": seconds })).await,
            Act::Webhook(order) => post(&["webhooks", "raw"], order).await,
            Act::Wait(wait) => self.wait(wait).await,
            Act::Control(control) => {
                let method = match control.method {
                    Verb::Get => Method::GET,
                    Verb::Post => Method::POST,
                    Verb::Delete => Method::DELETE,
                };
                let (path, query) = match control.path.split_once('?') {
                    Some((path, query)) => (path, Some(query)),
                    None => (control.path.as_str(), None),
                };
                let parts: Vec<&str> = path.split('/').collect();
                let mut url = self.url(&parts)?;
                url.set_query(query);
                self.call(method, url, control.body).await
            }
        }
    }

    /// Lays knobs over those in force. A route of knobs replaces all.
    async fn lay_over(&self, path: &[&str], knobs: Map<String, Value>) -> Result<Value, String> {
        let mut all = self.control(Method::GET, path, Value::Null).await?;
        for (name, knob) in knobs {
            all.put(name.as_str(), knob);
        }
        self.control(Method::POST, path, all).await
    }

    /// Adds a template, or changes the one of its WABA, name and language.
    async fn set_template(&self, template: Map<String, Value>) -> Result<Value, String> {
        let path = ["templates"];
        let known = self.control(Method::GET, &path, Value::Null).await?;
        let known = known.get("data").and_then(Value::as_array);
        let mut all = known.cloned().unwrap_or_default();
        let names = ["wabaId", "name", "language"];
        let is_it = |other: &Value| {
            names
                .iter()
                .all(|name| other.get(name) == template.get(*name))
        };
        let place = all.iter().position(is_it);
        match place.and_then(|place| all.get_mut(place)?.as_object_mut()) {
            Some(fields) => fields.extend(template),
            None => all.push(Value::Object(template)),
        }
        self.control(Method::POST, &path, Value::Array(all)).await
    }

    async fn wait(&self, wait: Wait) -> Result<Value, String> {
        let limit = wait.timeout_ms;
        if wait.settled {
            let patience = json!({ "timeoutMs": limit });
            let path = ["webhooks", "settle"];
            let answer = self.control(Method::POST, &path, patience).await?;
            let settled = answer.get("settled") == Some(&Value::Bool(true));
            return settled
                .then_some(answer)
                .ok_or_else(|| format!("webhooks still wait after {limit} ms"));
        }
        let wanted = wait.sends.or(wait.calls.as_ref().map(|calls| calls.count));
        let wanted = wanted.unwrap_or_default();
        let what = if wait.sends.is_some() {
            "sends"
        } else {
            "calls"
        };
        let end = tokio::time::Instant::now() + Duration::from_millis(limit);
        let mut added = self.context.ledger.added();
        loop {
            added.borrow_and_update();
            let seen = match &wait.calls {
                Some(calls) => self.seen(calls),
                None => self
                    .context
                    .sending
                    .ledger
                    .accepted()
                    .saturating_sub(self.sends),
            };
            if seen >= wanted {
                return Ok(json!({ what: seen }));
            }
            let changed = tokio::time::timeout_at(end, added.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return Err(format!("only {seen} of {wanted} {what} came in {limit} ms"));
            }
            // Calls come by the thousand: many of them are looked at together.
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Counts the calls of a kind since the play began, of those that the ledger still holds.
    fn seen(&self, calls: &Calls) -> usize {
        let wanted = |entry: &crate::ledger::Entry| {
            let method = calls.method.as_ref();
            method.is_none_or(|name| entry.method.eq_ignore_ascii_case(name))
                && calls
                    .path
                    .as_ref()
                    .is_none_or(|part| entry.path.contains(part))
                && calls.status.is_none_or(|status| entry.status == status)
                && calls.code.is_none_or(|code| entry.code == Some(code))
        };
        self.context.ledger.list(self.calls, wanted).len()
    }

    async fn control(&self, method: Method, path: &[&str], body: Value) -> Result<Value, String> {
        self.call(method, self.url(path)?, body).await
    }

    /// Makes the address of a control route.
    fn url(&self, path: &[&str]) -> Result<Url, String> {
        let failed = "the sandbox's own address cannot be used";
        let mut url = Url::parse(&self.context.base_url).map_err(|_| failed)?;
        let mut segments = url.path_segments_mut().map_err(|()| failed)?;
        segments.clear().push("_sandbox").extend(path);
        drop(segments);
        Ok(url)
    }

    async fn call(&self, method: Method, url: Url, body: Value) -> Result<Value, String> {
        let mut request = self.context.client.request(method, url).timeout(CALL);
        if !body.is_null() {
            request = request.json(&body);
        }
        let failed = |error: reqwest::Error| format!("the control API did not answer: {error}");
        let answer = request.send().await.map_err(failed)?;
        let is_good = answer.status().is_success();
        let answer: Value = answer.json().await.map_err(failed)?;
        if is_good {
            return Ok(answer);
        }
        let refusal = answer.get("error").and_then(Value::as_str);
        Err(refusal.unwrap_or("the control API refused it").to_owned())
    }
}
