//! Compares the sandbox's ledger with the server's messages, one by one.

use std::collections::{HashMap, HashSet};

use wabakit_prove::{Engine, Probe};

use super::{feed::Fed, site::Site};

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
}

struct Row {
    id: String,
    reference: String,
    status: String,
    wamid: String,
    has_reason: bool,
}

/// Asserts that no message was accepted twice or lost, that the server knows every accepted message as accepted, and
/// that all others failed for a reason or are unknown.
pub(crate) async fn compare(site: &Site, fed: &Fed) -> SendTally {
    let summary = site.stage.meta.look("ledger/summary?spans=false").await;
    assert_eq!(
        summary["acceptedMoreThanOnce"], 0,
        "accepted twice: {summary}"
    );
    assert_eq!(summary["withoutOpaque"], 0, "not ours: {summary}");
    let ledger = ledger(site).await;
    let rows = rows(&site.stage.database).await;
    let mut tally = SendTally {
        all: rows.len(),
        ..SendTally::default()
    };

    let known: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let strangers = ledger.keys().filter(|id| !known.contains(id.as_str()));
    assert_eq!(
        strangers.count(),
        0,
        "the sandbox has messages that the server does not know"
    );
    let mut by_reference = HashMap::new();
    for row in &rows {
        let before = by_reference.insert(row.reference.as_str(), row.id.as_str());
        assert_eq!(before, None, "{} is stored twice", row.reference);
    }
    for (reference, id) in &fed.ids {
        let stored = by_reference.get(reference.as_str());
        assert_eq!(
            stored,
            Some(&id.as_str()),
            "{reference} was answered and is lost"
        );
    }
    assert_eq!(rows.len(), fed.ids.len(), "messages that nobody submitted");

    for row in rows {
        let Row { id, status, .. } = &row;
        match (ledger.get(id), status.as_str()) {
            (Some(wamid), "accepted" | "sent" | "delivered" | "read") => {
                assert_eq!(*wamid, row.wamid, "{id} has another message's id of Meta's");
                tally.accepted += 1;
            }
            (Some(wamid), "failed") => {
                assert_eq!(*wamid, row.wamid, "{id} was accepted and does not say so");
                assert!(row.has_reason, "{id} failed without a reason");
                tally.failed_later += 1;
            }
            (None, "failed") => {
                assert!(row.has_reason, "{id} failed without a reason");
                tally.refused += 1;
            }
            (None, "unknown") => {
                tally.unknown.insert(row.id);
            }
            (Some(_), status) => panic!("{id} was accepted and is {status}"),
            (None, status) => panic!("{id} was never accepted and is {status}"),
        }
    }
    tally
}

/// Reads the sandbox's ledger: Meta's id by ours, without dashes.
async fn ledger(site: &Site) -> HashMap<String, String> {
    let mut all = HashMap::new();
    let mut after = 0;
    loop {
        let page = site
            .stage
            .meta
            .look(&format!("ledger/messages?limit=20000&after={after}"))
            .await;
        for item in page["data"].as_array().unwrap() {
            let id = item["bizOpaqueCallbackData"].as_str().unwrap();
            let wamid = item["wamids"][0].as_str().unwrap();
            assert_eq!(item["accepted"], 1, "accepted twice: {item}");
            all.insert(id.replace('-', ""), wamid.to_owned());
        }
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => return all,
        }
    }
}

/// Returns the SQL expression for our id without dashes.
pub(crate) fn id_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "lower(hex(id))",
        Engine::Postgres => "replace(CAST(id AS text), '-', '')",
    }
}

async fn rows(database: &Probe) -> Vec<Row> {
    let id = id_of(database.engine());
    let sql = format!(
        "SELECT {id} || '|' || COALESCE(client_reference, '') || '|' || status || '|' || COALESCE(wamid, '') || '|' || \
         CASE WHEN COALESCE(CAST(errors AS text), '[]') IN ('[]', 'null') THEN '' ELSE 'why' END AS value \
         FROM messages WHERE direction = 'outbound'"
    );
    let lines = database.texts(&sql).await;
    lines
        .iter()
        .map(|line| {
            let mut parts = line.split('|').map(str::to_owned);
            let mut next = || parts.next().unwrap();
            Row {
                id: next(),
                reference: next(),
                status: next(),
                wamid: next(),
                has_reason: next() == "why",
            }
        })
        .collect()
}

/// Returns the ids, without dashes, of the messages that are being sent at this moment.
pub(crate) async fn dispatching(database: &Probe) -> Vec<String> {
    let id = id_of(database.engine());
    let sql = format!("SELECT {id} AS value FROM messages WHERE queue = 1");
    database.texts(&sql).await
}
