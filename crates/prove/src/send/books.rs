//! Completes the history of a run from the sandbox's ledger and the server's messages, and judges it.

use std::collections::HashSet;

use serde_json::Value;
use wabakit_prove::{
    Engine, Probe,
    history::{self, Line, Rule},
};

use super::{feed::Fed, site::Site};
use crate::listener::Listeners;

/// Meta's pace of a number: messages a second, and at once.
const PACE: f64 = 80.0;

/// The messages by result.
#[derive(Default, Debug)]
pub(crate) struct SendTally {
    /// All messages.
    pub(crate) all: usize,
    /// Messages that Meta accepted and that did not fail.
    pub(crate) accepted: usize,
    /// Messages that Meta accepted and later reported as failed.
    pub(crate) failed_later: usize,
    /// Messages that Meta refused.
    pub(crate) refused: usize,
    /// Messages with an unknown outcome that the sandbox never accepted.
    pub(crate) unknown: HashSet<String>,
    /// Pairs of messages to one person whose order was looked at.
    pub(crate) ordered: usize,
}

/// Judges what was submitted, accepted and stored by the rules of every history, and counts the messages.
///
/// # Panics
/// When a rule is broken.
pub(crate) async fn judge(site: &Site, fed: Fed, listeners: Listeners, name: &str) -> SendTally {
    let heard = listeners.end(&site.stage.database).await.lines;
    let lines = lines(site, fed, heard).await;
    let mut tally = tally(&lines);
    let verdict = history::uphold(&lines, name, &[Rule::LogWhole, Rule::TenantAlone]);
    tally.ordered = verdict.count(Rule::InOrder).checked;
    tally
}

/// Completes a history: what was submitted and heard, what was accepted, and what is stored.
pub(crate) async fn lines(site: &Site, fed: Fed, heard: Vec<Line>) -> Vec<Line> {
    let summary = site.stage.meta.look("ledger/summary?spans=false").await;
    assert_eq!(summary["withoutOpaque"], 0, "not ours: {summary}");
    let mut lines = fed.history;
    lines.extend(site.numbers.iter().map(|number| Line::Pace {
        number: number.phone.clone(),
        per_second: PACE,
        at_once: PACE,
    }));
    lines.extend(accepted(site).await);
    lines.extend(states(&site.stage.database).await);
    lines.extend(heard);
    lines
}

fn tally(lines: &[Line]) -> SendTally {
    let taken: HashSet<&str> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Accepted { message, .. } => Some(message.as_str()),
            _ => None,
        })
        .collect();
    let mut tally = SendTally::default();
    for line in lines {
        let Line::State { message, state, .. } = line else {
            continue;
        };
        tally.all += 1;
        match (taken.contains(message.as_str()), state.as_str()) {
            (true, "failed") => tally.failed_later += 1,
            (true, _) => tally.accepted += 1,
            (false, "unknown") => {
                tally.unknown.insert(message.clone());
            }
            (false, _) => tally.refused += 1,
        }
    }
    tally
}

/// Reads the sandbox's ledger: a line for each acceptance, in the order of the first.
async fn accepted(site: &Site) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after = 0;
    loop {
        let page = site
            .stage
            .meta
            .look(&format!("ledger/messages?limit=20000&after={after}"))
            .await;
        for item in page["data"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            let wamids = item["wamids"].as_array().unwrap();
            for (place, wamid) in wamids.iter().enumerate() {
                let moment = match place {
                    0 => "firstAcceptedAt",
                    _ => "lastAcceptedAt",
                };
                lines.push(Line::Accepted {
                    at: millis(&item[moment]),
                    message: text("bizOpaqueCallbackData").replace('-', ""),
                    number: text("phoneNumberId"),
                    to: text("to"),
                    wamid: wamid.as_str().unwrap().to_owned(),
                });
            }
        }
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => return lines,
        }
    }
}

fn millis(moment: &Value) -> f64 {
    let moment = moment.as_str().unwrap();
    let moment = chrono::DateTime::parse_from_rfc3339(moment).unwrap();
    moment.timestamp_micros() as f64 / 1_000.0
}

/// Returns the SQL expression for an id in this column, without dashes.
pub(crate) fn hex_of(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => format!("lower(hex({column}))"),
        Engine::Postgres => format!("replace(CAST({column} AS text), '-', '')"),
    }
}

async fn states(database: &Probe) -> Vec<Line> {
    let of = |column| hex_of(database.engine(), column);
    let (id, org) = (of("id"), of("org_id"));
    let sql = format!(
        "SELECT {id} || '|' || {org} || '|' || COALESCE(client_reference, '') || '|' || status || '|' || COALESCE(wamid, '') || '|' || \
         CASE WHEN COALESCE(CAST(errors AS text), '[]') IN ('[]', 'null') THEN '' ELSE 'why' END AS value \
         FROM messages WHERE direction = 'outbound'"
    );
    let rows = database.texts(&sql).await;
    rows.iter()
        .map(|row| {
            let mut parts = row.split('|').map(str::to_owned);
            let mut next = || parts.next().unwrap();
            Line::State {
                message: next(),
                org: Some(next()),
                reference: Some(next()),
                state: next(),
                wamid: Some(next()).filter(|wamid| !wamid.is_empty()),
                has_reason: next() == "why",
            }
        })
        .collect()
}

/// Returns the ids, without dashes, of the messages that are being sent at this moment.
pub(crate) async fn dispatching(database: &Probe) -> Vec<String> {
    let id = hex_of(database.engine(), "id");
    let sql = format!("SELECT {id} AS value FROM outbox WHERE queue = 1");
    database.texts(&sql).await
}
