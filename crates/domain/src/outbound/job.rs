//! A message's way to Meta: its place in the queue, and what an attempt or a person does to it.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    conversation::SendTurn,
    ids::{AttemptToken, MessageId, UserId, Wamid},
    inbound::MetaFault,
    message::MessageStatus,
};

/// What overtakes what, among the messages of one number.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// An answer that somebody waits for.
    High,
    /// Whatever says nothing else.
    #[default]
    Normal,
    /// Bulk: a campaign.
    Low,
}

impl Priority {
    /// All, the first to be sent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// As it is stored; less is sent sooner.
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

/// Where a message stands in its number's queue.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits. It may be read by a sender, and read again by another.
    Queued,
    /// Written down just before the request: from here on it is never sent again by itself.
    Dispatching,
    /// The request's outcome is unknown: a status that carries our id would prove that Meta took it.
    Proving,
    /// No proof came in time. A person, or a policy, decides.
    Unknown,
    /// Meta refused it, or it failed on its way. A person may send it again.
    Failed,
    /// Meta took it, and it has not arrived yet. The sender has no more to do with it.
    Underway,
    /// Nothing is left to do: arrived, cancelled, expired.
    Done,
}

impl JobState {
    /// As it is stored: nothing for what the sender has no more to do with, so that it is in no index of the queue.
    pub const fn code(self) -> Option<i16> {
        match self {
            Self::Queued => Some(0),
            Self::Dispatching => Some(1),
            Self::Proving => Some(2),
            Self::Unknown => Some(3),
            Self::Failed => Some(4),
            Self::Underway | Self::Done => None,
        }
    }

    /// Reads [`JobState::code`], and beside it whether it is underway.
    pub const fn from_code(code: Option<i16>, is_underway: bool) -> Option<Self> {
        match (code, is_underway) {
            (Some(0), _) => Some(Self::Queued),
            (Some(1), _) => Some(Self::Dispatching),
            (Some(2), _) => Some(Self::Proving),
            (Some(3), _) => Some(Self::Unknown),
            (Some(4), _) => Some(Self::Failed),
            (None, true) => Some(Self::Underway),
            (None, false) => Some(Self::Done),
            (Some(_), _) => None,
        }
    }
}

/// Why a message waits. What concerns its number is told by the number's queue, not by each message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// It is to be sent later.
    Scheduled,
    /// An attempt was refused in a way that is safe to repeat, and it is tried again then.
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
    /// The connection's token is not accepted: the account has to be connected again.
    TokenInvalid,
    /// Something about the number or account has to be put right at Meta: registration, payment, a restriction.
    AccountBlocked,
    /// The number is not connected.
    NotConnected,
}

/// What belongs to sending a message, beside the message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Where it stands.
    pub state: JobState,
    /// What it overtakes.
    pub priority: Priority,
    /// The campaign, or nothing: a number's flows of one priority take turns.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flow: String,
    /// Queued: not before. Proving: until then.
    pub due_at: Time,
    /// It is not sent after this.
    pub expires_at: Time,
    /// Attempts that were begun.
    pub attempt: i32,
    /// The last attempt's token. It outlives the attempt, so that what comes late is known as its own. None before
    /// the first, and of one that was begun before there were tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<AttemptToken>,
    /// The epoch of the lease under which the last attempt was begun.
    pub epoch: i64,
    /// When the last attempt was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatched_at: Option<Time>,
    /// The first attempt of which nobody ever learned whether Meta took it; 0 where there is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_doubt: i32,
    /// Meta's ids of further acceptances: the message reached Meta more than once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Wamid>,
    /// Why `due_at` is not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitReason>,
    /// Its place among the messages of its conversation that have its priority.
    #[serde(default, skip_serializing_if = "SendTurn::is_first")]
    pub turn: SendTurn,
    /// While it waits for its own sake, those behind it wait until then, and pass it from then on. None while it
    /// waits for nothing, or for what holds those up as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds_until: Option<Time>,
    /// What is asked again when it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<SendGuard>,
    /// The sender's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Who wrote it; none for a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
}

/// What must hold of a message's recipient, when it is queued and again when it goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendGuard {
    /// The conversation's window is open.
    OpenWindow,
    /// The person takes marketing.
    NoOptOut,
}

impl SendGuard {
    /// Whether it holds at that time, of a window that is open until then and a person who opted out or did not.
    pub fn holds(self, at: Time, window_until: Option<Time>, opted_out: bool) -> bool {
        match self {
            Self::OpenWindow => window_until.is_some_and(|until| until > at),
            Self::NoOptOut => !opted_out,
        }
    }
}

/// How long a message that waits for its own sake holds up those behind it.
pub const LONGEST_HOLD: Duration = Duration::seconds(60);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(attempt: &i32) -> bool {
    *attempt == 0
}

impl Job {
    /// A job that was never tried: queued at this time, and not sent after that.
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

    /// Whether those behind it pass it now, because it waits for its own sake for long.
    pub fn is_passed(&self, now: Time) -> bool {
        let is_waiting = self.state == JobState::Queued && self.due_at > now;
        is_waiting && self.holds_until.is_some_and(|until| until <= now)
    }

    /// Since when it is underway: when the attempt was begun that Meta took. Nothing where it is not.
    pub fn underway_since(&self) -> Option<Time> {
        let is_underway = self.state == JobState::Underway;
        self.dispatched_at.filter(|_| is_underway)
    }

    /// Whether Meta took it before then, and it has neither arrived nor failed since.
    pub fn is_stuck(&self, before: Time) -> bool {
        self.underway_since().is_some_and(|since| since < before)
    }

    /// Takes what the message's status says: the sender has no more to do with one that is on its way or has ended.
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

/// What goes with a request as `biz_opaque_callback_data`, and comes back with each status: our id, and the
/// attempt's token.
pub fn opaque(message: MessageId, token: AttemptToken) -> String {
    format!("{message}.{token}")
}

/// Reads [`opaque`]. Attempts that were begun before there were tokens have the message's id alone.
pub fn read_opaque(text: &str) -> Option<(MessageId, Option<AttemptToken>)> {
    Some(match text.split_once('.') {
        Some((message, token)) => (message.parse().ok()?, Some(token.parse().ok()?)),
        None => (text.parse().ok()?, None),
    })
}

impl SendFact {
    /// The wamid by which Meta proves that it took the message.
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

/// Something happened to the sending of a message of ours.
#[derive(Clone, PartialEq, Debug)]
pub struct SendFact {
    /// The message.
    pub message: MessageId,
    /// What.
    pub step: SendStep,
}

/// What happened to the sending of a message.
///
/// The first five are told by the sender, and what they say of a message that moved on meanwhile is ignored. The
/// others are acts of a person or a program, and are refused where the message does not stand where it must.
#[derive(Clone, PartialEq, Debug)]
pub enum SendStep {
    /// An attempt ended.
    Outcome {
        /// Which: [`Job::token`]. What another attempt tells changes nothing, but that Meta took the message.
        token: AttemptToken,
        /// How.
        outcome: Outcome,
    },
    /// Whoever began the attempt is gone: dispatching, under an older epoch than this.
    Orphaned {
        /// The epoch of the lease now.
        epoch: i64,
        /// How long a proof is waited for.
        until: Time,
    },
    /// No proof came in time. Only while it is proving, and past its time.
    Unproven {
        /// Say that it failed, rather than that nobody knows.
        as_failed: bool,
    },
    /// It was not sent in time. Only while it is queued, and past its time.
    Expired,
    /// Its [`Job::guard`] does not hold any more: it fails. Only while it is queued.
    Barred {
        /// Why.
        fault: MetaFault,
    },
    /// Somebody takes it back. Only while it is queued.
    Cancel,
    /// Somebody sends it again: it is queued anew. Only when it failed, is unknown, was cancelled or has expired.
    Retry {
        /// Not after this.
        expires_at: Time,
    },
    /// Somebody decides that an unknown message was not sent: it failed. Only when it is unknown.
    Dismiss,
}

/// The three outcomes of an attempt, the refusal in two kinds.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Meta took it.
    Accepted {
        /// Meta's id.
        wamid: Wamid,
    },
    /// It was refused before it was processed: it is queued again.
    Again {
        /// Not before.
        due_at: Time,
        /// Why it waits.
        wait: WaitReason,
        /// What Meta said.
        fault: Option<MetaFault>,
    },
    /// It was refused for good.
    Refused {
        /// Why.
        fault: MetaFault,
    },
    /// Nobody knows whether Meta took it.
    Unknown {
        /// How long a proof is waited for.
        until: Time,
        /// What Meta said, if it said anything.
        fault: Option<MetaFault>,
    },
}
