//! How deliveries are cut, ordered, delayed and repeated.

use serde::{Deserialize, Serialize};

/// The knobs. Their defaults are Meta on a quiet day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Knobs {
    /// Updates in one POST at most, 1 to 1,000.
    pub(crate) batch_size: usize,
    /// Keep updates until they are flushed.
    pub(crate) hold: bool,
    /// How updates of one WABA stand in a body.
    pub(crate) shape: Shape,
    /// How often each delivery is sent, 1 to 100.
    pub(crate) repeats: usize,
    /// Shuffles what leaves together, in an order that the seed decides.
    pub(crate) shuffle: Option<u64>,
    /// Milliseconds of the sandbox's time before the first attempt.
    pub(crate) delay_ms: u32,
    /// Up to so many milliseconds more, different for each delivery.
    pub(crate) spread_ms: u32,
    /// Requests to one callback at a time, 1 to 256.
    pub(crate) concurrency: usize,
    /// Milliseconds that a callback has to answer, 100 to 120,000.
    pub(crate) timeout_ms: u64,
    /// Put a direct `url` into the media objects of messages.
    pub(crate) media_url: bool,
}

/// How updates of one WABA stand in a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Those that follow one another are changes of one entry.
    #[default]
    Changes,
    /// Each has an entry of its own.
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
    /// Why they cannot be set so.
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
