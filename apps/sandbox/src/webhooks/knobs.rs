//! The batching, order, delay and repetition of deliveries.

use serde::{Deserialize, Serialize};

/// The knobs of webhooks. Their defaults are Meta's usual behaviour.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Knobs {
    /// The most updates in one POST, 1 to 1,000.
    pub(crate) batch_size: usize,
    /// Tells whether updates wait until they are flushed.
    pub(crate) hold: bool,
    /// The place of updates of one WABA in a body.
    pub(crate) shape: Shape,
    /// The number of times that each delivery is sent, 1 to 100.
    pub(crate) repeats: usize,
    /// The seed of a shuffled order of deliveries that leave together.
    pub(crate) shuffle: Option<u64>,
    /// Milliseconds of the sandbox's time before the first attempt.
    pub(crate) delay_ms: u32,
    /// The most milliseconds that are added at random to each delivery's delay.
    pub(crate) spread_ms: u32,
    /// Parallel requests to one callback, 1 to 256.
    pub(crate) concurrency: usize,
    /// Milliseconds that a callback has to answer, 100 to 120,000.
    pub(crate) timeout_ms: u64,
    /// Tells whether the media objects of messages have a direct `url`.
    pub(crate) media_url: bool,
}

/// The place of updates of one WABA in a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Consecutive updates are changes of one entry.
    #[default]
    Changes,
    /// Each update has an entry of its own.
    Entries,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            batch_size: 1,
            hold: false,
            shape: Shape::default(),
            repeats: 1,
            shuffle: None,
            delay_ms: 0,
            spread_ms: 0,
            concurrency: 8,
            timeout_ms: 10_000,
            media_url: false,
        }
    }
}

impl Knobs {
    /// Returns why the knobs cannot be set so, if they cannot.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        if !(1..=1_000).contains(&self.batch_size) {
            Some("batchSize must be from 1 to 1000")
        } else if !(1..=100).contains(&self.repeats) {
            Some("repeats must be from 1 to 100")
        } else if !(1..=256).contains(&self.concurrency) {
            Some("concurrency must be from 1 to 256")
        } else if !(100..=120_000).contains(&self.timeout_ms) {
            Some("timeoutMs must be from 100 to 120000")
        } else {
            None
        }
    }
}
