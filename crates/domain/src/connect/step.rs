//! The steps of a connect session, in their order.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::Time;

/// A step. The order of the variants is the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The login's code for a token. First of all: the code lives 30 seconds.
    ExchangeCode,
    /// The token for a long-lived one, where its kind has one.
    ExchangeLongLived,
    /// `debug_token`: kind, scopes, clocks.
    InspectToken,
    /// Businesses, WABAs and numbers, from every source that there is.
    FindAssets,
    /// Which numbers: decided by itself when there is one.
    Choose,
    /// The app subscribed to each WABA.
    Subscribe,
    /// Each number registered for Cloud API, unless it is already or lives in the phone's app.
    Register,
    /// What Meta says of each number now.
    ReadHealth,
    /// The accounts stored as active: the one write that makes the connection real.
    Activate,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::ExchangeCode,
        Self::ExchangeLongLived,
        Self::InspectToken,
        Self::FindAssets,
        Self::Choose,
        Self::Subscribe,
        Self::Register,
        Self::ReadHealth,
        Self::Activate,
    ];

    /// The stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExchangeCode => "exchange_code",
            Self::ExchangeLongLived => "exchange_long_lived",
            Self::InspectToken => "inspect_token",
            Self::FindAssets => "find_assets",
            Self::Choose => "choose",
            Self::Subscribe => "subscribe",
            Self::Register => "register",
            Self::ReadHealth => "read_health",
            Self::Activate => "activate",
        }
    }
}

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun. After a crash it is run again: every step can be.
    Running,
    /// Done.
    Done,
    /// Not needed here; the detail says why.
    Skipped,
    /// Failed; the problem says why and what to do.
    Failed,
}

/// What is known of a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepRecord {
    /// Which step.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// When it last began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// A sentence on what it found, or why it was skipped.
    pub detail: Option<String>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

impl StepRecord {
    /// A step not begun.
    pub const fn pending(step: Step) -> Self {
        Self {
            step,
            state: StepState::Pending,
            started_at: None,
            finished_at: None,
            detail: None,
            problem: None,
        }
    }
    /// Whether there is nothing left to do in it.
    pub fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::Skipped)
    }
}
