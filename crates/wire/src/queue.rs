//! Queues.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{message::Explanation, sending::WaitReason};

/// How fast Meta lets a number be: what goes out and comes in together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueRate {
    /// Messages a second.
    pub per_second: u32,
    /// Meta's name of it.
    #[schema(required, example = "STANDARD")]
    pub level: Option<String>,
}

/// Messages that are due, by priority.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct DueCounts {
    pub high: i64,
    pub normal: i64,
    pub low: i64,
}

/// Messages that wait for a time of their own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitingCount {
    pub reason: WaitReason,
    pub count: i64,
}

/// What holds a whole queue up.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Block {
    pub reason: WaitReason,
    /// Until it is tried again.
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
    /// Requests that this server began within the last minute; where several share the work, each tells its own.
    pub sent_last_minute: u64,
    pub due: DueCounts,
    pub waiting: Vec<WaitingCount>,
    /// On their way to Meta.
    pub sending: i64,
    /// Their outcome is unknown, and a status may still prove it.
    pub proving: i64,
    /// Nobody knows whether they were sent.
    pub unknown: i64,
    pub failed: i64,
    /// Meta took them long ago, and they have neither arrived nor failed since.
    pub stuck: i64,
    #[schema(required)]
    pub oldest_due_at: Option<DateTime<Utc>>,
    pub is_paused: bool,
    /// What Meta limits.
    #[schema(required)]
    pub block: Option<Block>,
    /// A server works on it now.
    pub is_owned: bool,
    /// No count goes further.
    pub counts_up_to: i64,
}
