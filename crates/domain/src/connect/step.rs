//! The steps of a connect session, in order.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::Time;

/// A step. The variants are in the order in which the steps run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Exchanges the login's code for a token. It comes first: the code lives 30 seconds.
    ExchangeCode,
    /// Exchanges the token for a long-lived one, if its kind has one.
    ExchangeLongLived,
    /// Asks `debug_token` for kind, scopes and expiries.
    InspectToken,
    /// Finds businesses, WABAs and numbers, from every source.
    FindAssets,
    /// Chooses the numbers. When there is only one, no person is asked.
    Choose,
    /// Subscribes the app to each WABA.
    Subscribe,
    /// Registers each number for Cloud API, unless it is registered already or is used in the WhatsApp Business app.
    Register,
    /// Reads Meta's current facts about each number.
    ReadHealth,
    /// Stores the accounts as active: the one write that makes the connection real.
    Activate,
}

impl Step {
    /// All steps, in order.
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

    /// Returns the stored name, which is also the API's.
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

/// The state of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun. After a crash it runs again: every step can.
    Running,
    /// Done.
    Done,
    /// Not needed here; the detail says why.
    Skipped,
    /// Failed; the problem says why and what to do.
    Failed,
}

/// The record of a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepRecord {
    /// The step.
    pub step: Step,
    /// Its state.
    pub state: StepState,
    /// The time when it last began.
    pub started_at: Option<Time>,
    /// The time when it ended.
    pub finished_at: Option<Time>,
    /// A sentence about the result, or why it was skipped.
    pub detail: Option<String>,
    /// The reason why it failed.
    pub problem: Option<Problem>,
}

impl StepRecord {
    /// Creates the record of a step that has not begun.
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
    /// Tells whether the step is finished.
    pub fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::Skipped)
    }
}
