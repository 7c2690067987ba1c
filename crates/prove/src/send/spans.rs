//! Rates, from the sandbox's own counts of accepted messages in each tenth of a second.

use serde_json::Value;

/// Spans of a second.
const A_SECOND: usize = 10;

/// The messages of one number over time.
pub(crate) struct Spans {
    counts: Vec<u64>,
}

impl Spans {
    /// Reads every number of the ledger's summary.
    pub(crate) fn of(summary: &Value) -> Vec<Self> {
        assert_eq!(summary["spanMs"], 100, "{summary}");
        let numbers = summary["numbers"].as_array().unwrap();
        numbers
            .iter()
            .map(|number| Self {
                counts: number["spans"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|count| count.as_u64().unwrap())
                    .collect(),
            })
            .collect()
    }

    /// Returns the messages a second over this many seconds, beginning `skip` seconds after the first message.
    pub(crate) fn rate(&self, skip: usize, seconds: usize) -> f64 {
        let spans = self.counts.iter().skip(skip * A_SECOND);
        spans.take(seconds * A_SECOND).sum::<u64>() as f64 / seconds as f64
    }

    /// Returns the most messages in any stretch of this many seconds.
    pub(crate) fn most_within(&self, seconds: usize) -> u64 {
        let windows = self
            .counts
            .windows((seconds * A_SECOND).min(self.counts.len().max(1)));
        windows.map(|window| window.iter().sum()).max().unwrap_or(0)
    }

    /// Returns the fewest messages in any stretch of this many seconds, without the first and last seconds.
    pub(crate) fn least_within(&self, seconds: usize, skip: usize, of: usize) -> u64 {
        let end = ((skip + of) * A_SECOND).min(self.counts.len());
        let inner = self.counts.get(skip * A_SECOND..end).unwrap_or_default();
        let windows = inner.windows((seconds * A_SECOND).min(inner.len().max(1)));
        windows.map(|window| window.iter().sum()).min().unwrap_or(0)
    }
}
