//! What a message has that was sent from here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageError;

/// What overtakes what, among the messages of one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// An answer that somebody waits for.
    High,
    Normal,
    /// Bulk.
    Low,
}

/// Why a message waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// It is to be sent later.
    Scheduled,
    /// It was refused in a way that is safe to repeat.
    Retry,
    /// Meta takes one message in six seconds for one person, after a burst.
    PairLimit,
    /// Its file is being given to Meta.
    Upload,
    /// The outcome is unknown, and a status may still prove it.
    Proof,
    /// Others are before it, at the number's pace.
    Pace,
    /// Somebody paused the number's queue.
    Paused,
    /// Meta limits the number for now.
    NumberLimited,
    /// Meta limits the WhatsApp Business Account for now.
    WabaLimited,
    /// The account has to be connected again.
    TokenInvalid,
    /// Something has to be put right at Meta: registration, payment, a restriction.
    AccountBlocked,
    /// The number is not connected.
    NotConnected,
}

/// Why a message waits, and until when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    pub reason: WaitReason,
    /// Null where nobody knows.
    #[schema(required)]
    pub until: Option<DateTime<Utc>>,
    /// It waits for so long that later messages of its conversation go before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passed: bool,
}

/// What a message has that was sent from here. Of others there is nothing of it: null, 0, false.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sending {
    /// For whom: a phone number, a user id, or a group's id.
    #[schema(required)]
    pub to: Option<String>,
    /// The first of `errors`.
    #[schema(required)]
    pub error: Option<MessageError>,
    #[schema(required)]
    pub priority: Option<Priority>,
    /// The campaign.
    #[schema(required)]
    pub flow: Option<String>,
    /// The sender's own name for it.
    #[schema(required)]
    pub client_reference: Option<String>,
    /// Not before, while it waits for that time.
    #[schema(required)]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// It is not sent after this.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Attempts that were begun.
    pub attempt: i32,
    /// When the last one was.
    #[schema(required)]
    pub dispatched_at: Option<DateTime<Utc>>,
    /// Meta's ids of further acceptances, beside `metaMessageId`: the person may have got it more than once.
    pub duplicates: Vec<String>,
    #[schema(required)]
    pub waiting: Option<Waiting>,
    /// Meta took it long ago, and it has neither arrived nor failed since. It is not sent again by itself: Meta keeps
    /// trying for 30 days, for the phone may be switched off.
    pub is_stuck: bool,
    pub can_cancel: bool,
    pub can_retry: bool,
    /// Meta may have taken it: sent again it may be shown twice, so that this asks for `mayRepeat`.
    pub retry_may_repeat: bool,
}
