//! Plays scenarios in a running sandbox, for the command line and for programs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::webhooks;

/// Longer than any play.
const PATIENCE: Duration = Duration::from_secs(660);

/// The reason why a scenario was not played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The address is no URL.
    #[error("{0} is not the address of a sandbox")]
    Address(String),
    /// The client cannot be made.
    #[error("no request can be sent: {0}")]
    Client(String),
    /// No sandbox answers there.
    #[error("no sandbox answers at {url}: {source}")]
    Unreachable {
        /// The address.
        url: String,
        /// The client's error.
        source: reqwest::Error,
    },
    /// The sandbox does not know the scenario, or a step failed.
    #[error("{0}")]
    Refused(String),
}

/// Plays a scenario in the sandbox at `base_url`, and returns its steps with their answers.
///
/// # Errors
/// [`PlayError`], when no sandbox answers, when the scenario is unknown, and when a step fails.
pub async fn play_scenario(
    base_url: &str,
    name: &str,
    with: &BTreeMap<String, String>,
) -> Result<Value, PlayError> {
    let body = json!({ "with": with });
    call(base_url, &[name, "play"], Some(body)).await
}

/// Lists the scenarios of the sandbox at `base_url`.
///
/// # Errors
/// [`PlayError`], when no sandbox answers.
pub async fn scenario_list(base_url: &str) -> Result<Value, PlayError> {
    call(base_url, &[], None).await
}

async fn call(base_url: &str, path: &[&str], body: Option<Value>) -> Result<Value, PlayError> {
    let wrong = || PlayError::Address(base_url.to_owned());
    let mut url = Url::parse(base_url).map_err(|_| wrong())?;
    let mut segments = url.path_segments_mut().map_err(|()| wrong())?;
    segments.pop_if_empty().extend(["_sandbox", "scenarios"]);
    segments.extend(path);
    drop(segments);
    let client = webhooks::client().map_err(PlayError::Client)?;
    let request = match body {
        Some(body) => client.post(url).json(&body),
        None => client.get(url),
    };
    let failed = |source: reqwest::Error| PlayError::Unreachable {
        url: base_url.to_owned(),
        source: source.without_url(),
    };
    let answer = request.timeout(PATIENCE).send().await.map_err(failed)?;
    let is_good = answer.status().is_success();
    let answer: Value = answer.json().await.map_err(failed)?;
    if is_good {
        return Ok(answer);
    }
    let refusal = answer.get("error").and_then(Value::as_str);
    let refusal = refusal.unwrap_or("the sandbox refused it");
    Err(PlayError::Refused(refusal.to_owned()))
}
