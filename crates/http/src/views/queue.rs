//! Queues.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{explain, outbound};
use wabakit_services::{self as services, QueueBlock};

use super::{message::Explanation, sending::WaitReason};

/// How fast Meta lets a number be: what goes out and comes in together.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueRate {
    /// Messages a second.
    per_second: u32,
    /// Meta's name of it.
    #[schema(required, example = "STANDARD")]
    level: Option<String>,
}

/// Messages that are due, by priority.
#[derive(Serialize, ToSchema)]
pub(crate) struct DueCounts {
    high: i64,
    normal: i64,
    low: i64,
}

/// Messages that wait for a time of their own.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingCount {
    #[schema(value_type = WaitReason)]
    reason: outbound::WaitReason,
    count: i64,
}

/// What holds a whole queue up.
#[derive(Serialize, ToSchema)]
pub(crate) struct Block {
    #[schema(value_type = WaitReason)]
    reason: outbound::WaitReason,
    /// Until it is tried again.
    until: DateTime<Utc>,
    /// Meta's code.
    #[schema(required)]
    code: Option<i64>,
    #[schema(required)]
    explanation: Option<Explanation>,
}

impl From<QueueBlock> for Block {
    fn from(block: QueueBlock) -> Self {
        Self {
            reason: block.reason,
            until: block.until,
            code: block.code,
            explanation: block.code.map(|code| explain::explain(code).into()),
        }
    }
}

/// A number's queue.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Queue {
    account_id: Uuid,
    display_name: String,
    display_phone: String,
    rate: QueueRate,
    /// Requests that this server began within the last minute; where several share the work, each tells its own.
    sent_last_minute: u64,
    due: DueCounts,
    waiting: Vec<WaitingCount>,
    /// On their way to Meta.
    sending: i64,
    /// Their outcome is unknown, and a status may still prove it.
    proving: i64,
    /// Nobody knows whether they were sent.
    unknown: i64,
    failed: i64,
    /// Meta took them long ago, and they have neither arrived nor failed since.
    stuck: i64,
    #[schema(required)]
    oldest_due_at: Option<DateTime<Utc>>,
    is_paused: bool,
    /// What Meta limits.
    #[schema(required)]
    block: Option<Block>,
    /// A server works on it now.
    is_owned: bool,
    /// No count goes further.
    counts_up_to: i64,
}

impl From<services::Queue> for Queue {
    fn from(queue: services::Queue) -> Self {
        let (account, seen) = (queue.account, queue.overview);
        let [high, normal, low] = seen.due;
        let waiting = seen.waiting.into_iter();
        Self {
            account_id: account.id.uuid(),
            display_name: account.shown_name().to_owned(),
            display_phone: account.display_phone_number,
            rate: QueueRate {
                per_second: queue.rate.per_second.get(),
                level: account.health.throughput_level,
            },
            sent_last_minute: queue.sent_last_minute,
            due: DueCounts { high, normal, low },
            waiting: waiting
                .map(|(reason, count)| WaitingCount { reason, count })
                .collect(),
            sending: seen.dispatching,
            proving: seen.proving,
            unknown: seen.unknown,
            failed: seen.failed,
            stuck: seen.stuck,
            oldest_due_at: seen.oldest_due,
            is_paused: seen.is_paused,
            block: seen.block.map(Block::from),
            is_owned: seen.is_owned,
            counts_up_to: queue.counts_up_to,
        }
    }
}
