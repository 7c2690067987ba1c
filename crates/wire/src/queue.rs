//! The send queues of numbers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{message::Explanation, sending::WaitReason};

/// The rate that Meta allows a number, outgoing and incoming messages together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueRate {
    /// Messages per second.
    pub per_second: u32,
    /// Meta's name of the throughput level.
    #[schema(required, example = "STANDARD")]
    pub level: Option<String>,
}

/// The numbers of due messages, by priority.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct DueCounts {
    pub high: i64,
    pub normal: i64,
    pub low: i64,
}

/// The number of messages that wait for one reason.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitingCount {
    pub reason: WaitReason,
    pub count: i64,
}

/// The reason why a whole queue waits.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Block {
    pub reason: WaitReason,
    /// The time at which sending is tried again.
    pub until: DateTime<Utc>,
    /// Meta's code.
    #[schema(required)]
    pub code: Option<i64>,
    #[schema(required)]
    pub explanation: Option<Explanation>,
}

/// A number's queue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    pub account_id: Uuid,
    pub display_name: String,
    pub display_phone: String,
    pub rate: QueueRate,
    /// Requests that this server process began within the last minute. Other replicas count their own.
    pub sent_last_minute: u64,
    pub due: DueCounts,
    pub waiting: Vec<WaitingCount>,
    /// Messages whose request to Meta is in flight.
    pub sending: i64,
    /// Messages whose outcome is unknown and may still be proven by a status.
    pub proving: i64,
    /// Messages whose outcome stays unknown.
    pub unknown: i64,
    pub failed: i64,
    /// Messages that Meta accepted long ago without reporting delivery or failure.
    pub stuck: i64,
    #[schema(required)]
    pub oldest_due_at: Option<DateTime<Utc>>,
    pub is_paused: bool,
    /// The reason why the whole queue waits, if it does.
    #[schema(required)]
    pub block: Option<Block>,
    /// Whether a server process holds the queue's lease now.
    pub is_owned: bool,
    /// The limit of the counts: none is higher.
    pub counts_up_to: i64,
}
