//! The sending state of a message that Wabakit sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageError;

/// The priority of a message in its number's queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// For an answer to a person who is waiting. Sent before all others.
    High,
    Normal,
    /// For bulk and campaigns. Sent after all others.
    Low,
}

/// The reason why a message waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// Its `scheduledAt` is in the future.
    Scheduled,
    /// An attempt failed without effect. The message is retried after a backoff.
    Retry,
    /// Meta limits the messages to one person: a burst, then one message every six seconds.
    PairLimit,
    /// Its file is being uploaded to Meta.
    Upload,
    /// The outcome of the attempt is unknown. A status from Meta may still prove it.
    Proof,
    /// Earlier messages of the number are sent first, at the number's rate.
    Pace,
    /// The number's queue is paused.
    Paused,
    /// Meta limits the rate of the number for a while.
    NumberLimited,
    /// Meta limits the rate of the WhatsApp Business Account for a while.
    WabaLimited,
    /// Meta does not accept the account's token. Connect the account again.
    TokenInvalid,
    /// Meta refuses the number's messages until registration, payment or a restriction is resolved.
    AccountBlocked,
    /// The number is not connected.
    NotConnected,
}

/// The reason why a message waits, and until when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    pub reason: WaitReason,
    /// The end of the wait. Null if it is not known.
    #[schema(required)]
    pub until: Option<DateTime<Utc>>,
    /// Whether later messages of the conversation may be sent before it, because it waits too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passed: bool,
}

/// The sending state of a message that Wabakit sent. On all other messages these fields are null, 0 or false.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sending {
    /// The recipient: a phone number, a business-scoped user id, or a group's id.
    #[schema(required)]
    pub to: Option<String>,
    /// The first entry of `errors`.
    #[schema(required)]
    pub error: Option<MessageError>,
    #[schema(required)]
    pub priority: Option<Priority>,
    /// The name of the campaign.
    #[schema(required)]
    pub flow: Option<String>,
    /// The caller's own reference.
    #[schema(required)]
    pub client_reference: Option<String>,
    /// The earliest time to send it. Null once that has passed.
    #[schema(required)]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The latest time to send it.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
    /// The number of attempts that were begun.
    pub attempt: i32,
    /// The time of the newest attempt.
    #[schema(required)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// Meta's ids of further acceptances, besides `metaMessageId`. If there are any, the person may have received the
    /// message more than once.
    pub duplicates: Vec<String>,
    #[schema(required)]
    pub waiting: Option<Waiting>,
    /// Whether Meta accepted the message long ago and has reported neither delivery nor failure. Wabakit does not send
    /// it again: Meta keeps trying for 30 days, for example while the phone is switched off.
    pub is_stuck: bool,
    pub can_cancel: bool,
    pub can_retry: bool,
    /// Whether a retry may show the message twice, because Meta may have accepted it. Such a retry needs `mayRepeat`.
    pub retry_may_repeat: bool,
}
