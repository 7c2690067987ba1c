//! What a message has that was sent from here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wabakit_domain::outbound;
use wabakit_services::{self as services, Acts, ShownMessage};

use super::message::MessageError;

/// What overtakes what, among the messages of one number.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Priority {
    /// An answer that somebody waits for.
    High,
    Normal,
    /// Bulk.
    Low,
}

impl From<outbound::Priority> for Priority {
    fn from(priority: outbound::Priority) -> Self {
        match priority {
            outbound::Priority::High => Self::High,
            outbound::Priority::Normal => Self::Normal,
            outbound::Priority::Low => Self::Low,
        }
    }
}

impl From<Priority> for outbound::Priority {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::High => Self::High,
            Priority::Normal => Self::Normal,
            Priority::Low => Self::Low,
        }
    }
}

/// Why a message waits.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes what the domain serialises")]
pub(crate) enum WaitReason {
    /// It is to be sent later.
    Scheduled,
    /// It was refused in a way that is safe to repeat.
    Retry,
    /// Meta takes one message in six seconds for one person, after a burst.
    PairLimit,
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
#[derive(Serialize, ToSchema)]
pub(crate) struct Waiting {
    #[schema(value_type = WaitReason)]
    reason: outbound::WaitReason,
    /// Null where nobody knows.
    #[schema(required)]
    until: Option<DateTime<Utc>>,
}

impl From<services::Waiting> for Waiting {
    fn from(waiting: services::Waiting) -> Self {
        Self {
            reason: waiting.reason,
            until: waiting.until,
        }
    }
}

/// What a message has that was sent from here. Of others there is nothing of it: null, 0, false.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sending {
    /// For whom: a phone number, a user id, or a group's id.
    #[schema(required)]
    to: Option<String>,
    /// The first of `errors`.
    #[schema(required)]
    error: Option<MessageError>,
    #[schema(required)]
    priority: Option<Priority>,
    /// The campaign.
    #[schema(required)]
    flow: Option<String>,
    /// The sender's own name for it.
    #[schema(required)]
    client_reference: Option<String>,
    /// Not before, while it waits for that time.
    #[schema(required)]
    scheduled_at: Option<DateTime<Utc>>,
    /// It is not sent after this.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// Attempts that were begun.
    attempt: i32,
    /// When the last one was.
    #[schema(required)]
    dispatched_at: Option<DateTime<Utc>>,
    #[schema(required)]
    waiting: Option<Waiting>,
    /// Meta took it long ago, and it has neither arrived nor failed since. It is not sent again by itself: Meta keeps
    /// trying for 30 days, for the phone may be switched off.
    is_stuck: bool,
    can_cancel: bool,
    can_retry: bool,
    /// Meta may have taken it: sent again it may be shown twice, so that this asks for `mayRepeat`.
    retry_may_repeat: bool,
}

impl Sending {
    pub(super) fn of(shown: &ShownMessage) -> Self {
        let message = &shown.message;
        let job = message.job.as_deref();
        let acts = Acts::on(message);
        let scheduled = job.filter(|job| {
            let is_queued = job.state == outbound::JobState::Queued;
            is_queued && job.wait == Some(outbound::WaitReason::Scheduled)
        });
        Self {
            to: shown.to.clone(),
            error: message.errors.first().cloned().map(MessageError::from),
            priority: job.map(|job| job.priority.into()),
            flow: job
                .map(|job| job.flow.clone())
                .filter(|flow| !flow.is_empty()),
            client_reference: job.and_then(|job| job.client_reference.clone()),
            scheduled_at: scheduled.map(|job| job.due_at),
            expires_at: job.map(|job| job.expires_at),
            attempt: job.map_or(0, |job| job.attempt),
            dispatched_at: job.and_then(|job| job.dispatched_at),
            waiting: shown.waiting.map(Waiting::from),
            is_stuck: shown.is_stuck,
            can_cancel: acts.can_cancel,
            can_retry: acts.can_retry,
            retry_may_repeat: acts.retry_may_repeat,
        }
    }
}
