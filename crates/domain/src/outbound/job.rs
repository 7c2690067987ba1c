//! The job of a message: its place in the queue, and the steps that change it.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    conversation::SendTurn,
    ids::{AttemptToken, MessageId, UserId, Wamid},
    inbound::{MetaFault, Party},
    message::MessageStatus,
};

/// The priority of a message among those of its number. Higher ones are sent first.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// An answer that somebody waits for.
    High,
    /// The default.
    #[default]
    Normal,
    /// Bulk: a campaign.
    Low,
}

impl Priority {
    /// All priorities, in the order of sending.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Returns the stored rank. A lower rank is sent sooner.
    pub const fn rank(self) -> i16 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }

    /// Reads [`Priority::rank`].
    pub const fn from_rank(rank: i16) -> Option<Self> {
        match rank {
            0 => Some(Self::High),
            1 => Some(Self::Normal),
            2 => Some(Self::Low),
            _ => None,
        }
    }
}

/// The state of a message in its number's queue.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits. Several senders may read it.
    Queued,
    /// It was marked just before the request. From here on it is never sent again by itself.
    Dispatching,
    /// The request's outcome is unknown. A status that carries our id would prove that Meta accepted it.
    Proving,
    /// No proof came in time. A person, or a policy, decides.
    Unknown,
    /// Meta refused it, or reported it as failed. A person may retry it.
    Failed,
    /// Meta accepted it, and it has not arrived yet. The sender is done with it.
    Underway,
    /// Nothing is left to do: arrived, cancelled, expired.
    Done,
}

impl JobState {
    /// Tells whether the message is settled: it has no place in the queue, and nothing happens to it by itself.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Failed | Self::Done)
    }

    /// Returns the state of a settled message.
    pub const fn settled(status: MessageStatus) -> Self {
        match status {
            MessageStatus::Failed => Self::Failed,
            _ => Self::Done,
        }
    }

    /// Returns the stored code of a message's place in the queue. `None` for states that the sender is done with, which
    /// are therefore in no index of the queue.
    pub const fn code(self) -> Option<i16> {
        match self {
            Self::Queued => Some(0),
            Self::Dispatching => Some(1),
            Self::Proving => Some(2),
            Self::Unknown => Some(3),
            Self::Underway | Self::Failed | Self::Done => None,
        }
    }

    /// Reads [`JobState::code`] of a message that is not settled.
    pub const fn from_code(code: Option<i16>) -> Option<Self> {
        match code {
            Some(0) => Some(Self::Queued),
            Some(1) => Some(Self::Dispatching),
            Some(2) => Some(Self::Proving),
            Some(3) => Some(Self::Unknown),
            None => Some(Self::Underway),
            Some(_) => None,
        }
    }
}

/// The reason why a message waits. Reasons that concern the whole number are stored on its queue, not on each message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// It is scheduled for later.
    Scheduled,
    /// An attempt was refused in a way that is safe to retry.
    Retry,
    /// Meta's pair limit: one message in six seconds to one person, after a burst.
    PairLimit,
    /// Its file is being uploaded to Meta.
    Upload,
    /// The outcome is unknown, and a proof may still come.
    Proof,
    /// Other messages are before it, at the number's pace.
    Pace,
    /// Somebody paused the number's queue.
    Paused,
    /// Meta limits the number for now.
    NumberLimited,
    /// Meta limits the WhatsApp Business Account for now.
    WabaLimited,
    /// Meta does not accept the token: the account must be connected again.
    TokenInvalid,
    /// A person must repair the number or account at Meta: registration, payment, a restriction.
    AccountBlocked,
    /// The number is not connected.
    NotConnected,
}

/// The sending state of a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The state.
    pub state: JobState,
    /// The priority.
    pub priority: Priority,
    /// The flow, such as a campaign. The flows of a number take turns within a priority.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flow: String,
    /// While queued: the earliest time to send it. While proving: how long a proof is awaited.
    pub due_at: Time,
    /// The time when it expires: it is not sent after this.
    pub expires_at: Time,
    /// The number of attempts that were begun.
    pub attempt: i32,
    /// The last attempt's token. It outlives the attempt, so that late outcomes and statuses are recognised. `None`
    /// before the first attempt, and for attempts that were begun before tokens existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<AttemptToken>,
    /// The epoch of the lease under which the last attempt was begun.
    pub epoch: i64,
    /// The time when the last attempt was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatched_at: Option<Time>,
    /// The number of the first attempt whose outcome stayed unknown. 0 when there is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_doubt: i32,
    /// Meta's ids of further acceptances: the message reached Meta more than once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Wamid>,
    /// The reason why `due_at` is not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitReason>,
    /// Its place among the messages of its conversation that have its priority.
    #[serde(default, skip_serializing_if = "SendTurn::is_first")]
    pub turn: SendTurn,
    /// Until when the messages behind it wait, while it waits for a retry or an upload. From then on they pass it.
    /// `None` while it does not wait, or waits for a limit that holds up the others as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_until: Option<Time>,
    /// The condition that is checked again before sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<SendGuard>,
    /// The caller's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// The author. `None` for a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
}

/// A condition on the recipient, checked when a message is queued and again before it is sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendGuard {
    /// The conversation's window is open.
    OpenWindow,
    /// The person has not opted out of marketing.
    NoOptOut,
}

impl SendGuard {
    /// Tells whether the condition holds at a time, for this end of the window and this choice about marketing.
    pub fn holds(self, at: Time, window_until: Option<Time>, opted_out: bool) -> bool {
        match self {
            Self::OpenWindow => window_until.is_some_and(|until| until > at),
            Self::NoOptOut => !opted_out,
        }
    }
}

/// The time for which a message that waits for a retry or an upload holds up the messages behind it.
pub const LONGEST_HOLD: Duration = Duration::seconds(60);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(attempt: &i32) -> bool {
    *attempt == 0
}

impl Job {
    /// Makes a queued job without attempts.
    pub fn new(priority: Priority, due_at: Time, expires_at: Time) -> Self {
        Self {
            state: JobState::Queued,
            priority,
            flow: String::new(),
            due_at,
            expires_at,
            attempt: 0,
            token: None,
            epoch: 0,
            dispatched_at: None,
            in_doubt: 0,
            duplicates: Vec::new(),
            wait: None,
            turn: SendTurn::default(),
            holds_until: None,
            guard: None,
            client_reference: None,
            author: None,
        }
    }

    /// Tells whether the messages behind it pass it now, because it has waited for a retry or an upload for too long.
    pub fn is_passed(&self, now: Time) -> bool {
        let is_waiting = self.state == JobState::Queued && self.due_at > now;
        is_waiting && self.holds_until.is_some_and(|until| until <= now)
    }

    /// Returns when the accepted attempt was begun. `None` when the message is not underway.
    pub fn underway_since(&self) -> Option<Time> {
        let is_underway = self.state == JobState::Underway;
        self.dispatched_at.filter(|_| is_underway)
    }

    /// Tells whether it is stuck: underway since an attempt that was begun before this time.
    pub fn is_stuck(&self, before: Time) -> bool {
        self.underway_since().is_some_and(|since| since < before)
    }

    /// Sets the state that follows from the message's status, when the sender is done with it.
    pub(crate) fn settle(&mut self, status: MessageStatus) {
        let state = match status {
            MessageStatus::Queued | MessageStatus::Sending | MessageStatus::Received => return,
            MessageStatus::Unknown => JobState::Unknown,
            MessageStatus::Failed => JobState::Failed,
            MessageStatus::Accepted | MessageStatus::Sent => JobState::Underway,
            MessageStatus::Delivered
            | MessageStatus::Read
            | MessageStatus::Played
            | MessageStatus::Cancelled
            | MessageStatus::Expired => JobState::Done,
        };
        self.state = state;
        self.wait = None;
    }
}

/// Makes the `biz_opaque_callback_data` of an attempt: our message id and the attempt's token. Meta returns it with
/// each status.
pub fn opaque(message: MessageId, token: AttemptToken) -> String {
    format!("{message}.{token}")
}

/// Reads [`opaque`]. Attempts that were begun before tokens existed have only the message's id.
pub fn read_opaque(text: &str) -> Option<(MessageId, Option<AttemptToken>)> {
    Some(match text.split_once('.') {
        Some((message, token)) => (message.parse().ok()?, Some(token.parse().ok()?)),
        None => (text.parse().ok()?, None),
    })
}

impl SendFact {
    /// Returns the recipient, where Meta's answer names them.
    pub const fn recipient(&self) -> Option<&Party> {
        match &self.step {
            SendStep::Outcome {
                outcome: Outcome::Accepted { recipient, .. },
                ..
            } => recipient.as_ref(),
            _ => None,
        }
    }

    /// Returns the wamid of an acceptance, which proves that Meta accepted the message.
    pub const fn proof(&self) -> Option<&Wamid> {
        match &self.step {
            SendStep::Outcome {
                outcome: Outcome::Accepted { wamid, .. },
                ..
            } => Some(wamid),
            _ => None,
        }
    }
}

/// A step in sending a message.
#[derive(Clone, PartialEq, Debug)]
pub struct SendFact {
    /// The message.
    pub message: MessageId,
    /// The step.
    pub step: SendStep,
}

/// A step in sending a message, with its effect on the job.
///
/// The sender reports the first five. They are ignored when the message moved on meanwhile. The others are acts of a
/// person or a program. They are refused when the message's state does not allow them.
#[derive(Clone, PartialEq, Debug)]
pub enum SendStep {
    /// An attempt ended.
    Outcome {
        /// The attempt's [`Job::token`]. An outcome with another token only counts if Meta accepted the message.
        token: AttemptToken,
        /// The outcome.
        outcome: Outcome,
    },
    /// The process that began the attempt is gone. Only for a message that is dispatching under an older epoch.
    Orphaned {
        /// The current epoch of the lease.
        epoch: i64,
        /// The time for which a proof is awaited.
        until: Time,
    },
    /// No proof came in time. Only for a message that is proving, and past its time.
    Unproven {
        /// Tells whether to mark it as failed instead of unknown.
        as_failed: bool,
    },
    /// It was not sent in time. Only for a queued message past its expiry.
    Expired,
    /// Its [`Job::guard`] no longer holds, so it fails. Only for a queued message.
    Barred {
        /// Why.
        fault: MetaFault,
    },
    /// Cancels it. Only for a queued message.
    Cancel,
    /// Queues it again. Only for a failed, unknown, cancelled or expired message.
    Retry {
        /// The new expiry.
        expires_at: Time,
    },
    /// Marks it as failed, because somebody decided that it was not sent. Only for an unknown message.
    Dismiss,
}

/// The outcome of an attempt: accepted, refused (for now or for good) or unknown.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Meta accepted it.
    Accepted {
        /// Meta's id.
        wamid: Wamid,
        /// The recipient, where Meta names them by more than the request did.
        recipient: Option<Party>,
    },
    /// Meta refused it before processing it, so it is queued again.
    Again {
        /// The earliest time of the next attempt.
        due_at: Time,
        /// The reason why it waits.
        wait: WaitReason,
        /// Meta's error, if it sent one.
        fault: Option<MetaFault>,
    },
    /// Meta refused it for good.
    Refused {
        /// Why.
        fault: MetaFault,
    },
    /// Nobody knows whether Meta accepted it.
    Unknown {
        /// The time for which a proof is awaited.
        until: Time,
        /// Meta's error, if it sent one.
        fault: Option<MetaFault>,
    },
}
