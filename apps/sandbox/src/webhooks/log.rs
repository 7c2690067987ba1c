//! The log of delivery attempts: the last ten thousand, kept over restarts.

use serde::{Deserialize, Serialize};

use crate::clock::Time;

pub(super) const KEPT: usize = 10_000;

/// One POST and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    pub(crate) sequence: u64,
    /// The delivery. All its attempts have this number, and no others do.
    pub(crate) delivery: u64,
    /// Counts from 1.
    pub(crate) attempt: u32,
    /// The time when it ended, in the sandbox's time.
    pub(crate) time: Time,
    pub(crate) app_id: String,
    pub(crate) url: String,
    pub(crate) updates: usize,
    pub(crate) fields: Vec<String>,
    pub(crate) bytes: usize,
    /// The status of the answer. None when no answer came.
    pub(crate) status: Option<u16>,
    /// The reason why no answer came.
    pub(crate) error: Option<String>,
    /// Real milliseconds until the answer.
    pub(crate) latency_ms: f64,
    pub(crate) outcome: Outcome,
    /// The time when it is retried.
    pub(crate) next: Option<Time>,
}

/// The consequence of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was answered 200.
    Delivered,
    /// It will be retried.
    Retry,
    /// It is not retried: seven days have passed, or the queue was emptied.
    Dropped,
}
